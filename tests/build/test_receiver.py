from odoo.exceptions import UserError
from odoo.tests import Form

from ..support.build_case import BuildCase


class TestBuildReceiver(BuildCase):
    """What a customer is follows from all facts together; the address that was chosen on the document counts."""

    # -- facts that contradict each other -------------------------------------------------------

    def problems(self, move):
        """:return: list of :class:`Problem`; nothing is sent"""
        self.refusal(move)
        return self.env["l10n_mx_facture.cfdi"]._build(move)[1]

    def test_a_contradiction_is_refused_and_both_facts_are_named(self):
        united_states = self.env.ref("base.us").name
        for vat, country, told in (
            ("URE180429TM6", "base.us", united_states),
            ("MXURE180429TM6", "base.us", united_states),
            ("XAXX010101000", "base.us", united_states),
            ("XEXX010101000", "base.mx", "in Mexico"),
            ("123456789", False, "no country"),
            ("URE189929TM6", "base.mx", "in Mexico"),
        ):
            with self.subTest(vat=vat, country=country):
                partner = self.taxpayer("Acme", vat, country_id=country and self.env.ref(country).id)
                (problem,) = self.problems(self.create_invoice(partner_id=partner.id))
                for fact in (vat, told, "Acme"):
                    self.assertIn(fact, problem.text)
                self.assertEqual(problem.record, partner)

    def test_a_sign_for_none_is_no_rfc(self):
        for vat in (False, "/", "-", "N/A", "0"):
            with self.subTest(vat=vat):
                partner = self.taxpayer("Acme", vat)
                (problem,) = self.problems(self.create_invoice(partner_id=partner.id))
                self.assertIn("The RFC of Acme is missing", problem.text)

    def test_a_contradiction_of_a_third_party_is_told_too(self):
        partner = self.taxpayer("Vendedora", "CACX7605101P8", "606", country_id=self.env.ref("base.us").id)
        move = self.create_invoice([{"price_unit": 100, "l10n_mx_facture_third_party_id": partner.id}])
        texts = " ".join(problem.text for problem in self.problems(move))
        self.assertIn("CACX7605101P8", texts)
        self.assertIn(self.env.ref("base.us").name, texts)

    def test_the_issuer_is_whom_its_rfc_says_wherever_its_address_is(self):
        self.company.partner_id.country_id = self.env.ref("base.us")
        self.assertEqual(self.stamped(self.create_invoice()).node("cfdi:Emisor").get("Rfc"), "EKU9003173C9")

    # -- the address on the document ------------------------------------------------------------

    def address(self, zip_code, kind="invoice", **values):
        """:return: an address of the customer of the class"""
        return self.env["res.partner"].create(
            {
                "name": "Sucursal",
                "parent_id": self.customer.id,
                "type": kind,
                "zip": zip_code,
                "country_id": self.env.ref("base.mx").id,
                **values,
            }
        )

    def test_the_invoice_address_of_the_invoice_counts(self):
        self.customer.zip = "64000"
        move = self.create_invoice(partner_id=self.address("86991").id)
        self.assertEqual(move.l10n_mx_facture_receiver_zip, "86991")
        receiver = self.stamped(move).node("cfdi:Receptor")
        self.assertEqual(receiver.get("DomicilioFiscalReceptor"), "86991")
        # everything else is the customer's
        self.assertEqual(receiver.get("Rfc"), "URE180429TM6")
        self.assertEqual(receiver.get("Nombre"), "UNIVERSIDAD ROBOTICA ESPAÑOLA")

    def test_another_address_of_the_invoice_is_asked_about(self):
        self.customer.zip = "64000"
        for kind in ("delivery", "other"):
            with self.subTest(kind=kind):
                address = self.address("86991", kind)
                move = self.create_invoice(partner_id=address.id)
                self.assertFalse(move.l10n_mx_facture_receiver_zip)
                (problem,) = self.problems(move)
                for fact in ("86991", "64000", "Sucursal"):
                    self.assertIn(fact, problem.text)
                self.assertEqual(problem.record, move)
                for chosen in (self.customer, address):
                    other = self.create_invoice(partner_id=address.id, l10n_mx_facture_address_id=chosen.id)
                    self.assertEqual(other.l10n_mx_facture_receiver_zip, chosen.zip)
                    node = self.stamped(other).node("cfdi:Receptor")
                    self.assertEqual(node.get("DomicilioFiscalReceptor"), chosen.zip)

    def test_the_chosen_fiscal_address_goes_before_the_invoice_address(self):
        move = self.create_invoice(partner_id=self.address("64000").id, l10n_mx_facture_address_id=self.customer.id)
        self.assertEqual(self.stamped(move).node("cfdi:Receptor").get("DomicilioFiscalReceptor"), "86991")
        with self.assertRaises(UserError):
            move.l10n_mx_facture_address_id = False

    def test_an_address_without_a_postal_code_or_with_the_same_asks_nothing(self):
        for zip_code in (False, "86991", " 86991 "):
            with self.subTest(zip=zip_code):
                move = self.create_invoice(partner_id=self.address(zip_code, "delivery").id)
                self.assertEqual(self.stamped(move).node("cfdi:Receptor").get("DomicilioFiscalReceptor"), "86991")

    def test_a_fiscal_address_abroad_is_refused(self):
        address = self.address("78701", country_id=self.env.ref("base.us").id)
        (problem,) = self.problems(self.create_invoice(partner_id=address.id))
        self.assertIn(self.env.ref("base.us").name, problem.text)
        self.assertEqual(problem.record, address)

    def test_a_generic_receiver_is_asked_nothing(self):
        self.customer.vat = "XAXX010101000"
        move = self.create_invoice(partner_id=self.address("64000", "delivery").id)
        self.assertFalse(move.l10n_mx_facture_receiver_zip)
        self.assertEqual(self.stamped(move).node("cfdi:Receptor").get("DomicilioFiscalReceptor"), "06000")

    def test_another_customer_takes_the_fiscal_address_away(self):
        move = self.create_invoice(post=False, l10n_mx_facture_address_id=self.address("64000").id)
        person = self.taxpayer("María", "MASO451221PM4", "605", "80290", "D01")
        with Form(move) as form:
            form.partner_id = person
            self.assertFalse(form.l10n_mx_facture_address_id)
        # by code nobody takes it away: it says nothing of the new customer
        other = self.create_invoice(post=False, l10n_mx_facture_address_id=self.address("64000").id)
        other.partner_id = person
        self.assertEqual(other.l10n_mx_facture_receiver_zip, "80290")

    def test_the_invoice_address_of_a_third_party_counts(self):
        company = self.taxpayer("H & E, S.A. de C.V.", "H&E951128469", "601", "06002", is_company=True)
        values = {"name": "Facturas", "parent_id": company.id, "zip": "86991"}
        for kind, expected in (("invoice", "86991"), ("delivery", None)):
            with self.subTest(kind=kind):
                address = self.env["res.partner"].create({**values, "type": kind})
                move = self.create_invoice([{"price_unit": 100, "l10n_mx_facture_third_party_id": address.id}])
                if expected:
                    node = self.stamped(move).node("//cfdi:ACuentaTerceros")
                    self.assertEqual(node.get("DomicilioFiscalACuentaTerceros"), expected)
                else:
                    (problem,) = self.problems(move)
                    for fact in ("86991", "06002", "Line"):
                        self.assertIn(fact, problem.text)
