"""Worked figures of other people's receipts of payment, which a PAC must take as they are."""

import pytest
from receipts import SOME, receipt

ROW = ('<pago20:Traslado{level} Base{level}="{base}" Impuesto{level}="002" TipoFactor{level}="Tasa"'
       ' TasaOCuota{level}="0.160000" Importe{level}="{amount}"/>')


def rows(level, *pairs):
    """Rows of IVA 16 %; ``level``: DR or P."""
    return "".join(ROW.format(level=level, base=base, amount=amount) for base, amount in pairs)


def document(currency, equivalence, paid, *pairs, before=None):
    """A DoctoRelacionado of an invoice at 16 % that is paid in full, or of ``before`` in part."""
    left = 0 if before is None else float(before) - float(paid)
    return (f'<pago20:DoctoRelacionado IdDocumento="{SOME}" MonedaDR="{currency}"'
            f' EquivalenciaDR="{equivalence}" NumParcialidad="1" ImpSaldoAnt="{before or paid}"'
            f' ImpPagado="{paid}" ImpSaldoInsoluto="{left:.2f}" ObjetoImpDR="02">'
            f'<pago20:ImpuestosDR><pago20:TrasladosDR>{rows("DR", *pairs)}</pago20:TrasladosDR>'
            '</pago20:ImpuestosDR></pago20:DoctoRelacionado>')


def payment(currency, rate, amount, totals, base, tax, *documents):
    """A receipt of one payment; ``totals``: MontoTotalPagos, base and tax in pesos."""
    total, total_base, total_tax = totals
    return receipt(
        f'<pago20:Totales TotalTrasladosBaseIVA16="{total_base}"'
        f' TotalTrasladosImpuestoIVA16="{total_tax}" MontoTotalPagos="{total}"/>'
        f'<pago20:Pago FechaPago="2026-05-04T12:00:00" FormaDePagoP="03" MonedaP="{currency}"'
        f' TipoCambioP="{rate}" Monto="{amount}">{"".join(documents)}<pago20:ImpuestosP>'
        f'<pago20:TrasladosP>{rows("P", (base, tax))}</pago20:TrasladosP></pago20:ImpuestosP>'
        '</pago20:Pago>')


def dollars(equivalence):
    """The document of USD 116.00."""
    return document("USD", equivalence, "116.00", ("100.00", "16.00"))


CASES = {
    "MXN 2,030 pay USD 116": payment(
        "MXN", "1", "2030.00", ("2030.00", "1750.00", "280.00"), "1749.999998", "280.000000",
        dollars("0.0571428572")),
    "MXN 2,088 pay USD 116": payment(
        "MXN", "1", "2088.00", ("2088.00", "1800.00", "288.00"), "1799.999999", "288.000000",
        dollars("0.0555555556")),
    "USD 116 pay USD 116": payment(
        "USD", "17.123456", "116.00", ("1986.32", "1712.35", "273.98"), "100.00", "16.00",
        dollars("1")),
    "USD 116 pay MXN 2,030": payment(
        "USD", "17.5", "116.00", ("2030.00", "1750.00", "280.00"), "100.000000", "16.000000",
        document("MXN", "17.5", "2030.00", ("1750.00", "280.00"))),
    "EUR 100 pay USD 116": payment(
        "EUR", "21", "100.00", ("2100.00", "1810.34", "289.66"), "86.206897", "13.793103",
        dollars("1.16")),
    "EUR 96.67 pay USD 116": payment(
        "EUR", "21", "96.67", ("2030.07", "1750.06", "280.01"), "83.336207", "13.333793",
        dollars("1.1999586222")),
    "MXN 2,204 pay MXN 116 and USD 116": payment(
        "MXN", "1", "2204.00", ("2204.00", "1900.00", "304.00"), "1899.999999", "304.000000",
        document("MXN", "1", "116.00", ("100.00", "16.00")), dollars("0.0555555556")),
    "a row for each concept": payment(
        "MXN", "1", "100.00", ("100.00", "86.20", "13.80"), "86.20", "13.80",
        document("MXN", "1", "100.00", *[("17.24", "2.76")] * 5, before="193.35")),
}


@pytest.mark.parametrize("name", CASES)
def test_they_are_stamped(client, name):
    response = client.stamp(CASES[name])
    assert response.status_code == 200, response.text


@pytest.mark.parametrize("base", ["1799.999998", "1800.00"])
def test_a_sum_that_is_cut_instead_of_rounded_is_refused(client, base):
    """Of 1,799.99999856."""
    xml = CASES["MXN 2,088 pay USD 116"].replace(b"1799.999999", base.encode())
    assert "CRP20268" in client.stamp(xml).text


def test_an_equivalence_that_is_rounded_half_up_is_within_the_margin_only(client):
    xml = payment("MXN", "1", "2030.00", ("2030.00", "1750.00", "280.00"), "1750.000001",
                  "280.000000", dollars("0.0571428571"))
    assert "CRP20276" in client.stamp(xml).text
    client.settings(naive_payment_sum=False)
    assert client.stamp(xml).status_code == 200


def test_one_row_for_all_concepts_may_be_outside_the_limits(client):
    """5 x 33.34 at 16 % are 26.65 by line; the sum of the bases allows 26.67 and 26.68."""
    xml = payment("MXN", "1", "193.35", ("193.35", "166.70", "26.65"), "166.70", "26.65",
                  document("MXN", "1", "193.35", ("166.70", "26.65")))
    assert "CRP20261" in client.stamp(xml).text
