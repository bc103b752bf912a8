"""Random lives of invoices with notes, payments and currencies: nothing is refused, and no cent is lost.

PROPERTY_N asks for more than the usual number, SEED for others; a fault names the seed of its life.
"""

import os
from collections import Counter

import payments_judge
import pytest
from payments_lives import Life
from receipts import payment, plain, receipt, settle
from test_xsd import errors, schema  # noqa: F401

N, SEED = int(os.environ.get("PROPERTY_N") or 150), int(os.environ.get("SEED") or 20260504)


def test_random_lives(schema, capsys):  # noqa: F811
    seen, faults = Counter(), {}
    for seed in range(SEED, SEED + N):
        life = Life(seed).live()
        found = life.faults + [error for xml in life.payloads for error in errors(schema, xml)]
        if found:
            faults[seed] = found[:3]
        seen += life.seen
    with capsys.disabled():
        print(f"\n{N} lives from seed {SEED}: {dict(sorted(seen.items()))}; faults: {faults}")
    assert faults == {}
    assert seen["receipts"] > N and seen["paid whole"] > N and seen["settlements in another currency"] > N


@pytest.mark.parametrize(
    ("old", "new", "code"),
    (
        ('BaseP="100.00"', 'BaseP="100.01"', "CRP20268"),
        ('ImporteP="16.00"', 'ImporteP="15.99"', "CRP20274"),
        ('ImporteDR="16.00"', 'ImporteDR="16.02"', "CRP20261"),
        ('BaseDR="100.00"', 'BaseDR="100.000000"', "padded"),
        ('ImpSaldoInsoluto="0.00"', 'ImpSaldoInsoluto="0.01"', "CRP20244"),
        ('Monto="116.00"', 'Monto="115.99"', "CRP20217"),
        ('TotalTrasladosBaseIVA16="100.00"', 'TotalTrasladosBaseIVA16="100.01"', "CRP20201"),
        ('EquivalenciaDR="1"', 'EquivalenciaDR="1.0000000000"', "CRP20238"),
        ('ObjetoImpDR="02"', 'ObjetoImpDR="01"', "CRP20247"),
    ),
)
def test_the_judge_finds_faults(old, new, code):
    xml = receipt(payment(settle(plain()))).payload.decode()
    assert payments_judge.faults(xml.encode()) == []
    assert old in xml
    found = payments_judge.faults(xml.replace(old, new, 1).encode())
    assert any(fault.startswith(code) for fault in found)
