from odoo.tests import Form

from ..support.stamp_case import StampCase

NOWHERE = "5A2D6AFF-2DD7-43D1-83D3-14C1ACA396D9"


class TestCancelRequest(StampCase):
    """Asking for the cancellation: reasons, codes, lost answers. Only SAT's answer cancels."""

    def entry(self, move):
        [entry] = self.book(move)
        return entry

    def test_each_reason_without_replacement_is_sent_as_it_is(self):
        for reason in ("02", "03", "04"):
            with self.subTest(reason=reason):
                move = self.stamped_invoice()
                params = self.cancel(move, reason)
                document = move.l10n_mx_facture_document_id
                self.assertEqual(params["type"], "success")
                self.assertEqual(document.state, "cancel_requested")
                self.assertEqual(document.cancel_reason, reason)
                self.assertEqual(document.cancel_code, "201")
                self.assertEqual(document.cancel_user_id, self.env.user)
                self.assertTrue(document.cancel_date)
                self.assertEqual(self.entry(move)["motivo"], reason)
                self.assertEqual(self.ledger(move)[-1], ("cancel", "done"))
                self.assertIn(document.uuid, self.chatter(move))

    def test_the_call_is_the_one_of_the_page(self):
        move = self.stamped_invoice()
        self.cancel(move, "03")
        [call] = self.calls("cancel")
        self.assertEqual((call["method"], call["path"]), ("GET", "/rest/cancelacion/produccion/"))
        self.assertEqual(call["query"], f"uuid={move.l10n_mx_facture_uuid}&motivo=03")
        self.assertEqual(call["headers"]["Sucursal"], self.branch.remote_id)
        self.assertEqual(call["headers"]["Accept"], "application/xml")

    def test_reason_01_names_its_replacement(self):
        move = self.stamped_invoice()
        replacement = self.stamped_substitute(move)
        self.cancel(move, "01", replacement.l10n_mx_facture_uuid.lower())
        document = move.l10n_mx_facture_document_id
        self.assertEqual(document.state, "cancel_requested")
        self.assertEqual(document.cancel_replacement_uuid, replacement.l10n_mx_facture_uuid)
        self.assertEqual(
            self.entry(move)["folio_sustitucion"].upper(), replacement.l10n_mx_facture_uuid
        )
        self.assertEqual(replacement.l10n_mx_facture_state, "stamped")

    def test_reason_01_with_a_wrong_replacement_sends_nothing(self):
        move = self.stamped_invoice()
        unknown = self.unknown_invoice()
        gone = self.cancel_requested_invoice()
        stranger = self.stamped_invoice()
        stranger_uuid = stranger.l10n_mx_facture_uuid
        self.env.cr.execute(
            "UPDATE l10n_mx_facture_document SET rfc_emisor = 'XIA190128J61' WHERE move_id = %s",
            (stranger.id,),
        )
        self.env.invalidate_all()
        self.sandbox.reset()
        for case, replacement in (
            ("missing", None),
            ("empty", " "),
            ("of nobody", NOWHERE),
            ("itself", move.l10n_mx_facture_uuid),
            ("not stamped for sure", self.entry(unknown)["uuid"]),
            ("being cancelled", gone.l10n_mx_facture_uuid),
            ("of another issuer", stranger_uuid),
            ("not related", self.stamped_invoice().l10n_mx_facture_uuid),
            ("related to another", self.stamped_substitute(self.stamped_invoice()).l10n_mx_facture_uuid),
            ("of another customer", self.of_another_customer(move).l10n_mx_facture_uuid),
        ):
            with self.subTest(case=case):
                self.refusal(move, "l10n_mx_facture_cancel", "01", replacement)
        self.assertEqual(self.calls("cancel"), [])
        self.assertEqual(move.l10n_mx_facture_state, "stamped")

    def of_another_customer(self, move):
        substitute = self.stamped_substitute(move)
        self.env.cr.execute(
            "UPDATE l10n_mx_facture_document SET rfc_receptor = 'MASO451221PM4' WHERE move_id = %s", (substitute.id,)
        )
        self.env.invalidate_all()
        return substitute

    def test_a_refused_substitution_leaves_two_valid_cfdis_and_says_so_at_once(self):
        move = self.stamped_invoice()
        substitute = self.stamped_substitute(move)
        self.sandbox.fail("cancel", "refuse", code="204", text="UUID no aplicable")
        said = self.cancel(move, "01", substitute.l10n_mx_facture_uuid)["message"]
        self.assertIn("both CFDIs are valid", said)
        self.assertIn(substitute.l10n_mx_facture_uuid, said)
        [found] = move.l10n_mx_facture_document_id.divergence_ids.filtered(lambda one: one.kind == "two_live")
        self.assertIn("reason 01", found.text)
        # another reason leaves no second one
        self.sandbox.fail("cancel", "refuse", code="204", text="UUID no aplicable")
        other = self.stamped_invoice()
        self.assertNotIn("two CFDIs", self.cancel(other)["message"])

    def test_reasons_that_don_t_exist_or_fit_send_nothing(self):
        move, other = self.stamped_invoice(), self.stamped_invoice()
        for reason in ("05", "", None, "1", "02 "):
            self.refusal(move, "l10n_mx_facture_cancel", reason)
        self.refusal(move, "l10n_mx_facture_cancel", "02", other.l10n_mx_facture_uuid)
        self.assertEqual(self.calls("cancel"), [])
        self.assertEqual(self.entry(move)["estado"], "Vigente")

    def test_201_and_202_are_requests_never_cancellations(self):
        move = self.stamped_invoice()
        self.cancel(move)
        self.assertEqual(self.entry(move)["estado"], "Cancelado")
        self.assertEqual(move.l10n_mx_facture_state, "cancel_requested")
        before = self.stamped_invoice()
        self.sandbox.cfdi(before.l10n_mx_facture_uuid, estado="Cancelado")
        self.cancel(before)
        self.assertEqual(before.l10n_mx_facture_document_id.cancel_code, "202")
        self.assertEqual(before.l10n_mx_facture_state, "cancel_requested")

    def test_a_refusing_code_changes_nothing_and_tells_its_meaning(self):
        for code, word in (
            ("203", "issuer"), ("204", "can't be cancelled"), ("205", "72 hours"),
            ("206", "primary"), ("999", "999"),
        ):
            with self.subTest(code=code):
                move = self.stamped_invoice()
                self.sandbox.fail("cancel", "refuse", code=code, text="No procede.", status=200)
                params = self.cancel(move)
                self.assertEqual(params["type"], "danger")
                self.assertIn(word, params["message"])
                self.assertIn(move.name, params["message"])
                document = move.l10n_mx_facture_document_id
                self.assertEqual(document.state, "stamped")
                self.assertFalse(document.cancel_reason or document.cancel_code)
                self.assertEqual(self.ledger(move)[-1], ("cancel", "rejected"))
                self.assertEqual(document.request_ids.sorted("id")[-1].code, code)
                self.assertTrue(document.request_ids.sorted("id")[-1].raw)
                self.assertEqual(self.entry(move)["estado"], "Vigente")

    def test_true_204_and_205_of_the_service_change_nothing(self):
        fixed = self.stamped_invoice()
        self.sandbox.cfdi(fixed.l10n_mx_facture_uuid, cancelable=False)
        self.cancel(fixed)
        self.assertEqual(fixed.l10n_mx_facture_document_id.message_code, "204")
        self.assertEqual(fixed.l10n_mx_facture_state, "stamped")

    def test_an_answer_that_can_t_be_read_changes_nothing(self):
        for fault, params, cancelled in (
            ("reset_before", {}, False),
            ("error_500_before", {}, False),
            ("html_before", {}, False),
            ("no_answer_after", {}, True),
            ("cut", {"fraction": 0.3}, True),
            ("error_500_after", {}, True),
            ("html", {}, True),
            ("empty", {}, True),
            ("garbage_json", {}, True),
            ("garbage_xml", {}, True),
            ("wrong_code", {}, True),
            ("wrong_code", {"code": "OK"}, True),
            ("other_uuid", {}, True),
        ):
            with self.subTest(fault=fault, **params):
                move = self.stamped_invoice()
                self.sandbox.fail("cancel", fault, **params)
                notification = self.cancel(move)
                self.assertEqual(notification["type"], "danger")
                self.assertIn("not known", notification["message"])
                self.assertEqual(move.l10n_mx_facture_state, "stamped")
                self.assertEqual(self.ledger(move)[-1], ("cancel", "unknown"))
                self.assertEqual(self.entry(move)["estado"] != "Vigente", cancelled)
                # asking again does no harm, and gets the answer
                self.cancel(move)
                self.assertEqual(move.l10n_mx_facture_state, "cancel_requested")
                self.assertEqual(
                    move.l10n_mx_facture_document_id.cancel_code, "202" if cancelled else "201"
                )

    def test_a_request_that_never_left_is_told_so(self):
        move = self.stamped_invoice()
        self.sandbox.fail("cancel", "unauthorized_401")
        params = self.cancel(move)
        self.assertNotIn("not known", params["message"])
        self.assertEqual(self.ledger(move)[-1], ("cancel", "not_sent"))
        self.assertEqual(move.l10n_mx_facture_state, "stamped")

    def test_a_second_request_is_refused_and_not_sent(self):
        move = self.cancel_requested_invoice()
        self.assertIn("already", self.refusal(move, "l10n_mx_facture_cancel", "02"))
        self.assertIn("already", self.refusal(move, "action_l10n_mx_facture_cancel"))
        self.assertEqual(len(self.calls("cancel")), 1)

    def test_a_second_request_during_the_first_is_refused_and_not_sent(self):
        move = self.stamped_invoice()
        with self.dying("cancel", done=False):
            self.press(move, "l10n_mx_facture_cancel", "02")
        self.assertIn("right now", self.refusal(move, "l10n_mx_facture_cancel", "03"))
        self.assertEqual(self.calls("cancel"), [])

    def test_what_has_no_stamp_can_t_be_cancelled(self):
        for move in (self.create_invoice(), self.unknown_invoice()):
            self.assertIn("nothing to cancel", self.refusal(move, "l10n_mx_facture_cancel", "02"))
        self.assertEqual(self.calls("cancel"), [])

    def test_the_row_is_committed_before_the_call_and_no_transaction_is_open(self):
        move = self.stamped_invoice()
        with self.committing() as env:
            seen = self.watch("cancel", lambda: env.cr._savepoint)
            move.with_env(env).l10n_mx_facture_cancel("02")
        self.assertEqual(seen, [None])
        other = self.stamped_invoice()
        with self.dying("cancel", done=False):
            self.press(other, "l10n_mx_facture_cancel", "02")
        self.assertEqual(self.ledger(other)[-1], ("cancel", "pending"))

    def test_many_are_cancelled_each_by_itself(self):
        moves = self.stamped_invoice() + self.stamped_invoice()
        self.sandbox.fail(
            "cancel", "refuse", code="204", status=200, contains=moves[0].l10n_mx_facture_uuid
        )
        params = self.cancel(moves)
        self.assertIn(moves[0].name, params["message"])
        self.assertEqual(
            moves.mapped("l10n_mx_facture_state"), ["stamped", "cancel_requested"]
        )

    def test_the_wizard_asks_for_the_reason_and_the_replacement(self):
        move, unrelated = self.stamped_invoice(), self.stamped_invoice()
        action = self.press(move, "action_l10n_mx_facture_cancel")
        wizard = Form(self.env[action["res_model"]].with_context(**action["context"]))
        wizard.reason = "01"
        wizard.replacement_id = unrelated.l10n_mx_facture_document_id
        wizard = wizard.save()
        # SAT doesn't take it
        self.assertTrue(wizard.lacks_relation)
        self.assertIn("no relation 04", self.refusal(wizard, "action_cancel"))
        replacement = self.stamped_substitute(move)
        wizard.replacement_id = replacement.l10n_mx_facture_document_id
        self.assertFalse(wizard.lacks_relation)
        self.press(wizard, "action_cancel")
        self.assertEqual(move.l10n_mx_facture_state, "cancel_requested")
        self.assertEqual(
            move.l10n_mx_facture_document_id.cancel_replacement_uuid,
            replacement.l10n_mx_facture_uuid,
        )

    def test_a_reason_without_replacement_forgets_one_that_was_chosen(self):
        move, other = self.stamped_invoice(), self.stamped_invoice()
        wizard = self.env["l10n_mx_facture.cancel"].create(
            {
                "move_id": move.id,
                "reason": "02",
                "replacement_id": other.l10n_mx_facture_document_id.id,
            }
        )
        self.press(wizard, "action_cancel")
        self.assertFalse(self.entry(move)["folio_sustitucion"])

    def test_odoo_s_own_request_cancel_leads_to_the_same_wizard(self):
        move = self.stamped_invoice()
        self.assertTrue(move.need_cancel_request)
        self.assertEqual(move.button_request_cancel()["res_model"], "l10n_mx_facture.cancel")

    def test_a_live_cfdi_keeps_the_invoice_posted(self):
        for move in (self.stamped_invoice(), self.cancel_requested_invoice()):
            for method in ("button_draft", "button_cancel", "unlink"):
                with self.subTest(state=move.l10n_mx_facture_state, method=method):
                    self.refusal(move, method)
            self.refusal(move, "write", {"state": "cancel"})
            self.assertEqual(move.state, "posted")
            self.assertFalse(move.show_reset_to_draft_button)
