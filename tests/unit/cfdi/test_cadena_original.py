"""The cadena original against what SAT's stylesheet made of the same documents, and seals of real certificates."""

import base64
import datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from l10n_mx_facture.cfdi.cadena_original import cadena_original, seal_problem
from l10n_mx_facture.cfdi.errors import CfdiError
from lxml import etree

from conftest import SHARED

SAMPLES = Path(__file__).parents[1] / "samples"
# the .txt are the output of SAT's cadenaoriginal_4_0.xslt for the XML of the same name
EXPECTED = sorted((SAMPLES / "cadena").glob("*.txt"))
SEALED = sorted((SHARED / "sat/samples/golden").glob("*.xml"))
NUMBER, ISSUER = "30001000000500003416", "EKU9003173C9"
C = "{http://www.sat.gob.mx/cfd/4}"
DAY = datetime.datetime(2026, 5, 5, tzinfo=datetime.UTC)


def _source(expected):
    beside = expected.with_suffix(".xml")
    return (beside if beside.exists() else SAMPLES / beside.name).read_bytes()


def _sample():
    return _source(SAMPLES / "cadena/stamped_invoice.txt")


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _certificate(key, number=NUMBER, subject=f"{ISSUER} / XIQB891116QE4"):
    named = [x509.NameAttribute(x509.ObjectIdentifier("2.5.4.45"), subject)] if subject else []
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ESCUELA KEMPER URGATE"), *named])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(int.from_bytes(number.encode(), "big"))
    builder = builder.not_valid_before(DAY).not_valid_after(DAY + datetime.timedelta(days=365))
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def _sealed(key, certificate=None):
    """The sample with a true seal over the cadena that SAT's stylesheet makes of it."""
    root = etree.fromstring(_sample())
    cadena = (SAMPLES / "cadena/stamped_invoice.txt").read_text("utf-8").rstrip("\n")
    sello = key.sign(cadena.encode(), padding.PKCS1v15(), hashes.SHA256())
    root.set("Certificado", base64.b64encode(certificate or _certificate(key)).decode())
    root.set("Sello", base64.b64encode(sello).decode())
    return root


def _bytes(root):
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda path: path.stem)
def test_it_is_what_the_stylesheet_of_sat_makes(expected):
    assert cadena_original(_source(expected)) == expected.read_text("utf-8").rstrip("\n")


def test_the_samples_are_there():
    assert {path.stem for path in EXPECTED} == {
        "every_part", "every_complement", "stamped_invoice", "credit_note_usd", "global_local_taxes"
    }


# without the reference material there are none, and an empty list is a parameter of pytest's own
@pytest.mark.parametrize("path", SEALED, ids=lambda path: getattr(path, "stem", "none"))
def test_seals_made_by_others_hold(path):
    xml = path.read_bytes()
    assert seal_problem(xml) is None
    root = etree.fromstring(xml)
    root.set("Total", "0.01")
    assert seal_problem(_bytes(root)) == "broken_seal"


def test_a_seal_holds_and_whatever_it_covers_can_t_be_changed(key):
    assert seal_problem(_bytes(_sealed(key))) is None
    covered = 0
    for number, node in enumerate(_sealed(key).iter()):
        for name in node.attrib:
            if name in ("Sello", "Certificado", "NoCertificado") or name.startswith("{"):
                continue
            changed = _sealed(key)
            place = list(changed.iter())[number]
            place.set(name, place.get(name)[:-1] + ("1" if place.get(name)[-1] != "1" else "2"))
            if "TimbreFiscalDigital" in str(place.tag) or place.tag == f"{C}Addenda":
                assert seal_problem(_bytes(changed)) is None
            elif name == "Version" and place.tag == f"{C}Comprobante":
                with pytest.raises(CfdiError):
                    seal_problem(_bytes(changed))
            else:
                covered += 1
                assert seal_problem(_bytes(changed)) is not None, (place.tag, name)
    assert covered > 50


def test_white_space_is_collapsed_as_the_stylesheet_does(key):
    root = _sealed(key)
    root.set("CondicionesDePago", f"  {root.get('CondicionesDePago').replace(' ', '   ')} ")
    assert seal_problem(_bytes(root)) is None
    # a no-break space is a character like any other
    root.set("CondicionesDePago", root.get("CondicionesDePago").replace("   ", "\u00a0"))
    assert seal_problem(_bytes(root)) == "broken_seal"


def test_a_value_moved_to_its_neighbour_breaks_the_seal(key):
    root = _sealed(key)
    first = root.find(f"{C}Conceptos/{C}Concepto")
    root.find(f"{C}Conceptos").append(first)
    assert seal_problem(_bytes(root)) == "broken_seal"


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"Sello": ""}, "no_seal"),
        ({"Certificado": ""}, "no_seal"),
        ({"Sello": "no base64!"}, "no_seal"),
        ({"Certificado": "bm8gY2VydGlmaWNhdGU="}, "bad_certificate"),
        ({"NoCertificado": "30001000000500003417"}, "other_certificate"),
        ({"Sello": base64.b64encode(b"x" * 256).decode()}, "broken_seal"),
    ],
)
def test_what_is_wrong_with_a_seal_is_told(key, values, problem):
    root = _sealed(key)
    for name, value in values.items():
        root.set(name, value)
    assert seal_problem(_bytes(root)) == problem


def test_a_certificate_of_another_taxpayer_seals_nothing_of_ours(key):
    stranger = _certificate(key, subject="URE180429TM6 / XIQB891116QE4")
    assert seal_problem(_bytes(_sealed(key, stranger))) == "certificate_of_another"


def test_a_certificate_that_names_nobody_is_judged_by_its_seal(key):
    nobody = _certificate(key, subject=" / ")
    assert seal_problem(_bytes(_sealed(key, nobody))) == "certificate_of_another"
    root = _sealed(key, _certificate(key, subject=None))
    assert seal_problem(_bytes(root)) is None
    root.set("Total", "1.00")
    assert seal_problem(_bytes(root)) == "broken_seal"


def test_a_key_that_is_not_rsa_is_no_seal_of_sat():
    other = ec.generate_private_key(ec.SECP256R1())
    root = _sealed(rsa.generate_private_key(public_exponent=65537, key_size=2048), _certificate(other))
    assert seal_problem(_bytes(root)) == "bad_certificate"


def test_a_complement_whose_rule_is_not_known_is_refused():
    root = etree.fromstring(_sample())
    etree.SubElement(root.find(f"{C}Complemento"), "{http://www.sat.gob.mx/Pagos30}Pagos")
    with pytest.raises(CfdiError) as caught:
        cadena_original(_bytes(root))
    assert caught.value.code == "cadena_unsupported"
    assert "Pagos" in caught.value.text


def test_only_a_cfdi_40_has_one():
    for xml in (b"<a/>", _sample().replace(b'Version="4.0"', b'Version="3.3"')):
        with pytest.raises(CfdiError) as caught:
            cadena_original(xml)
        assert caught.value.code == "not_cfdi40"
    root = etree.fromstring(_sample())
    root.remove(root.find(f"{C}Emisor"))
    with pytest.raises(CfdiError) as caught:
        seal_problem(_bytes(root))
    assert caught.value.code == "structure"
