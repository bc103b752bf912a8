"""The last cent of a tax: what notes left with no base, or too little, is told too. Lives that lost one, as cases.

The seeds are those of `make property PART=lives` that found them.
"""

from dataclasses import replace
from decimal import Decimal as D
from fractions import Fraction as F

import payments_judge
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from l10n_mx_facture.cfdi.amounts.arithmetic import UNITS, tax_limits
from l10n_mx_facture.cfdi.payments.invoice import TaxRow
from l10n_mx_facture.cfdi.payments.netting import net_rows
from payments_recount import tellable
from receipts import ieps, invoice, iva, life, line, note, payment, plain, receipt, rows, settle

RATES = ("0", "0.000001", "0.0125", "0.04", "0.08", "0.106667", "0.16", "0.265", "0.5", "1", "1.6", "3.0818", "64.9")


def pay(paid, *steps):
    """The rows of each receipt, of steps as (amount, notes since the last one); the receipts, and their findings."""
    printed, notes, told, built = (), (), [], []
    for amount, *credited in steps:
        notes += tuple(credited)
        rate = {} if paid.moneda == "MXN" else {"tipo_cambio": D("0.1187")}
        one = settle(paid, amount, notes=notes, printed=printed)
        built.append(receipt(payment(one, moneda=paid.moneda, **rate)))
        assert payments_judge.faults(built[-1].payload) == []
        told.append(rows(built[-1].comprobante.pagos.pagos[0].doctos[0]))
        printed += built[-1].printed
    assert printed[-1].balance_after == 0
    return told, [finding.code for one in built for finding in one.findings]


def test_a_note_takes_the_base_and_leaves_a_cent_of_tax():
    """Seed 701158: the note rounds line by line, 6.05 + 0.08 of IVA where 6.14 are left of it."""
    paid = invoice(line("630.340254", iva("630.340254", "50.427220", "0.080000")),
                   line("8.790411", iva("8.790411", "0.703233", "0.080000")))  # fmt: skip
    credit = note(line("75.64", iva("75.64", "6.05", "0.080000")), line("1.05", iva("1.05", "0.08", "0.080000")))
    told, codes = pay(paid, ("607.43",), ("0.01", credit))
    # 44.99 + 0.01 is the IVA, 51.13 less 6.13, to the cent; it needs a base, the least there is
    assert told == [["T002 562.44 44.99"], ["T002 0.01 0.01"]] and codes == []


def test_a_note_takes_the_base_of_one_of_three_taxes():
    """Seed 701419, in yen, of two decimals here: the note has IVA of 16 % of 3, which is 0."""
    paid = yen(line("8", ieps("8", "2", "0.265000"), iva("10", "2")), line("646", iva("646", "52", "0.080000")))
    credit = yen_note(line("2", ieps("2", "1", "0.265000"), iva("3", "0")),
                      line("129", iva("129", "10", "0.080000")))  # fmt: skip
    told, codes = pay(paid, ("412",), ("66",), ("21", credit), ("44",), ("25",))
    assert sums(told) == {"T003": (6, 1), "T002": (6 + 1 + 1 + 375 + 60 + 19 + 40 + 23, 1 + 1 + 30 + 5 + 2 + 3 + 2)}
    assert codes == []


def test_notes_before_and_between():
    """Seed 702959."""
    paid = yen(line("9", ieps("9", "2.385000", "0.265000"), iva("11.385000", "1.821600")))
    first = yen_note(line("1", ieps("1", "0", "0.265000"), iva("1", "0")))
    second = yen_note(line("2", ieps("2", "1", "0.265000"), iva("3", "0")))
    told, codes = pay(paid, ("8", first), ("1", second))
    assert told == [["T003 5 1", "T002 7 1"], ["T003 1 0", "T002 1 1"]] and codes == []


def test_payments_too_small_for_a_row():
    """Seed 700326: each tells one unit of base."""
    paid = yen(line("3", ieps("3", "0.795000", "0.265000"), iva("3.795000", "0.607200")))
    credit = yen_note(line("1", ieps("1", "0", "0.265000"), iva("1", "0")))
    told, codes = pay(paid, ("1",), ("1", credit), ("1",), ("1",))
    assert sums(told) == {"T003": (2, 1), "T002": (3, 1)} and codes == []


def test_the_last_unit_of_base_takes_the_tax_along():
    told, _codes = pay(yen(line("1", ieps("1", "1", "0.265000")), line("5")), ("1",), ("6",))
    assert told == [["T003 1 1"], []]


