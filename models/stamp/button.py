from dataclasses import replace

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime, groupby, split_every

from ..common.access import check_group
from ..common.actions import notification
from ..common.locks import lock_free
from ..common.owners import OWNERS
from ..common.problem import Problem
from ..common.states import STAMPED_STATES
from ..common.transactions import checkpoint

# context key of buttons: show problems in a dialog with links instead of raising
DIALOG = "l10n_mx_facture_dialog"
# context key: the user confirmed that an invoice with a cancelled CFDI is stamped again
RESTAMP = "l10n_mx_facture_restamp"
# context key: the warnings of this invoice are shown before it is sent
ASKS = "l10n_mx_facture_asks"
# context key: the user has read the warnings of this invoice
DESPITE = "l10n_mx_facture_despite"
# larger selections are checked in a dialog and stamped in the background
AT_ONCE = 20

class Warned(list):
    """Warnings that a user has to read before the invoice is sent; errors are a plain list."""

class L10nMxFactureOwner(models.AbstractModel):
    """The buttons Stamp and Check CFDI, for one invoice or other owner of a CFDI, or for many."""

    _inherit = "l10n_mx_facture.owner"

    def action_l10n_mx_facture_stamp(self):
        """Stamp one invoice or many.

        Stamped invoices are skipped, so a second click or a request that Odoo retries sends nothing. All problems are
        reported at once, before anything is sent. Data is committed before it is sent, and answers are committed at
        once: a later failure can't roll back a stamp.

        On a large selection the button opens a dialog, and the work is done in the background.

        :return: a notification with the result
        :raise UserError: a single invoice can't be sent, with all reasons; in a selection the others are sent
        """
        check_group(self.env, "stamp")
        self.check_access("write")
        todo = self - self._l10n_mx_facture_stamped()
        if len(todo) > AT_ONCE and self.env.context.get(DIALOG):
            return self.action_l10n_mx_facture_stamp_later()
        # an invoice with a cancelled CFDI is only stamped alone, and by a button that asks for confirmation
        context = self.env.context
        on_purpose = len(self) == 1 and (context.get(RESTAMP) or not context.get(DIALOG))
        if len(self) == 1 and context.get(DIALOG) and not context.get(DESPITE):
            todo = todo.with_context(**{ASKS: True})
        documents, refusals = todo._l10n_mx_facture_stamp_now(on_purpose)
        if len(self) == 1 and refusals and not self.env.context.get(DIALOG):
            raise UserError(self._l10n_mx_facture_refusal_text(refusals[self]))
        if any(isinstance(found, Warned) for found in refusals.values()):
            return self.env["l10n_mx_facture.check"]._open_warnings(self, refusals[self])
        documents._after_stamp(with_pdf=len(documents) == 1)
        return self._l10n_mx_facture_report(documents, refusals)

    def _l10n_mx_facture_stamp_now(self, on_purpose=False):
        """Lock, commit and send, one call a branch. ``_after_stamp`` of the documents is left to the caller.

        :param on_purpose: an invoice with a cancelled CFDI is stamped again
        :return: the documents, in the states of their answers; and a dict from each invoice that was not sent to its
            problems
        """
        documents = self.env["l10n_mx_facture.document"]
        refusals = {} if on_purpose else self._l10n_mx_facture_restamp_refusals()
        todo = self - self.browse().concat(*refusals)
        for batch in todo._l10n_mx_facture_batches():
            documents |= batch._l10n_mx_facture_lock(refusals)._l10n_mx_facture_stamp_batch(refusals)
        return documents, refusals

    def action_l10n_mx_facture_stamp_later(self):
        """Show what would be refused and the credits needed, and stamp the rest in the background."""
        check_group(self.env, "stamp")
        self.check_access("write")
        check = self.env["l10n_mx_facture.check"]._create_for(self, to_stamp=True)
        return check._open(self.env._("CFDIs to stamp: %s", len(self)))

    def _l10n_mx_facture_batches(self):
        """Yield batches of invoices of one branch, each for one call.

        Each batch is locked, committed and sent before the next one is locked, so no lock is held during a call.
        """
        # invoices without a branch get the journal's current one
        self.filtered(lambda move: not move.l10n_mx_facture_branch_id)._l10n_mx_facture_fill_defaults()
        self.filtered("l10n_mx_facture_test_only")._l10n_mx_facture_take_branch()
        left = self
        while left:
            together = left._l10n_mx_facture_one_call()
            left -= together
            for branch, moves in groupby(together, key=lambda move: move.l10n_mx_facture_branch_id):
                size = branch.sudo().account_id._call_size() if branch else len(moves)
                yield from split_every(size, moves, lambda part: self.browse().concat(*part))

    def _l10n_mx_facture_lock(self, refusals):
        """Lock the invoices until they are committed as being sent.

        :param refusals: dict, filled with a problem for each invoice that another transaction has locked
        :return: the locked ones that are still to be stamped
        """
        locked = lock_free(self, reread=["l10n_mx_facture_document_id", OWNERS[self._name].current])
        for move in self - locked:
            text = self.env._("Somebody else is working on it right now: try again.")
            refusals[move] = [Problem(text)]
        # another process may have stamped it while earlier batches were sent
        return locked - locked._l10n_mx_facture_stamped()

    def _l10n_mx_facture_stamped(self):
        """:return: the invoices with a stamped CFDI, of production if the company stamps in production"""
        return self.filtered(
            lambda move: move.l10n_mx_facture_state in STAMPED_STATES and not move.l10n_mx_facture_test_only
        )

    def _l10n_mx_facture_take_branch(self):
        """After a test CFDI, use the journal's current branch for the production one."""
        branches = self.env["l10n_mx_facture.branch"]._get_by_journal(self.journal_id)
        for move in self:
            move.l10n_mx_facture_branch_id = branches[move.journal_id] or move.l10n_mx_facture_branch_id

    def _l10n_mx_facture_prepare(self, refusals):
        """Build what will be sent.

        :param refusals: dict, filled with the problems of the invoices that can't be sent
        :return: list of :class:`~..build.comprobante.Built`
        """
        ready, substituted, accounts = [], set(), {}
        self._l10n_mx_facture_prefetch(self)
        elsewhere = self._l10n_mx_facture_elsewhere()
        for move in self:
            stamped_elsewhere, warnings = elsewhere.get(move, ([], []))
            if problems := move._l10n_mx_facture_state_problems() or stamped_elsewhere:
                refusals[move] = problems
                continue
            move._l10n_mx_facture_relate_credited()
            built, problems = move._l10n_mx_facture_build()
            if problems:
                refusals[move] = problems
                continue
            account = move.sudo().l10n_mx_facture_branch_id.account_id
            if account not in accounts:
                accounts[account] = account._call_refusal()
            if refusal := accounts[account]:
                refusals[move] = [Problem(refusal)]
                continue
            if self.env.context.get(ASKS) and (found := [*warnings, *move._l10n_mx_facture_warnings(built)]):
                refusals[move] = Warned(found)
                continue
            if problems := move._l10n_mx_facture_claim_substituted(substituted):
                refusals[move] = problems
                continue
            ready.append(built)
        return ready

    def _l10n_mx_facture_answer_problems(self):
        """:return: problems of the CFDI's state that keep it from being stamped"""
        document = self.l10n_mx_facture_document_id
        if document.state == "sending":
            return [
                Problem(
                    self.env._(
                        "It has been in stamping since %s: wait for the answer. If none comes, its state becomes "
                        "Unknown and you can resolve it.",
                        format_datetime(self.env, document.date_sent),
                    ),
                    self,
                )
            ]
        if document.state == "unknown":
            return [
                Problem(
                    self.env._(
                        "It is not known whether it was stamped: resolve that first (button Resolve)."
                    ),
                    self,
                )
            ]
        return self._l10n_mx_facture_restamp_problems()

    def _l10n_mx_facture_stamp_batch(self, refusals, refuse=None):
        """Build and send locked invoices of one branch in one call.

        If the service refuses the whole call without naming a file, nothing was stamped: each half is sent again, until
        the refused file is alone.

        :param refusals: dict, filled with the problems of the invoices that can't be sent
        :param refuse: callable that stores ``refusals`` in the same transaction, before anything is sent
        :return: their documents
        """
        ready = self._l10n_mx_facture_prepare(refusals)
        if refuse:
            refuse(refusals)
        documents = self._l10n_mx_facture_send(ready)
        to_split = self.browse().concat(*(one._owner() for one in documents if one.refused_as_whole))
        middle = len(to_split) // 2
        for half in (to_split[:middle], to_split[middle:]) if to_split else ():
            # lock again, as no lock was held during the call
            documents |= half._l10n_mx_facture_lock({})._l10n_mx_facture_stamp_batch(refusals, refuse)
        return documents

    @api.model
    def _l10n_mx_facture_send(self, ready):
        """Commit, send, and store the answer.

        :param ready: list of :class:`~..build.comprobante.Built` of one branch, their invoices locked
        :return: the documents, in the states of their answers
        """
        Document = self.env["l10n_mx_facture.document"]
        if not ready:
            return Document
        tests = Document.concat(
            *(one.owner.l10n_mx_facture_document_id for one in ready if one.owner.l10n_mx_facture_test_only)
        )
        if tests:
            tests._supersede_test()
        documents = Document._create_sending(ready)
        call = documents._prepare_call(ready)
        # from here on other processes see that the invoices are being sent
        checkpoint(self.env)
        # the answer is stored whoever asked for it: no rule has to be put to each read
        documents.sudo()._send(call)
        # an earlier attempt that was stamped replaces the new one
        former = Document.concat(*call.former).filtered(lambda document: document.state in STAMPED_STATES)
        return documents.exists() | former if call.former else documents

    # -- results for the user -------------------------------------------------------------------

    @api.model
    def _l10n_mx_facture_refusal_text(self, problems):
        text = "\n".join(f"• {problem.text}" for problem in problems)
        return self.env._("Nothing was sent. Correct this first:\n%s", text)

    def _l10n_mx_facture_report(self, documents, refusals):
        """:return: a notification or dialog: the number of stamped invoices, and each other one with its reason"""
        problems = dict(refusals)
        for document in documents.filtered(lambda document: document.state != "stamped"):
            state = self.env._("Not sent") if document.state == "draft" else document._state_label(document.state)
            found = document._refusal_problem()
            problems[document._owner()] = [replace(found, text=f"{state}. {found.text}".strip())]
        stamped = self._l10n_mx_facture_stamped()
        if len(self) > 1:
            message = self.env._("%(stamped)s of %(count)s stamped.", stamped=len(stamped), count=len(self))
        else:
            message = self.env._("UUID %s", self.l10n_mx_facture_uuid) if stamped else self.display_name
        # after a lost answer, neither "stamped" nor "not stamped" is true
        lost = len(self) == 1 and self.l10n_mx_facture_state == "unknown"
        if stamped == self:
            title = self.env._("Stamped")
        elif lost:
            title = self.env._("It is not known whether it was stamped")
        else:
            title = self.env._("Not all stamped") if len(self) > 1 else self.env._("Not stamped")
        # it has an alert on its form; there is nothing to correct
        if problems and not lost and self.env.context.get(DIALOG):
            return self.env["l10n_mx_facture.check"]._create_with(message, problems)._open(title)
        low = [
            self.env._("%(account)s: only %(credits)s credits left.", account=account.name, credits=account.credits)
            for account in documents.sudo().account_id.filtered("credits_low")
        ]
        # of one invoice the message has the number already
        lines = [
            " ".join(problem.text for problem in found)
            if len(self) == 1
            else f"{move.name or move.display_name}: {' '.join(problem.text for problem in found)}"
            for move, found in problems.items()
        ] + low
        kind = "danger" if stamped != self else "warning" if low else "success"
        made = self.browse().concat(*(one._owner() for one in documents if one.state == "stamped"))
        lines += documents._stamp_notes() + made._l10n_mx_facture_left_out_texts()
        return notification("\n".join([message, *lines]), title, kind, sticky=bool(lines))

    def action_l10n_mx_facture_check(self):
        """Build each CFDI and check it by SAT's rules. Nothing is sent; empty fields are filled as when stamping."""
        check_group(self.env, "stamp")
        self.check_access("read")
        check = self.env["l10n_mx_facture.check"]._create_for(self)
        return check._open(self.env._("Check CFDI"))
