import base64
import secrets
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from odoo import api, fields, models
from odoo.tools import consteq
from odoo.tools.misc import hmac

from ..printed.qr import qr_png
from .tries import BY_ADDRESS, BY_NUMBER, network_of

ADDRESS = "/autofactura"
# without those that are read as another one: 0 O, 1 I L
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 8
# at most so many characters of what anybody sends are looked at
LONGEST = {"number": 100, "date": 10, "total": 20, "code": 20}


def code_of(secret):
    """:param secret: bytes, many more than a code has
    :return: a code that can be typed: 40 bits, as only :data:`~.tries.BY_NUMBER` may be tried
    """
    number, code = int.from_bytes(secret), ""
    while len(code) < LENGTH:
        number, letter = divmod(number, len(LETTERS))
        code += LETTERS[letter]
    return code


def token_of(secret):
    """:return: the token of a link: 128 bits"""
    return base64.urlsafe_b64encode(secret[:16]).decode().rstrip("=")


def amount(text):
    """:param text: as people write it: with $, blanks, commas
    :return: Decimal with two decimals; None where it is none
    """
    bare = "".join(c for c in text if c.isascii() and (c.isdigit() or c in ".,"))
    if "." not in bare and bare[-3:-2] == ",":
        # a comma before the cents
        bare = f"{bare[:-3]}.{bare[-2:]}"
    try:
        return Decimal(bare.replace(",", "")).quantize(Decimal("0.01"))
    except InvalidOperation:
        return None


class L10nMxFactureTicket(models.Model):
    """The two secrets of a ticket: a code to be typed with its number, date and total, and the token of its link."""

    _inherit = "l10n_mx_facture.ticket"

    # computed, so that tickets from before have one each
    code = fields.Char(
        compute="_compute_code",
        store=True,
        precompute=True,
        groups="l10n_mx_facture.group_stamp",
        help="The customer needs it, with number, date and total, to invoice the ticket on the page.",
    )
    link_token = fields.Char(
        compute="_compute_code", store=True, precompute=True, groups="base.group_system", help="Technical."
    )
    page_url = fields.Char(
        "Link for the customer",
        compute="_compute_page_url",
        groups="l10n_mx_facture.group_stamp",
        help="Anyone with this link can invoice the ticket and download its PDF and XML.",
    )

    _link_unique = models.UniqueIndex("(link_token)")

    @api.depends("company_id")
    def _compute_code(self):
        for ticket in self:
            ticket.code = ticket.code or code_of(ticket._secret("code"))
            ticket.link_token = ticket.link_token or token_of(ticket._secret("link"))

    def _secret(self, kind):
        """:return: bytes that nobody can guess. Of an invoice they are always the same: reset to draft and posted again
            it is another row, and what the customer holds on paper still works
        """
        if not self.move_id:
            return secrets.token_bytes(32)
        return bytes.fromhex(hmac(self.env(su=True), f"{self._name}.{kind}", self.move_id._origin.id))

    @api.depends("company_id.l10n_mx_facture_self_invoicing")
    def _compute_page_url(self):
        for ticket in self:
            is_on = ticket.company_id.l10n_mx_facture_self_invoicing
            ticket.page_url = is_on and f"{ticket._page_base()}/{ticket.sudo().link_token}"

    def _page_base(self):
        """:return: the address of the page that asks for a ticket"""
        return f"{(self.move_id or self).get_base_url()}{ADDRESS}"

    def _code_to_read(self):
        return f"{self.sudo().code[:4]}-{self.sudo().code[4:]}"

    def _page_qr(self):
        """:return: the QR code of the link as a data URI, so that printing needs no connection"""
        return f"data:image/png;base64,{base64.b64encode(qr_png(self.sudo().page_url)).decode()}"

    # -- who has it -------------------------------------------------------------------------------

    @api.model
    def _page_is_offered(self):
        """:return: whether a company has the page"""
        domain = [("l10n_mx_facture_self_invoicing", "=", True)]
        return bool(self.env["res.company"].sudo().search_count(domain, limit=1))

    @api.model
    def _of_link(self, token, address):
        """:param token: as it stood in the address
        :param address: IP address of the visitor
        :return: the ticket, as superuser; empty: there is none, or its company has no page
        """
        found = self.sudo().search(
            [
                ("link_token", "=", (token or "")[:100] or False),
                ("link_token", "!=", False),
                ("company_id.l10n_mx_facture_self_invoicing", "=", True),
            ]
        )
        if not found:
            self.env["l10n_mx_facture.tries"]._count({BY_ADDRESS: network_of(address)})
        return found

    @api.model
    def _of_typed(self, sent, address):
        """:param sent: dict of texts, as anybody may send it: number, date, total, code
        :param address: IP address of the visitor
        :return: the ticket, as superuser, empty where anything of it is wrong; and the minutes to wait before the next
            try, where there were too many: nothing is compared then
        """
        text = {name: str(sent.get(name) or "").strip()[:longest] for name, longest in LONGEST.items()}
        # a number that no ticket has is counted as well: nobody learns which ones there are
        tried = {BY_ADDRESS: network_of(address), BY_NUMBER: text["number"].upper()}
        tries = self.env["l10n_mx_facture.tries"]
        if wait := tries._wait(tried):
            return self.sudo().browse(), wait
        candidates = self.sudo().search(
            [
                ("number", "in", [text["number"], text["number"].upper()]),
                ("company_id.l10n_mx_facture_self_invoicing", "=", True),
            ],
            limit=50,
        )
        code = "".join(c for c in text["code"].upper() if c in LETTERS)
        # a list, so that all are compared
        found = [ticket for ticket in candidates if ticket._is_typed(text["date"], amount(text["total"]), code)]
        if len(found) != 1:
            tries._count(tried)
            return self.sudo().browse(), 0
        return found[0], 0

    def _is_typed(self, day, total, code):
        """:param day: ISO date as text
        :param total: Decimal or None
        :param code: upper case, without separators
        """
        has_code = consteq(self.code or "-", code)
        return has_code and self.date.isoformat() == day and total == amount(f"{self.amount_total:.2f}")

    # -- until when -------------------------------------------------------------------------------

    def _page_deadline(self):
        """:return: the last day, at the place of issue, on which it can be invoiced on the page"""
        company = self.company_id
        if company.l10n_mx_facture_self_deadline == "days":
            return self.date + timedelta(days=company.l10n_mx_facture_self_days)
        return date(self.date.year, 12, 31)
