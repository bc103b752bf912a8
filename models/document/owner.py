from odoo import api, models
from odoo.exceptions import UserError

from ..common.actions import notification, open_record


class L10nMxFactureOwner(models.AbstractModel):
    """What a CFDI is of: an invoice, a receipt of payment, a global invoice … :mod:`..common.owners` names its model.

    A model that inherits it has a chatter, activities and ``company_id``, ``currency_id``, ``name``,
    ``commercial_partner_id``, ``l10n_mx_facture_document_id``, ``_document_ids``, ``_branch_id``, ``_state``, ``_uuid``
    and ``_test_only``. The methods here say what holds where it says nothing else.
    """

    _name = "l10n_mx_facture.owner"
    _description = "What a CFDI Is Of"

    def _l10n_mx_facture_document(self):
        """:return: its CFDI, the live one or else the last, for a button that changes it
        :raise UserError: it has none
        """
        self.ensure_one()
        self.check_access("write")
        if not self.l10n_mx_facture_document_id:
            raise UserError(self.env._("%s has no CFDI.", self.display_name))
        return self.l10n_mx_facture_document_id

    def action_l10n_mx_facture_open_document(self):
        """Open the CFDI with all its facts."""
        return open_record(self._l10n_mx_facture_document())

    def action_l10n_mx_facture_fetch_pdf(self):
        """Fetch the service's PDF of the CFDI (again) and attach it."""
        for one in self:
            document = one._l10n_mx_facture_document()
            document._check_stamped()
            if not document._fetch_pdf():
                raise UserError(document.pdf_error)
        return notification(self.env._("The PDF is attached."))

    def _l10n_mx_facture_document_vals(self):
        """:return: dict of values of its CFDI that are known before it is built"""
        raise NotImplementedError

    def _l10n_mx_facture_responsibles(self):
        """:return: list of the users whom it concerns, the nearest one first"""
        return [self.create_uid]

    # -- before it is stamped ---------------------------------------------------------------------

    @api.model
    def _l10n_mx_facture_prefetch(self, owners):
        """Read what building many of these needs, in few queries."""

    def _l10n_mx_facture_fill_defaults(self):
        """Fill empty fiscal fields, as before each stamp."""

    def _l10n_mx_facture_elsewhere(self):
        """:return: dict from those that were stamped by another system to the problems and warnings about that"""
        return {}

    def _l10n_mx_facture_relate_credited(self):
        """Add the relations that follow from the books."""

    def _l10n_mx_facture_build(self):
        """:return: :class:`~..build.comprobante.Built` and no problems, or None and a list of
            :class:`~..common.problem.Problem`
        """
        raise NotImplementedError

    def _l10n_mx_facture_warnings(self, built):
        """:return: list of :class:`~..common.problem.Problem`: what SAT would not refuse, but a person should read"""
        return []

    def _l10n_mx_facture_left_out_texts(self):
        """:return: list of sentences: what their CFDIs don't have"""
        return []

    def _l10n_mx_facture_restamp_refusals(self):
        """:return: dict from those with a cancelled CFDI to the problems that keep them from being stamped in a
            selection
        """
        checked = ((one, one._l10n_mx_facture_restamp_problems(single=False)) for one in self)
        return {one: problems for one, problems in checked if problems}

    def _l10n_mx_facture_restamp_problems(self, single=True):
        """:param single: whether the user pressed Stamp on this one alone
        :return: list of problems: why it is not stamped again after its CFDI was cancelled
        """
        return []

    # -- related CFDIs ----------------------------------------------------------------------------

    def _l10n_mx_facture_named_with_04(self):
        """:return: list of the UUIDs of the CFDIs that these substitute"""
        return []

    def _l10n_mx_facture_same_sale(self):
        """:return: others, as superuser, of which only one may have a live CFDI"""
        return self.sudo().browse()

    def _l10n_mx_facture_claim_substituted(self, claimed):
        """Only one in a call may substitute (04) a given CFDI.

        :param claimed: set of UUIDs that earlier ones of the call substitute; this one's are added
        :return: problems
        """
        return []

    def _l10n_mx_facture_find_substitutes(self):
        """:return: dict from a CFDI of these to the owner that substitutes it, stamped or not"""
        return {}

    def _l10n_mx_facture_receipts(self):
        """:return: the live CFDIs, as superuser, of the receipts of their payments; SAT cancels those first"""
        return self.env["l10n_mx_facture.document"].sudo()

    def _l10n_mx_facture_ticket_problems(self):
        """:return: problems: why the sale, or what it returns, is in a global invoice instead"""
        return []

    def _l10n_mx_facture_is_ticket(self):
        """:return: whether it waits for a global invoice, so that it isn't stamped by itself"""
        return False

    def _l10n_mx_facture_credited(self):
        """:return: the owner of the CFDI that a credit note names (relation 01)"""
        return self.browse()

    def _l10n_mx_facture_receptor(self, receptor):
        """:param receptor: :class:`~..cfdi.values.Receptor` of its customer
        :return: the one that goes into the CFDI
        """
        return receptor

    def _l10n_mx_facture_condensed(self, fit, problems):
        """:param fit: :class:`~..cfdi.amounts.fit.Fit` of the lines
        :param problems: list, to which problems are added
        :return: the Fit that goes into the CFDI
        """
        return fit

    # -- on the way -------------------------------------------------------------------------------

    def _l10n_mx_facture_one_call(self):
        """:return: those that may be sent in one call, in order; the others have to wait for its answer"""
        return self

    def _l10n_mx_facture_sending(self):
        """Their CFDIs are stored and are sent next, in the same transaction."""

    # -- after it is stamped ----------------------------------------------------------------------

    def _l10n_mx_facture_set_aside_printed(self):
        """A print that was drawn before the stamp is none of the CFDI."""

    def _l10n_mx_facture_mail_stamped(self):
        """Mail what waited for its stamp."""

    # -- after SAT cancelled its CFDI -------------------------------------------------------------

    def _l10n_mx_facture_mark_earlier_reversals(self):
        """What has undone it before needs no CFDI of its own."""

    def _l10n_mx_facture_cancel_or_reverse_refusal(self, document):
        """:param document: the CFDI that SAT cancelled, or that is to be cancelled
        :return: why it is left to the user to cancel it too; None if it isn't
        """
        return None

    def _l10n_mx_facture_cancel_or_reverse(self, document):
        """Cancel it, as the company's setting says."""

    def _l10n_mx_facture_followed(self):
        """:return: whether it was cancelled, or is nothing that has to be, after its CFDI was"""
        return True
