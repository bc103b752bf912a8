from datetime import timedelta

from lxml import html

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools.misc import hash_sign

from odoo.addons.l10n_mx_facture.models.fiscal_data.link import ADDRESS, SCOPE

from ..support.common import FactureCase
from ..support.print_case import text_of


@tagged("post_install_l10n", "post_install", "-at_install")
class TestFiscalDataPage(FactureCase, HttpCase):
    """A customer corrects and confirms the own fiscal data on a page in Spanish, without a login."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("es_MX")
        cls.asker = new_test_user(
            cls.env, "asker", "account.group_account_invoice,base.group_partner_manager", company_id=cls.company.id
        )
        cls.asker.lang = "en_US"
        cls.partner = cls.env["res.partner"].create(
            {"name": "Peña y Muñoz, S.A. de C.V.", "is_company": True, "email": "cxp@example.com", "lang": "es_MX"}
        )
        cls.good = {
            "rfc": "ure-180429 tm6",
            "name": "  peña y  muñoz, s.a. de c.v. ",
            "regime": cls.sat("c_regimen_fiscal", "601").id,
            "zip": "86991 ",
            "usage": cls.sat("c_uso_cfdi", "G03").id,
            "who": "maría núñez",
        }

    def setUp(self):
        super().setUp()
        self.authenticate(None, None)
        self.token = self.sign()

    # -- as the customer does -------------------------------------------------------------------

    def sign(self, partner=None, scope=SCOPE, **when):
        values = {"partner": (partner or self.partner).id, "user": self.asker.id, "company": self.company.id}
        return hash_sign(self.env(su=True), scope, values, **(when or {"expiration_hours": 1}))

    def get(self, token=None):
        """Follow the link. :return: the answer and the page"""
        answer = self.url_open(f"/es_MX{ADDRESS}", params={"token": self.token if token is None else token})
        return answer, html.fromstring(answer.content)

    def send(self, token=None, **changes):
        """Fill in the form that there is, and press *Confirm*. :return: the answer and the page"""
        token = self.token if token is None else token
        # the form of a page that works, whatever the token that is sent
        [form] = self.get(self.sign())[1].xpath("//form[@method='post']")
        values = {**self.good, **changes, "token": token, "csrf_token": form.fields["csrf_token"]}
        answer = self.url_open(form.action, data=values)
        self.partner.invalidate_recordset()
        return answer, html.fromstring(answer.content)

    def facts(self):
        partner = self.partner
        regime, usage = partner.l10n_mx_facture_tax_regime_id.code, partner.l10n_mx_facture_usage_id.code
        return partner.vat, partner.l10n_mx_facture_fiscal_name, regime, partner.zip, usage, partner.country_id.code

    def sentences(self):
        """:return: what is said at each field, in Spanish"""
        return self.partner.with_context(lang="es_MX")._l10n_mx_facture_form_texts()

    def notes(self):
        """:return: what was kept in the chatter, the newest first; Odoo's own tracking has no text"""
        return self.partner.message_ids.filtered("body")

    def assert_gone(self, answer, page):
        self.assertEqual(answer.status_code, 404)
        self.assertTrue(page.xpath("//div[@name='is_gone']"))
        self.assertFalse(page.xpath("//form[@method='post']"))
        self.assertNotIn("Peña", answer.text)

    # -- it works -------------------------------------------------------------------------------

    def test_corrected_and_confirmed(self):
        self.partner.zip = "00000"
        answer, page = self.get()
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(page.xpath("//input[@name='name']/@value"), ["PEÑA Y MUÑOZ"])
        self.assertEqual(page.xpath("//input[@name='zip']/@value"), ["00000"])
        self.assertEqual(answer.headers["Referrer-Policy"], "no-referrer")
        answer, page = self.send()
        self.assertTrue(page.xpath("//*[@name='is_done']"), answer.text)
        self.assertEqual(self.facts(), ("URE180429TM6", "PEÑA Y MUÑOZ", "601", "86991", "G03", "MX"))
        self.assertEqual(self.partner.name, "Peña y Muñoz, S.A. de C.V.")
        for shown in ("URE180429TM6", "PEÑA Y MUÑOZ", "86991"):
            self.assertIn(shown, text_of(page))

    def test_who_when_and_what_before_are_kept_and_the_asker_is_told(self):
        self.partner.zip = "00000"
        self.send()
        note = self.notes()[0]
        # in the language of who asked
        said = "María Núñez has confirmed these fiscal data"
        for part in (said, "127.0.0.1", "00000 → 86991", "RFC: - → URE180429TM6"):
            self.assertIn(part, note.body)
        self.assertEqual(note.author_id, self.partner)
        self.assertEqual(note.notified_partner_ids, self.asker.partner_id)
        # confirmed again without a change: that is kept, too
        self.send()
        self.assertEqual(len(self.notes()), 2)
        self.assertIn("María Núñez", self.notes()[0].body)
        self.assertNotIn("→", self.notes()[0].body)

    def test_a_person(self):
        person = self.env["res.partner"].create({"name": "Ursula Cruz"})
        regime, usage = self.sat("c_regimen_fiscal", "605").id, self.sat("c_uso_cfdi", "D01").id
        values = {"rfc": "CUPU800825569", "name": "Úrsula Cruz Peña", "regime": regime, "usage": usage, "zip": "01000"}
        _answer, page = self.send(self.sign(person), **values)
        self.assertTrue(page.xpath("//*[@name='is_done']"))
        self.assertEqual((person.vat, person.l10n_mx_facture_fiscal_name), ("CUPU800825569", "ÚRSULA CRUZ PEÑA"))

    # -- wrong input ----------------------------------------------------------------------------

    def test_wrong_input_is_marked_and_nothing_is_saved(self):
        before, said = self.facts(), self.sentences()
        person_s = self.sat("c_regimen_fiscal", "605").id
        company_s = self.sat("c_uso_cfdi", "D01").id
        cases = [
            ({"rfc": ""}, "rfc"),
            ({"rfc": "URE181329TM6"}, "rfc"),
            ({"rfc": "Ñandú"}, "rfc"),
            ({"rfc": "XAXX010101000"}, "rfc"),
            ({"name": "   "}, "name"),
            ({"zip": "1234"}, "zip"),
            ({"zip": "00000"}, "zip"),
            ({"zip": "17500"}, "zip"),
            ({"zip": "México"}, "zip"),
            ({"regime": ""}, "regime"),
            ({"regime": person_s}, "regime"),
            ({"regime": "999999"}, "regime"),
            ({"regime": "²"}, "regime"),
            ({"regime": "1 OR 1=1"}, "regime"),
            ({"usage": company_s}, "usage"),
            ({"who": " "}, "who"),
        ]
        for changes, field in cases:
            with self.subTest(changes=changes):
                answer, page = self.send(**changes)
                self.assertEqual(answer.status_code, 200)
                marked = page.xpath("//*[contains(@class, 'is-invalid')]/@name")
                self.assertIn(field, marked)
                self.assertIn(said[field], text_of(page))
                self.assertEqual(page.xpath(f"//*[@name='{field}']/@aria-invalid"), ["true"])
                self.assertEqual(self.facts(), before)
        self.assertFalse(self.notes())

    def test_all_that_is_wrong_is_marked_at_once(self):
        _answer, page = self.send(rfc="", zip="1234", usage="", who="", name="")
        marked = page.xpath("//*[contains(@class, 'is-invalid')]/@name")
        self.assertEqual(set(marked), {"rfc", "zip", "usage", "who", "name"})
        self.assertFalse(self.notes())

    def test_what_was_typed_stays_and_is_no_html(self):
        nasty = "<script>alert(1)</script>"
        answer, page = self.send(name=nasty, who=nasty, zip="1")
        self.assertEqual(page.xpath("//input[@name='name']/@value"), [nasty.upper()])
        self.assertNotIn(nasty, answer.text)
        self.send(name=f"PEÑA {nasty}", who=nasty)
        self.assertIn("alert", self.notes()[0].body.lower())
        self.assertNotIn("<script", self.notes()[0].body.lower())

    def test_other_fields_are_not_taken(self):
        self.send(email="thief@example.com", parent_id=self.customer.id, country_id=self.env.ref("base.us").id)
        self.assertEqual((self.partner.email, self.partner.parent_id.id), ("cxp@example.com", False))
        self.assertEqual(self.facts()[-1], "MX")

    def test_far_too_much_text(self):
        answer, _page = self.send(name="Ñ" * 100_000, rfc="A" * 100_000, zip="9" * 1000, regime="9" * 1000)
        self.assertEqual(answer.status_code, 200)

    def test_a_character_that_postgresql_does_not_take(self):
        answer, page = self.send(**{name: f"{value}\0" for name, value in self.good.items()}, more="\0")
        self.assertEqual(answer.status_code, 200)
        self.assertTrue(page.xpath("//*[@name='is_done']"), answer.text)
        self.assertEqual(self.facts(), ("URE180429TM6", "PEÑA Y MUÑOZ", "601", "86991", "G03", "MX"))
        self.assertLess(self.get(f"{self.token}\0")[0].status_code, 500)

    # -- who may --------------------------------------------------------------------------------

    def test_a_link_that_is_not_valid(self):
        expired = self.sign(expiration=timedelta(minutes=-1))
        other_purpose = self.sign(scope="account.something")
        changed = self.token[:-4] + ("AAAA" if self.token[-4:] != "AAAA" else "BBBB")
        for token in ("", "x", "ñ" * 50, "A" * 5000, expired, other_purpose, changed):
            with self.subTest(token=token[:20]):
                self.assert_gone(*self.get(token))
                self.assert_gone(*self.send(token))
        self.assertFalse(self.partner.vat)

    def test_a_link_is_for_one_contact(self):
        answer, _page = self.get()
        for other in (self.customer.vat, self.customer.zip, self.customer.name):
            self.assertNotIn(other, answer.text)
        before = (self.customer.vat, self.customer.zip)
        self.send(partner=self.customer.id, partner_id=self.customer.id, id=self.customer.id)
        self.assertEqual((self.customer.vat, self.customer.zip), before)

    def test_without_the_form_s_own_token_nothing_is_taken(self):
        answer = self.url_open(ADDRESS, data={**self.good, "token": self.token})
        self.assertEqual(answer.status_code, 400)
        self.partner.invalidate_recordset()
        self.assertFalse(self.partner.vat)

    def test_contacts_that_no_link_may_change(self):
        public = self.env["res.partner"].create({"name": "Público en general"})
        abroad = self.env["res.partner"].create({"name": "Acme", "country_id": self.env.ref("base.us").id})
        for partner in (self.company.partner_id, self.asker.partner_id, public, abroad):
            with self.subTest(partner=partner.name):
                with self.assertRaises(UserError):
                    partner.action_l10n_mx_facture_ask_fiscal_data()
                # one that was sent before it became such a contact
                self.assertEqual(self.get(self.sign(partner))[0].status_code, 404)
        self.partner.active = False
        self.assert_gone(*self.get())

    def test_an_rfc_that_has_cfdis_is_not_changed_by_a_link(self):
        move = self.create_invoice()
        move.action_l10n_mx_facture_stamp()
        self.assertEqual(move.l10n_mx_facture_state, "stamped", move.l10n_mx_facture_message)
        token = self.sign(self.customer)
        _answer, page = self.get(token)
        self.assertTrue(page.xpath("//input[@name='rfc']/@readonly"))
        _answer, page = self.send(token, rfc="XIQB891116QE4", zip="01000", name="UNIVERSIDAD ROBOTICA ESPAÑOLA")
        self.assertTrue(page.xpath("//*[@name='is_done']"))
        self.customer.invalidate_recordset()
        self.assertEqual((self.customer.vat, self.customer.zip), ("URE180429TM6", "01000"))

    def test_a_user_sees_the_page_and_corrects_on_the_contact(self):
        self.authenticate("asker", "asker")
        _answer, page = self.get()
        self.assertTrue(page.xpath("//*[@name='is_internal']"))
        self.assertFalse(page.xpath("//form[@method='post']//button[@type='submit']"))
        self.send()
        self.assertFalse(self.partner.vat)

    def test_the_customer_who_has_a_login(self):
        login = new_test_user(self.env, "fiscal-portal", "base.group_portal")
        login.partner_id.parent_id = self.partner
        self.authenticate(login.login, login.login)
        self.assertTrue(self.send()[1].xpath("//*[@name='is_done']"))

    # -- the mail -------------------------------------------------------------------------------

    def test_the_button_mails_the_link(self):
        partner = self.partner.with_user(self.asker)
        action = partner.action_l10n_mx_facture_ask_fiscal_data()
        composer = self.env[action["res_model"]].with_user(self.asker).with_context(**action["context"]).create({})
        [link] = html.fromstring(composer.body).xpath("//a/@href")
        self.assertRegex(link, f"^{self.partner.get_base_url()}/es(_MX)?{ADDRESS}\\?token=")
        composer.action_send_mail()
        sent = self.notes()[0]
        self.assertIn(link.partition("token=")[2], sent.body)
        self.assertEqual(sent.partner_ids, self.partner)
        self.authenticate(None, None)
        answer = self.url_open(link.removeprefix(self.partner.get_base_url()), headers={"Accept-Language": "en-US"})
        self.assertIn('lang="es-MX"', answer.text)
        self.assertEqual(answer.status_code, 200)
        self.assertIn("PEÑA Y MUÑOZ", answer.text)

    def test_who_may_not_stamp_or_edit_contacts_asks_for_nothing(self):
        reader = new_test_user(self.env, "fiscal-reader", "account.group_account_readonly", company_id=self.company.id)
        biller = new_test_user(self.env, "fiscal-biller", "account.group_account_invoice", company_id=self.company.id)
        biller.group_ids -= self.env.ref("base.group_partner_manager")
        for user in (reader, biller):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.partner.with_user(user).action_l10n_mx_facture_ask_fiscal_data()
