"""SAT's own files as satcfdi carries them: schemas, cadena original, catalogues. All offline."""

import copy
import functools
import importlib.util
import pickle
import sqlite3
import threading
from pathlib import Path

from lxml import etree

CFDI = "http://www.sat.gob.mx/cfd/4"
XS = "http://www.w3.org/2001/XMLSchema"
# Complements by namespace: a schema is compiled for the set that a document uses.
CORE = {
    CFDI: "4/cfdv40.xsd",
    "http://www.sat.gob.mx/TimbreFiscalDigital": "TimbreFiscalDigital/TimbreFiscalDigitalv11.xsd",
    "http://www.sat.gob.mx/Pagos20": "Pagos/Pagos20.xsd",
    "http://www.sat.gob.mx/implocal": "implocal/implocal.xsd",
}
FURTHER = {
    "http://www.sat.gob.mx/ComercioExterior20": "ComercioExterior20/ComercioExterior20.xsd",
    "http://www.sat.gob.mx/CartaPorte31": "CartaPorte/CartaPorte31.xsd",
    "http://www.sat.gob.mx/nomina12": "nomina/nomina12.xsd",
    "http://www.sat.gob.mx/leyendasFiscales": "leyendasFiscales/leyendasFisc.xsd",
    "http://www.sat.gob.mx/donat": "donat/donat11.xsd",
    "http://www.sat.gob.mx/iedu": "iedu/iedu.xsd",
    "http://www.sat.gob.mx/ine": "ine/ine11.xsd",
    "http://www.sat.gob.mx/divisas": "divisas/divisas.xsd",
    "http://www.sat.gob.mx/notariospublicos": "notariospublicos/notariospublicos.xsd",
    "http://www.sat.gob.mx/vehiculousado": "vehiculousado/vehiculousado.xsd",
}
# libxslt and libxml2's schema contexts are shared objects: one at a time, it takes milliseconds.
_lock = threading.RLock()


@functools.cache
def _package():
    spec = importlib.util.find_spec("satcfdi")
    if spec is None:
        raise RuntimeError("satcfdi is not installed: pip install -r dev/sandbox/requirements.txt")
    return Path(spec.submodule_search_locations[0])


def _folder():
    return _package() / "transform/schemas/www.sat.gob.mx/sitio_internet/cfd"


@functools.cache
def _schema(further):
    """The schema of the core and of these further namespaces (a frozenset), compiled once."""
    wrapper = etree.Element(f"{{{XS}}}schema", nsmap={"xs": XS})
    for namespace, path in {**CORE, **{name: FURTHER[name] for name in sorted(further)}}.items():
        etree.SubElement(
            wrapper, f"{{{XS}}}import", namespace=namespace, schemaLocation=str(_folder() / path)
        )
    return etree.XMLSchema(wrapper)


@functools.cache
def _cadena(name):
    path = {
        "cfdi": "4/cadenaoriginal_4_0/cadenaoriginal_4_0.xslt",
        "tfd": "TimbreFiscalDigital/cadenaoriginal_TFD_1_1.xslt",
    }[name]
    return etree.XSLT(etree.parse(str(_folder() / path)))


def warm():
    """Compile what every stamp needs, so that the first one is as quick as the others."""
    with _lock:
        _schema(frozenset())
        _cadena("cfdi")
        _cadena("tfd")
    postal_code("06000")


def schema_errors(root):
    """What SAT's XSDs say against a Comprobante: a list of lxml log entries, empty when valid.

    The Addenda is left out: it is anybody's XML and SAT's schema would refuse it.
    """
    addenda = root.find(f"{{{CFDI}}}Addenda")
    if addenda is not None:
        root = copy.deepcopy(root)
        root.remove(root.find(f"{{{CFDI}}}Addenda"))
    used = {etree.QName(node).namespace for node in root.iter(etree.Element)}
    with _lock:
        schema = _schema(frozenset(used & set(FURTHER)))
        if schema.validate(root):
            return []
        return list(schema.error_log)


def cadena_cfdi(root):
    """SAT's cadena original of a Comprobante, by SAT's own XSLT."""
    with _lock:
        return str(_cadena("cfdi")(root))


def cadena_tfd(tfd):
    """SAT's cadena original of a TimbreFiscalDigital 1.1."""
    with _lock:
        return str(_cadena("tfd")(copy.deepcopy(tfd)))


@functools.cache
def _catalogs():
    path = _package() / "catalogs/catalogs.db"
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True, check_same_thread=False)


@functools.lru_cache(maxsize=4096)
def _select(table, key):
    with _lock:
        row = _catalogs().execute(
            f"SELECT value FROM {table} WHERE key = ?",
            (pickle.dumps(key, protocol=4),),
        ).fetchone()
    return pickle.loads(row[0]) if row else None


def postal_code(code):
    """(state, municipality, border stimulus flag, time zone name) of c_CodigoPostal, or None."""
    row = _select("C756_c_CodigoPostal", code)
    return row and (row[0], row[1], row[3], row[4])


def currency_decimals(code):
    """Decimals of c_Moneda, or None when the currency is not in the catalogue."""
    row = _select("C756_c_Moneda", code)
    return row and row[1]


def catalog_text(name, key):
    """SAT's text of a key of a simple catalogue ('UsoCFDI', 'FormaPago', …), or None."""
    row = _select(f"C756_c_{name}", key)
    return row if isinstance(row, str) else None
