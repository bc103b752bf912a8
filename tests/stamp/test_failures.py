from datetime import timedelta

from ..support.stamp_case import SECRET, StampCase

NOTHING, ONE = 0, 1
# (fault, its parameters, code that is told)
REFUSED = [
    ("error_200", {"code": "CFDI40139", "text": "El nombre no coincide."}, "CFDI40139"),
    ("error_text", {"text": "CFDI40148 - El domicilio no coincide."}, "CFDI40148"),
    ("refuse", {"code": "CFDI40120", "text": "Descuento incorrecto."}, "CFDI40120"),
    ("refuse", {"code": "401", "text": "Fecha fuera de rango."}, "401"),
    ("no_credits", {}, "718"),
    ("not_found_404", {}, "S404"),
]
# (fault, its parameters, stamps in the service's book)
LOST = [
    # nothing was done, but the service's silence doesn't say so
    ("reset_before", {}, NOTHING),
    ("error_500_before", {}, NOTHING),
    ("error_503", {}, NOTHING),
    ("html_before", {}, NOTHING),
    # it was done, and the answer went lost or is no answer
    ("no_answer_after", {}, ONE),
    ("reset_after", {}, ONE),
    ("cut", {"fraction": 0.5}, ONE),
    ("cut", {"fraction": 0.99}, ONE),
    ("error_500_after", {}, ONE),
    ("error_502", {}, ONE),
    ("html", {}, ONE),
    ("empty", {}, ONE),
    ("garbage_json", {}, ONE),
    ("garbage_xml", {}, ONE),
    ("huge", {"megabytes": 26}, ONE),
    ("huge", {"megabytes": 26, "declared": False}, ONE),
    # it was done, and what came is not what was sent
    ("foreign_cfdi", {}, ONE),
    ("changed_total", {}, ONE),
    ("no_tfd", {}, ONE),
    ("two_tfds", {}, ONE),
    ("code_307_without", {}, ONE),
]
# no body came, or (huge) one that its own length forbids to read
WITHOUT_RAW = [
    ("reset_before", {}),
    ("no_answer_after", {}),
    ("reset_after", {}),
    ("empty", {}),
    ("huge", {"megabytes": 26}),
]


