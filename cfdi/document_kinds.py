"""What an XML is, by its root: a CFDI, another document of SAT's, or neither."""

from itertools import islice

from .xml import CFDI, TFD, UNDECLARED

CFDI3 = "http://www.sat.gob.mx/cfd/3"
CFD2 = "http://www.sat.gob.mx/cfd/2"
SAT = "sat.gob.mx"
_CANCELLATION = "cancelacfd.sat.gob.mx"
_RETENTIONS = "http://www.sat.gob.mx/esquemas/retencionpago/"
_ACCOUNTING = "/esquemas/ContabilidadE/"


def document_kind(root):
    """A slug for the root of an XML.

    ``cfdi`` (3.x or 4.x, of whatever type), ``cfd`` (its ancestor until 2013), ``comprobante`` (a Comprobante without
    SAT's namespace), ``retenciones``, ``acuse``, ``cancellation`` (a request), ``accounting`` (contabilidad
    electrónica), ``timbre`` (a stamp alone), ``sat`` (another one of SAT's) or ``xml``

    :param root: an element
    """
    namespace, name = _split(root.tag)
    if name == "Comprobante":
        return {CFDI: "cfdi", CFDI3: "cfdi", CFD2: "cfd"}.get(namespace, "comprobante")
    if namespace.startswith(_RETENTIONS):
        return "retenciones" if name == "Retenciones" else "cancellation"
    if _is_acuse(root, name):
        return "acuse"
    if _ACCOUNTING in namespace:
        return "accounting"
    if _CANCELLATION in namespace:
        return "cancellation"
    if namespace == TFD:
        return "timbre"
    return "sat" if SAT in namespace else "xml"


def root_name(root):
    """Name of the root for a message, with its prefix where that is not declared."""
    namespace, name = _split(root.tag)
    prefix = namespace.removeprefix(UNDECLARED) if namespace.startswith(UNDECLARED) else ""
    return f"{prefix}:{name}" if prefix else name


def _is_acuse(root, name):
    """Whether it is SAT's receipt of something: bare, or in the SOAP envelope in which it came."""
    if name.startswith("Acuse"):
        return True
    inside = islice(root.iter("{*}*"), 8) if name == "Envelope" else ()
    return any(_split(node.tag)[1].startswith(("Acuse", "CancelaCFD")) for node in inside)


def _split(tag):
    namespace, _brace, name = tag.rpartition("}")
    return namespace[1:], name
