from datetime import date, datetime, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.tests import Form

from ..support.build_case import BuildCase
from ..support.common import CANCUN, HERMOSILLO, TIJUANA


class TestBuildHeader(BuildCase):
    """Date, place, number, payment policy and form."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.journals = {zip_code: cls.journal_at(zip_code) for zip_code in (TIJUANA, CANCUN, HERMOSILLO)}
        cls.journals["06000"] = cls.journal

    def header(self, move):
        read = self.stamped(move)
        return read["MetodoPago"], read["FormaPago"]

    # -- number ---------------------------------------------------------------------------------

    def test_series_and_folio_are_the_number_of_the_invoice(self):
        move = self.create_invoice(name=f"{self.prefix}/00123")
        read = self.stamped(move)
        self.assertEqual((read["Serie"], read["Folio"]), (self.prefix, "123"))
        self.assertEqual((read["Version"], read["TipoDeComprobante"]), ("4.0", "I"))
        self.assertEqual(read["Exportacion"], "01")

    def test_what_stands_behind_the_number_belongs_to_the_folio(self):
        reads = [self.stamped(self.create_invoice(name=f"{self.prefix}/00124{behind}")) for behind in ("", "A", "-B")]
        self.assertEqual([read["Folio"] for read in reads], ["124", "124A", "124-B"])
        self.assertEqual({read["Serie"] for read in reads}, {self.prefix})

    def test_a_name_without_a_number_has_no_zero(self):
        move = self.create_invoice(name="UNICA")
        self.assertEqual((move.name, move.sequence_number), ("UNICA", 0))
        comprobante = self.built(move)
        self.assertEqual((comprobante.serie, comprobante.folio), (None, "UNICA"))

    def test_a_series_is_not_cut_but_refused(self):
        move = self.create_invoice(name=f"{'LONGER/THAN/SAT/TAKES/IT/'}{self.prefix}/00001")
        refusal = self.refusal(move)
        self.assertIn("Serie", refusal)
        self.assertIn("25", refusal)

    def test_the_xml_that_leaves_is_utf_8_without_seal(self):
        move = self.create_invoice([{"name": "Año Ñ", "price_unit": 1}])
        self.stamped(move)
        payload = move.l10n_mx_facture_document_id._payload_bytes()
        self.assertTrue(payload.startswith(b"<?xml version='1.0' encoding='UTF-8'?>"))
        self.assertIn("Año Ñ".encode(), payload)
        for attribute in (b"Sello", b"Certificado", b"NoCertificado"):
            self.assertNotIn(attribute + b"=", payload)

    # -- date and place -------------------------------------------------------------------------

    def test_each_place_is_stamped_with_its_own_local_time(self):
        zones = {
            "06000": "America/Mexico_City",
            TIJUANA: "America/Tijuana",
            CANCUN: "America/Cancun",
            HERMOSILLO: "America/Hermosillo",
        }
        for zip_code, zone in zones.items():
            with self.subTest(zip=zip_code):
                move = self.create_invoice(journal_id=self.journals[zip_code].id, invoice_date=self.today(zone))
                before = self.local_now(zone)
                read = self.stamped(move)
                self.assertEqual(read["LugarExpedicion"], zip_code)
                written = datetime.fromisoformat(read["Fecha"])
                self.assertLessEqual(before, written)
                self.assertLessEqual(written, self.local_now(zone))

    def fecha(self, utc, zip_code, day):
        """:return: Fecha of an invoice of this day that is stamped at this moment, or the refusal"""
        with freeze_time(utc):
            move = self.create_invoice(journal_id=self.journals[zip_code].id, invoice_date=day, invoice_date_due=day)
            built, problems = self.env["l10n_mx_facture.cfdi"]._build(move)
        if problems:
            return " ".join(problem.text for problem in problems)
        return built.comprobante.fecha.isoformat()

    def test_half_an_hour_before_midnight_it_is_another_day_elsewhere(self):
        # 23:30 in Tijuana is 00:30 in Hermosillo, 01:30 in Mexico City and 02:30 in Cancún
        day, next_day = date(2026, 1, 14), date(2026, 1, 15)
        cases = [
            (TIJUANA, day, "2026-01-14T23:30:00"),
            (HERMOSILLO, next_day, "2026-01-15T00:30:00"),
            ("06000", next_day, "2026-01-15T01:30:00"),
            (CANCUN, next_day, "2026-01-15T02:30:00"),
        ]
        for zip_code, today, expected in cases:
            with self.subTest(zip=zip_code):
                self.assertEqual(self.fecha("2026-01-15 07:30:00", zip_code, today), expected)

    def test_half_past_eleven_in_each_place(self):
        for zip_code, utc in (
            (CANCUN, "2026-07-15 04:30:00"),
            ("06000", "2026-07-15 05:30:00"),
            (HERMOSILLO, "2026-07-15 06:30:00"),
            # the only one of them with daylight saving time
            (TIJUANA, "2026-07-15 06:30:00"),
        ):
            with self.subTest(zip=zip_code):
                fecha = self.fecha(utc, zip_code, date(2026, 7, 14))
                self.assertEqual(fecha, "2026-07-14T23:30:00")

    def test_daylight_saving_time_begins_and_ends_in_tijuana(self):
        # 8 March 2026, 02:00 PST becomes 03:00 PDT; 1 November, 02:00 PDT becomes 01:00 PST
        for utc, day, expected in (
            ("2026-03-08 09:59:59", date(2026, 3, 8), "2026-03-08T01:59:59"),
            ("2026-03-08 10:00:00", date(2026, 3, 8), "2026-03-08T03:00:00"),
            ("2026-11-01 08:30:00", date(2026, 11, 1), "2026-11-01T01:30:00"),
            ("2026-11-01 09:30:00", date(2026, 11, 1), "2026-11-01T01:30:00"),
            ("2026-11-01 10:00:00", date(2026, 11, 1), "2026-11-01T02:00:00"),
        ):
            with self.subTest(utc=utc):
                self.assertEqual(self.fecha(utc, TIJUANA, day), expected)

    def test_a_past_invoice_date_is_kept_as_its_last_second(self):
        self.assertEqual(self.fecha("2026-05-06 18:00:00", "06000", date(2026, 5, 4)), "2026-05-04T23:59:59")

    def test_72_hours_after_it_sat_takes_the_date_no_more(self):
        # the last second of 4 May is 72 hours past at 23:59:59 of 7 May (UTC-6)
        day = date(2026, 5, 4)
        self.assertEqual(self.fecha("2026-05-08 05:59:59", "06000", day), "2026-05-04T23:59:59")
        refusal = self.fecha("2026-05-08 06:00:00", "06000", day)
        self.assertIn("72 hours", refusal)
        self.assertIn("401", refusal)

    def test_a_date_in_the_future_of_the_place_is_refused(self):
        # in Mexico City it is the 15th already, in Tijuana not yet
        refusal = self.fecha("2026-01-15 07:30:00", TIJUANA, date(2026, 1, 15))
        self.assertIn("future", refusal)
        self.assertIn("2026-01-14", refusal)

    def test_yesterday_is_stamped_and_long_ago_is_not_sent(self):
        today = self.today()
        move = self.create_invoice(invoice_date=today - timedelta(days=1))
        read = self.stamped(move)
        self.assertEqual(read["Fecha"], f"{today - timedelta(days=1)}T23:59:59")
        move = self.create_invoice(invoice_date=today - timedelta(days=5))
        self.assertIn("72 hours", self.refusal(move))

    def test_posting_without_a_date_takes_that_of_the_place(self):
        with freeze_time("2026-01-15 07:30:00"):
            for zip_code, expected in ((TIJUANA, date(2026, 1, 14)), (CANCUN, date(2026, 1, 15))):
                move = self.create_invoice(
                    journal_id=self.journals[zip_code].id,
                    invoice_date=False,
                    invoice_date_due=False,
                )
                self.assertEqual(move.invoice_date, expected)

    def test_several_places_are_posted_at_once(self):
        with freeze_time("2026-01-15 07:30:00"):
            moves = self.env["account.move"]
            for zip_code in (TIJUANA, CANCUN, "06000", TIJUANA):
                moves += self.create_invoice(
                    journal_id=self.journals[zip_code].id,
                    invoice_date=False,
                    invoice_date_due=False,
                    post=False,
                )
            posted = moves.with_context(tz="America/Mexico_City")._post(soft=False)
        self.assertEqual(posted, moves)
        self.assertEqual([move.invoice_date.day for move in moves], [14, 15, 15, 14])
        self.assertEqual(posted.env.context.get("tz"), "America/Mexico_City")

    # -- policy and form ------------------------------------------------------------------------

    def due(self, days=0, month=0):
        """:return: a due date in this month, or in the next one"""
        last = (self.today().replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        return last + timedelta(days=1) if month else last

    def test_due_within_the_month_is_paid_at_once(self):
        move = self.create_invoice(invoice_date_due=self.due())
        self.assertEqual(self.header(move), ("PUE", "03"))

    def test_an_empty_due_date_is_no_choice_of_paying_at_once(self):
        terms = self.env["account.payment.term"].create(
            {"name": "60 days", "line_ids": [Command.create({"value_amount": 100, "nb_days": 60})]}
        )
        values = {"invoice_date_due": False, "invoice_payment_term_id": terms.id, "invoice_date": self.today()}
        move = self.create_invoice(**values)
        self.assertEqual(move.l10n_mx_facture_payment_policy, "PPD")
        self.assertEqual(move.l10n_mx_facture_payment_form_id.code, "99")
        chosen = self.create_invoice(post=False, **values)
        chosen.l10n_mx_facture_payment_form_id = self.sat("c_forma_pago", "02")
        chosen.l10n_mx_facture_payment_policy = "PUE"
        chosen.action_post()
        self.assertGreater(chosen.invoice_date_due, chosen.invoice_date)

    def test_due_after_the_month_is_deferred_with_form_99(self):
        move = self.create_invoice(invoice_date_due=self.due(month=1))
        self.assertEqual(self.header(move), ("PPD", "99"))

    def test_the_form_comes_from_invoice_then_customer_then_journal(self):
        form = {code: self.sat("c_forma_pago", code) for code in ("01", "04", "28")}
        self.journal.l10n_mx_facture_payment_form_id = form["04"]
        self.customer.l10n_mx_facture_payment_form_id = form["01"]
        by_hand = self.create_invoice(l10n_mx_facture_payment_form_id=form["28"].id)
        by_customer = self.create_invoice()
        self.customer.l10n_mx_facture_payment_form_id = False
        by_journal = self.create_invoice()
        for move, expected in ((by_hand, "28"), (by_customer, "01"), (by_journal, "04")):
            self.assertEqual(self.header(move), ("PUE", expected))

    def test_a_contact_pays_as_its_company_does(self):
        contact = self.env["res.partner"].create({"name": "Buyer", "parent_id": self.customer.id})
        read = self.stamped(self.create_invoice(partner_id=contact.id))
        receiver = read.node("cfdi:Receptor")
        self.assertEqual(receiver.get("Rfc"), "URE180429TM6")
        self.assertEqual((read["FormaPago"], receiver.get("UsoCFDI")), ("03", "G03"))

    def test_what_was_chosen_on_the_draft_survives_its_posting(self):
        form = self.sat("c_forma_pago", "28")
        draft = self.create_invoice(post=False, invoice_date=False, invoice_date_due=False)
        draft.l10n_mx_facture_payment_form_id = form
        deferred = self.create_invoice(post=False, invoice_date=False, invoice_date_due=False)
        deferred.l10n_mx_facture_payment_policy = "PPD"
        (draft + deferred).action_post()
        self.assertEqual(self.header(draft), ("PUE", "28"))
        self.assertEqual(self.header(deferred), ("PPD", "99"))

    def test_a_choice_outlives_other_lines_and_a_reset_to_draft(self):
        move = self.create_invoice(post=False)
        move.l10n_mx_facture_payment_policy = "PPD"
        move.invoice_line_ids.price_unit = 250
        move.action_post()
        move.button_draft()
        move.invoice_line_ids.quantity = 3
        move.action_post()
        self.assertEqual(self.header(move), ("PPD", "99"))

    def test_a_choice_outlives_a_line_added_in_the_form(self):
        with Form(self.create_invoice(post=False)) as form:
            form.l10n_mx_facture_payment_form_id = self.sat("c_forma_pago", "28")
            with form.invoice_line_ids.new() as line:
                line.product_id = self.product
            self.assertEqual(form.l10n_mx_facture_payment_form_id.code, "28")
            form.invoice_date_due = self.due(month=1)
            self.assertEqual(form.l10n_mx_facture_payment_policy, "PPD")
        move = form.record
        self.assertEqual(move.l10n_mx_facture_payment_form_id.code, "99")
        move.write(
            {"invoice_date_due": self.due(), "l10n_mx_facture_payment_form_id": self.sat("c_forma_pago", "28").id}
        )
        self.assertEqual(move.l10n_mx_facture_payment_policy, "PUE")
        self.assertEqual(move.l10n_mx_facture_payment_form_id.code, "28")

    def test_what_was_proposed_on_the_draft_follows_the_date_of_posting(self):
        term = self.env.ref("account.account_payment_term_30days")
        with freeze_time("2026-01-01 18:00:00"):
            draft = self.create_invoice(
                post=False,
                invoice_date=False,
                invoice_date_due=False,
                invoice_payment_term_id=term.id,
            )
            self.assertEqual(draft.l10n_mx_facture_payment_policy, "PUE")
        with freeze_time("2026-01-15 18:00:00"):
            draft.action_post()
        self.assertEqual(draft.l10n_mx_facture_payment_policy, "PPD")
        self.assertEqual(draft.l10n_mx_facture_payment_form_id.code, "99")

    def test_99_without_ppd_and_ppd_without_99_are_refused(self):
        deferred = self.sat("c_forma_pago", "99")
        transfer = self.sat("c_forma_pago", "03")
        for policy, form in (("PUE", deferred), ("PPD", transfer)):
            with self.subTest(policy=policy):
                move = self.create_invoice(
                    l10n_mx_facture_payment_policy=policy, l10n_mx_facture_payment_form_id=form.id
                )
                self.assertIn("CFDI40105", self.refusal(move))

    def test_a_copy_takes_its_own_proposals(self):
        move = self.create_invoice(invoice_date_due=self.due(month=1))
        self.assertEqual(move.l10n_mx_facture_payment_policy, "PPD")
        copy = move.copy({"invoice_date": self.today(), "invoice_date_due": self.today()})
        self.assertEqual(copy.l10n_mx_facture_payment_policy, "PUE")
        self.assertEqual(copy.l10n_mx_facture_payment_form_id.code, "03")
        self.assertEqual(copy.l10n_mx_facture_branch_id, move.l10n_mx_facture_branch_id)
