"""What the printed form of a stamped CFDI says, from its XML."""

import re
from decimal import Decimal as D

import pytest
from cfdi_values import SAMPLES, sample
from l10n_mx_facture.cfdi.errors import CfdiError
from l10n_mx_facture.cfdi.expression import Expression
from l10n_mx_facture.cfdi.printed import amount_text, rate_text, read_printed, tax_name
from l10n_mx_facture.cfdi.values import Retencion, Traslado
from test_received import changed

STAMPED = sample("stamped_invoice")


def every_part():
    xml = (SAMPLES / "cadena/every_part.xml").read_text(encoding="utf-8")
    full = "0D1E6A52-7B3C-4F7E-9A64-3C1B2A5D9E1"
    for number, short in enumerate(("U-1", "U-2", "U-3", "U")):
        xml = xml.replace(f'UUID="{short}"', f'UUID="{full}{number}"')
    return xml.encode()


def test_the_address_of_sat_has_what_the_xml_writes():
    assert read_printed(STAMPED).url == (
        "https://verificacfdi.facturaelectronica.sat.gob.mx/default.aspx?id=0d1e6a52-7b3c-4f7e-9a64-3c1b2a5d9e10"
        "&re=EKU9003173C9&rr=H&amp;E951128469&tt=1469.82&fe=cHJ1ZWJh"
    )


def test_an_ampersand_is_written_as_in_xml_and_the_seal_is_not_escaped():
    found = Expression.of("Ñ&A010101AAA", "XAXX010101000", "0.10", "U", "xxxx1234+/==")
    assert found.url().endswith("?id=U&re=Ñ&amp;A010101AAA&rr=XAXX010101000&tt=0.10&fe=1234+/==")
    assert found.text() == "?re=Ñ&amp;A010101AAA&rr=XAXX010101000&tt=0.10&id=U&fe=1234+/=="
    assert found.text(escaped=False).startswith("?re=Ñ&A010101AAA&rr=")


def test_the_cadena_of_the_stamp():
    assert read_printed(STAMPED).cadena_timbre == (
        "||1.1|0d1e6a52-7b3c-4f7e-9a64-3c1b2a5d9e10|2026-05-05T10:00:07|SPR190613I52|c2VsbG8gZGUgcHJ1ZWJh"
        "|30001000000500003456||"
    )


def test_the_legend_of_the_stamp_is_part_of_its_cadena():
    xml = changed('RfcProvCertif="SPR190613I52"', 'RfcProvCertif="SPR190613I52" Leyenda="Aviso  del SAT"', STAMPED)
    assert "|SPR190613I52|Aviso del SAT|c2Vs" in read_printed(xml).cadena_timbre


def test_words_totals_and_number():
    found = read_printed(STAMPED)
    assert found.words == "MIL CUATROCIENTOS SESENTA Y NUEVE PESOS 82/100 M.N."
    assert [(one.impuesto, one.importe) for one in found.retenidos] == [("001", D("20.00")), ("002", D("56.00"))]
    assert all(re.fullmatch(r"[0-9.]+%", rate) for one in found.retenidos for rate in one.rates)
    assert all(one.rates for one in found.retenidos)
    doc = found.cfdi.comprobante
    assert found.number == f"{doc.serie} {doc.folio}"


def test_parts_and_what_only_prints_show():
    found = read_printed(every_part())
    (parte,) = found.partes
    assert (parte.concepto, parte.clave_prod_serv, parte.importe) == (0, "01010102", D(5))
    assert parte.pedimentos == ("10  47  3807  8003834",)
    assert (found.fac_atr_adquirente, found.confirmacion) == ("0123456789", "ab12C")
    assert found.complements == ()
    assert found.words == "CIENTO DIECISÉIS DÓLARES 00/100 USD"


def test_other_complements_are_named():
    donation = '<donat:Donatarias xmlns:donat="http://www.sat.gob.mx/donat"/><tfd:TimbreFiscalDigital '
    assert read_printed(changed("<tfd:TimbreFiscalDigital ", donation, STAMPED)).complements == ("Donatarias",)


def test_without_a_currency_there_are_no_words():
    xml = re.sub(rb'Moneda="MXN"', b'Moneda="XXX"', STAMPED, count=1)
    assert read_printed(xml).words is None


def test_a_receipt_of_payment_tells_its_payments():
    found = read_printed(sample("printed/payment_every_part"))
    assert found.words.startswith("UN MILLÓN DOSCIENTOS") and found.words.endswith(" PESOS 89/100 M.N.")
    assert "&tt=0&" in found.url
    first, second = found.pagos
    # with the rates at which its invoices withhold
    assert [(one.impuesto, one.importe, one.rates) for one in first.retenidos] == [
        ("001", D("301.000001"), ("1.25%",)),
        ("002", D("302.000001"), ("10.6667%",)),
    ]
    assert (second.pago.monto, second.retenidos) == (D("58.58"), ())


def test_what_has_no_stamp_is_not_printed():
    with pytest.raises(CfdiError) as caught:
        read_printed(sample("credit_note_usd"))
    assert caught.value.code == "not_stamped"


def test_rates_and_amounts_as_they_are_printed():
    iva, exempt = Traslado(D(1), "002", "Tasa", D("0.160000"), D(1)), Traslado(D(1), "002", "Exento")
    assert (rate_text(iva), tax_name(iva), tax_name(exempt)) == ("16%", "IVA 16%", "IVA Exento")
    quota = Traslado(D(1), "003", "Cuota", D("3.081800"), D(1))
    assert tax_name(quota) == "IEPS 3.0818 (Cuota)"
    assert tax_name(iva, with_factor=True) == "IVA 16% (Tasa)"
    assert tax_name(Retencion(D(1), "001", "Tasa", D("0.012500"), D(1))) == "Ret. ISR 1.25%"
    assert rate_text(Traslado(D(1), "002", "Tasa", D("0.000000"), D(0))) == "0%"
    assert (amount_text(D("1234567.50")), amount_text(D("0.000100"))) == ("1,234,567.50", "0.000100")
