"""The acuse of a cancellation, in the shape that SAT gave it and Facture handed on.

The root has no namespace, only Folios has SAT's; the Signature is an HMAC, which nobody but its
maker can verify, so here it is a deterministic value made with a key of the sandbox.
"""

import base64
import datetime
import hashlib
import hmac

from cryptography.hazmat.primitives import serialization
from lxml import etree

from .seal import CENTRAL, PAC_RFC

CANCEL = "http://cancelacfd.sat.gob.mx"
DSIG = "http://www.w3.org/2000/09/xmldsig#"
C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
XPATH = "http://www.w3.org/TR/1999/REC-xpath-19991116"
NOT_SIGNATURE = "not(ancestor-or-self::*[local-name()='Signature'])"


def _sub(parent, name, text=None, **attributes):
    node = etree.SubElement(parent, f"{{{DSIG}}}{name}", **attributes)
    node.text = text
    return node


def _b64(data):
    return base64.b64encode(data).decode("ascii")


def _sign(root, certificate):
    numbers = certificate.key.public_key().public_numbers()
    secret = certificate.key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    digest = hashlib.sha512(etree.tostring(root, method="c14n")).digest()
    signature = etree.SubElement(
        root, f"{{{DSIG}}}Signature", nsmap={None: DSIG}, Id="SelloSAT"
    )
    info = _sub(signature, "SignedInfo")
    _sub(info, "CanonicalizationMethod", Algorithm=C14N)
    _sub(info, "SignatureMethod",
         Algorithm="http://www.w3.org/2001/04/xmldsig-more#hmac-sha512")
    reference = _sub(info, "Reference", URI="")
    transform = _sub(_sub(reference, "Transforms"), "Transform", Algorithm=XPATH)
    _sub(transform, "XPath", NOT_SIGNATURE)
    _sub(reference, "DigestMethod", Algorithm="http://www.w3.org/2001/04/xmlenc#sha512")
    _sub(reference, "DigestValue", _b64(digest))
    value = hmac.new(hashlib.sha256(secret).digest(),
                     etree.tostring(info, method="c14n"), hashlib.sha512).digest()
    _sub(signature, "SignatureValue", _b64(value))
    key_info = _sub(signature, "KeyInfo")
    _sub(key_info, "KeyName", certificate.serial)
    rsa = _sub(_sub(key_info, "KeyValue"), "RSAKeyValue")
    size = (numbers.n.bit_length() + 7) // 8
    _sub(rsa, "Modulus", _b64(numbers.n.to_bytes(size, "big")))
    _sub(rsa, "Exponent", _b64(numbers.e.to_bytes(3, "big")))


def build(sealer, issuer, uuid, code):
    """The acuse (bytes) of a request for one UUID that SAT answered with ``code``."""
    root = etree.Element("Acuse", nsmap={
        "xsd": "http://www.w3.org/2001/XMLSchema",
        "xsi": "http://www.w3.org/2001/XMLSchema-instance",
    })
    root.set("Fecha", datetime.datetime.now(CENTRAL).strftime("%Y-%m-%dT%H:%M:%S.%f"))
    root.set("RfcEmisor", issuer)
    folios = etree.SubElement(root, f"{{{CANCEL}}}Folios", nsmap={None: CANCEL})
    etree.SubElement(folios, f"{{{CANCEL}}}UUID").text = uuid.upper()
    etree.SubElement(folios, f"{{{CANCEL}}}EstatusUUID").text = code
    _sign(root, sealer.certificate(PAC_RFC, "SELLO SAT DEL SANDBOX", "sat"))
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)
