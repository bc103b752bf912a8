

from odoo import Command
from odoo.exceptions import AccessError

from ..support.stamp_case import REFUSALS, StampCase

STAMP, CANCEL, CONFIGURE = (
    f"l10n_mx_facture.group_{name}" for name in ("stamp", "cancel", "configure")
)


class TestAccess(StampCase):
    """Who may stamp, cancel and configure; and that each company sees its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        create = cls.create_user
        cls.nobody = create(cls, "nobody", "base.group_user")
        cls.auditor = create(cls, "auditor", "account.group_account_readonly")
        cls.biller = create(cls, "biller", "account.group_account_invoice")
        cls.accountant = create(cls, "accountant", "account.group_account_user")
        cls.manager = create(cls, "manager", "account.group_account_manager")

    def may(self, user, records, method, *args):
        try:
            self.press(records, method, *args, user=user)
        except AccessError:
            return False
        return True

    def test_odoo_s_own_groups_bring_ours(self):
        for user, groups in (
            (self.nobody, set()),
            (self.auditor, set()),
            (self.biller, {STAMP}),
            (self.accountant, {STAMP, CANCEL}),
            (self.manager, {STAMP, CANCEL, CONFIGURE}),
        ):
            with self.subTest(user=user.name):
                has = {group for group in (STAMP, CANCEL, CONFIGURE) if user.has_group(group)}
                self.assertEqual(has, groups)

    def test_who_may_stamp(self):
        for user, allowed in (
            (self.nobody, False),
            (self.auditor, False),
            (self.biller, True),
            (self.accountant, True),
            (self.manager, True),
        ):
            with self.subTest(user=user.name):
                move = self.create_invoice()
                self.assertEqual(self.may(user, move, "action_l10n_mx_facture_stamp"), allowed)
                self.assertEqual(len(self.book(move)), int(allowed))
                self.assertEqual(move.l10n_mx_facture_state, "stamped" if allowed else False)
                if allowed:
                    self.assertEqual(move.l10n_mx_facture_request_ids.user_id, user)

    def test_who_may_cancel(self):
        for user, allowed in (
            (self.nobody, False),
            (self.auditor, False),
            (self.biller, False),
            (self.accountant, True),
        ):
            with self.subTest(user=user.name):
                move = self.stamped_invoice()
                self.sandbox.reset()
                self.assertEqual(self.may(user, move, "action_l10n_mx_facture_cancel"), allowed)
                self.assertEqual(self.may(user, move, "l10n_mx_facture_cancel", "02"), allowed)
                self.assertEqual(len(self.calls("cancel")), int(allowed))

    def test_who_may_configure(self):
        for user, allowed in (
            (self.nobody, False),
            (self.auditor, False),
            (self.biller, False),
            (self.accountant, False),
            (self.manager, True),
        ):
            with self.subTest(user=user.name):
                self.sandbox.reset()
                for method in ("action_test_connection", "action_sync_branches"):
                    self.assertEqual(self.may(user, self.account, method), allowed)
                self.assertEqual(bool(self.calls()), allowed)
                self.assertEqual(self.may(user, self.account, "write", {"timeout": 20}), allowed)
                journal = self.create_journal("NVA")
                self.assertEqual(
                    self.may(user, self.branch, "write", {"journal_ids": [(4, journal.id)]}),
                    allowed,
                )

    def test_who_may_say_what_became_of_it(self):
        for user, resolves, states in (
            (self.nobody, False, False),
            (self.auditor, False, False),
            (self.biller, True, False),
            (self.accountant, True, True),
        ):
            with self.subTest(user=user.name):
                move = self.unknown_invoice()
                args = (self.book(move)[0]["uuid"], "Portal")
                self.assertEqual(
                    self.may(user, move, "l10n_mx_facture_resolve_unknown", *args), resolves
                )
                requested = self.cancel_requested_invoice()
                self.assertEqual(self.states_cancelled(user, requested), states)
                self.assertEqual(
                    requested.l10n_mx_facture_state, "cancelled" if states else "cancel_requested"
                )

    def states_cancelled(self, user, move):
        values = {"move_id": move.id, "cancel_answer": "cancelled", "note": "Portal"}
        try:
            with self.committing() as env:
                env = env(user=user.id)
                env["l10n_mx_facture.resolve"].create(values).action_resolve()
        except AccessError:
            return False
        return True

    def test_a_biller_does_all_that_the_invoice_offers(self):
        move = self.create_invoice()
        for method in (
            "action_l10n_mx_facture_stamp",
            "action_l10n_mx_facture_fetch_pdf",
            "action_l10n_mx_facture_check_at_service",
            "action_l10n_mx_facture_open_document",
            "action_l10n_mx_facture_download_xml",
        ):
            with self.subTest(method=method):
                self.press(move, method, user=self.biller)
        document = move.l10n_mx_facture_document_id.with_user(self.biller)
        self.assertTrue(document.xml_attachment_id.raw)
        self.assertTrue(document.read()[0]["uuid"])
        self.press(document, "action_fetch_xml", user=self.biller)
        self.cancel(move)
        self.press(move, "action_l10n_mx_facture_fetch_receipt", user=self.biller)

    def test_an_auditor_reads_and_no_more(self):
        move = self.stamped_invoice()
        document = move.l10n_mx_facture_document_id.with_user(self.auditor)
        self.assertEqual(document.state, "stamped")
        self.assertTrue(document.request_ids.outcome)
        self.sandbox.reset()
        for method in (
            "action_l10n_mx_facture_fetch_pdf",
            "action_l10n_mx_facture_check_at_service",
            "l10n_mx_facture_resolve_unknown",
        ):
            self.assertFalse(self.may(self.auditor, move, method), method)
        for method in ("action_fetch_xml", "action_check_at_service"):
            self.assertFalse(self.may(self.auditor, document, method), method)
        self.assertEqual(self.calls(), [])

    def test_nobody_sees_nothing(self):
        document = self.stamped_invoice().l10n_mx_facture_document_id
        for record in (document, document.request_ids, self.account, self.branch):
            with self.subTest(model=record._name), self.assertRaises(AccessError):
                record.with_user(self.nobody).read(["display_name"])


class TestCompanies(StampCase):
    """Two companies, each with a contract of its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._create_company(name="Otra empresa")
        values = {
            "company_ids": [Command.set(cls.other.ids)],
            "company_id": cls.other.id,
        }
        cls.stranger = cls.create_user(
            cls, "stranger", "account.group_account_manager", "base.group_system"
        )
        cls.stranger.write(values)

    def test_the_other_company_s_things_are_neither_seen_nor_touched(self):
        move = self.stamped_invoice()
        unknown = self.unknown_invoice()
        document = move.l10n_mx_facture_document_id
        relation = self.env["l10n_mx_facture.relation"].create(
            {
                "move_id": self.create_invoice(post=False).id,
                "relation_type_id": self.sat("c_tipo_relacion", "01").id,
                "document_id": document.id,
            }
        )
        for record in (self.account, self.branch, document, document.request_ids, relation):
            with self.subTest(model=record._name):
                seen = record.with_user(self.stranger)
                self.assertFalse(seen.search([("id", "in", record.ids)]))
                with self.assertRaises(AccessError):
                    seen.read(["display_name"])
        self.sandbox.reset()
        for records, method, args in (
            (move, "action_l10n_mx_facture_stamp", ()),
            (self.create_invoice(), "action_l10n_mx_facture_stamp", ()),
            (move, "l10n_mx_facture_cancel", ("02",)),
            (move, "action_l10n_mx_facture_fetch_pdf", ()),
            (move, "action_l10n_mx_facture_check_at_service", ()),
            (unknown, "l10n_mx_facture_resolve_unknown", (None, "x")),
            (document, "action_fetch_xml", ()),
            (document, "action_check_at_service", ()),
            (self.account, "action_test_connection", ()),
            (self.account, "action_sync_branches", ()),
        ):
            with self.subTest(method=method):
                self.refusal(records, method, *args, user=self.stranger)
        self.assertEqual(self.calls(), [])
        self.assertEqual(unknown.l10n_mx_facture_state, "unknown")

    def test_wizards_are_no_way_around(self):
        requested, unknown = self.cancel_requested_invoice(), self.unknown_invoice()
        stamped = self.stamped_invoice()
        self.sandbox.reset()
        for model, values, method in (
            (
                "l10n_mx_facture.resolve",
                {"move_id": requested.id, "cancel_answer": "cancelled", "note": "x"},
                "action_resolve",
            ),
            (
                "l10n_mx_facture.resolve",
                {"move_id": unknown.id, "answer": "not_stamped", "note": "x"},
                "action_resolve",
            ),
            ("l10n_mx_facture.cancel", {"move_id": stamped.id, "reason": "02"}, "action_cancel"),
        ):
            with self.subTest(model=model, move=values["move_id"]):
                try:
                    with self.committing() as env:
                        env = env(user=self.stranger.id)
                        getattr(env[model].create(values), method)()
                except REFUSALS:
                    continue
                self.fail(f"{model} let a stranger in")
        self.assertEqual(
            [move.l10n_mx_facture_state for move in (requested, unknown, stamped)],
            ["cancel_requested", "unknown", "stamped"],
        )
        self.assertEqual(self.calls(), [])

    def test_each_company_stamps_through_its_own_account(self):
        account = self._create_account(name="Other", company_id=self.other.id, login="otro", secret="otro")
        self.press(account, "action_sync_branches")
        self.assertEqual(account.branch_ids.company_id, self.other)
        journal = self.env["account.journal"].search(
            [("company_id", "=", self.other.id), ("type", "=", "sale")], limit=1
        )
        self.refusal(self.branch, "write", {"journal_ids": [Command.link(journal.id)]})
        self.refusal(
            self.create_invoice(post=False),
            "write",
            {"l10n_mx_facture_branch_id": account.branch_ids[0].id},
        )

    def test_a_replacement_of_another_company_is_none_of_ours(self):
        move, foreign = self.stamped_invoice(), self.stamped_invoice()
        self.env.cr.execute(
            "UPDATE l10n_mx_facture_document SET company_id = %s WHERE move_id = %s",
            (self.other.id, foreign.id),
        )
        self.env.invalidate_all()
        self.refusal(move, "l10n_mx_facture_cancel", "01", foreign.l10n_mx_facture_uuid)
        self.assertEqual(self.calls("cancel"), [])


