"""The records that the pictures show, in the running demo: what is not there yet is made."""

import json
import time
import urllib.request
from datetime import date, timedelta
from http.cookiejar import CookieJar

from dev.demo import rpc
from dev.demo.start import LOGIN, PASSWORD
from dev.stack.settings import MODULE

MOVE, STATE = "account.move", "l10n_mx_facture_state"
REP = "l10n_mx_facture.rep"
TICKET, GLOBAL = "l10n_mx_facture.ticket", "l10n_mx_facture.global"
REPORTS = {
    MOVE: "account.report_invoice_with_payments",
    REP: "l10n_mx_facture.report_rep",
    GLOBAL: "l10n_mx_facture.report_global",
}
SAT_PARAMETER = "l10n_mx_facture.sat_status_url"
SAT_TRIES = 10
KEPT = ("invoice_date", "l10n_mx_facture_usage_id", "l10n_mx_facture_payment_form_id")
WITHOUT_RFC = {"name": "TIENDA LA ESQUINA", "zip": "76343"}
WITHOUT_ZIP = {"name": "FERRETERIA EL CLAVO", "vat": "XIA190128J61"}


class Demo:
    """The demo's records, over RPC, its prints, over HTTP, and the sandbox behind it."""

    def __init__(self, url, database):
        self.url, self.database = url, database
        self.call = rpc.Client(url, database, LOGIN, PASSWORD).call
        self._browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        params = {"db": database, "login": LOGIN, "password": PASSWORD}
        self._post(f"{url}/web/session/authenticate", {"jsonrpc": "2.0", "method": "call", "params": params})

    def _post(self, address, body):
        request = urllib.request.Request(address, json.dumps(body).encode(), {"Content-Type": "application/json"})
        self._browser.open(request, timeout=60).read()

    def _sandbox(self, path, **values):
        sat = self.call("ir.config_parameter", "get_param", SAT_PARAMETER)
        self._post(f"{sat.partition('/sat/')[0]}/_sandbox/{path}", values)

    def pdf(self, model, number):
        """The bytes of the print of an invoice, a receipt of payment or a global invoice."""
        return self._browser.open(f"{self.url}/report/pdf/{REPORTS[model]}/{number}", timeout=120).read()

    # -- finding and making ---------------------------------------------------------------------

    def find(self, *domain, model=MOVE):
        """The id of the first such record, None where there is none."""
        found = self.call(model, "search", [*domain], limit=1, order="id")
        return found[0] if found else None

    def value(self, move, field):
        """A value of an invoice; of a record its id."""
        value = self.call(MOVE, "read", [move], [field])[0][field]
        return value[0] if isinstance(value, list) and value else value

    def user_language(self, lang):
        """Let the demo's user read another language."""
        self.call("res.users", "write", [self.find(("login", "=", LOGIN), model="res.users")], {"lang": lang})

    def copy(self, key, pattern, **values):
        """A posted copy of an invoice, found again by its reference."""
        found = self.find(("ref", "=", key))
        if found:
            return found
        default = {name: self.value(pattern, name) for name in KEPT}
        journal = self.find(("code", "=", "INV"), model="account.journal")
        copies = self.call(MOVE, "copy", [pattern], {**default, "journal_id": journal, "ref": key, **values})
        move = copies[0] if isinstance(copies, list) else copies
        self._change_price(move, key)
        self.call(MOVE, "action_post", [move])
        return move

    def _change_price(self, move, key):
        """Odoo warns of invoices that are alike."""
        line = self.find(("move_id", "=", move), ("product_id", "!=", False), model="account.move.line")
        price = self.call("account.move.line", "read", [line], ["price_unit"])[0]["price_unit"]
        lower = price - int(key[-4:]) % 97
        self.call(MOVE, "write", [move], {"invoice_line_ids": [(1, line, {"price_unit": lower})]})

    def customer(self, **values):
        """A company in Mexico, by its name."""
        found = self.find(("name", "=", values["name"]), model="res.partner")
        if found:
            return found
        mexico = self.find(("code", "=", "MX"), model="res.country")
        regime = self.find(("code", "=", "601"), model="l10n_mx_catalogs.c_regimen_fiscal")
        fixed = {"country_id": mexico, "is_company": True, "l10n_mx_facture_tax_regime_id": regime}
        return self.call("res.partner", "create", {**fixed, **values})

    def stamped(self, move):
        """The invoice, stamped if it was not."""
        if not self.value(move, STATE):
            self.call(MOVE, "action_l10n_mx_facture_stamp", [move])
        return move

    def settled(self, move, field, value):
        """The invoice, once SAT's stand-in was asked and the invoice shows it."""
        for _attempt in range(SAT_TRIES):
            self.call(MOVE, "action_l10n_mx_facture_update_sat_status", [move])
            if self.value(move, field) == value:
                return move
            time.sleep(2)
        raise SystemExit(f"{field} of invoice {move} has not become {value}")

    # -- the pages ------------------------------------------------------------------------------

    def of_company(self):
        """An invoice of more than 1000 pesos: its cancellation needs the customer's acceptance."""
        return self.find(("ref", "like", " 16"), ("ref", "not like", "RET"), ("move_type", "=", "out_invoice"))

    def small(self):
        """An invoice of up to 1000 pesos."""
        return self.find(("journal_id.code", "=", "SD"), ("move_type", "=", "out_invoice"))

    def unstamped(self):
        """An invoice that is ready to be stamped and sent."""
        return self.copy("PEDIDO 2045", self.of_company())

    def incomplete(self):
        """Invoices with causes that keep them from being stamped, and one that is ready."""
        pattern = self.of_company()
        tienda, ferreteria = self.customer(**WITHOUT_RFC), self.customer(**WITHOUT_ZIP)
        moves = [self.copy(f"PEDIDO 31{number:02}", pattern, partner_id=tienda) for number in range(3)]
        moves += [self.copy(f"PEDIDO 32{number:02}", pattern, partner_id=ferreteria) for number in range(2)]
        return [*moves, self.unstamped()]

    def without_answer(self):
        """An invoice whose answer was lost."""
        move = self.copy("PEDIDO 3301", self.of_company())
        if not self.value(move, STATE):
            self._sandbox("faults", operation="stamp", fault="reset_after", times=1)
            self.stamped(move)
        return move

    def cancelled_elsewhere(self):
        """A paid invoice whose CFDI was cancelled on SAT's portal."""
        move = self.copy("PEDIDO 3302", self.small())
        if self.value(move, STATE):
            return move
        self.stamped(move)
        wizard = {"active_model": MOVE, "active_ids": [move]}
        pay = self.call("account.payment.register", "create", {}, context=wizard)
        self.call("account.payment.register", "action_create_payments", [pay], context=wizard)
        self._sandbox(
            "sat/state",
            uuid=self.value(move, "l10n_mx_facture_uuid"),
            estado="Cancelado",
            estatus_cancelacion="Cancelado sin aceptación",
        )
        return self.settled(move, STATE, "cancelled")

    def waiting(self):
        """An invoice whose customer has not accepted the cancellation yet."""
        move = self.copy("PEDIDO 3303", self.of_company())
        if not self.value(move, STATE):
            self.call(MOVE, "l10n_mx_facture_cancel", [self.stamped(move)], "02")
            self.settled(move, "l10n_mx_facture_sat_reading", "cancel_in_process")
        return move

    def make_ready(self):
        """All that the pages show, before the first of them is taken."""
        self.call(MOVE, "action_l10n_mx_facture_update_sat_status", [self.stamped(self.of_company())])
        self.incomplete()
        self.without_answer()
        self.cancelled_elsewhere()
        self.waiting()
        checks = self.call("ir.model.data", "check_object_reference", "l10n_mx_facture", "cron_divergences")[1]
        self.call("ir.cron", "method_direct_trigger", [checks])

    def portal_link(self, move):
        """The path of an invoice's page for its customer, who has no login."""
        share = self.call("portal.share", "create", {"res_model": MOVE, "res_id": move})
        self.call("portal.share", "read", [share], ["share_link"])
        return f"/my/invoices/{move}?access_token={self.value(move, 'access_token')}"

    def comparison(self, lang):
        """The action that lists the days whose sales to the public were compared with the books."""
        dialog = self.call(f"{MODULE}.sales.books", "create", {})
        return self.call(f"{MODULE}.sales.books", "action_compare", [dialog], context={"lang": lang})

    # -- the prints -----------------------------------------------------------------------------

    def with_several_taxes(self):
        """IEPS and IVA."""
        line = [("invoice_line_ids.product_id.default_code", "=", "SNACKS"), ("move_type", "=", "out_invoice")]
        return self.stamped(self.find(*line))

    def in_dollars(self):
        """For a customer abroad who reads English."""
        move = self.stamped(self.find(("currency_id.name", "=", "USD"), ("move_type", "=", "out_invoice")))
        self.call("res.partner", "write", [self.value(move, "partner_id")], {"lang": "en_US"})
        return move

    def credit_note(self):
        """Of the invoice with several taxes."""
        credited = self.with_several_taxes()
        move = self.find(("reversed_entry_id", "=", credited), ("state", "=", "posted"))
        if not move:
            values = {"move_ids": [(6, 0, [credited])], "journal_id": self.value(credited, "journal_id")}
            wizard = self.call("account.move.reversal", "create", {**values, "reason": "Devolución"})
            move = self.call("account.move.reversal", "refund_moves", [wizard])["res_id"]
            self.call(MOVE, "action_post", [move])
        return self.stamped(move)

    def cancelled(self):
        """Of an amount for which SAT asks no acceptance."""
        move = self.copy("PEDIDO 3304", self.small())
        if not self.value(move, STATE):
            self.call(MOVE, "l10n_mx_facture_cancel", [self.stamped(move)], "02")
        return move if self.value(move, STATE) == "cancelled" else self.settled(move, STATE, "cancelled")

    def receipt(self):
        """Of the first payment of an invoice on credit with withheld taxes."""
        move = self._on_credit(self.find(("invoice_line_ids.product_id.default_code", "=", "FEES")), "REP")
        found = self.call(REP, "search", [("line_ids.move_id", "=", move), ("state", "=", "stamped")], limit=1)
        return found[0] if found else self._paid(move)

    def global_invoice(self):
        """The stamped one of the most tickets of the counter."""
        stamped = [("state", "=", "stamped")]
        if not self.call(GLOBAL, "search_count", stamped):
            self.call(TICKET, "action_make_globals", [])
            self.call(GLOBAL, "action_stamp", self.call(GLOBAL, "search", [("state", "=", "draft")]))
        return self.call(GLOBAL, "search", stamped, limit=1, order="ticket_count desc, id")[0]

    def _on_credit(self, pattern, name):
        """A stamped PPD invoice like another one; `name` is its reference."""
        if move := self.find(("ref", "=", name)):
            return self.stamped(move)
        due = date.today() + timedelta(days=40)
        journal = self.call("account.journal", "search", [("code", "=", "INV")])[0]
        customer = self.call("res.partner", "search", [("vat", "=", "URE180429TM6")])[0]
        usage = self.call(MOVE, "read", [pattern], [KEPT[1]])[0][KEPT[1]][0]
        values = {"ref": name, "journal_id": journal, "partner_id": customer, KEPT[1]: usage}
        copies = self.call(MOVE, "copy", [pattern], values)
        move = copies[0] if isinstance(copies, list) else copies
        on_credit = {"invoice_date": str(date.today()), "invoice_date_due": str(due), "invoice_payment_term_id": False}
        self.call(MOVE, "write", [move], {**on_credit, "l10n_mx_facture_payment_policy": "PPD"})
        self.call(MOVE, "action_post", [move])
        return self.stamped(move)

    def _paid(self, move):
        """The stamped receipt of a transfer that pays a part of it."""
        form = self.call("l10n_mx_catalogs.c_forma_pago", "search", [("code", "=", "03")])[0]
        values = {
            "amount": 5000,
            "l10n_mx_facture_payment_form_id": form,
            "l10n_mx_facture_operation_number": "085900123456",
        }
        context = {"active_model": MOVE, "active_ids": [move]}
        wizard = self.call("account.payment.register", "create", values, context=context)
        self.call("account.payment.register", "action_create_payments", [wizard], context=context)
        payment = self.call("account.payment", "search", [("invoice_ids", "=", move)], limit=1)
        self.call("account.payment", "action_l10n_mx_facture_stamp", payment)
        found = self.call(REP, "search", [("payment_ids", "in", payment), ("state", "=", "stamped")], limit=1)
        if not found:
            raise SystemExit("The receipt of payment was not stamped")
        return found[0]
