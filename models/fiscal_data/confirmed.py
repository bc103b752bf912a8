from odoo import models
from odoo.exceptions import UserError, ValidationError

from ...cfdi.names import fiscal_name, folded_name
from ...cfdi.rfc import is_generic, is_moral
from ...cfdi.taxpayer import own_rfc
from ..common.states import EVER_STAMPED_STATES

# name in the form -> field of the contact; at most so many characters are looked at
FORM = {
    "rfc": "vat",
    "name": "l10n_mx_facture_fiscal_name",
    "regime": "l10n_mx_facture_tax_regime_id",
    "zip": "zip",
    "usage": "l10n_mx_facture_usage_id",
}
LONGEST = {"rfc": 20, "name": 300, "zip": 10, "who": 100}
CATALOGUES = {"regime": "l10n_mx_catalogs.c_regimen_fiscal", "usage": "l10n_mx_catalogs.c_uso_cfdi"}


class RefusedError(Exception):
    """:param errors: dict from a name in the form to a sentence"""

    def __init__(self, errors):
        super().__init__(errors)
        self.errors = errors


class ResPartner(models.Model):
    """The fiscal data that a customer sends by the page of the own link. The records here are read as superuser."""

    _inherit = "res.partner"

    def _l10n_mx_facture_may_change_rfc(self):
        """:return: whether no CFDI was stamped to the RFC that the contact has; else only a user may change it"""
        rfc = self._l10n_mx_facture_own_rfc()
        if not rfc or is_generic(rfc):
            return True
        domain = [
            ("move_id.commercial_partner_id", "=", self.id),
            ("rfc_receptor", "=", rfc),
            ("state", "in", EVER_STAMPED_STATES),
        ]
        return not self.env["l10n_mx_facture.document"].sudo().search_count(domain, limit=1)

    def _l10n_mx_facture_form(self):
        """:return: dict of what the form shows at first"""
        rfc = self._l10n_mx_facture_own_rfc()
        return {
            "rfc": "" if is_generic(rfc) else rfc,
            "name": self.l10n_mx_facture_fiscal_name or "",
            "regime": self.l10n_mx_facture_tax_regime_id.id,
            "zip": self._l10n_mx_facture_zip(),
            "usage": self.l10n_mx_facture_usage_id.id,
            "who": "",
        }

    def _l10n_mx_facture_clean_form(self, sent):
        """:param sent: dict of texts, as anybody may send it
        :return: dict as :meth:`_l10n_mx_facture_form`
        """
        text = {name: str(sent.get(name) or "")[:longest] for name, longest in LONGEST.items()}
        may_change = self._l10n_mx_facture_may_change_rfc()
        rfc = own_rfc(text["rfc"]) if may_change else self._l10n_mx_facture_own_rfc()
        name, postal_code = folded_name(text["name"]), "".join(text["zip"].split())
        chosen = {}
        for name_in_form, model in CATALOGUES.items():
            number = str(sent.get(name_in_form) or "")
            is_number = number.isascii() and number.isdigit() and len(number) < 10
            chosen[name_in_form] = self.env[model].search([("id", "=", int(number) if is_number else 0)]).id
        return {
            "rfc": rfc,
            # the register has the legal form apart from the name
            "name": fiscal_name(name) if is_moral(rfc) else name,
            # SAT's catalogue has 00000, which is nobody's address
            "zip": postal_code if postal_code.strip("0") else "",
            "who": folded_name(text["who"]).title(),
            **chosen,
        }

    def _l10n_mx_facture_confirm(self, form, address):
        """Take what the customer confirms, if an invoice with it would pass.

        :param form: dict of :meth:`_l10n_mx_facture_clean_form`
        :param address: IP address, kept with who said it
        :raise RefusedError: something is missing or wrong; nothing is changed
        """
        texts = self._l10n_mx_facture_form_texts()
        missing = {name: texts[name] for name in (*FORM, "who") if not form[name]}
        if is_generic(form["rfc"]):
            missing["rfc"] = texts["rfc"]
        with self.env.cr.savepoint():
            self._l10n_mx_facture_write_confirmed(form, address)
            errors, _warnings = self._l10n_mx_facture_judge_customer()
            wrong = dict(self._l10n_mx_facture_form_error(error) for error in errors)
            if missing or wrong:
                # what was written is taken back
                raise RefusedError(wrong | missing)

    def _l10n_mx_facture_write_confirmed(self, form, address):
        values = {field: form[name] for name, field in FORM.items()}
        if not self.country_id:
            values["country_id"] = self.env.ref("base.mx").id
        if values["vat"] == self._l10n_mx_facture_own_rfc():
            # as it is written now
            del values["vat"]
        asked_by = self.env["res.users"].sudo().browse(self.env.context.get("asked_by")).exists()
        # it is read by users, not by the visitor
        partner = self.with_context(lang=asked_by.lang or self.env.company.partner_id.lang)
        title = partner.env._(
            "%(who)s has confirmed these fiscal data on the customer's page (IP %(address)s).",
            who=form["who"],
            address=address,
        )
        message = {"author_id": self.id, "partner_ids": asked_by.filtered("active").partner_id.ids}
        try:
            partner._l10n_mx_facture_take_fiscal_data(values, title, **message)
        except (UserError, ValidationError) as error:
            # other modules look at tax ids, too
            raise RefusedError({"rfc": self._l10n_mx_facture_form_texts()["rfc"]}) from error

    def _l10n_mx_facture_form_error(self, problem):
        """:param problem: :class:`~..common.problem.Problem`
        :return: tuple of the name in the form and a sentence for the customer; '' where it is of none
        """
        fields = {field: name for name, field in FORM.items()} | {"name": "name", "country_id": "rfc"}
        name = fields.get(problem.field, "")
        return name, self._l10n_mx_facture_form_texts().get(name, problem.text)

    def _l10n_mx_facture_form_texts(self):
        """:return: dict from each name in the form to what is said to the customer where it is missing or wrong"""
        return {
            "rfc": self.env._("Enter your RFC as in your constancia: 12 characters of a company, 13 of a person."),
            "name": self.env._("Enter the name as in your constancia, of a company without its kind (S.A. de C.V.)."),
            "regime": self.env._("Choose a tax regime that is in your constancia and goes with your RFC."),
            "zip": self.env._("Enter the postal code of your fiscal address: five digits, as in your constancia."),
            "usage": self.env._("Choose a usage that goes with your tax regime. S01 goes with all."),
            "who": self.env._("Enter your name: it is kept with what you confirm."),
        }