class TestWizardAccess(StampCase):
    """A wizard that was opened on an invoice of the user's company can't be pointed at one of another company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._create_company(name="Otra empresa")
        cls.stranger = cls.create_user(cls, "stranger", "account.group_account_manager")
        cls.stranger.write({"company_ids": [Command.set(cls.other.ids)], "company_id": cls.other.id})

    def test_writing_is_no_way_around_what_creating_refuses(self):
        foreign = self.create_invoice()
        own = self.env["account.move"].with_user(self.stranger).create({"move_type": "out_invoice"})
        self.assertEqual(own.company_id, self.other)
        many = self.env["l10n_mx_facture.cancel.many"].with_user(self.stranger).create({})
        apply = self.env["l10n_mx_facture.anticipo.apply"].with_user(self.stranger).create({"move_id": own.id})
        for model, values, name in (
            ("cancel", {"move_id": own.id, "reason": "02"}, "move_id"),
            ("resolve", {"move_id": own.id}, "move_id"),
            ("cancel.line", {"move_id": own.id, "wizard_id": many.id}, "move_id"),
            ("anticipo.apply", {"move_id": own.id}, "move_id"),
            ("anticipo.line", {"advance_id": own.id, "wizard_id": apply.id}, "advance_id"),
        ):
            with self.subTest(model=model):
                wizard = self.env[f"l10n_mx_facture.{model}"].with_user(self.stranger).create(values)
                wizard.write({name: own.id})
                with self.assertRaises(AccessError):
                    wizard.write({name: foreign.id})
        with self.assertRaises(AccessError):
            apply.write({"line_ids": [Command.create({"advance_id": foreign.id})]})
