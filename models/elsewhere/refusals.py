from odoo import models

from ..common.problem import Problem


class AccountMove(models.Model):
    """An invoice that another system has stamped is not stamped a second time."""

    _inherit = "account.move"

    def _l10n_mx_facture_elsewhere(self):
        """:return: dict from an invoice to (problems, warnings): a file on it is its stamped CFDI; or may be, under
            another number. Invoices without either are left out
        """
        found = {}
        # a draft has no number yet, and is not stamped
        posted = self.filtered(lambda move: move.state == "posted" and move.l10n_mx_facture_applies)
        for move, files in posted._l10n_mx_facture_foreign_files().items():
            problems, warnings = [], []
            for file, read in files:
                differences = move._l10n_mx_facture_differences(read)
                if not differences:
                    problems.append(move._l10n_mx_facture_elsewhere_problem(file, read))
                elif set(differences) == {"number"} and file.res_model == move._name:
                    warnings.append(move._l10n_mx_facture_elsewhere_warning(file, read))
            if problems or warnings:
                found[move] = problems, warnings
        return found

    def _l10n_mx_facture_elsewhere_problem(self, file, read):
        text = self.env._(
            "It is stamped already, by another system or before this module was installed: the file %(file)s is its "
            "CFDI %(uuid)s. Adopt that CFDI instead of stamping the sale a second time. If the file doesn't belong to "
            "this invoice, remove it.",
            file=file.name,
            uuid=read.uuid,
        )
        return Problem(text, self, remedy="adopt")

    def _l10n_mx_facture_elsewhere_warning(self, file, read):
        text = self.env._(
            "The file %(file)s is a stamped CFDI with the same issuer, receiver and total and another number "
            "(%(number)s). If it is the CFDI of this sale, adopt it: stamping would invoice the sale twice.",
            file=file.name,
            number=read.number,
        )
        return Problem(text, self, remedy="adopt")
