"""Answers of SAT that don't count, and when SAT is not asked."""

from datetime import timedelta
from hashlib import sha256

from odoo import SUPERUSER_ID, fields

from ..support.cancel_case import CancelCase
from ..support.received_case import ReceivedCase

# everything that SAT's answer says and that decides something
FACTS = (
    "state", "sat_codigo_estatus", "sat_estado", "sat_es_cancelable", "sat_estatus_cancelacion", "sat_efos",
    "sat_reading", "sat_how", "sat_cancelling", "sat_efos_reading", "sat_date", "sat_news", "sat_told",
)


class TestDoubtfulAnswers(CancelCase):
    """An answer that isn't understood, or that contradicts an earlier one, changes nothing."""

    def test_what_does_not_count_leaves_all_as_it_was(self):
        for known in ("live", "refused", "cancelled"):
            with self.subTest(known=known):
                move = self.stamped_invoice()
                document = self.document(move)
                self.at_sat.says(document.uuid, known, ValidacionEFOS="200")
                self.ask(move)
                self.sql("UPDATE l10n_mx_facture_document SET sat_date = sat_date - interval '1 hour' WHERE id = %s",
                         document.id)
                before = [document[name] for name in FACTS]
                for number, reading in enumerate(("unknown", "bad_expression", "not_yet_known"), start=1):
                    self.at_sat.says(document.uuid, reading)
                    message = self.ask(move)["message"]
                    self.assertEqual([document[name] for name in FACTS], before)
                    self.assertEqual((document.sat_failures, document.sat_answer_ids[0].reading), (number, reading))
                    self.assertTrue(document.sat_error)
                    self.assertIn(document.sat_error, message)
                self.at_sat.says(document.uuid, known, ValidacionEFOS="200")
                self.ask(move)
                self.assertEqual((document.sat_failures, document.sat_error), (0, False))
                self.assertGreater(document.sat_date, before[FACTS.index("sat_date")])

    def test_one_that_sat_never_knew_is_not_yet_known(self):
        move = self.stamped_invoice()
        document = self.document(move)
        self.at_sat.says(document.uuid, "not_yet_known")
        self.ask(move)
        self.assertEqual((document.sat_reading, document.sat_failures), ("not_yet_known", 0))

    def test_what_lasts_is_not_told_again_after_an_answer_that_does_not_count(self):
        move = self.cancel_requested_invoice()
        document = self.document(move)
        self.sql("UPDATE l10n_mx_facture_document SET cancel_date = cancel_date - interval '73 hours' WHERE id = %s",
                 document.id)
        for reading in ("live", "unknown", "live"):
            self.at_sat.says(document.uuid, reading)
            self.ask(move)
        self.assertEqual(self.chatter(move).count("without a request"), 1)

    def test_cancelled_without_how_is_told_plainly_and_changes_nothing(self):
        move = self.cancel_requested_invoice()
        document = self.document(move)
        self.at_sat.says(document.uuid, "cancelled", EstatusCancelacion="")
        message = self.ask(move)["message"]
        self.assertIn("SAT answers Cancelado, but EstatusCancelacion is empty", message)
        self.assertIn("but EstatusCancelacion is empty", document.sat_error)
        self.assertEqual((document.state, document.sat_reading), ("cancel_requested", False))
        self.at_sat.says(document.uuid, "unknown")
        self.assertNotIn("Cancelado", self.ask(move)["message"])

    def test_what_a_round_keeps_is_in_the_company_s_language(self):
        move = self.stamped_invoice()
        document = self.document(move)
        self.company.partner_id.lang = "es_MX"
        self.at_sat.says(document.uuid, "unknown")
        self.idle()
        self.due(document)
        with self.committing() as env:
            env["l10n_mx_facture.document"].with_user(SUPERUSER_ID).with_context(lang="en_US")._cron_sat_status()
        self.env.invalidate_all()
        self.assertIn("no se entendió", document.sat_error)

    def test_what_was_not_understood_is_kept_with_its_question_and_hash(self):
        move = self.stamped_invoice()
        document = self.document(move)
        for fault in ("html_before", "html_before", "garbage_xml", "error_500_before"):
            self.sandbox.fail("sat_status", fault)
            self.refusal(move, "action_l10n_mx_facture_update_sat_status")
        answers = document.sat_answer_ids.sorted("id")
        # the second page is the first, byte for byte
        self.assertEqual(len(answers), 3)
        for answer in answers:
            self.assertEqual(answer.reading, "unknown")
            self.assertIn(f"&ID={document.uuid}", answer.expression.upper())
            self.assertEqual(answer.raw_hash, sha256(answer.raw.encode()).hexdigest())
        self.ask(move)
        self.assertEqual(document.sat_answer_ids[0].expression, answers[0].expression)

    def test_the_wizard_tells_that_the_answer_does_not_count(self):
        move = self.stamped_invoice()
        self.ask(move)
        self.at_sat.says(self.document(move).uuid, "unknown")
        self.assertIn("not understood", self.expected(move))

    def sql(self, query, *parameters):
        self.env.flush_all()
        self.env.cr.execute(query, parameters)
        self.env.invalidate_all()

    # -- the stored XML ----------------------------------------------------------------------------

    def refused_for_its_xml(self, move):
        document = self.document(move)
        before = document.sat_failures
        self.assertIn("or was changed", self.refusal(move, "action_l10n_mx_facture_update_sat_status"))
        self.assertEqual(self.questions(), [])
        self.assertEqual((document.sat_reading, document.sat_failures), (False, before + 1))
        self.assertEqual(document.divergence_ids.filtered(lambda one: one.state == "open").kind, "tampered")

    def test_sat_is_not_asked_about_an_xml_of_another_cfdi(self):
        move = self.stamped_invoice()
        self.sql("UPDATE l10n_mx_facture_document SET uuid = '5A2D6AFF-2DD7-43D1-83D3-14C1ACA396D9' WHERE id = %s",
                 self.document(move).id)
        self.refused_for_its_xml(move)

    def test_sat_is_not_asked_about_an_xml_that_was_changed(self):
        move = self.stamped_invoice()
        document = self.document(move)
        kept = document.xml_hash
        self.sql("UPDATE l10n_mx_facture_document SET xml_hash = %s WHERE id = %s", "0" * 64, document.id)
        self.refused_for_its_xml(move)
        for value in (kept, None):
            self.sql("UPDATE l10n_mx_facture_document SET xml_hash = %s WHERE id = %s", value, document.id)
            self.ask(move)
            self.assertEqual(document.sat_reading, "live")

    def test_a_file_that_is_gone_is_planned_later_and_later(self):
        move = self.stamped_invoice()
        document = self.document(move)
        self.idle()
        self.sql("UPDATE ir_attachment SET store_fname = NULL, db_datas = NULL WHERE id = %s",
                 document.xml_attachment_id.id)
        for minutes in (4, 9, 19):
            self.due(document)
            self.round()
            self.assertGreater(document.sat_next_date, fields.Datetime.now() + timedelta(minutes=minutes))
        self.assertEqual(document.sat_failures, 3)
        self.refused_for_its_xml(move)
        self.assertEqual(self.env["l10n_mx_facture.sat_gate"]._get().failures, 0, "SAT is not to blame")


class TestDoubtfulAnswersReceived(ReceivedCase):
    def test_sat_is_not_asked_about_a_supplier_s_xml_that_was_changed(self):
        bill = self.upload(self.stamped_by_supplier())
        received = self.received(bill)
        self.env.flush_all()
        self.env.cr.execute("UPDATE l10n_mx_facture_received SET xml_hash = %s WHERE id = %s", ("0" * 64, received.id))
        self.env.invalidate_all()
        self.assertIsNone(received._sat_ask())
        self.assertEqual((self.questions(), received.sat_failures), ([], 1))
        self.assertEqual(received.divergence_ids.kind, "tampered")
