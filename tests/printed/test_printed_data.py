from pathlib import Path

from lxml import etree

from odoo.tests import TransactionCase, tagged

from ..build.test_golden import shared_samples
from ..support.golden_samples import SAMPLES
from ..support.golden_samples_kinds import KINDS
from ..support.print_case import PAGOS, draw, not_shown, stamped, text_of

UNIT_SAMPLES = Path(__file__).resolve().parents[1] / "unit/samples"


def every_part():
    """:return: bytes of a CFDI that has each part that there is"""
    xml = (UNIT_SAMPLES / "cadena/every_part.xml").read_text(encoding="utf-8")
    for number, short in enumerate(("U-1", "U-2", "U-3", "U")):
        xml = xml.replace(f'UUID="{short}"', f'UUID="0D1E6A52-7B3C-4F7E-9A64-3C1B2A5D9E1{number}"')
    return xml.encode()


@tagged("post_install", "-at_install")
class TestPrintedData(TransactionCase):
    """Each datum of the XML is on the page, of every kind of CFDI."""

    def assert_shown(self, xml):
        page = text_of(draw(self.env, xml))
        self.assertFalse(not_shown(xml, page), page)

    def test_samples_of_our_own(self):
        for name, text in {**SAMPLES, **KINDS}.items():
            with self.subTest(sample=name):
                self.assert_shown(stamped(text.encode()))

    def test_samples_of_the_readers(self):
        for name in ("stamped_invoice", "credit_note_usd", "global_local_taxes", "printed/payment_every_part"):
            with self.subTest(sample=name):
                self.assert_shown(stamped((UNIT_SAMPLES / f"{name}.xml").read_bytes()))

    def test_every_part(self):
        self.assert_shown(every_part())

    def test_shared_samples(self):
        samples = shared_samples()
        if not samples:
            self.skipTest("no ../shared beside the checkout (or L10N_MX_FACTURE_SHARED)")
        for name, path in samples.items():
            with self.subTest(sample=name):
                self.assert_shown(stamped(path.read_bytes()))

    def test_the_judge_finds_what_is_left_out(self):
        xml = stamped((UNIT_SAMPLES / "credit_note_usd.xml").read_bytes())
        page = text_of(draw(self.env, xml))
        self.assertEqual(
            not_shown(xml, page.replace("121585958", "").replace("18.9008", "")),
            ["Comprobante/@TipoCambio=18.9008", "Receptor/@NumRegIdTrib=121585958"],
        )

    def test_each_value_of_a_payment_is_missed_on_another_page(self):
        """No value of the sample is on a page by chance, but codes and names that are on every page."""
        xml = (UNIT_SAMPLES / "printed/payment_every_part.xml").read_bytes()
        missed = set(not_shown(xml, text_of(draw(self.env, (UNIT_SAMPLES / "stamped_invoice.xml").read_bytes()))))
        by_chance = ("Version", "Moneda", "Impuesto", "TipoFactor", "TasaOCuota", "FormaDePago", "ObjetoImp", "TipoCad")
        for node in etree.fromstring(xml).iter(f"{{{PAGOS}}}*"):
            for name, value in node.attrib.items():
                # short numbers: 1, 0.00
                if not name.startswith(by_chance) and len(value) > 4:
                    self.assertIn(f"{etree.QName(node).localname}/@{name}={value}", missed)

    def test_names_of_codes_and_words_of_a_payment(self):
        page = text_of(draw(self.env, (UNIT_SAMPLES / "printed/payment_every_part.xml").read_bytes()))
        for text in (
            "P Pago",
            "CP01 Pagos",
            "04 Sustitución de los CFDI previos",
            "Pago 1 / 2",
            "Pago 2 / 2",
            "Forma de pago : 03 Transferencia electrónica de fondos",
            "Forma de pago : 01 Efectivo",
            "Monto : 72,100.77 USD",
            "Tipo de cadena de pago : 01 SPEI",
            "Serie y folio: AAA 8001",
            "ObjetoImp: 01 No objeto de impuesto",
            "001 Ret. ISR 1.25% (Tasa): Base 201.000001, Importe 201.000002",
            "003 IEPS 3.0818 (Cuota): Base 204.000001",
            "Impuestos del pago (USD)",
            "001 Ret. ISR 1.25% -301.000001",
            "002 Ret. IVA 10.6667% -302.000001",
            "002 IVA Exento (Base 305.000001)",
            "Base de IVA exento 109.09",
            "Monto total de los pagos MXN 1,234,567.89",
            "(UN MILLÓN DOSCIENTOS TREINTA Y CUATRO MIL QUINIENTOS SESENTA Y SIETE PESOS 89/100 M.N.)",
        ):
            with self.subTest(text=text):
                self.assertIn(text, page)
        self.assertNotIn(" / ", page.replace("Pago 1 / 2", "").replace("Pago 2 / 2", ""))

    def test_names_of_codes_and_words(self):
        page = text_of(draw(self.env, stamped((UNIT_SAMPLES / "credit_note_usd.xml").read_bytes())))
        for text in (
            "E Egreso",
            "01 No aplica",
            "601 General de Ley Personas Morales",
            "S01 Sin efectos fiscales",
            "USA Estados Unidos",
            "PUE Pago en una sola exhibición",
            "01 Nota de crédito de los documentos relacionados",
            "02 Sí objeto de impuesto",
            "IVA 0%",
            "(CUARENTA DÓLARES 00/100 USD)",
            "ACT Actividad",
            "Este documento es una representación impresa de un CFDI",
            "Cadena original del complemento de certificación digital del SAT",
        ):
            with self.subTest(text=text):
                self.assertIn(text, page)
        self.assertNotIn(" / ", page)

    def test_a_global_invoice_tells_its_period(self):
        page = text_of(draw(self.env, stamped((UNIT_SAMPLES / "global_local_taxes.xml").read_bytes())))
        self.assertIn("Información global : 01 Diario, 01 Enero, 2026", page)
        self.assertIn("IEPS 3.0818 (Cuota)", page)
        self.assertIn("ISH 3.00%", page)

    def test_english_stands_beside_every_label(self):
        page = draw(self.env, every_part(), with_english=True, marks=("CANCELADO", "SIN VALIDEZ FISCAL"))
        text = text_of(page)
        for label in (
            "Emisor / Issuer",
            "Uso del CFDI / Use of the CFDI",
            "Cuenta predial / Property tax account",
            "CANCELADO / CANCELLED",
            "SIN VALIDEZ FISCAL / NOT VALID FOR TAX PURPOSES",
            "representación impresa de un CFDI / This document is a printed representation of a CFDI",
        ):
            with self.subTest(label=label):
                self.assertIn(label, text)

    def test_long_seals_are_whole(self):
        xml = stamped((UNIT_SAMPLES / "credit_note_usd.xml").read_bytes())
        seals = [node.text for node in draw(self.env, xml).xpath("//div[@class='mx_long']")]
        root = etree.fromstring(xml)
        self.assertEqual(seals[0], root.get("Sello"))
        self.assertEqual(seals[1], root.find(".//{*}TimbreFiscalDigital").get("SelloSAT"))
        self.assertTrue(seals[2].startswith("||1.1|") and seals[2].endswith("||"))
