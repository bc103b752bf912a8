import secrets
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import new_test_user, tagged

from odoo.addons.l10n_mx_facture.models.self_invoicing.code import LETTERS, amount, code_of
from odoo.addons.l10n_mx_facture.models.self_invoicing.tries import BY_ADDRESS, BY_TICKET, network_of

from ..support.print_case import text_of
from ..support.self_invoicing_case import SelfInvoicingCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestSelfInvoicingSecrets(SelfInvoicingCase):
    """Who doesn't have all that is printed on a ticket, or its link, gets and learns nothing."""

    def refusal(self, ticket, **changes):
        """:return: what the page says"""
        answer, page = self.search(ticket, **changes)
        self.assertFalse(page.xpath("//dl[@name='facts']"))
        self.assertNotIn(ticket.sudo().link_token, answer.text)
        return answer.status_code, text_of(page.xpath("//*[@name='error']")[0])

    def test_all_that_is_wrong_is_said_with_the_same_words(self):
        ticket, other = self.sell(), self.sell(200.0)
        code = other.sudo().code
        said = {
            self.refusal(ticket, **changes)
            for changes in (
                {"number": "NADA/2026/1"},
                {"code": code},
                {"code": ""},
                {"code": "-"},
                {"total": "115.99"},
                {"total": "nada"},
                {"date": "2020-01-01"},
                {"number": f"%{ticket.number[-3:]}"},
            )
        }
        self.assertEqual(len(said), 1, said)
        self.assertEqual(said.pop()[0], 200)

    def test_as_people_type_it(self):
        ticket = self.sell(1000.0)
        self.assertEqual(ticket.amount_total, 1160)
        for changes in (
            {"number": f" {ticket.number.lower()} "},
            {"total": "$1,160"},
            {"total": "1160,00"},
            {"total": " 1160.0 MXN"},
            {"code": f" {ticket.sudo().code.lower()} "},
        ):
            with self.subTest(changes=changes):
                self.assertEqual(self.shown(self.search(ticket, **changes)[1]), "form")

    def test_amounts(self):
        for text, found in (("1,234.5", "1234.50"), ("12,34", "12.34"), ("1,234", "1234.00"), ("", None), ("x", None)):
            with self.subTest(text=text):
                self.assertEqual(amount(text) and str(amount(text)), found)

    def test_codes(self):
        codes = {code_of(secrets.token_bytes(32)) for _one in range(1000)}
        self.assertEqual(len(codes), 1000)
        self.assertFalse(set("".join(codes)) - set(LETTERS))
        self.assertFalse(set("01OIL") & set(LETTERS))
        tickets = (self.sell() | self.sell()).sudo()
        self.assertEqual(len(set(tickets.mapped("code")) | set(tickets.mapped("link_token"))), 4)
        self.assertTrue(all(len(one) >= 22 for one in tickets.mapped("link_token")))
        self.assertTrue(all(len(one) == 8 for one in (*codes, *tickets.mapped("code"))))

    def test_posted_again_the_paper_of_the_customer_works(self):
        ticket, other = self.sell(), self.sell()
        move, typed, token = ticket.move_id, self.typed(ticket), ticket.sudo().link_token
        move.button_draft()
        self.assertFalse(ticket.exists())
        self.assertEqual(self.get(f"/{token}")[0].status_code, 404)
        move.action_post()
        again = self.ticket_of(move)
        self.assertEqual((again.sudo().link_token, self.typed(again)), (token, typed))
        self.assertEqual(self.shown(self.get(f"/{token}")[1]), "form")
        self.assertEqual(self.shown(self.search(again, **typed)[1]), "form")
        # another database has other ones, and so has each invoice
        self.assertNotEqual(other.sudo().code, again.sudo().code)
        self.env["ir.config_parameter"].sudo().set_param("database.secret", "another one")
        move.button_draft()
        move.action_post()
        self.assertNotEqual(self.ticket_of(move).sudo().link_token, token)

    def test_a_ticket_from_before_keeps_its_own(self):
        ticket = self.sell().sudo()
        ticket.write({"code": "23456789", "link_token": "from-an-earlier-version"})
        ticket.modified(["company_id"])
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual((ticket.code, ticket.link_token), ("23456789", "from-an-earlier-version"))

    def test_of_another_module_they_are_random(self):
        tickets = (self.take("P1") | self.take("P2")).sudo()
        self.assertEqual(len(set(tickets.mapped("code")) | set(tickets.mapped("link_token"))), 4)
        self.assertTrue(all(len(one) == 22 for one in tickets.mapped("link_token")))

    def test_links_that_are_none(self):
        ticket = self.sell()
        token = ticket.sudo().link_token
        for wrong in ("x", "ñ", "False", "%", "%25", token[:-1], token.lower() + "A", "A" * 5000, str(ticket.id)):
            with self.subTest(token=wrong[:20]):
                answer, page = self.get(f"/{wrong}")
                self.assertEqual((answer.status_code, self.shown(page)), (404, "is_gone"))
                self.assertEqual(self.get(f"/{wrong}/xml")[0].status_code, 404)

    def test_a_company_without_the_page(self):
        ticket = self.sell()
        path = f"/{ticket.sudo().link_token}"
        self.company.l10n_mx_facture_self_invoicing = False
        for address in ("", path, f"{path}/pdf", f"{path}/xml"):
            self.assertEqual(self.get(address)[0].status_code, 404, address)
        other = self.env["res.company"].create({"name": "Otra"})
        other.l10n_mx_facture_self_invoicing = True
        # the page is there, and this ticket is not
        status, _text = self.refusal(ticket)
        self.assertEqual(status, 200)

    # -- tries --------------------------------------------------------------------------------------

    def test_too_many_tries_of_one_address(self):
        ticket = self.sell()
        for number in range(BY_ADDRESS.times):
            self.assertEqual(self.refusal(ticket, number=f"A/{number}")[0], 200)
        status, text = self.refusal(ticket)
        self.assertEqual(status, 429)
        self.assertIn("15", text)
        # who has the link doesn't need to type
        self.assertEqual(self.shown(self.open(ticket)[1]), "form")
        with freeze_time(fields.Datetime.now() + BY_ADDRESS.window + timedelta(seconds=5), tick=True):
            tickets = self.env["l10n_mx_facture.ticket"]
            self.assertEqual(tickets._of_typed(self.typed(ticket), "127.0.0.1"), (ticket.sudo(), 0))

    def test_too_many_tries_of_one_ticket_from_many_addresses(self):
        ticket, other = self.sell(), self.sell()
        tickets = self.env["l10n_mx_facture.ticket"]
        for number in range(10):
            wrong = self.typed(ticket, code="22222222")
            self.assertEqual(tickets._of_typed(wrong, f"10.0.0.{number}"), (tickets.sudo(), 0))
        # the right code, too; and a number that there isn't is no different
        self.assertEqual(tickets._of_typed(self.typed(ticket), "10.0.1.1"), (tickets.sudo(), 60))
        self.assertEqual(tickets._of_typed(self.typed(other), "10.0.1.1"), (other.sudo(), 0))

    def test_the_right_ticket_is_not_counted(self):
        ticket = self.sell()
        for _again in range(BY_ADDRESS.times + 1):
            self.assertEqual(self.shown(self.search(ticket)[1]), "form")

    def test_too_many_forms(self):
        ticket = self.sell()
        page = self.open(ticket)[1]
        for _again in range(BY_TICKET.times):
            self.post(page, **{**self.good, "zip": "1"})
        _answer, page = self.post(page, **self.good)
        self.assertEqual((self.shown(page), self.marked(page)), ("form", set()))
        self.assert_nothing_posted(ticket)

    def test_networks(self):
        self.assertEqual(network_of("10.1.2.3"), "10.1.2.3")
        self.assertEqual(network_of("2001:db8::1"), network_of("2001:db8::ffff:1"))
        self.assertEqual(network_of("::ffff:10.1.2.3"), "10.1.2.3")
        self.assertEqual(network_of(None), "")

    def test_old_counts_are_deleted(self):
        tries = self.env["l10n_mx_facture.tries"].sudo()
        tries._count({BY_ADDRESS: "10.0.0.1", BY_TICKET: 1})
        self.assertNotIn("10.0.0.1", " ".join(tries.search([]).mapped("key")))
        with freeze_time(fields.Datetime.now() + BY_ADDRESS.window + timedelta(seconds=5)):
            tries._gc_tries()
            self.assertEqual(tries.search_count([]), 1)

    # -- forms --------------------------------------------------------------------------------------

    def test_without_the_form_s_own_token_nothing_is_taken(self):
        ticket = self.sell()
        for path, values in (("", self.typed(ticket)), (f"/{ticket.sudo().link_token}", self.good)):
            self.assertEqual(self.url_open(f"/autofactura{path}", data=values).status_code, 400)
        self.assert_nothing_posted(ticket)

    def test_a_script_in_the_name(self):
        ticket, nasty = self.sell(), "<script>alert(1)</script>"
        answer, page = self.send(ticket, name=nasty, zip="1", email=nasty)
        self.assertNotIn(nasty.lower(), answer.text.lower())
        self.assertEqual(page.xpath("//input[@name='name']/@value"), [nasty.upper()])
        answer, _page = self.search(ticket, number=nasty)
        self.assertNotIn(nasty, answer.text)
        self.send(ticket, name=f"Xenón {nasty}")
        for message in ticket.page_partner_id.message_ids:
            self.assertNotIn("<script", message.body.lower())

    def test_other_fields_are_not_taken(self):
        ticket = self.sell()
        self.send(ticket, parent_id=self.customer.id, id=self.customer.id, partner_id=self.customer.id, amount_total=1)
        made = ticket.page_partner_id
        self.assertFalse(made.parent_id)
        self.assertEqual(ticket.invoice_move_id.amount_total, 116.0)

    def test_far_too_much_text(self):
        ticket = self.sell()
        long = "Ñ" * 100_000
        self.assertEqual(self.send(ticket, name=long, rfc=long, zip=long, email=long)[0].status_code, 200)
        self.assertEqual(self.search(ticket, number=long, total="9" * 1000, code=long, date=long)[0].status_code, 200)

    def test_what_no_database_can_hold(self):
        """A NUL character was an error 500 with its trace in the log."""
        ticket, nul = self.sell(), "A\0B"
        self.assertEqual(self.get("/%00")[0].status_code, 404)
        self.assertEqual(self.get("/x%00y/xml")[0].status_code, 404)
        for name in ("number", "date", "total", "code"):
            self.assertEqual(self.search(ticket, **{name: nul})[0].status_code, 200, name)
        for name in ("rfc", "name", "zip", "email", "regime", "usage"):
            self.assertEqual(self.send(ticket, **{"rfc": "X", name: nul})[0].status_code, 200, name)
        self.assert_nothing_posted(ticket)

    def test_who_reads_the_code(self):
        ticket = self.sell()
        reader = new_test_user(
            self.env, f"reader-{self.prefix}", "account.group_account_readonly", company_id=self.company.id
        )
        biller = new_test_user(
            self.env, f"biller-{self.prefix}", "account.group_account_invoice", company_id=self.company.id
        )
        self.assertNotIn("code", ticket.with_user(reader).read()[0])
        self.assertNotIn("page_url", ticket.with_user(reader).read()[0])
        self.assertEqual(ticket.with_user(biller).read(["code"])[0]["code"], ticket.sudo().code)
        self.assertNotIn("link_token", ticket.with_user(biller).read()[0])
