"""Keys and certificates of the sandbox's own making, SAT's cadena original, sello and timbre."""

import base64
import datetime
import secrets
import threading
import uuid as uuids
from zoneinfo import ZoneInfo

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID, ObjectIdentifier
from lxml import etree

from . import satfiles

CFDI = "http://www.sat.gob.mx/cfd/4"
TFD = "http://www.sat.gob.mx/TimbreFiscalDigital"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
TFD_LOCATION = (
    TFD + " http://www.sat.gob.mx/sitio_internet/cfd/TimbreFiscalDigital/TimbreFiscalDigitalv11.xsd"
)
PAC_RFC = "SBX260101SB1"
# Anexo 20: FechaTimbrado is told in the time of the central zone, wherever it was issued.
CENTRAL = ZoneInfo("America/Mexico_City")
UNIQUE_IDENTIFIER = ObjectIdentifier("2.5.4.45")


def _serial():
    """20 digits; their ASCII codes are the serial number, as SAT writes them (30… = test)."""
    return "30009000" + "".join(secrets.choice("0123456789") for _ in range(12))


def _make_certificate(rfc, name, serial, key):
    """A self-signed certificate in the manner of a CSD, valid from a year ago for ten years."""
    subject = x509.Name([
        x509.NameAttribute(NameOID.COMMON_NAME, name[:64]),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, name[:64]),
        x509.NameAttribute(UNIQUE_IDENTIFIER, rfc),
        x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "SANDBOX - SIN VALIDEZ FISCAL"),
    ])
    start = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=365)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(int.from_bytes(serial.encode("ascii"), "big"))
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )


class Certificate:
    """A key with its certificate: ``serial`` (NoCertificado), ``base64`` (Certificado)."""

    def __init__(self, serial, certificate_der, key_der):
        self.serial = serial
        self.base64 = base64.b64encode(certificate_der).decode("ascii")
        self.key = serialization.load_der_private_key(key_der, None)

    def sign(self, text):
        """base64(RSA PKCS#1 v1.5 (SHA-256 (UTF-8 text))), as the Anexo 20 defines a sello."""
        signature = self.key.sign(text.encode("utf-8"), padding.PKCS1v15(), hashes.SHA256())
        return base64.b64encode(signature).decode("ascii")


class Sealer:
    """Seals with the issuer's certificate, stamps with the PAC's; both are made when missing."""

    def __init__(self, store):
        self.store = store
        self._lock = threading.RLock()
        self._certificates = {}

    def certificate(self, rfc, name, kind="csd"):
        """The certificate of an RFC, from the store or made now."""
        with self._lock:
            if (rfc, kind) not in self._certificates:
                self._certificates[rfc, kind] = self._load(rfc, kind) or self._make(rfc, name, kind)
            return self._certificates[rfc, kind]

    def pac(self):
        """The certificate that makes SelloSAT."""
        return self.certificate(PAC_RFC, "PAC DE PRUEBAS DEL SANDBOX", "pac")

    def _load(self, rfc, kind):
        row = self.store.row(
            "SELECT * FROM certificates WHERE rfc = ? AND kind = ?", (rfc, kind)
        )
        return row and Certificate(row["serial"], row["certificate"], row["key"])

    def _make(self, rfc, name, kind):
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        serial = _serial()
        certificate = _make_certificate(rfc, name, serial, key).public_bytes(
            serialization.Encoding.DER
        )
        key_der = key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        with self.store.transaction() as db:
            db.execute("INSERT INTO certificates VALUES (?, ?, ?, ?, ?)",
                       (rfc, kind, serial, certificate, key_der))
        return Certificate(serial, certificate, key_der)

    def seal(self, root):
        """Set NoCertificado, Certificado and Sello on a cfdi:Comprobante, in place."""
        issuer = root.find(f"{{{CFDI}}}Emisor")
        certificate = self.certificate(issuer.get("Rfc"), issuer.get("Nombre"))
        root.set("NoCertificado", certificate.serial)
        root.set("Certificado", certificate.base64)
        root.set("Sello", "")
        root.set("Sello", certificate.sign(satfiles.cadena_cfdi(root)))

    def stamp(self, root, uuid=None, upper=False):
        """Append a TimbreFiscalDigital 1.1 to a sealed Comprobante; return the TFD element."""
        pac = self.pac()
        uuid = uuid or str(uuids.uuid4())
        tfd = etree.Element(f"{{{TFD}}}TimbreFiscalDigital", nsmap={"tfd": TFD, "xsi": XSI})
        tfd.set(f"{{{XSI}}}schemaLocation", TFD_LOCATION)
        tfd.set("Version", "1.1")
        tfd.set("UUID", uuid.upper() if upper else uuid)
        tfd.set("FechaTimbrado", datetime.datetime.now(CENTRAL).strftime("%Y-%m-%dT%H:%M:%S"))
        tfd.set("RfcProvCertif", PAC_RFC)
        tfd.set("SelloCFD", root.get("Sello"))
        tfd.set("NoCertificadoSAT", pac.serial)
        tfd.set("SelloSAT", pac.sign(satfiles.cadena_tfd(tfd)))
        complement(root).append(tfd)
        return tfd


def complement(root):
    """The cfdi:Complemento of a Comprobante, added in its place (before Addenda) when missing."""
    node = root.find(f"{{{CFDI}}}Complemento")
    if node is None:
        node = etree.Element(f"{{{CFDI}}}Complemento")
        addenda = root.find(f"{{{CFDI}}}Addenda")
        if addenda is None:
            root.append(node)
        else:
            addenda.addprevious(node)
    return node


def to_bytes(root):
    """The document as it leaves: UTF-8 with a declaration."""
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)
