"""The end of the certificate in a stamped CFDI."""

import base64
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from l10n_mx_facture.cfdi.certificate import certificate_end
from lxml import etree

SAMPLE = Path(__file__).parents[1] / "samples/stamped_invoice.xml"


def with_certificate(text):
    root = etree.fromstring(SAMPLE.read_bytes())
    root.set("Certificado", text)
    return etree.tostring(root)


@pytest.fixture(scope="module")
def certificate():
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x")])
    begin = datetime(2026, 1, 2, tzinfo=UTC)
    built = x509.CertificateBuilder(name, name, key.public_key(), 7, begin, begin + timedelta(days=10))
    return base64.b64encode(built.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)).decode()


def test_the_day_on_which_it_ends(certificate):
    assert certificate_end(with_certificate(certificate)) == date(2026, 1, 12)


@pytest.mark.parametrize("text", ["", "QUJD"])
def test_none_or_one_that_can_t_be_read_tells_nothing(text):
    assert certificate_end(with_certificate(text)) is None
