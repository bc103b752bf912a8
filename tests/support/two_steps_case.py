"""An account at the service of two steps, and an account at the one with tokens, each with a journal of its own."""

from odoo import Command

from .stamp_case import StampCase

# the sandbox's own ids: GET /_sandbox/help, sello_ids
IDS = {
    "receipt_type:I": "1",
    "receipt_type:E": "2",
    "payment_method:03": "3",
    "payment_method:99": "99",
    "money:MXN": "1",
    "tax:Traslado:002:Tasa:0.160000": "1",
}


class TwoStepsCase(StampCase):
    """The invoices are handed over first, and stamped by the service's id then."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        capital = cls.branch
        cls.account = cls._create_account(
            name="Two steps",
            provider="sello_digital",
            secret=f"token-{cls.login}",
            code_ids=[Command.create({"code": code, "remote_id": number}) for code, number in IDS.items()],
        )
        cls.branch = cls.env["l10n_mx_facture.branch"].create(
            {"name": capital.name, "zip": capital.zip, "account_id": cls.account.id}
        )
        capital.journal_ids = False
        cls.branch.journal_ids = cls.journal

    def document(self, move):
        return move.l10n_mx_facture_document_id

    def outcomes(self, moves, number=1):
        """:return: states of the invoices, after the scheduled action has run ``number`` times"""
        for _round in range(number):
            self.press(self.env["l10n_mx_facture.document"], "_cron_stamp")
        return [move.l10n_mx_facture_state for move in moves]

    def due(self, moves):
        """Let the time come for what waits."""
        self.env.cr.execute(
            "UPDATE l10n_mx_facture_document SET date_due = date_due - interval '6 hours' WHERE move_id = ANY(%s)",
            (moves.ids,),
        )
        self.env.cr.execute(
            "UPDATE l10n_mx_facture_account SET hold_until = hold_until - interval '6 hours' WHERE id = %s",
            (self.account.id,),
        )
        self.env.invalidate_all()
