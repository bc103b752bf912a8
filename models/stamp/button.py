
from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime, groupby, split_every

from ..common.access import check_group
from ..common.actions import notification
from ..common.locks import lock_free
from ..common.problem import Problem
from ..common.states import STAMPED_STATES
from ..common.transactions import checkpoint

# in the context of a button: what goes wrong is shown in a dialog with links instead of an error
DIALOG = "l10n_mx_facture_dialog"
# and: it has asked whether the invoice, whose CFDI was cancelled, is to be stamped again
AGAIN = "l10n_mx_facture_again"
# a selection that is larger is first judged in a dialog and then stamped in the background
AT_ONCE = 20


class AccountMove(models.Model):
    """The button Stamp, for one invoice or many."""

    _inherit = "account.move"

    def action_l10n_mx_facture_stamp(self):
        """Stamp one invoice or many.

        What is stamped already is left alone, so that a second click or a request that Odoo retries sends nothing.
        Everything that is missing is told at once, before anything is sent. What is sent is committed before it
        leaves, and what comes back is committed at once: nothing that fails later can undo a stamp.

        Pressed by a person on a large selection it opens a dialog, and the work is done in the background.

        :return: a notification that says what happened
        :raise UserError: one invoice that can't be sent, with every reason; of many, the others go on
        """
        check_group(self.env, "stamp")
        self.check_access("write")
        todo = self - self._l10n_mx_facture_stamped()
        if len(todo) > AT_ONCE and self.env.context.get(DIALOG):
            return self.action_l10n_mx_facture_stamp_later()
        documents = self.env["l10n_mx_facture.document"]
        # what was cancelled is stamped again on purpose only: alone, and by no button that doesn't ask
        context = self.env.context
        on_purpose = len(self) == 1 and (context.get(AGAIN) or not context.get(DIALOG))
        refusals = {} if on_purpose else todo._l10n_mx_facture_again_refusals()
        todo -= self.browse().concat(*refusals)
        for batch in todo._l10n_mx_facture_batches():
            documents |= batch._l10n_mx_facture_lock(refusals)._l10n_mx_facture_stamp_batch(refusals)
        if len(self) == 1 and refusals and not self.env.context.get(DIALOG):
            raise UserError(self._l10n_mx_facture_refusal_text(refusals[self]))
        documents._after_stamp(with_pdf=len(documents) == 1)
        return self._l10n_mx_facture_report(documents, refusals)

    def action_l10n_mx_facture_stamp_later(self):
        """Ask what would be refused and what it costs, and stamp the rest in the background."""
        check_group(self.env, "stamp")
        self.check_access("write")
        check = self.env["l10n_mx_facture.check"]._create_for(self, to_stamp=True)
        return check._open(self.env._("Stamp %s invoices", len(self)))

    def _l10n_mx_facture_batches(self):
        """Yield the invoices in parts of one branch that go in one call.

        A part is locked, committed and sent before the next one is touched: no lock waits for somebody else's call.
        """
        # what has no branch yet gets the one that its journal has by now
        self.filtered(lambda move: not move.l10n_mx_facture_branch_id)._l10n_mx_facture_fill_in()
        self.filtered("l10n_mx_facture_test_only")._l10n_mx_facture_take_branch()
        for branch, moves in groupby(self, key=lambda move: move.l10n_mx_facture_branch_id):
            size = branch.sudo().account_id._call_size() if branch else len(moves)
            yield from split_every(size, moves, lambda part: self.browse().concat(*part))

    def _l10n_mx_facture_lock(self, refusals):
        """Lock the invoices until they are known to be on their way.

        :param refusals: dict, filled with the problem of those that somebody else works on
        :return: the locked ones that are still to be stamped
        """
        locked = lock_free(self, reread=["l10n_mx_facture_document_id"])
        for move in self - locked:
            text = self.env._("Somebody else is working on this invoice right now: try again.")
            refusals[move] = [Problem(text)]
        # while the parts before this one were sent, another process may have stamped it
        return locked - locked._l10n_mx_facture_stamped()

    def _l10n_mx_facture_stamped(self):
        """:return: those that have what they need: a stamped CFDI, of production where the company works for real"""
        return self.filtered(
            lambda move: move.l10n_mx_facture_state in STAMPED_STATES and not move.l10n_mx_facture_test_only
        )

    def _l10n_mx_facture_take_branch(self):
        """After a CFDI of test the real one goes through the branch that the journal has now."""
        branches = self.env["l10n_mx_facture.branch"]._of_journals(self.journal_id)
        for move in self:
            move.l10n_mx_facture_branch_id = branches[move.journal_id] or move.l10n_mx_facture_branch_id

    def _l10n_mx_facture_prepare(self, refusals):
        """Build what will be sent.

        :param refusals: dict, filled with the problems of the invoices that can't be sent
        :return: list of :class:`~..build.comprobante.Built`
        """
        ready, substituted, accounts = [], set(), {}
        self.env["l10n_mx_facture.cfdi"]._prefetch(self)
        for move in self:
            if problems := move._l10n_mx_facture_state_problems():
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
            if problems := move._l10n_mx_facture_take_substituted(substituted):
                refusals[move] = problems
                continue
            ready.append(built)
        return ready

    def _l10n_mx_facture_state_problems(self):
        """:return: why this invoice is in no state to be stamped"""
        self.ensure_one()
        if self.l10n_mx_facture_undoes_id:
            return [self._l10n_mx_facture_undoes_problem()]
        if not self.l10n_mx_facture_applies:
            return [
                Problem(
                    self.env._("Only customer invoices and credit notes of a Mexican company are stamped.")
                )
            ]
        if self.state != "posted":
            return [Problem(self.env._("Only a posted invoice can be stamped."), self)]
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
        return self._l10n_mx_facture_again_problems()

    def _l10n_mx_facture_stamp_batch(self, refusals, refuse=None):
        """Build and send locked invoices of one branch in one call.

        Where the service refuses the call as a whole, without a word on its files, nothing was stamped: the call is
        repeated with each half, until the file that it minds stands alone.

        :param refusals: dict, filled with the problems of the invoices that can't be sent
        :param refuse: keeps ``refusals`` before anything is sent, in the same transaction
        :return: their documents
        """
        ready = self._l10n_mx_facture_prepare(refusals)
        if refuse:
            refuse(refusals)
        documents = self._l10n_mx_facture_send(ready)
        again = documents.filtered("refused_as_whole").move_id
        middle = len(again) // 2
        for half in (again[:middle], again[middle:]) if again else ():
            # nothing was locked while the service answered
            documents |= half._l10n_mx_facture_lock({})._l10n_mx_facture_stamp_batch(refusals, refuse)
        return documents

    @api.model
    def _l10n_mx_facture_send(self, ready):
        """Commit, send, and keep what comes back.

        :param ready: list of :class:`~..build.comprobante.Built` of one branch, their invoices locked
        :return: the documents, each in the state that the answer gives it
        """
        Document = self.env["l10n_mx_facture.document"]
        if not ready:
            return Document
        tests = Document.concat(
            *(one.move.l10n_mx_facture_document_id for one in ready if one.move.l10n_mx_facture_test_only)
        )
        if tests:
            tests._supersede_test()
        documents = Document._create_sending(ready)
        call = documents._prepare_call(ready)
        # from here on the invoices are known to be on their way, by whomever and whatever happens
        checkpoint(self.env)
        # the answer is stored whoever asked for it: no rule has to be put to each read
        documents.sudo()._send(call)
        # an earlier attempt that turns out to be stamped takes the place of the new one
        former = Document.concat(*call.former).filtered(lambda document: document.state in STAMPED_STATES)
        return documents.exists() | former if call.former else documents

    # -- what the user is told ------------------------------------------------------------------

    @api.model
    def _l10n_mx_facture_refusal_text(self, problems):
        text = "\n".join(f"• {problem.text}" for problem in problems)
        return self.env._("Nothing was sent. Correct this first:\n%s", text)

    def _l10n_mx_facture_report(self, documents, refusals):
        """:return: what the user is told: how many were stamped, and each one that was not, with its reason"""
        problems = dict(refusals)
        for document in documents.filtered(lambda document: document.state != "stamped"):
            state = self.env._("Not sent") if document.state == "draft" else document._state_label(document.state)
            problems[document.move_id] = [Problem(f"{state}. {document.message_text or ''}".strip(), document.move_id)]
        stamped = self._l10n_mx_facture_stamped()
        if len(self) > 1:
            message = self.env._("%(stamped)s of %(count)s stamped.", stamped=len(stamped), count=len(self))
        else:
            message = self.env._("UUID %s", self.l10n_mx_facture_uuid) if stamped else self.display_name
        # of one whose answer was lost, neither "stamped" nor "not stamped" is true
        lost = len(self) == 1 and self.l10n_mx_facture_state == "unknown"
        if stamped == self:
            title = self.env._("Stamped")
        elif lost:
            title = self.env._("It is not known whether it was stamped")
        else:
            title = self.env._("Not all stamped") if len(self) > 1 else self.env._("Not stamped")
        # that one has a banner with the way out; there is nothing to correct
        if problems and not lost and self.env.context.get(DIALOG):
            return self.env["l10n_mx_facture.check"]._create_with(message, problems)._open(title)
        low = [
            self.env._("%(account)s: only %(credits)s credits left.", account=account.name, credits=account.credits)
            for account in documents.sudo().account_id.filtered("credits_low")
        ]
        lines = [
            f"{move.name or move.display_name}: {' '.join(problem.text for problem in found)}"
            for move, found in problems.items()
        ] + low
        kind = "danger" if stamped != self else "warning" if low else "success"
        lines += documents._stamp_notes()
        return notification("\n".join([message, *lines]), title, kind, sticky=bool(lines))

    def _l10n_mx_facture_stamp_alerts(self):
        """:return: dict of alerts: an answer that was lost"""
        alerts = {}
        if self.l10n_mx_facture_state == "unknown":
            alert = {
                "level": "danger",
                "message": self.env._(
                    "It is not known whether this invoice was stamped. Until that is resolved, it can't be stamped, "
                    "reset or cancelled."
                ),
            }
            if self.env.user.has_group("l10n_mx_facture.group_stamp"):
                alert |= {"action_text": self.env._("Resolve"), "action": self.action_l10n_mx_facture_resolve()}
            alerts["l10n_mx_facture_unknown"] = alert
        return alerts
