"""What is there in every stamped CFDI 3.3 or 4.0, whoever issued it: its version, and a stamp of its own."""

from . import nodes
from .document_kinds import CFDI3, document_kind, root_name
from .errors import CfdiError
from .xml import CFDI, TFD

# by the root
VERSIONS = {f"{{{CFDI}}}Comprobante": "4.0", f"{{{CFDI3}}}Comprobante": "3.3"}
_STAMP = f"{{{TFD}}}TimbreFiscalDigital"


def version_of(root):
    """Return the version of a CFDI.

    :raises CfdiError: ``not_cfdi``: another document or version (`data["kind"]` of `document_kinds`, `data["root"]`,
        `data["version"]`)
    """
    version = root.get("Version") or root.get("version")
    if root.tag not in VERSIONS or VERSIONS[root.tag] != version:
        raise CfdiError(
            "not_cfdi",
            f"This is not a CFDI 3.3 or 4.0: the root is {root_name(root)}, version {version}.",
            data={"kind": document_kind(root), "root": root_name(root), "version": version},
        )
    return version


def stamp_of(root):
    """Return the TimbreFiscalDigital of a CFDI.

    :raises CfdiError: ``not_stamped``, ``two_stamps``, ``foreign_stamp`` (SelloCFD is not the Sello)
    """
    found = [stamp for complement in nodes.own_children(root, "Complemento") for stamp in complement.iter(_STAMP)]
    if len(found) != 1:
        code, text = ("two_stamps", "several stamps") if found else ("not_stamped", "no TimbreFiscalDigital")
        raise CfdiError(code, f"The CFDI has {text}: SAT knows nothing of it.", data={"count": len(found)})
    seal = nodes.base64(root, "Sello")
    if not seal or nodes.base64(found[0], "SelloCFD") != seal:
        raise CfdiError(
            "foreign_stamp",
            "The TimbreFiscalDigital belongs to another CFDI: its SelloCFD is not the Sello of this one.",
            data={"uuid": found[0].get("UUID")},
        )
    return found[0]
