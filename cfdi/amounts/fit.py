"""Raw lines -> Conceptos whose total is the ERP's total to the cent, with the proof, or a refusal.

The methods of `rounding` are tried in order; the first whose lines are within SAT's limits and whose sums
are the ERP's wins. A method that meets the total but not the ERP's net or a single tax is taken only
if no other meets them all, and the proof says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from ..errors import CfdiError
from ..values import CUOTA, Concepto, ImpuestosLocales, Totals
from .arithmetic import ZERO, exact_sum, round_half_up, written_decimals
from .lines import prepare_lines, tax_key
from .proof import line_limits, make_proof, sum_differences, violations
from .rounding import DoesNotFit, distribute_cents, round_as_the_erp, round_per_line, six_decimals
from .totals import totals_of_lines

# the names are those of the stored proofs
METHODS = {
    "por_linea": round_per_line,
    "seis_decimales": six_decimals,
    "como_el_erp": round_as_the_erp,
    "repartido": distribute_cents,
}
# amounts as a person reads them first; six decimals first where a quota has more than the currency
PER_LINE_FIRST = ("por_linea", "seis_decimales", "como_el_erp", "repartido")
SIX_DECIMALS_FIRST = ("seis_decimales", "por_linea", "como_el_erp", "repartido")


@dataclass(frozen=True, slots=True)
class ExpectedTotals:
    """What the ERP's document says, at the currency's decimals.

    `total` with local taxes; `net_sub_total` is the untaxed total (after discounts); `impuestos`
    (optional) the sum of each tax: {tax_key(impuesto): amount}, retentions positive as well; without
    it the sums of `InvoiceTax.rounded_importe` are taken, if every tax has one.
    """

    total: Decimal
    net_sub_total: Decimal
    impuestos: Mapping[tuple, Decimal] | None = None


@dataclass(frozen=True, slots=True)
class Fit:
    """The lines, the name of the method that made them, their totals, and the proof (JSON-able)."""

    conceptos: tuple[Concepto, ...]
    method: str
    totals: Totals
    proof: Mapping[str, object] = field(default_factory=dict)
    impuestos_locales: ImpuestosLocales | None = None


@dataclass(frozen=True, slots=True)
class _Attempt:
    method: str
    conceptos: list
    totals: Totals | None
    violations: list
    differing: dict
    limits: list = field(default_factory=list)  # SAT's, of each line


def fit_lines(invoice_lines, decimals, expected, six_decimals_first=None, impuestos_locales=None, rounded=None):
    """Return the Fit of lines of an income or a credit note.

    :param invoice_lines: sequence of InvoiceLine, all positive
    :param int decimals: of the currency
    :param ExpectedTotals expected: what the ERP's document says
    :param six_decimals_first: try `six_decimals` first; None: where a line has a quota, whose amounts
        have more decimals than the currency
    :param impuestos_locales: ImpuestosLocales of the document, part of the total
    :param rounded: function that returns the same invoice lines with the ERP's own rounded amounts, asked only where
        the methods before don't fit; None: they have them already
    :raises CfdiError: ``total_mismatch`` (data: expected, got, difference, model, lines),
        ``amount_out_of_bounds`` (a line's own numbers contradict each other), and those of
        `lines.prepare_lines` (``zero_price`` …)
    """
    for importe in (expected.total, expected.net_sub_total):
        if written_decimals(importe.normalize()) > decimals:
            raise CfdiError(
                "bad_amount",
                f"{importe} has more decimals than the currency.",
                data={"attribute": "Total", "value": str(importe)},
            )
    lines = prepare_lines(invoice_lines, decimals)
    expected = _with_tax_sums(invoice_lines, expected)
    attempts = []
    if six_decimals_first is None:
        six_decimals_first = any(i.tipo_factor == CUOTA for p in invoice_lines for i in p.impuestos)
    for method in SIX_DECIMALS_FIRST if six_decimals_first else PER_LINE_FIRST:
        if method == "como_el_erp" and rounded:
            lines = prepare_lines(rounded(), decimals)
        attempt = _attempt(method, lines, decimals, expected, impuestos_locales)
        attempts.append(attempt)
        if not attempt.violations and not attempt.differing:
            return _fit(attempt, decimals, impuestos_locales)
    for attempt in attempts:
        if not attempt.violations and "total" not in attempt.differing:
            return _fit(attempt, decimals, impuestos_locales)
    raise _refusal(attempts, lines, decimals, expected)


def _with_tax_sums(invoice_lines, expected):
    """`expected` with the sums of the ERP's own rounded taxes, if it came without sums."""
    taxed = [i for p in invoice_lines for i in p.impuestos if i.importe is not None]
    if expected.impuestos is not None or any(i.rounded_importe is None for i in taxed):
        return expected
    sums = {}
    for impuesto in taxed:
        key = tax_key(impuesto)
        sums[key] = sums.get(key, ZERO) + impuesto.rounded_importe
    return replace(expected, impuestos=sums)


def _attempt(method, lines, decimals, expected, local_taxes):
    try:
        conceptos = METHODS[method](lines, decimals, expected)
    except DoesNotFit as error:
        return _Attempt(method, [], None, [("model", error.line, error.text)], {})
    totals = totals_of_lines(conceptos, decimals, local_taxes)
    limits = [line_limits(concepto, decimals) for concepto in conceptos]
    return _Attempt(
        method,
        conceptos,
        totals,
        violations(conceptos, limits),
        sum_differences(totals, conceptos, expected),
        limits,
    )


def _fit(attempt, decimals, local_taxes):
    return Fit(
        tuple(attempt.conceptos),
        attempt.method,
        attempt.totals,
        make_proof(
            attempt.method, attempt.conceptos, attempt.totals, decimals, attempt.differing, attempt.limits
        ),
        local_taxes,
    )


def _refusal(attempts, lines, decimals, expected):
    """The error for the best attempt, with the lines that are farthest off."""
    complete = [i for i in attempts if i.totals]
    nearest = min(
        complete or attempts,
        key=lambda i: (bool(i.violations), abs(i.totals.total - expected.total) if i.totals else 0),
    )
    if nearest.violations:
        code, line, text = nearest.violations[0]
        number = "" if line is None else f" of line {line + 1}"
        return CfdiError(
            "amount_out_of_bounds",
            f"The amounts{number} contradict each other ({code}): {text}. Check its quantity, price and taxes.",
            line,
            {"sat_code": code, "line": None if line is None else line + 1, "detail": text},
        )
    farthest = _farthest(nearest.conceptos, lines, decimals)
    worst = farthest[0]
    difference = nearest.totals.total - expected.total
    return CfdiError(
        "total_mismatch",
        f"The CFDI would total {nearest.totals.total}, the invoice says {expected.total} "
        f"(difference {difference}). The greatest difference is in line {worst['line']}: "
        f"{worst['written']} against {worst['raw']}.",
        worst["line"] - 1,
        {
            "expected": str(expected.total),
            "got": str(nearest.totals.total),
            "difference": str(difference),
            "model": nearest.method,
            "lines": farthest,
            "sums": {name: [str(a), str(b)] for name, (a, b) in nearest.differing.items()},
        },
    )


def _farthest(conceptos, lines, decimals, count=3):
    """The lines whose written total is farthest from the ERP's raw one, worst first."""
    rows = []
    for concepto, line in zip(conceptos, lines, strict=True):
        written = (
            concepto.importe
            - (concepto.descuento or 0)
            + exact_sum(t.importe for t in concepto.traslados if t.importe is not None)
            - exact_sum(r.importe for r in concepto.retenciones)
        )
        raw = line.net + exact_sum(
            -i.importe if i.retencion else i.importe for i in line.invoice_line.impuestos if i.importe is not None
        )
        rows.append((abs(written - raw), line.index, written, raw))
    rows.sort(key=lambda f: (-f[0], f[1]))
    return [
        {
            "line": index + 1,
            "written": str(written),
            "raw": str(round_half_up(raw, 6)),
            "difference": str(round_half_up(written - raw, 6)),
        }
        for _distance, index, written, raw in rows[:count]
    ]
