from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..common.access import check_group
from ..common.actions import download, notification, open_list, open_record
from ..common.locks import lock_free
from ..common.problem import Problem
from ..stamp.button import DIALOG


class L10nMxFactureRep(models.Model):
    """The buttons of a receipt of payment."""

    _inherit = "l10n_mx_facture.rep"

    def action_stamp(self):
        """Stamp these receipts; see ``action_l10n_mx_facture_stamp`` of ``l10n_mx_facture.owner``."""
        return self.action_l10n_mx_facture_stamp()

    def action_check(self):
        """Check them by SAT's rules. Nothing is sent."""
        return self.action_l10n_mx_facture_check()

    def action_cancel(self):
        """Open the dialog that cancels or substitutes."""
        return self.action_l10n_mx_facture_cancel()

    def cancel(self, reason, replacement_uuid=None):
        """Request the cancellation; see ``l10n_mx_facture_cancel`` of ``l10n_mx_facture.owner``."""
        return self.l10n_mx_facture_cancel(reason, replacement_uuid)

    def resolve_unknown(self, uuid=None, note=None, insist=False):
        """Settle a stamp with a lost answer; see ``l10n_mx_facture_resolve_unknown`` of ``l10n_mx_facture.owner``."""
        return self.l10n_mx_facture_resolve_unknown(uuid, note, insist)

    def action_resolve(self):
        """Open the dialog in which a user records the outcome."""
        return self.action_l10n_mx_facture_resolve()

    def action_fetch_receipt(self):
        """Fetch the acuse of the cancellation and attach it."""
        return self.action_l10n_mx_facture_fetch_receipt()

    def action_fetch_pdf(self):
        """Fetch the service's PDF (again) and attach it."""
        for rep in self:
            document = rep._l10n_mx_facture_document()
            document._check_stamped()
            if not document._fetch_pdf():
                raise UserError(document.pdf_error)
        return notification(self.env._("The PDF is attached."))

    def action_update_sat_status(self):
        """Ask SAT about each of these, one after the other.

        :return: a notification with its answers
        """
        check_group(self.env, "stamp")
        self.check_access("write")
        lines = []
        for rep in self:
            document = rep._l10n_mx_facture_document()
            document._sat_ask_or_raise()
            lines.append(f"{rep.name}: {document._sat_text()}")
        return notification("\n".join(lines), self.env._("SAT's status"), "info", sticky=True)

    def action_open_document(self):
        """Open the CFDI with all its facts."""
        return open_record(self._l10n_mx_facture_document())

    def action_download_xml(self):
        """Download the stamped XML."""
        self.check_access("read")
        return download(self.document_id.xml_attachment_id.id)

    # -- as of every owner of a CFDI ----------------------------------------------------------------

    def _l10n_mx_facture_state_problems(self):
        """:return: problems of its state that keep it from being stamped"""
        self.ensure_one()
        if self.document_id.state == "cancelled":
            text = self.env._(
                "Its CFDI was cancelled. What is still due has a new receipt: press Stamp on the payment, or in "
                "Receipts due."
            )
            return [Problem(text, self)]
        return self._l10n_mx_facture_answer_problems()

    def _l10n_mx_facture_judge(self):
        problems = self._l10n_mx_facture_state_problems()
        built, problems = (None, problems) if problems else self._l10n_mx_facture_build()
        return problems, [] if problems else self._l10n_mx_facture_warnings(built)

    def _l10n_mx_facture_warnings(self, built):
        return [self._finding_problem(finding) for finding in built.warnings]

    def _l10n_mx_facture_take_branch(self):
        """After a test CFDI, use the invoices' current branch for the production one."""

    def _l10n_mx_facture_batches(self):
        """As of every owner; receipts of one invoice are sent one after the other, as each goes on from the last."""
        left = self.sorted(lambda rep: (rep.date_payment, rep.id))
        while left:
            batch = left._l10n_mx_facture_one_call()
            left -= batch
            yield from super(L10nMxFactureRep, batch)._l10n_mx_facture_batches()

    def _l10n_mx_facture_one_call(self):
        taken, batch = set(), self.browse()
        for rep in self:
            invoices = set(rep.line_ids.move_id.ids)
            if not invoices & taken:
                batch += rep
            # a later one of the same invoice waits, too
            taken |= invoices
        return batch

    def _l10n_mx_facture_lock(self, refusals):
        """Lock their invoices too: no two receipts of one count the same installment."""
        locked = super()._l10n_mx_facture_lock(refusals)
        free = lock_free(locked.sudo().line_ids.move_id, reread=[])
        busy = locked.filtered(lambda rep: rep.sudo().line_ids.move_id - free)
        for rep in busy:
            text = self.env._("Somebody else is working on one of its invoices right now: try again.")
            refusals[rep] = [Problem(text)]
        return locked - busy


