"""Seals over complements: those of real bills hold, what was changed is found, and what can't be said stays unsaid.

every_complement.xml has every attribute that SAT's schemas give each complement; its .txt is what SAT's stylesheet
makes of it (test_cadena_original).
"""

import base64
import importlib.util
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from l10n_mx_facture.cfdi import complement_cadena
from l10n_mx_facture.cfdi.cadena_original import cadena_original, seal_problem
from l10n_mx_facture.cfdi.errors import CfdiError
from lxml import etree
from test_cadena_original import SAMPLES, C, _bytes, _certificate, _sample, key  # noqa: F401

from conftest import REPO, SHARED

EVERY = etree.fromstring((SAMPLES / "cadena/every_complement.xml").read_bytes())
INSIDE = {etree.QName(node).localname + etree.QName(node).namespace.rpartition("/")[2]: node
          for path in (f"{C}Complemento/*", f"{C}Conceptos/{C}Concepto/{C}ComplementoConcepto/*")
          for node in EVERY.findall(path) if "TimbreFiscalDigital" not in node.tag}  # fmt: skip
# SAT's own stylesheet leaves out some of what the schema has
INCOMPLETE = {"detallistadetallista", "VentaVehiculosventavehiculos"}
FOLDER = SHARED / "sat/xsd/www.sat.gob.mx/sitio_internet/cfd"


def _copy(node):
    return etree.fromstring(etree.tostring(node, encoding="unicode", with_tail=False))


def _with(*nodes):
    """The sample with these complements."""
    root = etree.fromstring(_sample())
    for node in nodes:
        root.find(f"{C}Complemento").append(_copy(node))
    return root


def _seal(root, key, cadena=None):  # noqa: F811
    root.set("Certificado", base64.b64encode(_certificate(key)).decode())
    text = cadena or cadena_original(_bytes(root))
    root.set("Sello", base64.b64encode(key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())).decode())
    return root


def _unsaid(root):
    with pytest.raises(CfdiError) as caught:
        seal_problem(_bytes(root))
    return caught.value.code == "cadena_unsupported"


def test_all_that_real_bills_carry_are_there():
    names = {name.rpartition("/")[2] for name in complement_cadena._rules()}
    assert names >= {
        "Pagos20", "CartaPorte31", "CartaPorte30", "ComercioExterior20", "nomina12", "ine", "iedu", "leyendasFiscales",
        "donat", "terceros", "hidrocarburospetroliferos", "GastosHidrocarburos10", "IngresosHidrocarburos10",
        "implocal", "aerolineas", "notariospublicos", "EstadoDeCuentaCombustible12", "detallista", "ventavehiculos",
    }  # fmt: skip
    assert len(INSIDE) == len(names) - 1, "all but terceros, which version 4.0 has no more"


@pytest.mark.parametrize("name", sorted(INSIDE))
def test_a_seal_holds_and_no_value_can_be_changed(key, name):  # noqa: F811
    root = _seal(_with(INSIDE[name]), key)
    assert seal_problem(_bytes(root)) is None
    if name in INCOMPLETE:
        root.set("Total", "1.00")
        assert _unsaid(root)
        return
    [complement] = root.findall(f"{C}Complemento/{INSIDE[name].tag}")
    places = [(node, attribute) for node in complement.iter() for attribute in node.attrib if attribute[0] != "{"]
    for node, attribute in places[:: 1 + len(places) // 40]:
        before = node.get(attribute)
        node.set(attribute, f"{before}x")
        assert seal_problem(_bytes(root)) == "broken_seal", (node.tag, attribute)
        node.set(attribute, before)
    assert seal_problem(_bytes(root)) is None


def test_what_a_newer_complement_may_have_is_not_called_a_broken_seal(key):  # noqa: F811
    pagos = INSIDE["PagosPagos20"]
    for change in (
        lambda node: node.set("Nuevo", "1"),
        lambda node: node[0].set("Nuevo", "1"),
        lambda node: etree.SubElement(node, f"{{{etree.QName(node).namespace}}}Nuevo").set("a", "1"),
        lambda node: setattr(node[-1], "text", "palabras"),
    ):
        newer = _copy(pagos)
        change(newer)
        # by a rule that isn't known here
        root = _seal(_with(newer), key, cadena="||4.0|something||")
        assert _unsaid(root)
        # by the one that is
        assert seal_problem(_bytes(_seal(_with(newer), key))) is None


def test_an_unknown_complement_is_never_called_a_broken_seal(key):  # noqa: F811
    root = _seal(_with(), key)
    etree.SubElement(root.find(f"{C}Complemento"), "{http://www.sat.gob.mx/Nuevo10}Nuevo")
    assert _unsaid(root)


def test_terceros_is_tried_with_its_rule_and_without(key):  # noqa: F811
    namespace = "{http://www.sat.gob.mx/terceros}"
    root = _with()
    where = etree.SubElement(root.find(f"{C}Conceptos/{C}Concepto"), f"{C}ComplementoConcepto")
    node = etree.SubElement(where, f"{namespace}PorCuentadeTerceros", version="1.1", rfc="AAA010101AAA")
    taxes = etree.SubElement(etree.SubElement(node, f"{namespace}Impuestos"), f"{namespace}Traslados")
    etree.SubElement(taxes, f"{namespace}Traslado", impuesto="IVA", tasa="16.00", importe="1.60")
    with_rule = cadena_original(_bytes(root))
    assert "|1.1|AAA010101AAA|IVA|16.00|1.60|" in with_rule
    without = with_rule.replace("|1.1|AAA010101AAA|IVA|16.00|1.60", "")
    for cadena in (with_rule, without):
        _seal(root, key, cadena)
        assert seal_problem(_bytes(root)) is None
    node.set("rfc", "BBB010101AAA")
    assert seal_problem(_bytes(root)) is None, "sealed without it"
    _seal(root, key, with_rule)
    assert _unsaid(root)


@pytest.mark.skipif(not FOLDER.is_dir(), reason="SAT's stylesheets are not here")
def test_the_table_is_what_sat_s_stylesheets_say():
    file = Path(REPO) / "dev/checks/complement_rules.py"
    spec = importlib.util.spec_from_file_location("complement_rules", file)
    writer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(writer)
    assert (Path(REPO) / "cfdi/complement_rules.txt").read_text("utf-8") == writer.rules_text(FOLDER)