class TestStampFailures(StampCase):
    """Each way in which a stamp can fail ends in exactly one state, and the ledger keeps what came."""

    def _stamp_with(self, fault, params):
        move = self.create_invoice()
        self.sandbox.fail("stamp", fault, **params)
        notification = self.stamp(move)
        self.assertEqual(notification["type"], "danger")
        self.assertIn(move.name, notification["message"])
        return move

    def test_a_no_of_the_service_is_rejected(self):
        for fault, params, code in REFUSED:
            with self.subTest(fault=fault, code=code):
                move = self._stamp_with(fault, params)
                document = move.l10n_mx_facture_document_id
                self.assertEqual(document.state, "rejected")
                self.assertEqual(document.message_code, code)
                self.assertIn(params.get("text", "")[12:], document.message_text)
                self.assertEqual(self.ledger(move), [("stamp", "rejected")])
                self.assertEqual(document.request_ids.code, code)
                self.assertTrue(document.request_ids.raw)
                self.assertEqual(self.book(move), [])
                self.assertFalse(document.uuid or document.xml_attachment_id)

    def test_a_lost_answer_is_unknown_never_an_error(self):
        for fault, params, stamps in LOST:
            with self.subTest(fault=fault, **params):
                move = self._stamp_with(fault, params)
                document = move.l10n_mx_facture_document_id
                self.assertEqual(document.state, "unknown")
                self.assertTrue(document.message_text)
                self.assertEqual(self.ledger(move), [("stamp", "unknown")])
                self.assertEqual(
                    bool(document.request_ids.raw), (fault, params) not in WITHOUT_RAW
                )
                self.assertEqual(len(self.book(move)), stamps)
                self.assertFalse(document.uuid or document.xml_attachment_id)
                # not sent again, whatever the user does
                self.refusal(move, "action_l10n_mx_facture_stamp")
                self.assertEqual(len(self.book(move)), stamps)

    def test_what_arrived_of_a_stamp_can_be_read_in_the_ledger(self):
        move = self._stamp_with("two_tfds", {})
        raw = move.l10n_mx_facture_document_id.request_ids.raw
        self.assertIn(self.book(move)[0]["uuid"].upper(), raw.upper())

    def test_silence_beyond_the_time_out_is_unknown(self):
        self.account.timeout = 1
        for fault in ("slow", "slow_before"):
            with self.subTest(fault=fault):
                move = self._stamp_with(fault, {"seconds": 1.6})
                self.assertEqual(move.l10n_mx_facture_state, "unknown")
                self.assertEqual(self.ledger(move), [("stamp", "unknown")])
                self.assertIn("in time", move.l10n_mx_facture_message)

    def test_a_slow_answer_within_the_time_out_is_a_stamp(self):
        self.sandbox.fail("stamp", "slow", seconds=0.5)
        self.assertEqual(len(self.book(self.stamped_invoice())), ONE)

    def test_credentials_that_are_refused_leave_a_draft_that_was_not_sent(self):
        move = self._stamp_with("unauthorized_401", {})
        document = move.l10n_mx_facture_document_id
        self.assertEqual((document.state, document.date_sent), ("draft", False))
        self.assertEqual(self.ledger(move), [("stamp", "not_sent")])
        self.assertEqual(self.book(move), [])

    def test_a_service_that_is_not_there_leaves_a_draft_that_was_not_sent(self):
        for url in ("http://127.0.0.1:9", "https://no-such-host.invalid"):
            with self.subTest(url=url):
                self.account.base_url = url
                move = self.create_invoice()
                self.stamp(move)
                self.assertEqual(move.l10n_mx_facture_state, "draft")
                self.assertEqual(self.ledger(move), [("stamp", "not_sent")])
        self.assertEqual(self.calls("stamp"), [])

    def test_a_draft_is_stamped_with_the_next_press_and_keeps_its_history(self):
        move = self._stamp_with("unauthorized_401", {})
        self.stamp(move)
        self.assertEqual(move.l10n_mx_facture_state, "stamped")
        self.assertFalse(move.l10n_mx_facture_message)
        self.assertEqual(self.ledger(move), [("stamp", "not_sent"), ("stamp", "done")])
        self.assertEqual(len(move.l10n_mx_facture_document_ids), 1)
        self.assertEqual(len(self.book(move)), ONE)

    def test_a_draft_may_be_reset_and_corrected(self):
        move = self._stamp_with("unauthorized_401", {})
        self.press(move, "button_draft")
        move.invoice_line_ids.price_unit = 250
        self.press(move, "action_post")
        self.stamp(move)
        [entry] = self.book(move)
        self.assertEqual(entry["total"], "290.00")

    def test_rejected_then_corrected_then_stamped(self):
        # what SAT's register says only the service can know
        self.sandbox.receiver(rfc="IIA040805DZ4", name="INDISTRIA ILUMINADORA", zip="62661", regime="601")
        customer = self.customer.copy({"vat": "IIA040805DZ4", "name": "Industria", "zip": "62661"})
        move = self.create_invoice(partner_id=customer.id)
        self.stamp(move)
        self.assertEqual(move.l10n_mx_facture_state, "rejected")
        customer.name = "Indistria Iluminadora"
        self.stamp(move)
        self.assertEqual(move.l10n_mx_facture_state, "stamped")
        self.assertEqual(
            move.l10n_mx_facture_document_ids.sorted("id").mapped("state"), ["rejected", "stamped"]
        )
        self.assertEqual(self.ledger(move), [("stamp", "rejected"), ("stamp", "done")])
        self.assertEqual(len(self.book(move)), ONE)

    def test_a_rejected_invoice_may_be_reset_to_draft(self):
        move = self._stamp_with("refuse", {})
        self.press(move, "button_draft")
        self.assertEqual(move.state, "draft")
        self.press(move, "action_post")
        self.stamp(move)
        self.assertEqual(len(self.book(move)), ONE)

    def test_an_error_307_with_the_former_stamp_is_a_stamp(self):
        for where in ("base64", "embedded"):
            with self.subTest(where=where):
                self.sandbox.settings(duplicate_answer=where)
                self.sandbox.fail("stamp", "code_307_with")
                move = self.stamped_invoice()
                [entry] = self.book(move)
                self.assertEqual(move.l10n_mx_facture_uuid, entry["uuid"].upper())

    def test_an_error_307_without_the_stamp_says_what_to_do(self):
        move = self._stamp_with("code_307_without", {})
        self.assertEqual(move.l10n_mx_facture_document_id.message_code, "307")
        self.assertIn("before", move.l10n_mx_facture_message)

    def test_a_service_that_changes_the_date_is_not_believed(self):
        self.sandbox.settings(change_fecha=True)
        # an invoice of yesterday, which the service moves to today
        move = self.create_invoice(invoice_date=self.today() - timedelta(days=1))
        self.stamp(move)
        self.assertEqual(move.l10n_mx_facture_state, "unknown")
        self.assertEqual(len(self.book(move)), ONE)

    def test_no_failure_shows_the_secret(self):
        self.sandbox.fail("stamp", "error_text", text=f"401X user unknown {SECRET}", status=400)
        move = self.create_invoice()
        self.stamp(move)
        row = move.l10n_mx_facture_document_id.request_ids
        for text in (row.raw, row.message, move.l10n_mx_facture_message):
            self.assertNotIn(SECRET, text or "")
        self.assertIn("***", row.raw)
