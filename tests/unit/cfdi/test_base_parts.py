"""Parts of a line, so that each tax has its base."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st
from l10n_mx_facture.cfdi.base_parts import cut

UNIT = D("0.01")


def cut_text(net, *bases):
    parts = cut(D(net), [(key, group, D(base)) for key, group, base in bases], UNIT)
    return [(str(amount), "".join(sorted(keys))) for amount, keys in parts]


@pytest.mark.parametrize(
    ("net", "bases", "parts"),
    [
        ("431.03", [("V", "iva", "313.03")], [("313.03", "V"), ("118.00", "")]),
        ("100.00", [("V", "iva", "100.00")], [("100.00", "V")]),
        # rounding is no part
        ("100.00", [("V", "iva", "99.995000"), ("R", "isr", "100.004")], [("100.00", "RV")]),
        ("100.00", [], [("100.00", "")]),
        # side by side: 16 % on one part, 0 % on the other
        ("100.00", [("V", "iva", "60"), ("Z", "iva", "40")], [("60.00", "V"), ("40.00", "Z")]),
        # withheld on the part that has IVA
        ("100.00", [("V", "iva", "60"), ("Z", "iva", "40"), ("R", "ret", "60")], [("60.00", "RV"), ("40.00", "Z")]),
        ("100.00", [("V", "iva", "60"), ("R", "isr", "100")], [("60.00", "RV"), ("40.00", "R")]),
        # one rate in two rows
        ("100.00", [("V", "iva", "60"), ("V", "iva", "40")], [("100.00", "V")]),
        # two taxes on the same base
        ("100.00", [("A", "ieps", "100"), ("B", "ieps", "100")], [("100.00", "AB")]),
        ("100.00", [("V", "iva", "250")], [("100.00", "V")]),
        ("0.00", [("V", "iva", "0")], [("0.00", "V")]),
    ],
)
def test_parts(net, bases, parts):
    assert cut_text(net, *bases) == parts


MONEY = st.decimals(0, 10000, places=2)


@given(MONEY, st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from("xyz"), st.decimals(0, 12000, places=6))))
def test_they_sum_up(net, bases):
    parts = cut(net, bases, UNIT)
    assert sum(amount for amount, _keys in parts) == net
    assert all(amount > 0 for amount, _keys in parts) or net == 0
    if len(bases) == 1 and bases[0][2] <= net:
        assert abs(sum(amount for amount, keys in parts if keys) - bases[0][2]) <= UNIT
