from unittest.mock import patch

from ..support.stamp_case import StampCase


class TestPdf(StampCase):
    """The PDF may fail alone, and is fetched later by a person or by the cron."""

    FAULTS = ("error_500_before", "reset_before", "cut", "html", "empty", "not_found_404")

    def without_pdf(self):
        self.sandbox.fail("pdf", "error_500_before")
        move = self.create_invoice()
        params = self.stamp(move)
        self.assertEqual((params["type"], move.l10n_mx_facture_state), ("success", "stamped"))
        return move, move.l10n_mx_facture_document_id

    def test_no_failure_of_the_pdf_touches_the_stamp(self):
        for fault in self.FAULTS:
            with self.subTest(fault=fault):
                self.sandbox.fail("pdf", fault)
                move = self.create_invoice()
                self.stamp(move)
                document = move.l10n_mx_facture_document_id
                self.assertEqual(document.state, "stamped")
                self.assertTrue(document.xml_attachment_id)
                self.assertFalse(document.pdf_attachment_id)
                self.assertTrue(document.pdf_error)
                self.assertEqual(self.ledger(move), [("stamp", "done")])

    def test_the_button_fetches_what_is_missing(self):
        move, document = self.without_pdf()
        self.press(move, "action_l10n_mx_facture_fetch_pdf")
        self.assertTrue(document.pdf_attachment_id.raw.startswith(b"%PDF"))
        self.assertFalse(document.pdf_error)

    def test_the_button_says_why_it_still_can_t(self):
        move, document = self.without_pdf()
        self.sandbox.fail("pdf", "html")
        self.assertIn("web page", self.refusal(move, "action_l10n_mx_facture_fetch_pdf"))
        self.assertFalse(document.pdf_attachment_id)

    def test_the_cron_fetches_what_is_missing(self):
        _move, document = self.without_pdf()
        self.press(document, "_cron_stamp")
        self.assertTrue(document.pdf_attachment_id.raw.startswith(b"%PDF"))
        self.sandbox.reset()
        self.press(document, "_cron_stamp")
        self.assertEqual(self.calls("pdf"), [])

    def test_the_cron_gives_up_after_a_day_and_leaves_it_to_a_person(self):
        move, document = self.without_pdf()
        self.env.cr.execute(
            "UPDATE l10n_mx_facture_document SET date_sent = date_sent - interval '25 hours' "
            "WHERE id = %s",
            (document.id,),
        )
        self.env.invalidate_all()
        self.sandbox.reset()
        self.press(document, "_cron_stamp")
        self.assertEqual(self.calls("pdf"), [])
        self.press(move, "action_l10n_mx_facture_fetch_pdf")
        self.assertTrue(document.pdf_attachment_id)

    def test_one_bad_pdf_does_not_hold_up_the_others(self):
        bad, good = self.without_pdf()[1], self.without_pdf()[1]
        self.sandbox.fail("pdf", "html", times=-1, contains=bad.uuid)
        self.press(bad, "_cron_stamp")
        self.assertFalse(bad.pdf_attachment_id)
        self.assertTrue(good.pdf_attachment_id)

    def test_a_new_pdf_takes_the_place_of_the_old_one(self):
        move = self.stamped_invoice()
        document = move.l10n_mx_facture_document_id
        old = document.pdf_attachment_id
        self.press(move, "action_l10n_mx_facture_fetch_pdf")
        self.assertTrue(document.pdf_attachment_id)
        self.assertFalse(old.exists())

    def test_a_failed_refetch_keeps_the_old_one(self):
        move = self.stamped_invoice()
        document = move.l10n_mx_facture_document_id
        old = document.pdf_attachment_id
        self.sandbox.fail("pdf", "cut")
        self.refusal(move, "action_l10n_mx_facture_fetch_pdf")
        self.assertEqual(document.pdf_attachment_id, old)

    def test_a_pdf_may_be_deleted_and_fetched_again(self):
        move = self.stamped_invoice()
        document = move.l10n_mx_facture_document_id
        self.press(document.pdf_attachment_id, "unlink")
        self.assertFalse(document.pdf_attachment_id)
        self.press(move, "action_l10n_mx_facture_fetch_pdf")
        self.assertTrue(document.pdf_attachment_id)

    def test_without_a_uuid_nothing_is_asked(self):
        move = self.unknown_invoice()
        self.refusal(move, "action_l10n_mx_facture_fetch_pdf")
        self.assertEqual(self.calls("pdf"), [])

    def test_a_pdf_that_can_t_be_stored_touches_nothing_else(self):
        move = self.create_invoice()
        document = type(self.env["l10n_mx_facture.document"])
        attach = document._attach

        def full(record, name, *args):
            if name.endswith(".pdf"):
                raise OSError("No space left on device")
            return attach(record, name, *args)

        with (
            patch.object(document, "_attach", full),
            self.assertLogs("odoo.addons.l10n_mx_facture", "ERROR"),
        ):
            params = self.stamp(move)
        self.assertEqual(params["type"], "success")
        self.assertIn("stored", move.l10n_mx_facture_document_id.pdf_error)
        self.press(move, "action_l10n_mx_facture_fetch_pdf")
        self.assertTrue(move.l10n_mx_facture_pdf_attachment_id)
