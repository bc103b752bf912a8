"""Send as a person does, as the scheduled action does, and read the mail that went out."""

from odoo import Command

from .stamp_case import REFUSALS, StampCase


class SendCase(StampCase):
    """Wkhtmltopdf is not run in tests: a PDF of Odoo's is the page that it would be made of."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.email = "compras@example.com"
        cls.customer.lang = "en_US"

    # -- pressing -------------------------------------------------------------------------------

    def wizard(self, moves, **values):
        """:return: the Send dialog of one invoice, or of a batch"""
        batch = len(moves) > 1
        model = self.env["account.move.send.batch.wizard" if batch else "account.move.send.wizard"]
        values |= {"move_ids": [Command.set(moves.ids)]} if batch else {"move_id": moves.id}
        return model.with_context(active_model="account.move", active_ids=moves.ids).create(values)

    def send(self, move, untick=False):
        """Press *Send* in the dialog. :return: the text with which it is refused, or None"""
        wizard = self.wizard(move)
        if untick:
            wizard.extra_edi_checkboxes = {}
        return self.press_send(wizard)

    def press_send(self, wizard):
        try:
            self.press(wizard, "action_send_and_print")
        except REFUSALS as error:
            return str(error)
        return None

    def send_cron(self):
        with self.committing() as env:
            env["account.move"].with_user(env.ref("base.user_root"))._cron_account_move_send()

    # -- what went out --------------------------------------------------------------------------

    def mails(self, move):
        """:return: list of lists: the names of the files of each mail to the customer"""
        posted = move.message_ids.filtered(lambda one: one.message_type == "comment" and one.partner_ids)
        return [sorted(one.attachment_ids.mapped("name")) for one in posted.sorted("id")]

    def alerts(self, wizard):
        return list((wizard.alerts or {}).values())
