"""Two browsers at two Odoo processes invoice the same ticket at the same moment: one invoice. Tries count together."""

from functools import partial
from urllib.parse import urljoin

import pytest
import requests
from lxml import html

from dev.demo.rpc import at_once

ROUNDS = 5
DATA = {"name": "Xenón Industrial Quirúrgica", "zip": "76343", "email": ""}
# two customers, who both have the ticket
RFCS = ("XIQ891116QE4", "XIA190128J61")


class Visitor:
    """A browser at one of the servers."""

    def __init__(self, server):
        self.base, self.session = server.url, requests.Session()

    def get(self, path):
        answer = self.session.get(urljoin(self.base, path), timeout=60)
        return html.fromstring(answer.content)

    def send(self, page, **values):
        """Fill in the form of a page and send it; what is shown then."""
        (form,) = page.xpath("//form[@method='post']")
        answer = self.session.post(urljoin(self.base, form.action), data={**dict(form.fields), **values}, timeout=60)
        return answer.status_code, html.fromstring(answer.content)


@pytest.fixture
def tickets(office):
    """Makes tickets: rows of the ledger of tickets, with their links."""
    client = office.clients["a"]
    (company,) = client.call("res.company", "search", [], limit=1)
    client.call("res.company", "write", [company], {"l10n_mx_facture_self_invoicing": True})
    public = client.call("res.partner", "create", {"name": "Público en general", "vat": "XAXX010101000"})
    (cash,) = client.call("l10n_mx_catalogs.c_forma_pago", "search", [["code", "=", "01"]])

    def make(count):
        (journal,) = office.sql(
            "SELECT m.journal_id FROM account_move m JOIN ir_model_data d ON d.res_id = m.id "
            "WHERE d.module = '__demo__' AND d.model = 'account.move' ORDER BY m.id LIMIT 1"
        )
        client.call("account.journal", "write", [journal["journal_id"]], {"l10n_mx_facture_to_global": True})
        moves = office.invoices(count, partner_id=public, l10n_mx_facture_payment_form_id=cash)
        return office.sql("SELECT * FROM l10n_mx_facture_ticket WHERE move_id = ANY(%s) ORDER BY id", moves)

    return make


def test_two_browsers_make_one_invoice(office, tickets):
    (regime,) = office.sql("SELECT id FROM l10n_mx_catalogs_c_regimen_fiscal WHERE code = '601'")
    (usage,) = office.sql("SELECT id FROM l10n_mx_catalogs_c_uso_cfdi WHERE code = 'G03'")
    data = {**DATA, "regime": regime["id"], "usage": usage["id"]}
    for ticket in tickets(ROUNDS):
        visitors = [Visitor(office.servers[name]) for name in "ab"]
        pages = [visitor.get(f"/autofactura/{ticket['link_token']}") for visitor in visitors]
        sends = [
            partial(visitor.send, page, **data, rfc=rfc)
            for visitor, page, rfc in zip(visitors, pages, RFCS, strict=True)
        ]
        for status, page in at_once(*sends):
            assert status == 200
            assert page.xpath("//*[@name='waiting']"), page.text_content()
        # beside Odoo's entries of the settlement
        made = office.sql("SELECT * FROM account_move WHERE ref = %s AND move_type <> 'entry'", ticket["number"])
        assert sorted(move["move_type"] for move in made) == ["out_invoice", "out_refund"]
        assert {move["state"] for move in made} == {"posted"}
        # the contact of who came second isn't left over
        contacts = office.sql("SELECT vat FROM res_partner WHERE vat = ANY(%s)", list(RFCS))
        assert len(contacts) == len({one["vat"] for one in contacts})


def test_tries_of_two_browsers_count_together(office, tickets):
    (ticket,) = tickets(1)
    visitors = [Visitor(office.servers[name]) for name in "ab"]
    pages = [visitor.get("/autofactura") for visitor in visitors]
    office.sql("DELETE FROM l10n_mx_facture_tries")
    wrong = {"number": ticket["number"], "date": "2020-01-01", "total": "1", "code": "22222222"}
    answers = []
    for _try in range(8):
        sends = [partial(visitor.send, page, **wrong) for visitor, page in zip(visitors, pages, strict=True)]
        answers += [status for status, _page in at_once(*sends)]
    assert answers.count(200) == 10, answers
    assert answers.count(429) == 6, answers
    office.sql("DELETE FROM l10n_mx_facture_tries")