def test_a_cent_that_was_told_and_then_credited_is_said():
    """No receipt takes a cent back: a warning, not a refusal."""
    paid = invoice(line("100.00", iva("100.00", "8.00", "0.080000")), line("50.00"))
    credit = note(line("20.00", iva("20.00", "1.61", "0.080000")))
    told, codes = pay(paid, ("126.40",), ("9.99", credit))
    assert told == [["T002 80.00 6.40"], []] and codes == ["REP-NOTA"]


@pytest.mark.parametrize(("left", "fits"), ((("0.00", "0.01"), True), (("0.00", "-0.01"), False),
                                            (("-0.01", "0.01"), False), (("0.01", "0.02"), True)))  # fmt: skip
def test_what_no_rows_can_have(left, fits):
    """A tax without a base, or below zero."""
    base, importe = map(D, left)
    own = TaxRow(False, "002", "Tasa", D("0.160000"), D("100.00"), D("16.00"))
    found, found_fits = net_rows((own,), (replace(own, base=own.base - base, importe=own.importe - importe),), 2)
    assert sum(row.importe for row in found) == max(importe, 0) and found_fits == fits
    assert [str(row.base) for row in found] == ["0.01"] * int(importe * 100 if importe > 0 else 0)


@given(st.sampled_from(RATES), st.sampled_from((0, 2, 3)), st.integers(-2, 3000), st.integers(-6, 6))
@example("0.04", 2, 200, -5)  # a tax far below: the parts are large
@example("3.0818", 0, 19, 9)  # seed 701715: parts to half a cent would leave too little base for the rest
@example("64.9", 2, 0, 3)  # 0.01 litres have 0.32 at least: the tax of no base can't be told
def test_what_is_left_is_told_by_rows_within_the_limits(rate, n, base, off):
    """As the recount proves that rows can have it."""
    rate, unit = D(rate), UNITS[n]
    importe = (int(base * rate) + off) * unit if rate else 0 * unit
    whole = TaxRow(False, "003", "Cuota", rate, 5000 * unit, 5000 * unit)
    taken = replace(whole, base=whole.base - base * unit, importe=whole.importe - importe)
    # of many rows, so that this is no more than they round apart
    taken = (taken, *[replace(whole, base=0 * unit, importe=0 * unit)] * 9)
    found, _fits = net_rows((whole,), taken, n)
    for row in found:
        lowest, highest = tax_limits(row.base, rate, n)
        assert row.base > 0 and lowest <= row.importe <= highest
    told = [F(sum((getattr(row, name) for row in found), D(0))) for name in ("base", "importe")]
    assert told == tellable(F(rate), F(base * unit), F(importe), n)


@given(st.sampled_from(RATES[1:]), st.integers(1, 400), st.sampled_from((0, 1)),
       st.lists(st.integers(1, 60), min_size=1, max_size=6))  # fmt: skip
@example("0.16", 10001, 1, [333, 1, 1, 1])
def test_any_row_within_the_limits_is_told_to_the_cent(rate, base, limit, amounts):
    """However it is paid: what a receipt leaves is within the limits again."""
    rate, base = D(rate), D(base).scaleb(-2)
    importe = tax_limits(base, rate, 2)[limit]
    total = base + importe
    paid = plain(str(total), str(base), str(importe))
    paid = replace(paid, rows=(replace(paid.rows[0], tasa_o_cuota=rate, impuesto="003", tipo_factor="Cuota"),))
    parts, left = [], total
    for part in amounts:
        parts += [min(D(part) / 100, left)] if left > 0 else []
        left -= parts[-1] if parts else 0
    parts = [*[part for part in parts if part > 0], *([left] if left > 0 else [])]
    told = [row for one in life(paid, *parts) for row in one.comprobante.pagos.pagos[0].doctos[0].traslados]
    assert (sum(row.base for row in told), sum(row.importe for row in told)) == (base, importe)
    for row in told:
        lowest, highest = tax_limits(row.base, rate, 2)
        assert lowest <= row.importe <= highest


def yen(*lines):
    return invoice(*lines, moneda="JPY")


def yen_note(*lines):
    return note(*lines, moneda="JPY")


def sums(told):
    """Dict from a tax to its (base, amount) over all receipts."""
    found = {}
    for key, base, tax in (text.split() for one in told for text in one):
        before = found.get(key, (0, 0))
        found[key] = before[0] + D(base), before[1] + D(tax)
    return found
