from odoo import models


class L10nMxFactureOwnPrint(models.AbstractModel):
    """An owner of a CFDI with a report of its own (receipt of payment, global invoice, credit note of a ticket): the
    print, drawn from its stored XML as that of invoices. A model that inherits it has ``company_id`` and ``name``.
    """

    _name = "l10n_mx_facture.own_print"
    _inherit = ["l10n_mx_facture.owner"]
    _description = "Owner of a CFDI with a Report of Its Own"
    # XML id of its report
    _print_report = None

    def action_print(self):
        """Print these."""
        self.check_access("read")
        return self.env.ref(self._print_report).report_action(self, config=False)

    def _print_problem(self):
        """:return: a sentence: why there is nothing to print; False where there is"""
        if not self._l10n_mx_facture_printed_document():
            return self.env._("%s has no stamped CFDI: there is nothing to print or send yet.", self.name)
        return self._l10n_mx_facture_print_problem()

    def _print_name(self):
        """:return: name of the printed file, without its extension"""
        document = self._l10n_mx_facture_printed_document()
        return document._file_name("pdf").removesuffix(".pdf") if document else self.name

    def _customer_pdf(self):
        """The one PDF that the customer gets: the service's where the company gives that one, else ours, drawn now.

        :return: bytes
        """
        self.ensure_one()
        if pdf := self._l10n_mx_facture_customer_pdf():
            return pdf.raw
        # sudo: customers on the portal can't read it
        report = self.env["ir.actions.report"].sudo().with_company(self.company_id)
        return report._render_qweb_pdf(self._print_report, self.ids)[0]
