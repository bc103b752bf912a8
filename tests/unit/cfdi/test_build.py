"""Build once, parse once: what comes of it is the same as piece by piece."""

from decimal import Decimal as D

import pytest
from carts import IVA16, cart
from cfdi_values import comprobante, concepto, sample
from l10n_mx_facture.cfdi.amounts.fit import fit_lines
from l10n_mx_facture.cfdi.amounts.totals import compute_totals
from l10n_mx_facture.cfdi.build import build
from l10n_mx_facture.cfdi.cadena_original import cadena_original, seal_problem
from l10n_mx_facture.cfdi.comparison import differences
from l10n_mx_facture.cfdi.errors import CfdiError
from l10n_mx_facture.cfdi.read import parse_cfdi, read_cfdi
from l10n_mx_facture.cfdi.received import read_received
from l10n_mx_facture.cfdi.rules import Document, judge
from l10n_mx_facture.cfdi.write import to_xml
from l10n_mx_facture.cfdi.xml import parse

STAMPED = sample("stamped_invoice")


def test_a_fit_gives_totals_and_proof():
    case = cart([((IVA16,), D("33.33"), D(3), D(0))] * 3, 2, True)
    fit = fit_lines(case.invoice_lines, 2, case.expected)
    made = comprobante(*fit.conceptos)
    built = build(made, fit)
    assert built.payload == to_xml(made)
    assert built.totals == compute_totals(made) == read_cfdi(built.payload).totals
    assert built.proof is fit.proof and built.proof["total"] == str(built.totals.total)
    assert judge(Document.from_comprobante(made, built.totals)) == judge(Document.from_comprobante(made))


def test_what_is_told_besides_the_xml_is_as_in_it():
    made = comprobante(
        concepto(descripcion="Pin\u0303a\x07", no_identificacion="\u200b"), concepto(), serie="N\u0303", folio=" 7 "
    )
    built = build(made)
    assert built.comprobante == read_cfdi(built.payload).comprobante
    assert built.comprobante.serie == "\u00d1" and built.comprobante.conceptos[0].descripcion == "Pi\u00f1a"
    # most have nothing to change
    assert built.comprobante.conceptos[1] is made.conceptos[1]
    assert build(built.comprobante).comprobante is built.comprobante


def test_without_a_fit_the_totals_are_computed():
    made = read_cfdi(STAMPED).comprobante
    built = build(made)
    assert (built.payload, built.totals, built.proof) == (to_xml(made), compute_totals(made), {})


def test_a_parsed_tree_serves_all_questions():
    root, sent = parse_cfdi(STAMPED), to_xml(read_cfdi(STAMPED).comprobante)
    assert read_cfdi(root) == read_cfdi(STAMPED)
    assert differences(parse_cfdi(sent), root) == differences(sent, STAMPED) == []
    assert differences(root, parse_cfdi(sent)) == differences(STAMPED, sent) != []
    assert cadena_original(root) == cadena_original(STAMPED)
    assert seal_problem(root) == seal_problem(STAMPED)
    assert read_received(root) == read_received(STAMPED)
    assert Document.from_xml(root) == Document.from_xml(STAMPED)


@pytest.mark.parametrize("declared", ("iso-8859-1", "windows-1252"))
def test_a_tree_in_another_encoding_is_refused_as_its_bytes_are(declared):
    other = STAMPED.decode().replace("UTF-8", declared, 1).encode(declared)
    for xml in (other, parse(other)):
        with pytest.raises(CfdiError) as caught:
            read_cfdi(xml)
        assert (caught.value.code, caught.value.data) == ("encoding", {"encoding": declared})


def test_a_document_without_a_declaration_is_utf_8():
    bare = STAMPED.partition(b"?>")[2].strip()
    assert read_cfdi(parse(bare)) == read_cfdi(bare)
