"""What the demo shows of receipts of payment (REP): invoices on credit, journals, payments without a receipt.

Imported by data.py, in an odoo shell with the sandbox behind it. What is there is left as it is.
"""

from datetime import timedelta

from odoo import Command

RATES = {"USD": 18.2345, "EUR": 21.0487}  # pesos, today
EARLIER = {"USD": 18.0512, "EUR": 20.8931}  # pesos, on the day of the invoices
AGE = timedelta(days=2)  # SAT stamps nothing that is older than three
CREDIT = timedelta(days=45)
TRANSFER = "03"


class Receipts:
    """Makes what is missing: once, not each day, as credit lasts longer."""

    def __init__(self, env, once, sat, today):
        """:param once: function(external id, model, function that gives the values) -> the record of the demo
        :param sat: function(catalogue, code) -> the id of its row
        """
        self.env, self.once, self.sat, self.today = env, once, sat, today

    def set_up(self, goods, customers):
        """:param goods: dict of products
        :param customers: dict of customers
        """
        if self.env.ref("__demo__.credit", raise_if_not_found=False):
            return
        self._rates()
        bank, cash, _terminal = self._journals()
        invoices = self._invoices(goods, customers)
        to_stamp = self.env["account.move"].union(*(move for name, move in invoices.items() if name != "workshop"))
        # one that isn't stamped shows why, as any other
        to_stamp.filtered(lambda move: not move.l10n_mx_facture_uuid).action_l10n_mx_facture_stamp()
        self._pay(invoices["course"], bank, 5000.0, "SPEI 0712233")
        self._pay(invoices["laptops"], bank, number="SPEI 0712240")
        self._pay(invoices["snacks"], cash)
        self._pay(invoices["app"], bank, 30000.0, currency="MXN")
        self.once("credit", "res.partner.category", lambda: {"name": "Demo: credit"})

    def _rates(self):
        """Dollars and euros, today's and those of the day of the invoices."""
        for code, rate in RATES.items():
            currency = self.env.ref(f"base.{code}")
            currency.active = True
            known = currency.rate_ids.mapped("name")
            for day, value in ((self.today, rate), (self.today - AGE, EARLIER[code])):
                if day not in known:
                    values = {"currency_id": currency.id, "name": day, "inverse_company_rate": value}
                    self.env["res.currency.rate"].create(values)

    def _journals(self):
        """:return: a bank with transfers, the cash box (SAT's 01 by itself), and a terminal without a form"""
        company = self.env.company
        journals = self.env["account.journal"].search([("company_id", "=", company.id)])
        bank, cash = (journals.filtered(lambda one, kind=kind: one.type == kind)[:1] for kind in ("bank", "cash"))
        if not bank.l10n_mx_facture_payment_form_id:
            bank.l10n_mx_facture_payment_form_id = self.sat("c_forma_pago", TRANSFER)
        values = {"type": "bank", "code": "TERM", "name": "Terminal bancaria", "company_id": company.id}
        return bank, cash, self.once("journal_term", "account.journal", lambda: values)

    def _invoices(self, goods, customers):
        university, person, foreigner = customers["university"], customers["person"], customers["foreigner"]
        industry = self._industry()
        return {
            "course": self._invoice("course", university, [(goods["consulting"], 8, 1450)]),
            "laptops": self._invoice("laptops", industry, [(goods["computer"], 2, 18999.90)]),
            "support": self._invoice("support", industry, [(goods["consulting"], 4, 1600)]),
            "snacks": self._invoice("snacks", person, [(goods["snacks"], 60, 44.90)]),
            "app": self._invoice("app", foreigner, [(goods["software"], 60, 85)], "USD"),
            "licences": self._invoice("licences", industry, [(goods["consulting"], 2, 950)], "USD"),
            "workshop": self._invoice("workshop", university, [(goods["consulting"], 5, 1700)]),
        }

    def _industry(self):
        values = {
            "name": "INDISTRIA ILUMINADORA DE ALMACENES",
            "vat": "IIA040805DZ4",
            "zip": "62661",
            "is_company": True,
            "country_id": self.env.ref("base.mx").id,
            "email": "industry@example.com",
            "l10n_mx_facture_tax_regime_id": self.sat("c_regimen_fiscal", "601"),
            "l10n_mx_facture_usage_id": self.sat("c_uso_cfdi", "G03"),
        }
        return self.once("industry", "res.partner", lambda: values)

    def _invoice(self, name, customer, lines, currency="MXN"):
        """:return: a posted invoice on credit"""
        issued = self.today - AGE
        values = {
            "move_type": "out_invoice",
            "partner_id": customer.id,
            "invoice_date": issued,
            "invoice_date_due": self.today + CREDIT,
            "invoice_payment_term_id": False,
            "currency_id": self.env.ref(f"base.{currency}").id,
            "ref": f"PPD {name}",
            "l10n_mx_facture_payment_policy": "PPD",
            "invoice_line_ids": [
                Command.create({"product_id": item.id, "quantity": quantity, "price_unit": price})
                for item, quantity, price in lines
            ],
        }
        move = self.once(f"invoice_credit_{name}", "account.move", lambda: values)
        if move.state == "draft":
            move.action_post()
        return move

    def _pay(self, move, journal, amount=None, number=None, currency=None):
        """Register a payment of today, as the dialog Pay does, where there is none."""
        if move.payment_state != "not_paid":
            return
        values = {"journal_id": journal.id, "payment_date": self.today, "l10n_mx_facture_operation_number": number}
        if currency:
            values["currency_id"] = self.env.ref(f"base.{currency}").id
        if amount is not None:
            values["amount"] = amount
        context = {"active_model": "account.move", "active_ids": move.ids}
        self.env["account.payment.register"].with_context(**context).create(values)._create_payments()
