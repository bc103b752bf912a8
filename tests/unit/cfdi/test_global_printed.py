"""Which lines of a printed global invoice are on a page together."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from l10n_mx_facture.cfdi.global_invoice.line import concepto_of
from l10n_mx_facture.cfdi.global_invoice.printed import FIRST_PAGE, NEXT_PAGES, NUMBER_WIDTH, is_of_tickets, pages_of
from l10n_mx_facture.cfdi.read import read_cfdi
from tickets import built, guide, with_iva


def lines_of(count, **changes):
    line = concepto_of(with_iva("T", "100.00", "16.00"))
    return [replace(line, no_identificacion=f"T-{number}", **changes) for number in range(count)]


def sizes(lines):
    return [len(page) for page in pages_of(lines)]


def test_the_first_page_has_room_for_fewer():
    assert sizes([]) == []
    assert sizes(lines_of(FIRST_PAGE)) == [FIRST_PAGE]
    assert sizes(lines_of(FIRST_PAGE + NEXT_PAGES + 1)) == [FIRST_PAGE, NEXT_PAGES, 1]
    lines = lines_of(500)
    assert [line for page in pages_of(lines) for line in page] == lines


@pytest.mark.parametrize("height", [2, 3])
def test_a_ticket_of_several_lines_of_text_takes_more_room(height):
    (tax,) = lines_of(1)[0].traslados
    assert sizes(lines_of(FIRST_PAGE, traslados=(tax,) * height))[0] == FIRST_PAGE // height
    long = [replace(line, no_identificacion="N" * (NUMBER_WIDTH * height)) for line in lines_of(FIRST_PAGE)]
    assert sizes(long)[0] == FIRST_PAGE // height


def test_a_line_that_is_higher_than_a_page_has_one_of_its_own():
    (tax,) = lines_of(1)[0].traslados
    assert sizes([*lines_of(1), *lines_of(2, traslados=(tax,) * (NEXT_PAGES + 1)), *lines_of(1)]) == [1, 1, 1, 1]


def test_what_is_a_global_invoice_of_tickets():
    cfdi = read_cfdi(built(guide()).payload)
    assert is_of_tickets(SimpleNamespace(cfdi=cfdi, partes=()))
    assert not is_of_tickets(SimpleNamespace(cfdi=cfdi, partes=("a part",)))
    comprobante = cfdi.comprobante
    for changes in (
        {"informacion_global": None},
        {"conceptos": (*comprobante.conceptos, replace(comprobante.conceptos[0], descripcion="Playera"))},
        {"conceptos": (*comprobante.conceptos, replace(comprobante.conceptos[0], no_identificacion=None))},
        {"conceptos": (*comprobante.conceptos, replace(comprobante.conceptos[0], cuentas_prediales=("1",)))},
    ):
        other = replace(cfdi, comprobante=replace(comprobante, **changes))
        assert not is_of_tickets(SimpleNamespace(cfdi=other, partes=())), changes
