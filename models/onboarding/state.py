from dataclasses import dataclass

from odoo import models

from ...cfdi.places import is_known_postal_code
from ...cfdi.rfc import is_generic, is_valid_rfc
from ...cfdi.taxpayer import identify
from ..common.states import EVER_STAMPED_STATES, STAMPED_STATES

CODE = "l10n_mx_facture_product_code_id"
REGIME = "l10n_mx_facture_tax_regime_id"
USAGE, FORM = "l10n_mx_facture_usage_id", "l10n_mx_facture_payment_form_id"
STEPS = ("account", "company", "branches", "journals", "products", "units", "customers", "stamp")


@dataclass(frozen=True)
class Step:
    """What is missing of one kind.

    :param records: those that lack something; empty where nothing is missing
    :param field: name of the field that mends one of them
    """

    records: models.BaseModel
    field: str | None = None


class ResCompany(models.Model):
    """What keeps a company from its first CFDI: a fixed number of queries, however many records there are."""

    _inherit = "res.company"

    def _l10n_mx_facture_missing(self):
        """What the user may see of it.

        :return: dict from the steps that are not done yet (``STEPS``) to :class:`Step`, in their order; only
            ``account`` where there is none, as nothing else counts then
        """
        self.ensure_one()
        accounts = self._l10n_mx_facture_accounts()
        if not accounts:
            return {"account": Step(self, "l10n_mx_facture_base_url")}
        missing = {
            "company": self._l10n_mx_facture_incomplete_issuer(),
            "branches": self._l10n_mx_facture_without_branch(accounts),
            "journals": self._l10n_mx_facture_journals_without_branch(),
            "products": Step(self._l10n_mx_facture_products_without_code(), CODE),
            "units": Step(self._l10n_mx_facture_units_without_code(), "l10n_mx_facture_unit_code_id"),
            "customers": self._l10n_mx_facture_failing_customers(),
            "stamp": Step(self.browse() if self._l10n_mx_facture_has_stamped() else self),
        }
        return {name: step for name, step in missing.items() if step.records}

    def _l10n_mx_facture_incomplete_issuer(self):
        partner = self._l10n_mx_facture_taxpayer()
        rfc = partner._l10n_mx_facture_own_rfc()
        if is_generic(rfc) or not is_valid_rfc(rfc):
            field = "vat"
        elif not partner[REGIME]:
            field = REGIME
        elif not is_known_postal_code(partner._l10n_mx_facture_zip()):
            field = "zip"
        else:
            return Step(self.env["res.partner"])
        return Step(partner.sudo(False), field)

    def _l10n_mx_facture_without_branch(self, accounts):
        """:return: the accounts without a branch that can issue"""
        domain = [("account_id", "in", accounts.ids), ("tz", "!=", False)]
        with_branch = self.env["l10n_mx_facture.branch"].search(domain).account_id
        # one that works is enough
        return Step(accounts.browse() if with_branch else accounts, "branch_ids")

    def _l10n_mx_facture_journals_without_branch(self):
        """:return: the sales journals of which no invoice can be stamped; none if there is another one that can"""
        journals = self.env["account.journal"].search([("type", "=", "sale"), ("company_id", "=", self.id)])
        branches = self.env["l10n_mx_facture.branch"].search(
            [("journal_ids", "in", journals.ids), ("account_id.active", "=", True)]
        )
        without = journals - branches.journal_ids
        return Step(without if without == journals else journals.browse(), "l10n_mx_facture_branch_ids")

    def _l10n_mx_facture_sold(self):
        """:return: domain of what is sold"""
        return [("sale_ok", "=", True), ("company_id", "in", (False, self.id))]

    def _l10n_mx_facture_products_without_code(self):
        """:return: products that have no code, nor has their category or one above it"""
        coded = self.env["product.category"].search([(CODE, "!=", False)])
        domain = [*self._l10n_mx_facture_sold(), (CODE, "=", False)]
        if coded:
            domain += ["|", ("categ_id", "=", False), "!", ("categ_id", "child_of", coded.ids)]
        return self.env["product.template"].search(domain)

    def _l10n_mx_facture_units_without_code(self):
        """:return: units of what is sold that have no code"""
        groups = self.env["product.template"]._read_group(self._l10n_mx_facture_sold(), ["uom_id"])
        units = self.env["uom.uom"].concat(*(unit for (unit,) in groups))
        return units.search([("id", "in", units.ids), ("l10n_mx_facture_unit_code_id", "=", False)])

    def _l10n_mx_facture_failing_customers(self):
        """:return: customers to whom no invoice can be stamped as they are, and the field that the first one lacks"""
        Partner = self.env["res.partner"]
        domain = [
            ("customer_rank", ">", 0),
            ("company_id", "in", (False, self.id)),
            "|",
            ("parent_id", "=", False),
            ("is_company", "=", True),
        ]
        groups = Partner._read_group(domain, ["vat", "country_id", "zip", REGIME, USAGE, FORM], ["id:array_agg"])
        codes = {country.id: country.code for country in self.env["res.country"].search([])}
        served, has_form = self._l10n_mx_facture_served_customers(), self._l10n_mx_facture_has_form()
        failing = {}
        for vat, country, zip_code, regime, usage, form, ids in groups:
            who = identify(vat or "", codes.get(country.id) or "")
            # a generic receiver has regime 616, usage S01 and the postal code of the branch
            generic = is_generic(who.rfc)
            if who.doubt:
                failing.update(dict.fromkeys(ids, "vat"))
            elif not generic and not regime:
                failing.update(dict.fromkeys(ids, REGIME))
            elif not generic and not is_known_postal_code("".join((zip_code or "").split())):
                failing.update(dict.fromkeys(ids, "zip"))
            elif not (generic or usage or self[USAGE]):
                failing.update(dict.fromkeys(set(ids) - served, USAGE))
            elif not (form or has_form):
                failing.update(dict.fromkeys(set(ids) - served, FORM))
        customers = Partner.browse(sorted(failing))
        return Step(customers, failing.get(customers[:1].id))

    def _l10n_mx_facture_served_customers(self):
        """:return: set of ids of customers whose last invoice proposes usage and form"""
        domain = [
            ("company_id", "=", self.id),
            ("move_type", "=", "out_invoice"),
            ("l10n_mx_facture_document_id.state", "in", STAMPED_STATES),
        ]
        groups = self.env["account.move"].sudo()._read_group(domain, ["commercial_partner_id"])
        return {partner.id for (partner,) in groups}

    def _l10n_mx_facture_has_form(self):
        """:return: whether company or journals have a payment form for every customer"""
        without = [("type", "=", "sale"), ("company_id", "=", self.id), (FORM, "=", False)]
        return bool(self[FORM]) or not self.env["account.journal"].search_count(without, limit=1)

    def _l10n_mx_facture_has_stamped(self):
        """:return: whether one of its invoices was ever stamped"""
        domain = [("company_id", "=", self.id), ("state", "in", EVER_STAMPED_STATES)]
        return bool(self.env["l10n_mx_facture.document"].sudo().search_count(domain, limit=1))
