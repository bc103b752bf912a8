from odoo import models
from odoo.exceptions import UserError

from ...cfdi.cadena_original import seal_problem
from ...cfdi.errors import CfdiError
from ..common.states import LIVE_STATES, UNANSWERED_STATES
from ..elsewhere.agreement import CONFIRMABLE, TYPES

# problems of a seal that can't be verified here: a CFDI 3.3, or a complement whose rules are not known
UNVERIFIED = ("cadena_unsupported", "not_cfdi40")


class AccountMove(models.Model):
    """What keeps a CFDI from being adopted for an invoice."""

    _inherit = "account.move"

    def _l10n_mx_facture_adopt_problem(self, candidate, confirmed=False):
        """:param candidate: :class:`~.candidate.Candidate`
        :param confirmed: whether a person says that it is this invoice's although its number or receiver differs
        :return: why it can't be adopted, as a sentence; None if it can
        """
        self.ensure_one()
        read = candidate.read
        state_problem = self._l10n_mx_facture_adopt_state_problem()
        if state_problem and self._l10n_mx_facture_lost_stamp(candidate):
            return None
        return (
            state_problem
            or self._l10n_mx_facture_known_problem(read)
            or self._l10n_mx_facture_difference_problem(read, confirmed)
            or self._l10n_mx_facture_seal_problem(candidate.xml)
        )

    def _l10n_mx_facture_adopt_state_problem(self):
        if not self.l10n_mx_facture_applies or self.move_type not in TYPES:
            return self.env._("only a customer invoice or credit note of a Mexican company can adopt a CFDI.")
        if self.state == "draft":
            return self.env._("%s is a draft: confirm it first.", self.display_name)
        live = self.sudo().l10n_mx_facture_document_ids.filtered(lambda one: one.state in LIVE_STATES)
        if self.l10n_mx_facture_test_only:
            # a test CFDI gives way, as it does to a stamp
            live = live.filtered(lambda one: one.environment != "test")
        if unanswered := live.filtered(lambda one: one.state in UNANSWERED_STATES)[:1]:
            return self.env._(
                "it is not known whether %(invoice)s was stamped (%(state)s): resolve that first.",
                invoice=self.display_name,
                state=unanswered._state_label(unanswered.state),
            )
        if live:
            return self.env._(
                "%(invoice)s has a valid CFDI already (%(uuid)s). If both are valid at SAT, cancel one of them.",
                invoice=self.display_name,
                uuid=live[:1].uuid,
            )
        return None

    def _l10n_mx_facture_lost_stamp(self, candidate):
        """:return: our CFDI of this invoice whose answer was lost, if the candidate is its stamp; else empty"""
        unknown = self.sudo().l10n_mx_facture_document_ids.filtered(lambda one: one.state == "unknown")
        return unknown.filtered(lambda one: one._is_stamp_of_payload(candidate.xml))

    def _l10n_mx_facture_known_problem(self, read):
        # sudo: also of companies that the user can't see, as a UUID is only once in the database
        known = self.env["l10n_mx_facture.document"].sudo().search([("uuid", "=", read.uuid)], limit=1)
        if not known:
            return None
        if known.move_id.with_env(self.env).has_access("read"):
            return self.env._("it is the CFDI of %s already.", known.move_id.display_name)
        return self.env._("it is the CFDI of another invoice already.")

    def _l10n_mx_facture_difference_problem(self, read, confirmed):
        differences = self._l10n_mx_facture_differences(read)
        may_be_confirmed = len(differences) == 1 and set(differences) <= set(CONFIRMABLE)
        if not differences or (confirmed and may_be_confirmed):
            return None
        text = self._l10n_mx_facture_difference_text(differences)
        if may_be_confirmed:
            return self.env._("%s Tick “It is of this invoice” if it is.", text)
        return self.env._("%s It is not the CFDI of this invoice.", text)

    def _l10n_mx_facture_difference_text(self, differences):
        """:param differences: dict as :meth:`_l10n_mx_facture_differences` returns it
        :return: sentences, one for each difference
        """
        names = {
            "issuer": self.env._("Issuer"),
            "type": self.env._("Type"),
            "currency": self.env._("Currency"),
            "total": self.env._("Total"),
            "number": self.env._("Number"),
            "receiver": self.env._("Receiver"),
        }
        return " ".join(
            self.env._("%(what)s: here %(ours)s, in the CFDI %(theirs)s.", what=names[what], ours=ours, theirs=theirs)
            for what, (ours, theirs) in differences.items()
        )

    def _l10n_mx_facture_seal_problem(self, xml):
        try:
            problem = seal_problem(xml)
        except CfdiError as error:
            if error.code in UNVERIFIED:
                return None
            return issued_error_text(self.env, error)
        if problem:
            return self.env._("its seal is not valid, so it was changed: get the original.")
        return None

    def _l10n_mx_facture_check_adoptable(self, candidate, confirmed):
        """:raise UserError: it can't be adopted"""
        if problem := self._l10n_mx_facture_adopt_problem(candidate, confirmed):
            text = self.env._(
                "The CFDI %(uuid)s was not adopted: %(problem)s", uuid=candidate.read.uuid, problem=problem
            )
            raise UserError(text)


def issued_error_text(env, error):
    """:param error: :class:`~..cfdi.errors.CfdiError` of :func:`~..cfdi.issued.read_issued`
    :return: why a file can't be adopted, as a sentence without its subject
    """
    texts = {
        "not_cfdi": env._("it is no CFDI 3.3 or 4.0."),
        "not_stamped": env._("it has no stamp (TimbreFiscalDigital): SAT doesn't know it."),
        "two_stamps": env._("it has more than one stamp: get the original."),
        "foreign_stamp": env._("its stamp belongs to another CFDI, so it was changed: get the original."),
        "too_large": env._("it is too large."),
    }
    return texts.get(error.code) or env._("it can't be read: %s", error.text)
