"""The cadena original of a CFDI 4.0 and the seal over it (Anexo 20, sections I.B and I.C).

SAT publishes the cadena as a stylesheet (cadenaoriginal_4_0.xslt); it is a walk over the document in a fixed order,
written here as a table, so that nothing of SAT's has to be carried along. Complements have stylesheets of their own
(`complement_cadena`); others are refused (``cadena_unsupported``), never guessed.
"""

import base64

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import InvalidVersion, ObjectIdentifier, load_der_x509_certificate

from . import complement_cadena
from .errors import CfdiError
from .xml import CFDI, TFD, parse

_C, _T = f"{{{CFDI}}}", f"{{{TFD}}}"
_RFC_OF_SUBJECT = ObjectIdentifier("2.5.4.45")

# names in SAT's order; "?" marks those that are skipped where they are absent
_TRASLADO = "Base Impuesto TipoFactor TasaOCuota? Importe?"
_THIRD_PARTY = "Rfc{0} Nombre{0} RegimenFiscal{0} DomicilioFiscal{0}".format("ACuentaTerceros")
_PARTE = "ClaveProdServ NoIdentificacion? Cantidad Unidad? Descripcion ValorUnitario? Importe?"
_COMPROBANTE = (
    "Version Serie? Folio? Fecha FormaPago? NoCertificado CondicionesDePago? SubTotal Descuento? Moneda TipoCambio? "
    "Total TipoDeComprobante Exportacion MetodoPago? LugarExpedicion Confirmacion?"
)
_EMISOR = "Rfc Nombre RegimenFiscal FacAtrAdquirente?"
_RECEPTOR = "Rfc Nombre DomicilioFiscalReceptor ResidenciaFiscal? NumRegIdTrib? RegimenFiscalReceptor UsoCFDI"
_CONCEPTO = (
    "ClaveProdServ NoIdentificacion? Cantidad ClaveUnidad Unidad? Descripcion ValorUnitario Importe Descuento? "
    "ObjetoImp"
)


def cadena_original(xml):
    """The cadena original of a sealed CFDI 4.0: ``||4.0|...||``.

    :param xml: bytes of the document, or the root that `xml.parse` returned; Sello, Certificado, the stamp and the
        Addenda are no part of the cadena
    :raises CfdiError: those of `xml.parse`, ``not_cfdi40``, and ``cadena_unsupported`` where a complement's own rule
        is not known here
    """
    return _Cadena(_comprobante(xml)).text


def seal_problem(xml):
    """Why the seal of a CFDI is not valid, as a slug; None where it is.

    ``no_seal`` (there is none, or no certificate), ``bad_certificate`` (it can't be read, or is none of RSA),
    ``other_certificate`` (its number is not NoCertificado), ``certificate_of_another`` (its RFC is not the issuer's) or
    ``broken_seal`` (what is sealed was changed after it was sealed). The certificate is the one in the XML: who issued
    it and whether it was revoked is not checked here. Sello = base64(RSA PKCS#1 v1.5 (SHA-256 (UTF-8 cadena))).

    :raises CfdiError: as `cadena_original`; ``cadena_unsupported`` too where the seal doesn't hold and a complement has
        something that its rule doesn't name, so that the rule may have changed
    """
    root = _comprobante(xml)
    cadena = _Cadena(root)
    sello, certificate_bytes = _binary(root, "Sello"), _binary(root, "Certificado")
    if not sello or not certificate_bytes:
        return "no_seal"
    try:
        certificado = load_der_x509_certificate(certificate_bytes)
        key, number = certificado.public_key(), certificado.serial_number
    except (ValueError, UnsupportedAlgorithm, InvalidVersion):
        return "bad_certificate"
    if not isinstance(key, RSAPublicKey):
        return "bad_certificate"
    # SAT writes the twenty digits of a certificate's number as ASCII into its serial number
    if f"{number:x}" != (root.get("NoCertificado") or "").strip().encode().hex():
        return "other_certificate"
    rfcs = _rfcs(certificado)
    if rfcs and _plain(root.find(f"{_C}Emisor").get("Rfc") or "") not in rfcs:
        return "certificate_of_another"
    if any(_verifies(key, sello, text) for text in cadena.texts()):
        return None
    if cadena.doubtful is not None:
        raise _unsupported(cadena.doubtful)
    return "broken_seal"


