from odoo import Command

from ..support.build_case import BuildCase


class TestBuildParties(BuildCase):
    """Issuer and receiver; generic receivers, usages, names."""

    def receiver(self, partner, **values):
        """:return: the attributes of the stamped CFDI's Receptor"""
        return dict(self.stamped(self.create_invoice(partner_id=partner.id, **values)).node("cfdi:Receptor").attrib)

    # -- names ----------------------------------------------------------------------------------

    def test_issuer_and_receiver_have_no_legal_form(self):
        read = self.stamped(self.create_invoice())
        self.assertEqual(
            dict(read.node("cfdi:Emisor").attrib),
            {"Rfc": "EKU9003173C9", "Nombre": "ESCUELA KEMPER URGATE", "RegimenFiscal": "601"},
        )
        self.assertEqual(
            dict(read.node("cfdi:Receptor").attrib),
            {
                "Rfc": "URE180429TM6",
                "Nombre": "UNIVERSIDAD ROBOTICA ESPAÑOLA",
                "DomicilioFiscalReceptor": "86991",
                "RegimenFiscalReceptor": "601",
                "UsoCFDI": "G03",
            },
        )
        self.assertEqual(self.customer.name, "Universidad Robotica Española, S.A. de C.V.")

    def test_each_legal_form_is_left_out_and_the_rest_stays(self):
        for name, expected in (
            ("Herrería & Eléctricos SA de CV", "HERRERÍA & ELÉCTRICOS"),
            ("Grupo Ñandú, S. de R.L. de C.V.", "GRUPO ÑANDÚ"),
            ("Despacho Pérez S.C.", "DESPACHO PÉREZ"),
            ("Inversiones del Sur, S.A.P.I. de C.V.", "INVERSIONES DEL SUR"),
            ("Tienda Rápida S.A.S.", "TIENDA RÁPIDA"),
            ("Amigos de la  Música A.C.", "AMIGOS DE LA MÚSICA"),
            ("Sociedad Anónima de Cuentos S.A. DE C.V.", "SOCIEDAD ANÓNIMA DE CUENTOS"),
            ("Casa Sa", "CASA"),
            ("Agrícola del Valle, S.P.R. de R.I.", "AGRÍCOLA DEL VALLE"),
            ("Maquila Norte S de RL de IP de CV", "MAQUILA NORTE"),
            ("Pescadores de Topo, S.C. de P. de R.L. de C.V.", "PESCADORES DE TOPO"),
            ("Fomento del Norte, S.N.C.", "FOMENTO DEL NORTE"),
            ("Ahorro Fácil, S.A. de C.V., S.F.P.", "AHORRO FÁCIL"),
            ("La Cruz, Sociedad Cooperativa de Producción de Responsabilidad Limitada", "LA CRUZ"),
            ("Mesa", "MESA"),
        ):
            with self.subTest(name=name):
                partner = self.taxpayer(name, "H&E951128469", zip_code="56820")
                self.assertEqual(self.receiver(partner)["Nombre"], expected)

    def test_a_person_keeps_the_whole_name(self):
        partner = self.taxpayer("María Olivia Sá", "MASO451221PM4", "612", "80290")
        self.assertEqual(self.receiver(partner)["Nombre"], "MARÍA OLIVIA SÁ")
        partner = self.taxpayer("Juan Carlos Sa", "CACX7605101P8", "612", "06600")
        self.assertEqual(self.receiver(partner)["Nombre"], "JUAN CARLOS SA")

    def test_an_rfc_is_taken_however_it_is_written(self):
        for vat in ("ure180429tm6", "URE-180429-TM6", " URE180429 TM6 ", "MXURE180429TM6", "MX URE-180429-TM6"):
            with self.subTest(vat=vat):
                partner = self.taxpayer("Universidad Robotica Española", vat)
                self.assertEqual(self.receiver(partner)["Rfc"], "URE180429TM6")

    def test_an_rfc_with_enye_and_ampersand(self):
        for name, vat, written in (
            ("Organicos Ñavez Osorio", "OÑO120726RX3", "OÑO120726RX3"),
            ("Organicos N\u0303avez Osorio", "ON\u0303O120726RX3", "O\u00d1O120726RX3"),
            ("H & E", "H&E951128469", "H&E951128469"),
        ):
            with self.subTest(vat=vat):
                self.assertEqual(self.receiver(self.taxpayer(name, vat))["Rfc"], written)

    # -- generic receivers ----------------------------------------------------------------------

    def test_a_customer_who_gave_no_rfc_lives_where_the_invoice_is_issued(self):
        partner = self.env["res.partner"].create(
            {
                "name": "Juan Pérez",
                "vat": "XAXX010101000",
                "country_id": self.env.ref("base.mx").id,
                "l10n_mx_facture_payment_form_id": self.sat("c_forma_pago", "01").id,
            }
        )
        self.assertEqual(
            self.receiver(partner),
            {
                "Rfc": "XAXX010101000",
                "Nombre": "JUAN PÉREZ",
                "DomicilioFiscalReceptor": "06000",
                "RegimenFiscalReceptor": "616",
                "UsoCFDI": "S01",
            },
        )

    def test_what_a_generic_receiver_says_of_itself_does_not_count(self):
        partner = self.taxpayer("Juan Pérez", "XAXX010101000", "612", "86991", "G03")
        receiver = self.receiver(partner)
        self.assertEqual(receiver["RegimenFiscalReceptor"], "616")
        self.assertEqual(receiver["DomicilioFiscalReceptor"], "06000")
        self.assertEqual(receiver["UsoCFDI"], "S01")

    def test_a_credit_note_to_the_public_in_general_needs_no_period(self):
        partner = self.taxpayer("PUBLICO EN GENERAL", "XAXX010101000")
        move = self.create_invoice(
            partner_id=partner.id,
            move_type="out_refund",
            l10n_mx_facture_relation_ids=[
                Command.create(
                    {
                        "relation_type_id": self.sat("c_tipo_relacion", "01").id,
                        "uuid": "5A2D6AFF-2DD7-43D1-83D3-14C1ACA396D9",
                    }
                )
            ],
        )
        self.assertEqual(self.stamped(move).node("cfdi:Receptor").get("Nombre"), "PUBLICO EN GENERAL")

    def foreigner(self, country, vat=False, **values):
        return self.env["res.partner"].create(
            {
                "name": "Acme Inc",
                "vat": vat,
                "zip": "78701",
                "country_id": country and self.env.ref(country).id,
                "l10n_mx_facture_payment_form_id": self.sat("c_forma_pago", "03").id,
                **values,
            }
        )

    def test_a_foreigner_has_residence_and_tax_id(self):
        for country, vat, residence in (
            ("base.us", "123456789", "USA"),
            ("base.de", "DE123456788", "DEU"),
            ("base.jp", False, "JPN"),
            ("base.us", "XEXX010101000", "USA"),
            ("base.us", "xexx-010101-000", "USA"),
            ("base.us", "/", "USA"),
            ("base.de", "N/A", "DEU"),
            ("base.ca", "987654321", "CAN"),
        ):
            with self.subTest(country=country, vat=vat):
                receiver = self.receiver(self.foreigner(country, vat))
                self.assertEqual(receiver["Rfc"], "XEXX010101000")
                self.assertEqual(receiver["Nombre"], "ACME INC")
                self.assertEqual(receiver["ResidenciaFiscal"], residence)
                expected = vat if vat and vat[-1].isdigit() and vat[0] not in "Xx" else None
                self.assertEqual(receiver.get("NumRegIdTrib"), expected)
                self.assertEqual(receiver["DomicilioFiscalReceptor"], "06000")
                self.assertEqual(receiver["RegimenFiscalReceptor"], "616")
                self.assertEqual(receiver["UsoCFDI"], "S01")

    def test_a_tax_id_is_written_in_the_form_of_its_country(self):
        for country, vat, expected in (
            ("base.us", "12-3456789", "123456789"),
            ("base.ca", "123 456 789", "123456789"),
            # other countries have no form at SAT
            ("base.es", "B-12345674", "B-12345674"),
        ):
            with self.subTest(country=country, vat=vat):
                partner = self.foreigner(country, vat)
                self.assertEqual(self.receiver(partner)["NumRegIdTrib"], expected)
                self.assertEqual(partner.vat, vat)

    def test_a_tax_id_that_its_country_does_not_have_is_refused(self):
        for country, vat in (("base.us", "12345678"), ("base.us", "US-123456789"), ("base.ca", "123456789RT0001")):
            with self.subTest(country=country, vat=vat):
                refusal = self.refusal(self.create_invoice(partner_id=self.foreigner(country, vat).id))
                self.assertIn("CFDI40156", refusal)
                self.assertIn(vat, refusal)

    def test_names_with_signs_arrive_as_they_are(self):
        for name, expected in (
            ('Ñandú & "Hijos" <del Sur>', 'ÑANDÚ & "HIJOS" <DEL SUR>'),
            ("D'Ángelo’s, S.A. de C.V.", "D'ÁNGELO’S"),
        ):
            with self.subTest(name=name):
                partner = self.taxpayer(name, "H&E951128469", zip_code="56820")
                self.assertEqual(self.receiver(partner)["Nombre"], expected)

    def test_the_foreign_generic_rfc_without_a_country(self):
        receiver = self.receiver(self.foreigner(False, "XEXX010101000"))
        self.assertEqual(receiver["Rfc"], "XEXX010101000")
        self.assertNotIn("ResidenciaFiscal", receiver)

    # -- usages ---------------------------------------------------------------------------------

    def test_the_usage_of_the_invoice_goes_before_that_of_the_customer(self):
        usage = self.sat("c_uso_cfdi", "I04")
        receiver = self.receiver(self.customer, l10n_mx_facture_usage_id=usage.id)
        self.assertEqual(receiver["UsoCFDI"], "I04")

    def test_another_customer_brings_another_usage(self):
        person = self.taxpayer("María", "MASO451221PM4", "605", "80290", "D01")
        move = self.create_invoice(post=False)
        self.assertEqual(move.l10n_mx_facture_usage_id.code, "G03")
        move.partner_id = person
        self.assertEqual(move.l10n_mx_facture_usage_id.code, "D01")

    # -- everything that is missing -------------------------------------------------------------

    def bare_invoice(self):
        """:return: a posted invoice of which nothing fiscal is known, and what it is made of"""
        partner = self.env["res.partner"].create({"name": "Nueva Clienta", "country_id": self.env.ref("base.mx").id})
        unit = self.env["uom.uom"].create({"name": "Bulto"})
        product = self.env["product.product"].create(
            {"name": "Cosa", "type": "consu", "uom_id": unit.id, "taxes_id": [Command.clear()]}
        )
        journal = self.env["account.journal"].create(
            {"name": "Nuevo", "code": "NVO", "type": "sale", "company_id": self.company.id}
        )
        move = self.create_invoice(
            [{"product_id": product.id, "price_unit": 10, "tax_ids": self.iva16}],
            partner_id=partner.id,
            journal_id=journal.id,
        )
        return move, partner, product, unit, journal

    def test_all_that_is_missing_is_told_at_once(self):
        move, partner, _product, _unit, _journal = self.bare_invoice()
        partner.zip = False
        issuer = self.company.partner_id
        issuer.l10n_mx_facture_tax_regime_id = False
        refusal = self.refusal(move)
        for text in (
            "RFC of Nueva Clienta",
            "regime of Nueva Clienta",
            "postal code of Nueva Clienta",
            "UsoCFDI",
            "FormaPago",
            "journal Nuevo",
            "ClaveProdServ",
            "ClaveUnidad",
            f"regime of {issuer.name}",
        ):
            with self.subTest(text=text):
                self.assertIn(text, refusal)

    def test_each_alert_leads_to_the_record_that_mends_it(self):
        move, partner, product, unit, journal = self.bare_invoice()
        move.action_l10n_mx_facture_check()
        targets = {
            (alert["action"]["res_model"], alert["action"]["res_id"])
            for name, alert in (move.alerts or {}).items()
            if name.startswith("l10n_mx_facture") and "action" in alert
        }
        self.assertEqual(
            targets,
            {
                ("res.partner", partner.id),
                ("product.template", product.product_tmpl_id.id),
                ("uom.uom", unit.id),
                ("account.journal", journal.id),
                # usage and payment form are on its tab CFDI, which isn't the one that is shown
                ("account.move", move.id),
            },
        )

    def test_mended_records_are_enough_and_the_alerts_go(self):
        move, partner, product, unit, journal = self.bare_invoice()
        self.assertTrue(self.refusal(move))
        partner.write(
            {
                "vat": "URE180429TM6",
                "zip": "86991",
                "l10n_mx_facture_tax_regime_id": self.sat("c_regimen_fiscal", "601").id,
                "l10n_mx_facture_usage_id": self.sat("c_uso_cfdi", "G03").id,
                "l10n_mx_facture_payment_form_id": self.sat("c_forma_pago", "03").id,
            }
        )
        product.categ_id.l10n_mx_facture_product_code_id = self.sat("c_clave_prod_serv", "50202306")
        if not product.categ_id:
            product.l10n_mx_facture_product_code_id = self.sat("c_clave_prod_serv", "50202306")
        unit.l10n_mx_facture_unit_code_id = self.sat("c_clave_unidad", "H87")
        self.branch.journal_ids += journal
        move.action_l10n_mx_facture_check()
        move.invalidate_recordset()
        alerts = [name for name in move.alerts or {} if name.startswith("l10n_mx_facture")]
        self.assertFalse(alerts)
        read = self.stamped(move)
        self.assertEqual(read.line().get("ClaveProdServ"), "50202306")
        self.assertEqual(move.invoice_line_ids.l10n_mx_facture_product_code_id.code, "50202306")
        self.assertEqual(move.l10n_mx_facture_branch_id, self.branch)

    def test_filling_in_leaves_alone_what_is_there(self):
        move = self.create_invoice()
        self.env.flush_all()
        self.product.l10n_mx_facture_product_code_id = self.sat("c_clave_prod_serv", "50202306")
        self.customer.l10n_mx_facture_usage_id = self.sat("c_uso_cfdi", "G01")
        read = self.stamped(move)
        self.assertEqual(read.line().get("ClaveProdServ"), "84111506")
        self.assertEqual(read.node("cfdi:Receptor").get("UsoCFDI"), "G03")

    def test_wrong_values_are_told_with_what_they_are(self):
        cases = [
            ("vat", "ABC123", "ABC123"),
            ("vat", "URE189929TM6", "URE189929TM6"),
            ("zip", "00001", "00001"),
            ("zip", "8699", "8699"),
        ]
        for field, value, expected in cases:
            with self.subTest(field=field, value=value):
                partner = self.customer.copy({field: value})
                self.assertIn(expected, self.refusal(self.create_invoice(partner_id=partner.id)))

    def test_a_company_without_rfc_cannot_issue(self):
        move = self.create_invoice()
        self.company.vat = False
        self.assertIn("no valid RFC", self.refusal(move))

    def test_of_many_the_good_ones_go_on_and_the_others_are_told(self):
        good = self.create_invoice()
        bad = self.bare_invoice()[0]
        action = (good + bad).action_l10n_mx_facture_stamp()
        self.read_stamped(good)
        self.assertFalse(bad.l10n_mx_facture_document_ids)
        self.assertIn(bad.name, action["params"]["message"])
        self.assertIn("RFC of Nueva Clienta", action["params"]["message"])
