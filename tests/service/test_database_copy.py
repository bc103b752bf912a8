from odoo.modules.neutralize import get_neutralization_queries

from ..support.stamp_case import SECRET, StampCase


class TestDatabaseCopy(StampCase):
    """A copy of a production database, and a neutralized one, send nothing at all."""

    def production(self):
        self.account.environment = "production"
        self.assertEqual(
            self.account.database_uuid,
            self.env["ir.config_parameter"].sudo().get_param("database.uuid"),
        )

    def copied(self):
        """This database becomes the copy of the one in which the account was set to production."""
        self.env["ir.config_parameter"].sudo().set_param("database.uuid", "copy")

    def everything_is_refused(self, word):
        """Press all there is; nothing may arrive at the service."""
        moves = self.moves
        for method in ("action_test_connection", "action_sync_branches"):
            self.assertIn(word, self.refusal(self.account, method))
        self.assertIn(word, self.refusal(moves["waiting"], "action_l10n_mx_facture_stamp"))
        self.assertIn(word, self.refusal(moves["stamped"], "l10n_mx_facture_cancel", "02"))
        self.refusal(moves["stamped"], "action_l10n_mx_facture_fetch_pdf")
        self.refusal(moves["stamped"], "action_l10n_mx_facture_check_at_service")
        self.refusal(moves["requested"], "action_l10n_mx_facture_fetch_receipt")
        self.refusal(moves["unknown"], "l10n_mx_facture_resolve_unknown", self.uuid, "x")
        self.refusal(moves["stamped"].l10n_mx_facture_document_id, "action_fetch_xml")
        self.press(moves["stamped"].l10n_mx_facture_document_id, "_cron_stamp")
        two = moves["waiting"] + self.create_invoice()
        params = self.stamp(two)
        self.assertEqual(params["type"], "danger")
        self.assertEqual(self.calls(), [])
        self.assertEqual(two.l10n_mx_facture_document_ids.ids, [])
        self.assertEqual(moves["stamped"].l10n_mx_facture_state, "stamped")
        self.assertEqual(moves["unknown"].l10n_mx_facture_state, "unknown")

    def prepare(self):
        self.moves = {
            "waiting": self.create_invoice(),
            "stamped": self.stamped_invoice(),
            "requested": self.cancel_requested_invoice(),
            "unknown": self.unknown_invoice(),
        }
        self.uuid = self.book(self.moves["unknown"])[0]["uuid"]
        self.press(self.moves["stamped"].l10n_mx_facture_pdf_attachment_id, "unlink")
        self.sandbox.reset()

    def test_in_its_own_database_production_works(self):
        self.production()
        move = self.stamped_invoice()
        self.assertEqual(move.l10n_mx_facture_document_id.environment, "production")

    def test_in_a_copy_of_the_database_nothing_is_sent(self):
        self.production()
        self.prepare()
        self.copied()
        self.everything_is_refused("copy")

    def test_in_a_neutralized_database_nothing_is_sent(self):
        self.prepare()
        self.env["ir.config_parameter"].sudo().set_param("database.is_neutralized", True)
        self.everything_is_refused("neutralized")

    def test_neutralizing_takes_the_credentials_away(self):
        self.production()
        self.prepare()
        for query in get_neutralization_queries(["l10n_mx_facture"]):
            self.env.cr.execute(query)
        self.env.invalidate_all()
        self.assertFalse(self.account.secret or self.account.database_uuid)
        # even with the flag removed by hand
        self.assertFalse(self.env["ir.config_parameter"].sudo().get_param("database.is_neutralized"))
        move = self.moves["waiting"]
        self.stamp(move)
        self.assertIn(move.l10n_mx_facture_state, (False, "draft"))
        self.refusal(self.account, "action_test_connection")
        self.assertEqual(self.calls(), [])

    def test_the_neutralization_of_the_module_is_part_of_odoo_s(self):
        queries = list(get_neutralization_queries(["base", "l10n_mx_facture"]))
        self.assertEqual(len(queries), 2)
        self.assertIn("database.is_neutralized", queries[0])

    def test_a_test_account_works_in_a_copy(self):
        self.copied()
        self.stamped_invoice()

    def test_saying_production_again_binds_to_this_database(self):
        self.production()
        self.copied()
        self.account.environment = "test"
        self.assertFalse(self.account.database_uuid)
        self.account.environment = "production"
        self.stamped_invoice()

    def test_saving_what_was_production_already_binds_nothing(self):
        # an import or a form that sends all fields is nobody's decision
        self.production()
        self.copied()
        self.account.write({"environment": "production", "name": "Same", "secret": SECRET})
        self.assertIn("copy", self.refusal(self.account, "action_test_connection"))
        self.assertEqual(self.calls(), [])

    def test_a_cfdi_of_production_is_not_touched_through_a_test_account_and_vice_versa(self):
        self.production()
        real = self.stamped_invoice()
        self.account.environment = "test"
        trial = self.stamped_invoice()
        self.sandbox.reset()
        for move, now in ((real, "test"), (trial, "production")):
            self.account.environment = now
            with self.subTest(account=now):
                self.refusal(move, "l10n_mx_facture_cancel", "02")
                self.refusal(move, "action_l10n_mx_facture_check_at_service")
                self.assertEqual(move.l10n_mx_facture_state, "stamped")
        self.assertEqual(self.calls(), [])

    def test_a_trial_cfdi_replaces_no_real_one(self):
        trial = self.stamped_invoice()
        self.production()
        real = self.stamped_invoice()
        self.refusal(real, "l10n_mx_facture_cancel", "01", trial.l10n_mx_facture_uuid)
        self.assertEqual(self.calls("cancel"), [])

    def test_an_unknown_of_production_is_not_settled_through_a_test_account(self):
        self.production()
        move = self.unknown_invoice()
        uuid = self.book(move)[0]["uuid"]
        self.account.environment = "test"
        self.refusal(move, "l10n_mx_facture_resolve_unknown", uuid, "x")
        self.assertEqual(move.l10n_mx_facture_state, "unknown")
