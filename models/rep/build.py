from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, time
from decimal import Decimal

from odoo import api, models

from ...cfdi.errors import CfdiError
from ...cfdi.payments.invoice import read_credit_note, read_paid_invoice
from ...cfdi.payments.payment import Payment, ReceiptHeader, Settlement
from ...cfdi.payments.printed import PrintedReceipt
from ...cfdi.payments.receipt import build_receipt
from ..common import protected
from ..common.problem import Problem
from ..common.states import STAMPED_STATES

MEXICAN_PESO = "MXN"
# FechaPago where the hour is not known (SAT's guide)
NOON = time(12)
RATE_DECIMALS = 6


class L10nMxFactureRep(models.Model):
    """Receipt to CFDI of type P: from the stamped XML of the invoices, and what earlier receipts printed."""

    _inherit = "l10n_mx_facture.rep"

    def _l10n_mx_facture_build(self):
        self.ensure_one()
        # who may see a receipt sees what stands on it; it isn't asked for each value
        built, problems = self.sudo()._build_receipt()
        if built:
            return replace(built, owner=self), []
        return None, [one.at(one.record and one.record.with_env(self.env)) for one in problems]

    def _build_receipt(self):
        """:return: as :meth:`_l10n_mx_facture_build`, with records as superuser"""
        self._refresh_lines()
        entries, receipted = self._entries(), self.line_ids.move_id._l10n_mx_facture_receipted_lines()
        if problems := [*self._header_problems(), *self._payment_problems(entries, receipted)]:
            return None, problems
        try:
            header, problems = self._receipt_header()
            if problems:
                return None, problems
            payments = self._receipt_payments(entries, receipted, header.fecha)
            receipt = build_receipt(header, payments, self._receipt_catalogues())
        except CfdiError as error:
            return None, self._refused_problems(error)
        if problems := self._chain_problems(receipt):
            return None, problems
        self._keep_printed(entries, receipt)
        return self.env["l10n_mx_facture.cfdi"]._with_draft(self, receipt, receipt.findings)

    @api.model
    def _receipt_catalogues(self):
        return self.env["l10n_mx_facture.tax_rate"]._catalogues()

    # -- values ---------------------------------------------------------------------------------------

    def _receipt_header(self):
        """:return: :class:`~..cfdi.payments.payment.ReceiptHeader` and problems with issuer and receiver"""
        Cfdi, problems = self.env["l10n_mx_facture.cfdi"], []
        emisor, receptor = Cfdi._emisor(self, problems), Cfdi._receptor(self, problems)
        header = ReceiptHeader(
            **self._header_values(emisor),
            receptor=receptor,
            replaces=tuple(self._l10n_mx_facture_named_with_04()),
            factoring=self._is_factoring(),
        )
        return header, problems

    def _is_factoring(self):
        return bool(self.line_ids.entry_line_id.payment_id.filtered("l10n_mx_facture_factoring"))

    def _receipt_payments(self, entries, receipted, issued):
        """:param entries: what ``_entries`` returned
        :param receipted: lines of all receipts of the invoices
        :param issued: datetime of the receipt, local
        :return: list of :class:`~..cfdi.payments.payment.Payment`, one for each journal item that paid
        """
        known = self._known_of_invoices(receipted)
        return [self._receipt_payment(entry_line, lines, known, issued) for entry_line, lines in entries.items()]

    def _receipt_payment(self, entry_line, lines, known, issued):
        entry, currency = entry_line.move_id, lines.payment_currency_id
        applied = sum((amount_of(line.applied, currency) for line in lines), Decimal(0))
        form = entry._l10n_mx_facture_paid_form().code
        return Payment(
            fecha=paid_at(lines[0].date_payment, issued),
            forma_de_pago=form,
            moneda=currency.name,
            monto=applied,
            tipo_cambio=None if currency.name == MEXICAN_PESO else rate_of(entry_line),
            num_operacion=entry._l10n_mx_facture_paid_number() or None,
            **entry._l10n_mx_facture_bank_data(form),
            settlements=tuple(self._settlement(line, known[line.move_id]) for line in lines),
        )

    @api.model
    def _settlement(self, line, known):
        currency, other = line.currency_id, line.payment_currency_id
        return Settlement(
            amount=amount_of(line.amount, currency),
            applied=None if currency == other else amount_of(line.applied, other),
            **known,
        )

    def _known_of_invoices(self, receipted):
        """:return: dict from each invoice to what is the same in all of its settlements, as a dict of their values"""
        moves, printed = self.line_ids.move_id, self._printed_before(receipted)
        credited = moves._l10n_mx_facture_reconciled_notes()
        # each is read once, however many invoices it credits
        notes = {note: self._credit_note(note) for note in dict.fromkeys(one.note for one in credited)}
        known = {}
        for move in moves:
            invoice = self._paid_invoice(move)
            mine = ((notes[one.note], one.amount) for one in credited if one.invoice == move)
            known[move] = {
                "invoice": invoice,
                "notes": tuple(note.part(amount, invoice.decimals) for note, amount in mine if note),
                "printed": printed.get(move, ()),
                **self._elsewhere(move),
            }
        return known

    @api.model
    def _elsewhere(self, move):
        """:return: dict of what other systems have receipted of an invoice before"""
        if move.l10n_mx_facture_first_installment <= 1:
            return {}
        return {
            "installment": move.l10n_mx_facture_first_installment,
            "balance_before": amount_of(move.l10n_mx_facture_first_balance, move.currency_id),
        }

    @api.model
    def _paid_invoice(self, move):
        with named(move):
            return read_paid_invoice(move.l10n_mx_facture_document_id.xml_attachment_id.raw or b"")

    @api.model
    def _credit_note(self, move):
        """:return: :class:`~..cfdi.payments.invoice.CreditNote`; None without a valid CFDI"""
        document = move.l10n_mx_facture_document_id
        # SAT knows none of a test, once the company stamps in production
        if document.state not in STAMPED_STATES or move.l10n_mx_facture_test_only:
            return None
        with named(move):
            return read_credit_note(document.xml_attachment_id.raw or b"")

    def _printed_before(self, receipted):
        """:return: dict from an invoice to a tuple of what its live receipts printed, in order; of a substitute, those
            before the receipt that it replaces
        """
        replaced = self.replaces_id.rep_id
        lines = receipted.filtered(lambda line: line.counts and line.rep_id not in (self, replaced))
        if replaced:
            of_replaced = replaced.line_ids & receipted
            first = {move: min(mine.mapped("installment")) for move, mine in of_replaced.grouped("move_id").items()}
            lines = lines.filtered(lambda line: not (end := first.get(line.move_id)) or line.installment < end)
        return {
            move: tuple(PrintedReceipt.from_json(line.printed) for line in mine)
            for move, mine in lines.sorted("installment").grouped("move_id").items()
        }

    def _chain_problems(self, receipt):
        """:return: later receipts that would go on from another balance than this substitute's"""
        if not self.replaces_id:
            return []
        balances = {printed.uuid: printed.balance_after for printed in receipt.printed}
        later = self.replaces_id.rep_id._later_lines().filtered(lambda line: line.uuid in balances)
        first = {line.uuid: line for line in later.sorted("installment", reverse=True)}
        return [
            Problem(
                self.env._(
                    "The balance of %(invoice)s would be %(balance)s after it, but %(rep)s goes on from %(other)s: "
                    "cancel or substitute the later receipts first, from the last one backwards.",
                    invoice=line.move_id.name,
                    balance=balances[uuid],
                    rep=line.rep_id.name,
                    other=line.balance_before,
                ),
                line.rep_id,
            )
            for uuid, line in first.items()
            if amount_of(line.balance_before, line.currency_id) != balances[uuid]
        ]

    @api.model
    def _keep_printed(self, entries, receipt):
        """Store on the lines what stands in the CFDI."""
        lines = [line for group in entries.values() for line in group]
        doctos = [docto for pago in receipt.comprobante.pagos.pagos for docto in pago.doctos]
        for line, printed, docto in zip(lines, receipt.printed, doctos, strict=True):
            protected.write(
                line,
                {
                    "installment": printed.installment,
                    "equivalence": str(docto.equivalencia),
                    "printed": printed.to_json(),
                },
            )

    # -- problems -------------------------------------------------------------------------------------

    def _error_problem(self, error):
        problem, move = super()._error_problem(error), self.env["account.move"].browse(error.data.get("move_id"))
        return Problem(f"{move.name}: {problem.text}", move) if move else problem

    def _record_of(self, finding):
        """:return: the receiver that a finding is about, or the payment, or the invoice, or what a person said of it;
            this receipt where it is about none
        """
        owner = finding.fix_in.partition(".")[0]
        if owner == "partner":
            return self.env["l10n_mx_facture.cfdi"]._record_at(self, finding.fix_in)
        payments = list(self._entries().items())
        if finding.pago is None or finding.pago >= len(payments):
            return self
        entry_line, lines = payments[finding.pago]
        if owner == "settlement" and finding.docto is not None and finding.docto < len(lines):
            invoice = lines[finding.docto].move_id
            said = entry_line.sudo().l10n_mx_facture_due_ids.filtered(lambda row: row.stated and row.move_id == invoice)
            return said.sudo(False) or invoice
        return entry_line.move_id._l10n_mx_facture_paid_with()

    # -- as the parts of every CFDI read them ---------------------------------------------------------

    def _l10n_mx_facture_fiscal_address(self):
        return self.partner_id._l10n_mx_facture_fiscal_address()


@contextmanager
def named(move):
    """An error about the stored XML says whose it is."""
    try:
        yield
    except CfdiError as error:
        error.data["move_id"] = move.id
        raise


def paid_at(day, issued):
    """:param issued: datetime of the receipt
    :return: datetime FechaPago: noon, but of this day's payments not after their receipt, as the money is there
    """
    noon = datetime.combine(day, NOON)
    return min(noon, issued) if day == issued.date() else noon


def amount_of(value, currency):
    """:return: Decimal with the decimals of the currency"""
    return Decimal(f"{value:.{currency.decimal_places}f}")


def rate_of(entry_line):
    """:return: Decimal, company's currency for a unit of the journal item's: the rate of its day; where the entry was
        booked with another one, for example the bank's, as the entry has it
    """
    currency, pesos = entry_line.currency_id, entry_line.company_currency_id
    amount, balance = abs(entry_line.amount_currency), abs(entry_line.balance)
    # a quotient of rounded amounts would not be the rate of the day
    rate = currency._get_conversion_rate(currency, pesos, entry_line.company_id, entry_line.date)
    if pesos.compare_amounts(pesos.round(amount * rate), balance):
        rate = balance / amount
    return round(Decimal(repr(rate)), RATE_DECIMALS)