class L10nMxFactureRepDue(models.Model):
    """Receipts due: one press for all that are ready."""

    _inherit = "l10n_mx_facture.rep.due"

    def action_stamp(self):
        """Make the receipts of these payments and stamp them.

        :return: what ``action_stamp`` of the receipts returns
        """
        check_group(self.env, "stamp")
        self.check_access("read")
        return self._prepare_reps().with_context(**{DIALOG: self.env.context.get(DIALOG)}).action_stamp()

    def action_open_invoice(self):
        """Open the paid invoice."""
        return open_record(self.move_id)

    def action_open_payment(self):
        """Open the payment, or the entry that paid."""
        return open_record(self.payment_id or self.entry_id)

    @api.model
    def _stamp_entries(self, domain, names):
        """:param domain: of the rows that are due
        :param names: of what was chosen, for the message
        :raise UserError: none is due
        """
        rows = self.search(domain)
        if not rows:
            raise UserError(
                self.env._(
                    "No receipt of payment is due of %s: none of its invoices is PPD with a valid CFDI, or all have "
                    "theirs.",
                    names,
                )
            )
        return rows.action_stamp()


class AccountPayment(models.Model):
    """The button on payments."""

    _inherit = "account.payment"

    def action_l10n_mx_facture_stamp(self):
        """Make the receipts (REP) of these payments and stamp them.

        :return: a notification or dialog with the result
        :raise UserError: nothing is due of them
        """
        check_group(self.env, "stamp")
        self.check_access("write")
        Due = self.env["l10n_mx_facture.rep.due"]
        Due._refresh(self.move_id.line_ids._l10n_mx_facture_receivables())
        names = ", ".join(payment.display_name for payment in self[:5])
        return Due._stamp_entries([("payment_id", "in", self.ids)], names)

    def action_l10n_mx_facture_open_reps(self):
        """Open the receipts of this payment."""
        self.check_access("read")
        reps = self.l10n_mx_facture_rep_ids
        if len(reps) == 1:
            return open_record(reps)
        title = self.env._("Receipts of payment")
        return open_list(reps, title, [("id", "in", reps.ids)])


class AccountMove(models.Model):
    """The same for an entry that pays without a payment: a statement line, a compensation."""

    _inherit = "account.move"

    def action_l10n_mx_facture_stamp(self):
        """Entries have no CFDI of their own: the button makes the receipts of what they pay."""
        if self and all(move.move_type == "entry" for move in self):
            return self.action_l10n_mx_facture_stamp_receipts()
        return super().action_l10n_mx_facture_stamp()

    def action_l10n_mx_facture_stamp_receipts(self):
        """Make the receipts (REP) of what these entries pay, or of what has paid these invoices, and stamp them.

        :return: a notification or dialog with the result
        :raise UserError: nothing is due of them
        """
        check_group(self.env, "stamp")
        self.check_access("write")
        Due = self.env["l10n_mx_facture.rep.due"]
        Due._refresh(self.line_ids._l10n_mx_facture_receivables())
        Due._refresh_invoices(self)
        names = ", ".join(move.display_name for move in self[:5])
        mine = Domain("entry_id", "in", self.ids) | Domain("move_id", "in", self.ids)
        return Due._stamp_entries(mine, names)

    def action_l10n_mx_facture_open_reps(self):
        """Open the receipts of this invoice or entry."""
        self.check_access("read")
        reps = self.l10n_mx_facture_rep_ids
        if len(reps) == 1:
            return open_record(reps)
        title = self.env._("Receipts of payment")
        return open_list(reps, title, [("id", "in", reps.ids)])


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _l10n_mx_facture_receivables(self):
        """:return: those that may pay a customer's invoice"""
        return self.filtered(lambda line: line.account_type == "asset_receivable")
