"""SAT's matrix of Pagos 2.0: the codes that are no rule here, and why. The others are rules (pago, docto, pagos)."""

_ENVELOPE = "the envelope of a receipt is constant: payments/receipt.py"
_RATE = (
    "the equivalence is always written, of the payment's own currency as 1: payments/split.py"
)
_SPEI = "the bank's certificate, original string and seal are never written: payments/payment.py has no place for them"
_COPIED = "rows are copied from the stamped invoice, whose rules judged them: payments/invoice.py"
_SUMMED = "ImpuestosP has the keys of the invoices' rows: payments/summary.py"

# holds by the way a receipt is made; tests/unit/cfdi/test_payments_codes.py looks at each
CONSTRUCTED = {
    **dict.fromkeys((f"CRP{n}" for n in range(20101, 20124)), _ENVELOPE),
    **dict.fromkeys((f"CRP{n}" for n in range(20229, 20236)), _SPEI),
    **dict.fromkeys(("CRP20238", "CRP20277"), _RATE),
    **dict.fromkeys((f"CRP{n}" for n in (20250, 20251, 20252, 20253, 20256, 20257, 20258, 20259, 20260)), _COPIED),
    **dict.fromkeys(("CRP20262", "CRP20266", "CRP20270", "CRP20272"), _SUMMED),
}
_INACTIVE = "not in force: SAT has not published the limits that ask for a Confirmacion"

ONLY_SAT = {
    **dict.fromkeys(("CRP20216", "CRP20220"), _INACTIVE),
    "CRP20222": "needs SAT's list of registered taxpayers (l_RFC), which only SAT and the PACs have",
}
