from odoo import models

from ...cfdi.errors import CfdiError
from ...cfdi.global_invoice.document import GlobalHeader, GlobalRefused, build_global
from ...cfdi.global_invoice.period import Period
from ..common.problem import Problem


class L10nMxFactureGlobal(models.Model):
    """Global invoice to CFDI: what the books say of each ticket now, and what is wrong."""

    _inherit = "l10n_mx_facture.global"

    def _l10n_mx_facture_build(self):
        self.ensure_one()
        if problems := self._substituted_problems():
            return None, problems
        self._refresh_tickets()
        if problems := self._header_problems():
            return None, problems
        emisor = self.env["l10n_mx_facture.cfdi"]._emisor(self, problems)
        if problems:
            return None, problems
        try:
            made = self._build_global(self._global_header(emisor))
        except CfdiError as error:
            return None, self._refused_problems(error)
        built, problems = self.env["l10n_mx_facture.cfdi"]._with_draft(self, made, made.findings)
        moved = float(made.tax_moved)
        if built and self.currency_id.compare_amounts(self.tax_moved, moved):
            self.sudo().tax_moved = moved
        return built, problems

    def _build_global(self, header):
        """Tickets with an objection of the rules to their line are left out, with the reason; the others go on."""
        catalogues = self.env["l10n_mx_facture.tax_rate"]._catalogues()
        tickets = self._ordered_tickets()
        try:
            return build_global(header, [one._ticket() for one in tickets], catalogues)
        except GlobalRefused as refused:
            bad = {}
            for finding in refused.findings:
                bad.setdefault(finding.line, finding.numbered(self.env.lang))
            if None in bad or len(bad) == len(tickets):
                raise
        for line, text in bad.items():
            tickets[line].write({"reason": text, "by_hand": True, "global_id": False})
        tickets._update_state()
        return build_global(header, [one._ticket() for one in self._ordered_tickets()], catalogues)

    def _ordered_tickets(self):
        return self.sudo().ticket_ids.sorted(lambda one: (one.date, one.id))

    def _refresh_tickets(self):
        """Take the amounts of the books, as they may have changed since; what may no longer be in it goes. One that is,
        or may be, stamped keeps its tickets as they are.
        """
        if self._is_live():
            return
        if not self.ticket_ids:
            # its tickets were freed when its CFDI was refused, or are freed by the one that it substitutes
            free = self.sudo().former_ticket_ids.filtered(lambda one: one.state == "open" and not one.by_hand)
            free.filtered(lambda one: not one._live_global()).global_id = self
        tickets = self.sudo().ticket_ids
        # a test CFDI holds none, once the company stamps in production
        tickets._update_state()
        tickets._read_books()
        tickets.filtered(lambda one: one.state != "open" or one._fuel_form() != self.fuel_form_id).global_id = False

    def _global_header(self, emisor):
        return GlobalHeader(
            **self._header_values(emisor),
            period=Period(self.periodicity, self.date_from, self.date_to),
            replaces=tuple(self._l10n_mx_facture_named_with_04()),
        )

    # -- problems -------------------------------------------------------------------------------------

    def _substituted_problems(self):
        """:return: what it takes the place of is still valid: a ticket is in one live global invoice"""
        old = self.sudo().replaces_id.global_id
        if old and old._is_live():
            text = self.env._(
                "It takes the place of %s. SAT has to confirm the cancellation of that one first; then it is stamped "
                "by itself.",
                old.name,
            )
            return [Problem(text, old.sudo(False))]
        return []

    def _header_problems(self):
        problems = super()._header_problems()
        if not self.ticket_ids:
            text = self.env._("None of its tickets may be in a global invoice any more: delete it.")
            problems.append(Problem(text, self, field="ticket_ids"))
        return problems

    def _record_of(self, finding):
        if finding.line is None:
            return self
        return self._ordered_tickets()[finding.line].move_id.sudo(False) or self

    def _error_problem(self, error):
        """:param error: :class:`~..cfdi.errors.CfdiError`"""
        number = error.data.get("ticket")
        texts = {
            "bad_number": self.env._(
                "The ticket number %s is missing, too long, or there twice: SAT wants each number once.", number or "-"
            ),
            "no_form": self.env._(
                "How the ticket %s was paid is not known. It is the largest one, and SAT wants its payment form on the "
                "global invoice.",
                number,
            ),
        }
        move = self.sudo().ticket_ids.filtered(lambda one: one.number == number).move_id[:1].sudo(False)
        field = "l10n_mx_facture_payment_form_id" if move and error.code == "no_form" else None
        if error.code not in texts and not move:
            return super()._error_problem(error)
        text = texts.get(error.code) or super()._error_problem(error).text
        return Problem(text, move or self, field=field)
