from odoo import api, models

from ..common.access import is_of_group
from ..common.states import UNANSWERED_STATES
from .send import CFDI, IN_BETWEEN

# causes that the dialog of a batch lists; the others are counted
CAUSES = 8


class AccountMoveSend(models.AbstractModel):
    """What the Send dialog says before anything is sent."""

    _inherit = "account.move.send"

    @api.model
    def _get_alerts(self, moves, moves_data):
        """Name what would be refused, with the record that mends it, and what goes out without a CFDI."""
        alerts = super()._get_alerts(moves, moves_data)
        # code that sends can't read, and what would stop it here is told on the invoice
        if self.env.context.get(IN_BETWEEN):
            return alerts
        ours = moves.filtered("l10n_mx_facture_applies")
        unanswered = ours.filtered(lambda move: move.l10n_mx_facture_state in UNANSWERED_STATES)
        needing = ours.filtered(self._l10n_mx_facture_needs_stamp)
        allowed = needing.filtered(self._l10n_mx_facture_may_stamp)
        ticked = allowed.filtered(lambda move: CFDI in (moves_data[move].get("extra_edis") or ()))
        cancelled = ours.filtered(lambda move: move.l10n_mx_facture_state == "cancelled")
        test = ours.filtered("l10n_mx_facture_test_only")
        found = [
            *self._l10n_mx_facture_unanswered_alerts(unanswered, len(moves) == 1),
            *self._l10n_mx_facture_refused_alerts(ticked, len(moves) == 1),
            *self._l10n_mx_facture_without_alerts(needing - ticked),
        ]
        if cancelled:
            text = self.env._(
                "The CFDI was cancelled: what goes out is the PDF that says so, and SAT's receipt where there is one."
            )
            found.append(self._l10n_mx_facture_alert(text, cancelled, len(moves) > 1))
        if test:
            text = self.env._("It has only a test CFDI, which is not valid: press Stamp on the invoice first.")
            found.append(self._l10n_mx_facture_alert(text, test, len(moves) > 1))
        return alerts | {f"l10n_mx_facture_{number}": alert for number, alert in enumerate(found)}

    @api.model
    def _l10n_mx_facture_alert(self, text, moves, with_link, level="warning"):
        """:param with_link: in a batch: how many they are, and where they are found"""
        if not with_link:
            return {"level": level, "message": text}
        return {
            "level": level,
            "message": self.env._("%(count)s invoices: %(text)s", count=len(moves), text=text) if moves[1:] else text,
            "action_text": self.env._("Show them") if moves[1:] else self.env._("Open %s", moves.display_name),
            "action": moves._get_records_action(name=text),
        }

    @api.model
    def _l10n_mx_facture_unanswered_alerts(self, moves, is_single):
        if not moves:
            return []
        if not is_single:
            text = self.env._("It is not known whether they were stamped: they are not mailed until that is resolved.")
            return [self._l10n_mx_facture_alert(text, moves, True)]
        if moves.l10n_mx_facture_state == "sending":
            text = moves._l10n_mx_facture_state_problems()[0].text
            return [self._l10n_mx_facture_alert(text, moves, False, "danger")]
        text = self.env._(
            "It is not known whether this invoice was stamped: it can't be mailed until that is resolved."
        )
        alert = self._l10n_mx_facture_alert(text, moves, False, "danger")
        if is_of_group(self.env, "stamp"):
            alert |= {"action_text": self.env._("Resolve"), "action": moves.action_l10n_mx_facture_resolve()}
        return [alert]

    @api.model
    def _l10n_mx_facture_refused_alerts(self, moves, is_single):
        """:return: alerts of what keeps these from being stamped, and so from being mailed; of a batch by cause"""
        if not moves:
            return []
        self.env["l10n_mx_facture.cfdi"]._prefetch(moves)
        if is_single:
            problems, warnings = moves._l10n_mx_facture_judge()
            alerts = [problem.alert(self.env, shown_on=moves) | {"level": "danger"} for problem in problems]
            return alerts + [problem.alert(self.env, shown_on=moves) for problem in warnings]
        causes = {}
        for move in moves:
            for problem in move._l10n_mx_facture_judge()[0]:
                record = problem.record if problem.record != move else None
                causes.setdefault((problem.text, record), (problem, moves.browse()))
                causes[problem.text, record] = (problem, causes[problem.text, record][1] | move)
        if not causes:
            return []
        listed = sorted(causes.values(), key=lambda cause: -len(cause[1]))
        alerts = [self._l10n_mx_facture_cause_alert(problem, of_these) for problem, of_these in listed[:CAUSES]]
        refused = moves.browse().union(*(of_these for _problem, of_these in listed))
        text = self.env._(
            "%(refused)s of %(count)s would not be stamped, and so not be mailed; the others go out.",
            refused=len(refused),
            count=len(moves),
        )
        total = self._l10n_mx_facture_alert(text, refused, True)
        return [total | {"message": text}, *alerts]

    @api.model
    def _l10n_mx_facture_cause_alert(self, problem, moves):
        """:return: one cause, with the link to the record that mends it; else to the invoices"""
        alert = self._l10n_mx_facture_alert(problem.text, moves, True)
        if problem.record and problem.record not in (*moves, None):
            link = problem.alert(self.env, shown_on=None)
            alert |= {"action_text": link.get("action_text"), "action": link.get("action")}
        return alert

    @api.model
    def _l10n_mx_facture_without_alerts(self, moves):
        """:return: alerts of what goes out without a CFDI"""
        if not moves:
            return []
        if moves.filtered(self._l10n_mx_facture_may_stamp):
            text = self.env._("It goes out without a CFDI: it is no fiscal document.")
        else:
            text = self.env._("It goes out without a CFDI, as you may not stamp: it is no fiscal document.")
        return [self._l10n_mx_facture_alert(text, moves, bool(moves[1:]))]
