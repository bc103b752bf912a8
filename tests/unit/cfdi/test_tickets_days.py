"""Random days of a shop: each in one global invoice, judged by SAT's schemas, by the tests' judge, and recounted.

PROPERTY_N asks for more than the usual number, SEED for others; a fault names the seed of its day. `make property`
tells the address of a sandbox, whose judge then looks at each one too.
"""

import os
from collections import Counter

import judge
import pytest
import requests
from test_xsd import errors, schema  # noqa: F401
from tickets import HEADER
from tickets_days import Day, recount

N, SEED = int(os.environ.get("PROPERTY_N") or 150), int(os.environ.get("SEED") or 20260504)
SANDBOX = os.environ.get("L10N_MX_FACTURE_SANDBOX")


def refusals(payload):
    """What the sandbox's judge has against a global invoice."""
    if not SANDBOX:
        return []
    values = {"zip": HEADER.lugar_expedicion, "documents": [payload.decode()]}
    answer = requests.post(f"{SANDBOX}/_sandbox/judge", json=values, timeout=120)
    answer.raise_for_status()
    return answer.json()[0]


def test_random_days(schema, capsys):  # noqa: F811
    seen, faults = Counter(), {}
    for seed in range(SEED, SEED + N):
        day = Day(seed).live()
        found = day.faults
        if day.payload:
            found += judge.faults(day.payload, 2, own_bases=True) + errors(schema, day.payload) + refusals(day.payload)
        if found:
            faults[seed] = found[:3]
        seen += day.seen
    with capsys.disabled():
        print(f"\n{N} days from seed {SEED}: {dict(sorted(seen.items()))}; faults: {faults}")
    assert faults == {}
    assert seen["globals"] > N * 0.9 and seen["returns"] > N / 10 and seen["tickets whose tax moved"] > N / 10


@pytest.mark.parametrize("name", ["Importe", "Base", "NoIdentificacion", "Total", "Descuento"])
def test_the_recount_finds_faults(name):
    """A change of a number of a ticket, or of the total, is found."""
    day = next(day for seed in range(SEED, SEED + 50) if (day := Day(seed).live()).seen["discounts"] and day.payload)
    assert recount(day.bought, day.payload) == []
    # of the header only the total is recounted: its other sums are the judge's
    before, tag, after = day.payload.decode().partition("<cfdi:Conceptos>" if name != "Total" else "<cfdi:Comprobante")
    head, _, tail = after.partition(f' {name}="')
    head = f"{before}{tag}{head}"
    value, _, rest = tail.partition('"')
    other = f"{value}9" if name == "NoIdentificacion" else f"{float(value) + 0.01:.2f}"
    assert recount(day.bought, f'{head} {name}="{other}"{rest}'.encode())
