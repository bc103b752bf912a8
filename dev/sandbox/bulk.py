"""Many CFDIs in one ZIP: reading the attachment, stamping each, packing the result."""

import io
import re
import zipfile

from .errors import Refusal

OK = "0"
MAX_ENTRIES = 2000
MAX_ENTRY = 10 * 1024 * 1024
MAX_TOTAL = 200 * 1024 * 1024
BOUNDARY = re.compile(r'boundary="?([^";]+)"?', re.IGNORECASE)
NAME = re.compile(r'[; ]name="?([^";]*)"?', re.IGNORECASE)


def attachment(request):
    """The bytes of the multipart entry `file`; Refusal S400/S415 when it is not there."""
    kind = request.headers.get("Content-Type") or ""
    found = BOUNDARY.search(kind)
    if not kind.lower().startswith("multipart/form-data") or not found:
        raise Refusal("S415", "Se esperaba multipart/form-data.", kind or "Sin encabezado", 415)
    delimiter = b"\r\n--" + found[1].strip().encode("latin-1")
    # The first delimiter has no line break before it; give it one.
    for part in (b"\r\n" + request.body).split(delimiter)[1:-1]:
        head, separator, content = part.partition(b"\r\n\r\n")
        for line in head.decode("utf-8", "replace").split("\r\n"):
            name = NAME.search(line)
            disposition = line.lower().startswith("content-disposition:")
            if separator and disposition and name and name[1] == "file":
                return content
    raise Refusal("S400", detail="Falta la entrada file del multipart/form-data")


def unpack(data):
    """[(name, bytes)] of a ZIP's entries in their order; folders are left out.

    Refusal 728 for what is not a ZIP, S400 for an empty one, S413 over the bounds: 2,000 entries,
    10 MB each, 200 MB in all.
    """
    entries, total = [], 0
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
            if len(infos) > MAX_ENTRIES:
                raise Refusal("S413", detail=f"{len(infos)} archivos, máximo {MAX_ENTRIES}")
            for info in infos:
                with archive.open(info) as handle:
                    content = handle.read(MAX_ENTRY + 1)
                total += len(content)
                if len(content) > MAX_ENTRY or total > MAX_TOTAL:
                    raise Refusal("S413", detail=f"{info.filename} es demasiado grande")
                entries.append((info.filename, content))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise Refusal("728", detail=str(error)[:200]) from error
    if not entries:
        raise Refusal("S400", detail="El ZIP no contiene archivos")
    names = [name for name, _content in entries]
    if len(set(names)) != len(names):
        raise Refusal("S400", detail="El ZIP repite nombres de archivo")
    return entries


def run(service, user, branch, entries):
    """Stamp each entry by itself; the report's rows: archivo, estatus, codigo, mensaje, uuid."""
    report = []
    for name, content in entries:
        row = {"archivo": name, "estatus": "rechazado", "codigo": "", "mensaje": "", "uuid": ""}
        try:
            if not name.lower().endswith(".xml"):
                raise Refusal("S400", detail="No es un archivo .xml")
            user = service.accounts.user(user["name"])
            stamp = service.stamper.stamp(user, branch, content, "bulk")
        except Refusal as refusal:
            text = " ".join(filter(None, (refusal.text, refusal.detail)))
            row.update(codigo=refusal.code, mensaje=text)
            # An entry that was stamped before names its UUID, as a single 307 carries its XML.
            if service.settings["duplicate_answer"] != "none":
                row["uuid"] = refusal.extra.get("uuid", "")
        else:
            row.update(estatus="timbrado", codigo=OK, mensaje="Comprobante timbrado.",
                       uuid=stamp["uuid"])
        report.append(row)
    return report


def pack(files):
    """A ZIP of (name, bytes) pairs."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return buffer.getvalue()
