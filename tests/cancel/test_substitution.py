from lxml import etree

from odoo.tools.safe_eval import safe_eval

from ..support.cancel_case import CancelCase


class TestCancelSubstitution(CancelCase):
    """Reason 01 from start to end: substitute, stamp, cancel, wait for SAT; interrupted anywhere, it goes on."""

    def begin(self, move):
        """Cancel CFDI, reason 01, make the substitute. :return: the substitute, a draft"""
        wizard = self.wizard(move, "01")
        self.assertEqual(wizard.step, "start")
        action = self.press(wizard.save(), "action_substitute")
        return self.env[action["res_model"]].browse(action["res_id"])

    def begun(self):
        """:return: (invoice with a CFDI, its posted substitute)"""
        old = self.stamped_invoice()
        new = self.begin(old)
        self.post(new)
        return old, new

    def assert_waits(self, old, step):
        """The wizard opened again shows where it stands; nothing was requested."""
        form = self.wizard(old)
        self.assertEqual((form.reason, form.step), ("01", step))
        self.assertIn("asked to cancel this CFDI", form.order_text)
        self.assertEqual(old.l10n_mx_facture_state, "stamped")

    def assert_lost(self, old):
        """It is not known whether the request arrived: the order stands."""
        self.assertEqual((old.l10n_mx_facture_state, self.ledger(old)[-1]), ("stamped", ("cancel", "unknown")))
        self.assertIn("asked to cancel this CFDI", old.l10n_mx_facture_cancel_order_text)

    def assert_ended(self, old, new, requests=1):
        """SAT confirms: one CFDI is valid, and the service was asked once."""
        self.confirm(old)
        self.assertEqual((old.l10n_mx_facture_state, new.l10n_mx_facture_state), ("cancelled", "stamped"))
        self.assertEqual(self.alive(old + new), [new.l10n_mx_facture_uuid])
        [entry] = self.book(old)
        self.assertEqual(entry["motivo"], "01")
        self.assertEqual(entry["folio_sustitucion"].upper(), new.l10n_mx_facture_uuid)
        self.assertEqual(len(self.calls("cancel")), requests)
        document = self.document(old)
        self.assertFalse(document.cancel_order)
        self.assertEqual((document.cancel_reason, document.cancel_replacement_uuid), ("01", new.l10n_mx_facture_uuid))
        self.assertEqual(document.cancel_user_id, self.env.user)
        # nothing is left that would be done once more
        self.hours_pass(old, new)
        self.cron()
        self.cron_stamp()
        self.assertEqual(len(self.calls("cancel")), requests)

    def test_once_the_substitute_is_stamped_the_old_one_is_requested_by_itself(self):
        old = self.stamped_invoice()
        new = self.begin(old)
        self.assertEqual((new.state, self.document(old).cancel_order), ("draft", "01"))
        self.assert_waits(old, "edit")
        self.cron()
        self.post(new)
        self.assert_waits(old, "stamp")
        self.cron()
        self.assertEqual(self.calls("cancel"), [])
        params = self.stamp(new)
        self.assertIn(f"The cancellation of {old.name} (reason 01) was requested", params["message"])
        document = self.document(old)
        self.assertEqual((document.state, document.cancel_reason), ("cancel_requested", "01"))
        self.assertEqual(document.cancel_replacement_uuid, new.l10n_mx_facture_uuid)
        self.assert_ended(old, new)

    def test_the_wizard_waits_for_sat_and_tells_the_end(self):
        old = self.stamped_invoice(lines=[{"price_unit": 5000}])
        new = self.begin(old)
        self.post_and_stamp(new)
        form = self.wizard(old)
        self.assertEqual((form.reason, form.step), ("01", "sat"))
        self.assertIn("already", self.refusal(form.save(), "action_substitute"))
        self.at_sat.receiver(old.l10n_mx_facture_uuid, "expire")
        # it asks SAT when it opens
        params = self.press(old, "action_l10n_mx_facture_cancel")["params"]
        self.assertIn("as cancelled", params["message"])
        self.assert_ended(old, new)

    def test_it_is_said_on_both(self):
        old = self.stamped_invoice()
        new = self.begin(old)
        self.assertIn("requested automatically", self.chatter(new))
        self.assertIn("until the substitute is stamped", old.l10n_mx_facture_cancel_order_text)
        self.assertIn(self.env.user.name, old.l10n_mx_facture_cancel_order_text)

    def test_another_reason_is_told_to_drop_the_order(self):
        old, new = self.begun()
        form = self.wizard(old)
        self.assertFalse(form.drops_order)
        form.reason = "02"
        self.assertTrue(form.drops_order)
        arch = etree.fromstring(self.env.ref("l10n_mx_facture.view_l10n_mx_facture_cancel_form").arch)
        [told] = arch.xpath("//div[@invisible='not drops_order']")
        self.assertIn("as soon as it is accepted", " ".join(told.text.split()))
        wizard = form.save()
        self.sandbox.fail("cancel", "refuse", code="203", status=200)
        self.press(wizard, "action_cancel")
        self.assertEqual((self.document(old).state, self.document(old).cancel_order), ("stamped", "01"))
        self.press(wizard, "action_cancel")
        self.assertFalse(self.document(old).cancel_order)
        self.assertEqual((self.document(old).cancel_reason, new.state), ("02", "posted"))

    def test_the_dialog_shows_one_substitute(self):
        old, new = self.begun()
        arch = etree.fromstring(self.env.ref("l10n_mx_facture.view_l10n_mx_facture_cancel_form").arch)

        def shown(form):
            names = ("replacement_id", "substitute_id", "reason", "state", "step")
            values = {name: form[name] for name in names}
            nodes = [arch.xpath(f"//field[@name='{name}']")[0] for name in names[:2]]
            return [node.get("name") for node in nodes if not safe_eval(node.get("invisible"), values)]

        self.assertEqual(shown(self.wizard(old)), ["substitute_id"])
        self.press(old, "action_l10n_mx_facture_withdraw_cancel")
        self.assertEqual(shown(self.wizard(old, "02")), [])
        self.stamp(new)
        self.assertEqual(shown(self.wizard(old)), ["replacement_id"])
        self.assertEqual(shown(self.wizard(self.stamped_invoice(), "01")), ["replacement_id"])

    def test_the_wizard_stamps_the_substitute_and_the_rest_follows(self):
        old, new = self.begun()
        self.press(self.wizard(old).save(), "action_stamp_substitute")
        self.assert_ended(old, new)

    def test_a_substitute_that_was_made_by_its_own_button_joins_the_flow(self):
        old = self.stamped_invoice()
        new = self.env["account.move"].browse(self.press(old, "action_l10n_mx_facture_substitute")["res_id"])
        self.post(new)
        wizard = self.wizard(old, "01")
        self.assertEqual((wizard.step, wizard.order_text), ("stamp", False))
        self.press(wizard.save(), "action_stamp_substitute")
        self.assert_ended(old, new)

    def test_without_an_order_nothing_is_cancelled_by_itself(self):
        old = self.stamped_invoice()
        new = self.env["account.move"].browse(self.press(old, "action_l10n_mx_facture_substitute")["res_id"])
        self.post_and_stamp(new)
        self.cron()
        self.assertEqual(self.calls("cancel"), [])
        # and it is proposed as before
        form = self.wizard(old)
        self.assertEqual((form.reason, form.step), ("01", "cancel"))
        self.press(form.save(), "action_cancel")
        self.assert_ended(old, new)

    def test_the_order_can_be_withdrawn(self):
        old, new = self.begun()
        self.press(self.wizard(old).save(), "action_withdraw")
        self.stamp(new)
        self.cron()
        self.assertEqual(self.calls("cancel"), [])
        self.assertEqual(old.l10n_mx_facture_state, "stamped")

    def test_stamped_in_the_queue_the_scheduled_action_requests_it(self):
        old, new = self.begun()
        check = self.press(new, "action_l10n_mx_facture_stamp_later")
        self.press(self.env[check["res_model"]].browse(check["res_id"]), "action_stamp_ready")
        self.cron_stamp()
        self.assertEqual(new.l10n_mx_facture_state, "stamped")
        self.assert_waits(old, "cancel")
        self.cron()
        self.assert_ended(old, new)

    def test_a_substitute_that_names_the_old_one_no_more_is_not_stamped_beside_it(self):
        old = self.stamped_invoice()
        new = self.begin(old)
        new.l10n_mx_facture_relation_ids.unlink()
        self.post(new)
        refusal = self.refusal(new, "action_l10n_mx_facture_stamp")
        self.assertIn(f"made to substitute the CFDI {old.l10n_mx_facture_uuid} of {old.name}", refusal)
        self.assertEqual(self.book(new), [])
        # nor when the order is taken back: it is a copy of the same sale
        self.press(old, "action_l10n_mx_facture_withdraw_cancel")
        self.assertIn("made to substitute", self.refusal(new, "action_l10n_mx_facture_stamp"))
        # what is no more valid needs no substitute; while SAT or the customer decides, it is valid
        self.cancel(old)
        self.assertIn("made to substitute", self.refusal(new, "action_l10n_mx_facture_stamp"))
        self.confirm(old)
        self.stamp(new)
        self.assertEqual(new.l10n_mx_facture_state, "stamped")

    def test_a_deleted_substitute_is_made_anew(self):
        old = self.stamped_invoice()
        self.press(self.begin(old), "unlink")
        self.cron()
        self.assert_waits(old, "start")
        new = self.begin(old)
        self.post_and_stamp(new)
        self.assert_ended(old, new)

    # -- the process dies -----------------------------------------------------------------------

    def test_it_dies_while_the_substitute_is_stamped(self):
        for done in (False, True):
            with self.subTest(done=done):
                self.sandbox.reset()
                old, new = self.begun()
                with self.dying("stamp", done=done):
                    self.stamp(new)
                self.assert_waits(old, "answer")
                self.hours_pass(new)
                self.cron_stamp()
                self.cron()
                self.assert_waits(old, "answer")
                self.assertEqual(new.l10n_mx_facture_state, "unknown")
                uuid = self.book(new)[0]["uuid"] if done else None
                self.press(new, "l10n_mx_facture_resolve_unknown", uuid, "seen at the service")
                if not done:
                    self.assert_waits(old, "stamp")
                    self.stamp(new)
                self.assert_ended(old, new)

    def test_it_dies_between_the_stamp_and_the_request(self):
        old, new = self.begun()
        with self.dying("fetch_pdf", done=False):
            self.stamp(new)
        self.assertEqual(new.l10n_mx_facture_state, "stamped")
        self.assert_waits(old, "cancel")
        self.cron()
        self.assert_ended(old, new)

    def test_it_dies_while_the_cancellation_is_requested(self):
        for done in (False, True):
            with self.subTest(done=done):
                self.sandbox.reset()
                old, new = self.begun()
                with self.dying("cancel", done=done):
                    self.stamp(new)
                self.assertEqual(self.ledger(old)[-1], ("cancel", "pending"))
                # it may still be answered
                self.assertIn("may still be answered", old.l10n_mx_facture_cancel_order_text)
                self.cron()
                self.assertEqual(len(self.calls("cancel")), int(done))
                self.hours_pass(old, new)
                self.cron()
                self.assert_ended(old, new)

    def test_a_request_of_a_dead_process_that_waits_for_the_customer_is_recognized(self):
        old = self.stamped_invoice(lines=[{"price_unit": 5000}])
        new = self.begin(old)
        self.post(new)
        with self.dying("cancel"):
            self.stamp(new)
        self.hours_pass(old, new)
        self.cron()
        document = self.document(old)
        self.assertEqual((document.state, document.cancel_reason), ("cancel_requested", "01"))
        self.assertIn("SAT shows it in process", self.chatter(old))
        self.at_sat.receiver(old.l10n_mx_facture_uuid, "accept")
        self.assert_ended(old, new)

    def test_it_dies_while_sat_is_asked_what_became_of_the_request(self):
        old, new = self.begun()
        with self.dying("cancel"):
            self.stamp(new)
        self.hours_pass(old, new)
        with self.dying_at_sat():
            self.cron()
        self.assertEqual(old.l10n_mx_facture_state, "stamped")
        self.cron()
        self.assert_ended(old, new)

    def test_a_lost_answer_is_looked_up_at_sat_before_it_is_asked_again(self):
        for fault, requests in (("no_answer_after", 1), ("reset_before", 2)):
            with self.subTest(fault=fault):
                self.sandbox.reset()
                old, new = self.begun()
                self.sandbox.fail("cancel", fault)
                params = self.stamp(new)
                self.assertIn(old.name, params["message"])
                self.assert_lost(old)
                # not before its time
                self.cron()
                self.assertEqual(len(self.calls("cancel")), 1)
                self.hours_pass(old, new)
                self.cron()
                self.assert_ended(old, new, requests)

    def test_as_long_as_sat_is_silent_about_a_lost_answer_it_waits(self):
        old, new = self.begun()
        self.sandbox.fail("cancel", "no_answer_after")
        self.stamp(new)
        for _round in range(3):
            self.hours_pass(old, new)
            self.sandbox.fail("sat_status", "error_500_before")
            self.cron()
            self.assert_lost(old)
            self.assertIn("SAT's status service failed", old.l10n_mx_facture_cancel_order_text)
            self.assertEqual(len(self.calls("cancel")), 1)
        self.hours_pass(old, new)
        self.cron()
        self.assert_ended(old, new)

    # -- SAT and the service say no -------------------------------------------------------------

    def test_a_refusal_of_the_service_ends_the_order_and_is_told(self):
        old, new = self.begun()
        self.sandbox.fail("cancel", "refuse", code="203", text="No procede.", status=200)
        self.stamp(new)
        document = self.document(old)
        self.assertEqual((document.state, document.cancel_order), ("stamped", False))
        [activity] = old.activity_ids
        self.assertEqual(activity.user_id, self.env.user)
        self.assertIn("203", activity.note)
        self.hours_pass(old)
        self.cron()
        self.assertEqual(len(self.calls("cancel")), 1)
        form = self.wizard(old)
        self.assertEqual((form.reason, form.step), ("01", "cancel"))

    def test_what_relates_to_the_old_one_comes_first_and_the_order_waits(self):
        old = self.stamped_invoice()
        note = self.credit_note(old)
        new = self.begin(old)
        self.post_and_stamp(new)
        self.assertIn(note.name, old.l10n_mx_facture_cancel_order_text)
        self.assert_waits(old, "cancel")
        self.assertEqual(self.calls("cancel"), [])
        self.cancel(note)
        self.confirm(note)
        self.hours_pass(old, new)
        self.cron()
        self.assert_ended(old, new, requests=2)

    def test_the_customer_s_refusal_leaves_both_valid_and_it_can_be_asked_again(self):
        old = self.stamped_invoice(lines=[{"price_unit": 5000}])
        new = self.begin(old)
        self.post_and_stamp(new)
        self.at_sat.receiver(old.l10n_mx_facture_uuid, "refuse")
        self.confirm(old)
        self.cron()
        self.assertEqual(len(self.calls("cancel")), 1)
        form = self.wizard(old)
        self.assertEqual((form.reason, form.step, form.order_text), ("01", "cancel", False))
        self.press(form.save(), "action_cancel")
        self.at_sat.receiver(old.l10n_mx_facture_uuid, "accept")
        self.assert_ended(old, new, requests=2)