def _verifies(key, sello, cadena):
    try:
        key.verify(sello, cadena.encode(), PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True


def _comprobante(xml):
    root = parse(xml)
    if root.tag != f"{_C}Comprobante" or root.get("Version") != "4.0":
        raise CfdiError("not_cfdi40", f"This is not a CFDI 4.0: the root is {root.tag}.", data={"root": str(root.tag)})
    for name in ("Emisor", "Receptor"):
        if root.find(f"{_C}{name}") is None:
            raise CfdiError("structure", f"{name} is not in Comprobante.", data={"element": name, "count": 0})
    return root


def _binary(root, attribute):
    """The bytes of an attribute in base64; none where it is absent or is no base64."""
    try:
        return base64.b64decode("".join((root.get(attribute) or "").split()), validate=True)
    except ValueError:
        return b""


def _rfcs(certificado):
    """The RFCs that a certificate names; none where its subject can't be read.

    SAT writes "RFC / RFC or CURP of the representative" into the subject.
    """
    try:
        values = [str(item.value) for item in certificado.subject.get_attributes_for_oid(_RFC_OF_SUBJECT)]
    except (ValueError, KeyError):
        # an encoding of old, or a text of no ASN.1 type: the seal is checked without it
        return set()
    return {_plain(parte) for value in values for parte in value.split("/")}


def _plain(rfc):
    # old certificates have their Ñ in whatever encoding
    return "".join(character for character in rfc.strip() if character.isascii())


class _Cadena:
    """The cadena original of a document, and what can't be said of it.

    `text`: the cadena; `doubtful`: the first complement that has something which its rule doesn't name, or None
    """

    def __init__(self, root):
        self._root = root
        self._of_before, self.doubtful = False, None
        self.text = self._built()

    def texts(self):
        """The cadenas that may be meant: two where SAT's stylesheet doesn't name a complement any more."""
        yield self.text
        if self._of_before:
            yield self._built(with_those_of_before=False)

    def _built(self, **options):
        return "||" + "|".join(self._walk(**options)) + "||"

    def _walk(self, with_those_of_before=True):
        root = self._root
        yield from _values(root, _COMPROBANTE)
        for node in root.findall(f"{_C}InformacionGlobal"):
            yield from _values(node, "Periodicidad Meses Año")
        for node in root.findall(f"{_C}CfdiRelacionados"):
            yield from _values(node, "TipoRelacion")
            yield from _all(node, "CfdiRelacionado", "UUID")
        yield from _all(root, "Emisor", _EMISOR)
        yield from _all(root, "Receptor", _RECEPTOR)
        for node in root.findall(f"{_C}Conceptos/{_C}Concepto"):
            yield from self._concepto(node, with_those_of_before)
        for node in root.findall(f"{_C}Impuestos"):
            yield from _all(node, f"Retenciones/{_C}Retencion", "Impuesto Importe")
            yield from _values(node, "TotalImpuestosRetenidos?")
            yield from _all(node, f"Traslados/{_C}Traslado", _TRASLADO)
            yield from _values(node, "TotalImpuestosTrasladados?")
        for node in root.findall(f"{_C}Complemento/*"):
            yield from self._complement(node, with_those_of_before)

    def _concepto(self, node, with_those_of_before):
        yield from _values(node, _CONCEPTO)
        yield from _all(node, f"Impuestos/{_C}Traslados/{_C}Traslado", _TRASLADO)
        yield from _all(node, f"Impuestos/{_C}Retenciones/{_C}Retencion", "Base Impuesto TipoFactor TasaOCuota Importe")
        yield from _all(node, "ACuentaTerceros", _THIRD_PARTY)
        yield from _all(node, "InformacionAduanera", "NumeroPedimento")
        yield from _all(node, "CuentaPredial", "Numero")
        for item in node.findall(f"{_C}ComplementoConcepto/*"):
            yield from self._complement(item, with_those_of_before)
        for parte in node.findall(f"{_C}Parte"):
            yield from _values(parte, _PARTE)
            yield from _all(parte, "InformacionAduanera", "NumeroPedimento")

    def _complement(self, node, with_those_of_before):
        if node.tag == f"{_T}TimbreFiscalDigital":
            return
        if not complement_cadena.is_known(node):
            raise _unsupported(node)
        seen = set()
        values = list(complement_cadena.values(node, seen))
        if complement_cadena.is_of_before(node):
            self._of_before = True
            self.doubtful = node if self.doubtful is None else self.doubtful
            if not with_those_of_before:
                return
        if self.doubtful is None and not complement_cadena.is_fully_known(node, seen):
            self.doubtful = node
        yield from values


def _all(node, path, names):
    for child in node.findall(f"{_C}{path}"):
        yield from _values(child, names)


def _values(node, names):
    for name in names.split(" "):
        value = node.get(name.rstrip("?"))
        if value is not None or not name.endswith("?"):
            yield complement_cadena.collapsed(value)


def _unsupported(node):
    name = str(node.tag)
    return CfdiError(
        "cadena_unsupported",
        f"The cadena original can't be built: the rule of {name} is not known here.",
        data={"element": name},
    )
