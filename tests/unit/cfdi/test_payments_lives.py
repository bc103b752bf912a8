"""Random lives of invoices with notes, payments and currencies: nothing is refused, and no cent is lost.

PROPERTY_N asks for more than the usual number, SEED for others; a fault names the seed of its life. `make property`
tells the address of a sandbox, whose judge then looks at each receipt.
"""

import os
from collections import Counter
from datetime import UTC, datetime, timedelta
from fractions import Fraction as F

import payments_judge
import pytest
import requests
from payments_lives import Life
from payments_recount import limits, tellable
from receipts import HEADER, payment, plain, receipt, settle
from test_xsd import errors, schema  # noqa: F401

N, SEED = int(os.environ.get("PROPERTY_N") or 150), int(os.environ.get("SEED") or 20260504)
SANDBOX = os.environ.get("L10N_MX_FACTURE_SANDBOX")


def refusals(xmls):
    """What the sandbox's judge has against receipts, as of today: it refuses those that are days old."""
    if not SANDBOX or not xmls:
        return []
    # a time that has been everywhere in Mexico
    now = (datetime.now(UTC) - timedelta(hours=9)).strftime("%Y-%m-%dT%H:%M:%S")
    texts = [xml.decode().replace(f' Fecha="{HEADER.fecha.isoformat()}"', f' Fecha="{now}"') for xml in xmls]
    values = {"zip": HEADER.lugar_expedicion, "documents": texts}
    answer = requests.post(f"{SANDBOX}/_sandbox/judge", json=values, timeout=120)
    answer.raise_for_status()
    return [finding for findings in answer.json() for finding in findings]


def test_random_lives(schema, capsys):  # noqa: F811
    seen, faults = Counter(), {}
    for seed in range(SEED, SEED + N):
        life = Life(seed).live()
        found = life.faults + [error for xml in life.payloads for error in errors(schema, xml)]
        found += refusals(life.payloads)
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


@pytest.mark.parametrize("rate", ("0.000001", "0.0125", "0.16", "0.5", "0.53", "1", "1.6", "3.0818", "6.4555"))
def test_what_rows_of_a_base_can_have(rate):
    """The recount's proof, by trying all rows: none but these sums can be told."""
    rate, most = F(rate), 7
    reachable = {0: {0}}
    for base in range(1, most + 1):
        reachable[base] = {
            own + rest
            for m in range(1, base + 1)
            for own in range(limits(m, rate, 2)[0], limits(m, rate, 2)[1] + 1)
            for rest in reachable[base - m]
        }
    for base in reachable:
        for tax in range(limits(most, rate, 2)[1] + 3):
            wanted = [int(value * 100) for value in tellable(rate, F(base, 100), F(tax, 100), 2)]
            assert (wanted == [base, tax]) == (tax in reachable[base])
            if wanted[0] <= most:
                assert wanted[1] in reachable[wanted[0]]
                others = [one for one in reachable if tax in reachable[one]]
                # the same tax on the nearest base, where there is one at all
                assert not others or wanted == [min(others, key=lambda one: abs(one - base)), tax]
