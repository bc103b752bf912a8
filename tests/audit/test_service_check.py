from ..support.stamp_case import StampCase


class TestServiceCheck(StampCase):
    """What the service has is compared with what we have, and the XML is fetched again."""

    def check(self, move, **kwargs):
        return self.press(move, "action_l10n_mx_facture_check_at_service", **kwargs)["params"]

    def test_the_same_there_is_said_with_the_state_there(self):
        move = self.stamped_invoice()
        params = self.check(move)
        self.assertEqual(params["type"], "success")
        self.assertIn("Vigente", params["message"])
        self.assertIn("Vigente", self.chatter(move.l10n_mx_facture_document_id))
        [call] = self.calls("find")
        self.assertEqual((call["method"], call["path"]), ("GET", "/rest/consulta/cfdi/"))
        self.assertEqual(call["query"], f"cfdi={move.l10n_mx_facture_uuid}")

    def test_each_difference_is_named(self):
        move = self.stamped_invoice()
        self.env.cr.execute(
            "UPDATE l10n_mx_facture_document SET total = 99, rfc_receptor = 'XAXX010101000' "
            "WHERE move_id = %s",
            (move.id,),
        )
        self.env.invalidate_all()
        params = self.check(move)
        self.assertEqual(params["type"], "danger")
        for told in ("99", "116", "XAXX010101000", "URE180429TM6"):
            self.assertIn(told, params["message"])
        self.assertNotIn("Issuer", params["message"])
        self.assertIn("116", self.chatter(move.l10n_mx_facture_document_id))
        self.assertEqual(move.l10n_mx_facture_state, "stamped")

    def test_what_the_service_lacks_is_told_and_changes_nothing(self):
        move = self.stamped_invoice()
        for fault in ("not_found_404", "error_500_before", "html", "reset_before", "cut"):
            with self.subTest(fault=fault):
                self.sandbox.fail("find", fault)
                self.refusal(move, "action_l10n_mx_facture_check_at_service")
                self.assertEqual(move.l10n_mx_facture_state, "stamped")

    def test_a_plain_accountant_may_check(self):
        move = self.stamped_invoice()
        for login, group in (
            ("biller", "account.group_account_invoice"),
            ("accountant", "account.group_account_user"),
        ):
            with self.subTest(group=group):
                user = self.create_user(login, group)
                self.assertEqual(self.check(move, user=user)["type"], "success")

    def test_the_xml_fetched_again_is_compared(self):
        document = self.stamped_invoice().l10n_mx_facture_document_id
        answer = self.press(document, "action_fetch_xml")["params"]
        self.assertEqual(answer["type"], "success")
        self.assertIn("byte for byte", answer["message"])
        [call] = self.calls("xml")
        self.assertEqual((call["method"], call["path"]), ("GET", "/rest/consulta/xml/"))
        self.assertEqual(call["query"], f"uuid={document.uuid}")

    def test_a_lost_xml_is_fetched_and_attached(self):
        document = self.stamped_invoice().l10n_mx_facture_document_id
        # as a broken restore leaves it
        self.env.cr.execute(
            "UPDATE l10n_mx_facture_document SET xml_attachment_id = NULL WHERE id = %s",
            (document.id,),
        )
        self.env.invalidate_all()
        self.press(document, "action_fetch_xml")
        self.assertEqual(
            document.xml_attachment_id.raw.decode(), self.sandbox.stamped(document.uuid)["xml"]
        )

    def test_an_xml_that_the_service_changed_is_not_taken(self):
        # the same UUID with another total: neither adopted nor taken for ours
        move = self.create_invoice()
        self.sandbox.fail("stamp", "changed_total")
        self.stamp(move)
        uuid = self.book(move)[0]["uuid"]
        text = self.refusal(move, "l10n_mx_facture_resolve_unknown", uuid, "x")
        self.assertIn("Total", text)
        self.assertEqual(move.l10n_mx_facture_state, "unknown")
