from dataclasses import dataclass

from odoo import models
from odoo.exceptions import UserError

from ...cfdi.constancia import read_constancia
from ...cfdi.errors import CfdiError
from ...cfdi.names import GENERAL_PUBLIC
from ...cfdi.rfc import is_generic, is_valid_rfc
from .pdf_text import LARGEST, NotReadableError, read_pdf

# in SAT's register
GONE, GOOD = "CANCELADO", ("ACTIVO", "REACTIVADO", "")


@dataclass(frozen=True)
class Row:
    """What the constancia says of one field.

    :param key: names the row; of a regime, of which there may be several, with its code
    :param field: of the contact
    :param value: for ``write``
    :param old: what the contact has, as text
    :param new: what the constancia has, as text
    :param is_same: whether they agree
    """

    key: str
    field: str
    value: object
    old: str
    new: str
    is_same: bool


class ResPartner(models.Model):
    """The Constancia de Situación Fiscal of a contact, beside what the contact has."""

    _inherit = "res.partner"

    def _l10n_mx_facture_read_constancia(self, content):
        """Nothing is fetched: what isn't in the file's text isn't known.

        :param content: bytes of a PDF
        :return: :class:`~..cfdi.constancia.Constancia`
        :raise UserError: it can't be read, or the RFC is cancelled
        """
        try:
            constancia = read_constancia(*read_pdf(content))
        except (NotReadableError, CfdiError) as error:
            raise UserError(self._l10n_mx_facture_not_read_text(error)) from error
        if constancia.status.startswith(GONE):
            text = self.env._("SAT has cancelled the RFC %s: no CFDI can be made for it.", constancia.rfc)
            raise UserError(text)
        return constancia

    def _l10n_mx_facture_not_read_text(self, error):
        """:param error: NotReadableError, or CfdiError of :mod:`~..cfdi.constancia`
        :return: what is wrong with the file, and what to do
        """
        if error.code == "too_large":
            return self.env._("The file is larger than %s MB: a constancia has some 200 kB.", LARGEST // 1024 // 1024)
        if error.code == "contradiction":
            rfcs = error.data["rfcs"]
            return self.env._("The file names more than one RFC (%s): it was changed. Don't use it.", rfcs)
        what = {
            "not_pdf": self.env._("The file is no PDF that can be read."),
            "no_text": self.env._("The PDF has no text: it is a scan, a photo, or was printed to a file."),
            "no_constancia": self.env._("This PDF is no Constancia de Situación Fiscal."),
            "no_rfc": self.env._("No valid RFC can be read in this constancia."),
        }[error.code]
        remedy = self.env._("Ask the customer for the PDF as SAT's portal gives it.")
        return f"{what} {remedy}"

    def _l10n_mx_facture_constancia_rows(self, constancia):
        """:return: list of :class:`Row`: what the constancia has, in the order of the forms"""
        self.ensure_one()
        rows = [self._l10n_mx_facture_row("vat", constancia.rfc, self._l10n_mx_facture_own_rfc())]
        rows.append(self._l10n_mx_facture_row("l10n_mx_facture_fiscal_name", constancia.name))
        known = self.env["l10n_mx_catalogs.c_regimen_fiscal"].search([("code", "in", constancia.regimes)])
        name = "l10n_mx_facture_tax_regime_id"
        for regime in known.sorted(lambda one: constancia.regimes.index(one.code)):
            old = self._l10n_mx_facture_shown(name)
            is_same = self[name] == regime
            rows.append(Row(f"{name}:{regime.code}", name, regime.id, old, regime.display_name, is_same))
        rows.append(self._l10n_mx_facture_row("zip", constancia.postal_code, self._l10n_mx_facture_zip()))
        mexico = self.env.ref("base.mx")
        if self.country_id != mexico:
            old = self._l10n_mx_facture_shown("country_id")
            rows.append(Row("country_id", "country_id", mexico.id, old, mexico.display_name, is_same=False))
        return [row for row in rows if row.new]

    def _l10n_mx_facture_row(self, field, new, bare=None):
        """:param bare: what the contact has, in the form of ``new``; None: as it is"""
        old = self._l10n_mx_facture_shown(field)
        return Row(field, field, new, old, new, (old if bare is None else bare) == new)

    def _l10n_mx_facture_is_other_taxpayer(self, constancia):
        """:return: whether the contact has another RFC of its own"""
        rfc = self._l10n_mx_facture_own_rfc()
        return is_valid_rfc(rfc) and not is_generic(rfc) and rfc != constancia.rfc

    def _l10n_mx_facture_constancia_notes(self, constancia):
        """:return: list of sentences: what a person should look at before accepting it"""
        notes = []
        if self.l10n_mx_facture_fiscal_name == GENERAL_PUBLIC:
            notes.append(self.env._("The contact is the general public: make a contact of its own for this customer."))
        if self._l10n_mx_facture_is_other_taxpayer(constancia):
            notes.append(
                self.env._(
                    "The constancia is of %(new)s, and the contact has %(old)s: check whose it is. Nothing is ticked.",
                    new=constancia.rfc,
                    old=self._l10n_mx_facture_own_rfc(),
                )
            )
        if constancia.is_moral and not self.is_company:
            notes.append(self.env._("The constancia is a company's, and the contact is marked as a person."))
        elif self.is_company and not constancia.is_moral:
            text = self.env._("The constancia is a person's (persona física), and the contact is marked as a company.")
            notes.append(text)
        if constancia.status not in GOOD:
            notes.append(self.env._("In SAT's register it is %s: ask the customer.", constancia.status))
        if len(constancia.regimes) > 1:
            text = self.env._("It has several tax regimes: tick the one of what you invoice, as the customer says.")
            notes.append(text)
        for name in constancia.unknown_regimes:
            notes.append(self.env._("SAT's code of the regime “%s” is not known here.", name))
        return notes + self._l10n_mx_facture_missing_notes(constancia)

    def _l10n_mx_facture_missing_notes(self, constancia):
        found = {
            self.env._("name"): constancia.name,
            self.env._("tax regime"): constancia.regimes or constancia.unknown_regimes,
            self.env._("postal code"): constancia.postal_code,
        }
        missing = [label for label, value in found.items() if not value]
        return [self.env._("It could not be read: %s. Enter it by hand.", ", ".join(missing))] if missing else []
