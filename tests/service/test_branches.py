from odoo.exceptions import UserError, ValidationError

from ..support.stamp_case import StampCase


class TestBranches(StampCase):
    """The mirror of the service's branches: matched by remote id, archived, never deleted."""

    def setUp(self):
        super().setUp()
        self.remote = self.sandbox.branch(name=f"NUEVA {self.prefix}", zip="44100")["id"]
        # other tests share the sandbox: no active branch is left behind
        self.addCleanup(self.sandbox.branch, id=self.remote, active=False)
        self.sync()

    def sync(self):
        return self.press(self.account, "action_sync_branches")

    def mirrored(self):
        branches = self.account.branch_ids
        return branches.filtered(lambda branch: branch.remote_id == str(self.remote))

    def test_branches_are_created_with_what_the_service_says(self):
        branch = self.mirrored()
        self.assertEqual((branch.name, branch.zip), (f"NUEVA {self.prefix}", "44100"))
        self.assertEqual(branch.tz, "America/Mexico_City")
        self.assertEqual(branch.company_id, self.company)
        zones = {branch.zip: branch.tz for branch in self.account.branch_ids}
        self.assertEqual(zones["22000"], "America/Tijuana")
        self.assertEqual(zones["77500"], "America/Cancun")
        self.assertEqual(zones["83000"], "America/Hermosillo")

    def test_it_is_found_by_its_postal_code(self):
        found = self.env["l10n_mx_facture.branch"].name_search("44100", [("account_id", "=", self.account.id)])
        self.assertEqual([number for number, _name in found], self.mirrored().ids)

    def test_a_second_sync_changes_nothing(self):
        before = {branch.remote_id: branch.id for branch in self.account.branch_ids}
        messages = len(self.account.message_ids)
        answer = self.sync()
        self.assertEqual(
            before, {branch.remote_id: branch.id for branch in self.account.branch_ids}
        )
        self.assertEqual(len(self.account.message_ids), messages)
        self.assertIn(str(len(self.account.branch_ids.filtered("active"))), answer["params"]["message"])

    def test_a_changed_name_is_taken_over(self):
        branch = self.mirrored()
        self.sandbox.branch(id=self.remote, name=f"OTRA {self.prefix}")
        self.sync()
        self.assertEqual(branch.name, f"OTRA {self.prefix}")

    def test_a_changed_postal_code_is_announced(self):
        branch = self.mirrored()
        self.sandbox.branch(id=self.remote, zip="22000")
        self.sync()
        self.assertEqual((branch.zip, branch.tz), ("22000", "America/Tijuana"))
        message = self.account.message_ids[0].body
        for told in (branch.name, "44100", "22000"):
            self.assertIn(told, message)

    def test_a_branch_that_is_gone_is_archived_and_said(self):
        branch = self.mirrored()
        self.sandbox.branch(id=self.remote, active=False)
        self.sync()
        self.assertTrue(branch.exists())
        self.assertFalse(branch.active)
        self.assertIn(branch.name, self.account.message_ids[0].body)
        messages = len(self.account.message_ids)
        self.sync()
        self.assertEqual(len(self.account.message_ids), messages)

    def test_a_branch_that_comes_back_is_the_same_record(self):
        branch = self.mirrored()
        journal = self.create_journal("NVA", branch)
        self.sandbox.branch(id=self.remote, active=False)
        self.sync()
        self.sandbox.branch(id=self.remote, active=True)
        self.sync()
        self.assertEqual(self.mirrored(), branch)
        self.assertTrue(branch.active)
        self.assertEqual(branch.journal_ids, journal)

    def test_a_branch_that_comes_back_does_not_take_a_journal_from_another(self):
        branch = self.mirrored()
        journal = self.create_journal("NVA", branch)
        self.sandbox.branch(id=self.remote, active=False)
        self.sync()
        other = self.account.branch_ids.filtered(lambda one: one.zip == "22000" and one.active)
        other.journal_ids = journal
        self.sandbox.branch(id=self.remote, active=True)
        self.sync()
        self.assertTrue(branch.active)
        self.assertFalse(branch.journal_ids)
        self.assertEqual(other.journal_ids, journal)

    def test_an_invoice_of_an_archived_branch_is_refused(self):
        journal = self.create_journal("NVA", self.mirrored())
        move = self.create_invoice(journal_id=journal.id)
        self.sandbox.branch(id=self.remote, active=False)
        self.sync()
        self.assertIn("no longer active", self.refusal(move, "action_l10n_mx_facture_stamp"))
        self.assertEqual(self.calls("stamp"), [])

    def test_an_answer_that_is_no_list_archives_nothing(self):
        for fault in (
            "error_500_before", "html", "empty", "garbage_xml", "error_200", "unauthorized_401",
            "not_found_404", "reset_after", "cut",
        ):
            with self.subTest(fault=fault):
                self.sandbox.fail("branches", fault)
                self.refusal(self.account, "action_sync_branches")
                self.assertTrue(self.mirrored().active)
                self.assertTrue(self.branch.active)

    def test_a_journal_stamps_through_one_branch_only(self):
        with self.assertRaisesRegex(ValidationError, "already"):
            self.mirrored().journal_ids = self.journal
        with self.assertRaisesRegex(ValidationError, "already"):
            self.journal.l10n_mx_facture_branch_ids += self.mirrored()

    def test_nobody_invents_changes_or_deletes_a_branch(self):
        branch = self.mirrored()
        manager = self.create_user("manager", "account.group_account_manager")
        with self.assertRaises(UserError):
            branch.with_user(manager).write({"zip": "06000"})
        with self.assertRaises(UserError):
            branch.with_user(manager).write({"remote_id": "1"})
        with self.assertRaises(UserError):
            branch.with_user(manager).unlink()
        with self.assertRaises(UserError):
            branch.with_user(manager).create(
                {"name": "X", "remote_id": "1", "account_id": self.account.id}
            )
        branch.with_user(manager).journal_ids = self.create_journal("NVA")

    def test_the_call_is_the_one_of_the_page(self):
        [call] = self.calls("branches")
        self.assertEqual((call["method"], call["path"]), ("GET", "/rest/administracion/sucursales/"))
        self.assertEqual(call["headers"]["Accept"], "application/xml")
