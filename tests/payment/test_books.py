"""What Odoo's books say of a payment: each figure was measured on Odoo 19 with these rates."""

from datetime import timedelta
from decimal import Decimal

from odoo import Command
from odoo.tests import Form

from ..support.build_case import BuildCase


class TestBooks(BuildCase):
    """An invoice of 116.00 on a day when a dollar is worth 17.50 and a euro 20, paid when they are worth 18 and 21."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mxn = cls.env.ref("base.MXN")
        cls.issued, cls.paid = cls.today() - timedelta(days=20), cls.today() - timedelta(days=5)
        cls.usd, cls.eur = cls.worth("USD", 17.5), cls.worth("EUR", 20)
        cls.env["res.currency.rate"].create(
            [
                {
                    "currency_id": currency.id,
                    "company_id": cls.company.id,
                    "name": cls.paid,
                    "inverse_company_rate": pesos,
                }
                for currency, pesos in ((cls.usd, 18), (cls.eur, 21))
            ]
        )
        cls.bank = cls.env["account.journal"].create(
            {
                "name": "Banco",
                "code": "BNC",
                "type": "bank",
                "company_id": cls.company.id,
                "l10n_mx_facture_payment_form_id": cls.sat("c_forma_pago", "03").id,
            }
        )
        # without it the wizard can't mark as paid
        cls.bank.inbound_payment_method_line_ids.payment_account_id = cls.env["account.account"].create(
            {
                "name": "Cobros por conciliar",
                "code": "102.99.01",
                "account_type": "asset_current",
                "reconcile": True,
                "company_ids": [Command.set(cls.company.ids)],
            }
        )

    # -- steps ------------------------------------------------------------------------------------

    def invoice(self, currency=None, price=100.0, **values):
        values = {"invoice_date": self.issued, "invoice_date_due": self.issued, **values}
        return self.create_invoice([{"price_unit": price}], currency_id=(currency or self.mxn).id, **values)

    def pay(self, invoices, amount=None, currency=None, **values):
        """:return: the receivable item of the payment that the wizard makes"""
        return self.receivable(self.register(invoices, amount, currency, **values).move_id)

    def register(self, invoices, amount=None, currency=None, **values):
        """:param values: further fields of the wizard
        :return: the payment
        """
        wizard = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=invoices.ids)
        with Form(wizard) as form:
            form.journal_id = self.bank
            form.payment_date = values.pop("payment_date", self.paid)
            if currency:
                form.currency_id = currency
            if len(invoices) > 1:
                form.group_payment = True
            if amount is not None:
                form.amount = amount
            for name, value in values.items():
                form[name] = value
        return form.record._create_payments()

    def statement_line(self, amount, *others, **values):
        """:param others: (account, debit) of further items beside the receivable one
        :return: the receivable item of a line of the bank's statement
        """
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank.id,
                "date": self.paid,
                "amount": amount,
                "partner_id": self.customer.id,
                "payment_ref": "Transferencia",
                **values,
            }
        )
        owed = amount + sum(debit for _account, debit in others)
        commands = [
            Command.create({"name": "Otro", "account_id": account.id, "debit": debit}) for account, debit in others
        ]
        suspense = line._seek_for_lines()[1]
        item = {"account_id": self.account_receivable.id}
        if others:
            item["credit"] = owed
        commands.append(Command.update(suspense.id, item))
        line.move_id.with_context(skip_readonly_check=True).write({"line_ids": commands})
        return self.receivable(line.move_id)

    def entry(self, *items, currency=None):
        """:param items: (account, balance), in pesos or the currency
        :return: a posted entry
        """
        move = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": self.paid,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "partner_id": self.customer.id,
                            "currency_id": (currency or self.mxn).id,
                            "amount_currency": balance,
                        }
                    )
                    for account, balance in items
                ],
            }
        )
        move.action_post()
        return move

    def receivable(self, moves):
        return moves.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")

    def reconcile(self, lines, *moves):
        for move in moves:
            lines += self.receivable(move)
        lines.reconcile()

    @property
    def account_receivable(self):
        return self.customer.property_account_receivable_id

    def account_of(self, kind):
        accounts = self.env["account.account"].with_company(self.company)
        domain = [*accounts._check_company_domain(self.company), ("account_type", "=", kind)]
        return accounts.search(domain, limit=1)


    def assert_figures(self, lines, *figures):
        found = lines._l10n_mx_facture_settled()
        self.assertEqual(
            [(one.amount, one.applied, one.question) for one in found],
            [
                (Decimal(amount), Decimal(applied), question[0] if question else None)
                for amount, applied, *question in figures
            ],
        )
        return found

    # -- one currency -----------------------------------------------------------------------------

    def test_paid_in_full(self):
        move = self.invoice()
        line = self.pay(move)
        (one,) = self.assert_figures(line, ("116", "116"))
        self.assertEqual((one.entry_line, one.invoice), (line, move))
        self.assertEqual(one.partials, line.matched_debit_ids)
        self.assertEqual(move._l10n_mx_facture_settling_lines(), line)
        self.assertFalse(move._l10n_mx_facture_reconciled_notes())

    def test_several_payments_of_one_invoice(self):
        move = self.invoice()
        second = self.pay(move, 58.0)
        first = self.pay(move, 20.0, payment_date=self.paid - timedelta(days=3))
        third = self.pay(move)
        self.assertEqual(move.amount_residual, 0)
        found = self.assert_figures(third + second + first, ("20", "20"), ("58", "58"), ("38", "38"))
        self.assertEqual([one.entry_line for one in found], [first, second, third])
        self.assertEqual(list(move._l10n_mx_facture_settling_lines()), [first, second, third])

    def test_several_invoices_of_one_payment(self):
        moves = self.invoice() + self.invoice(price=200.0)
        line = self.pay(moves)
        found = self.assert_figures(line, ("116", "116"), ("232", "232"))
        self.assertEqual([one.invoice for one in found], list(moves))

    def test_of_an_overpayment_what_is_applied(self):
        self.assert_figures(self.pay(self.invoice(), 150.0), ("116", "116"))

    def test_installments_of_a_payment_term_are_one_invoice(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "Mitad",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 50, "nb_days": days}) for days in (0, 30)
                ],
            }
        )
        move = self.invoice(invoice_payment_term_id=term.id)
        self.assertEqual(len(self.receivable(move)), 2)
        (one,) = self.assert_figures(self.pay(move, 100.0), ("100", "100"))
        self.assertEqual(len(one.partials), 2)

    # -- two currencies (A, B, C) -----------------------------------------------------------------

    def test_a1_dollars_paid_in_pesos_at_the_rate_of_the_payment(self):
        line = self.pay(self.invoice(self.usd), 2088.0, self.mxn)
        partial = line.matched_debit_ids.filtered("exchange_move_id")
        self.assertEqual((partial.amount, partial.credit_amount_currency), (2030.0, 2030.0))
        self.assert_figures(line, ("116", "2088"))

    def test_a3_a_part_of_the_dollars(self):
        self.assert_figures(self.pay(self.invoice(self.usd), 1000.0, self.mxn), ("55.56", "1000"))

    def test_a_the_rest_of_the_dollars(self):
        move = self.invoice(self.usd)
        lines = self.pay(move, 1000.0, self.mxn)
        lines += self.pay(move, move.amount_residual * 18, self.mxn)
        self.assertEqual(move.amount_residual, 0)
        self.assert_figures(lines, ("55.56", "1000"), ("60.44", "1087.92"))

    def test_a_when_the_dollar_fell(self):
        """The difference in exchange stands on the invoice then, in pesos only."""
        self.dollar_falls()
        move = self.invoice(self.usd)
        line = self.pay(move, 1972.0, self.mxn)
        self.assert_figures(line, ("116", "1972"))
        self.assertEqual(move._l10n_mx_facture_settling_lines(), line)

    def test_b1_dollars_paid_with_the_pesos_of_the_invoices_rate(self):
        move = self.invoice(self.usd)
        self.assert_figures(self.pay(move, 2030.0, self.mxn), ("112.78", "2030"))
        self.assertEqual(move.amount_residual, 3.22)

    def test_b2_the_same_marked_as_paid_to_the_exchange_account(self):
        move = self.invoice(self.usd)
        account = self.company.income_currency_exchange_account_id
        line = self.pay(
            move,
            2030.0,
            self.mxn,
            payment_difference_handling="reconcile",
            writeoff_account_id=account,
        )
        self.assertEqual(move.amount_residual, 0)
        self.assertFalse(line.matched_debit_ids.exchange_move_id)
        self.assert_figures(line, ("116", "2030"))

    def test_c1_pesos_paid_in_dollars(self):
        move = self.invoice(price=1750.0)
        self.assert_figures(self.pay(move, 112.78, self.usd), ("2030", "112.78"))

    def test_c_a_statement_line_at_the_banks_own_rate(self):
        """USD 100 that the bank bought for 1,750 pesos: Odoo takes the bank's rate."""
        move = self.invoice(price=1750.0)
        line = self.statement_line(1750.0, foreign_currency_id=self.usd.id, amount_currency=100.0)
        self.assertEqual(line.currency_id, self.usd)
        self.reconcile(line, move)
        self.assert_figures(line, ("1750", "100"))

    def test_one_payment_in_pesos_of_a_peso_and_a_dollar_invoice(self):
        """Odoo notes the difference of the dollars on the reconciliation of the pesos."""
        pesos, dollars = self.invoice(), self.invoice(self.usd)
        line = self.receivable(self.deposit(116.0 + 2088.0))
        self.reconcile(line, pesos, dollars)
        self.assertEqual(pesos.amount_residual + dollars.amount_residual, 0)
        noted = line.matched_debit_ids.filtered("exchange_move_id")
        self.assertEqual(noted.debit_move_id.move_id, pesos)
        found = line._l10n_mx_facture_settled()
        self.assertEqual(
            {one.invoice: (one.amount, one.applied) for one in found},
            {pesos: (116, 116), dollars: (116, 2088)},
        )

    def test_one_payment_in_pesos_of_two_dollar_invoices(self):
        first, second = self.invoice(self.usd), self.invoice(self.usd, price=50.0)
        line = self.receivable(self.deposit(2088.0 + 1044.0))
        self.reconcile(line, first, second)
        found = line._l10n_mx_facture_settled()
        self.assertEqual(
            {one.invoice: (one.amount, one.applied) for one in found},
            {first: (116, 2088), second: (58, 1044)},
        )

    def test_of_two_dollar_invoices_one_has_no_difference(self):
        for days in (-1, 1):
            # of two that are due together, Odoo takes the one of fewer dollars last
            with self.subTest(days=days):
                old = self.invoice(self.usd, invoice_date_due=self.paid)
                new = self.invoice(
                    self.usd, price=50.0, invoice_date=self.paid, invoice_date_due=self.paid + timedelta(days=days)
                )
                line = self.receivable(self.deposit(2088.0 + 1044.0))
                self.reconcile(line, old, new)
                found = line._l10n_mx_facture_settled()
                self.assertEqual(
                    {one.invoice: (one.amount, one.applied) for one in found},
                    {old: (116, 2088), new: (58, 1044)},
                )

    def deposit(self, amount, currency=None):
        """:return: the entry of a payment that is made before anybody knows for which invoices"""
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.customer.id,
                "journal_id": self.bank.id,
                "date": self.paid,
                "amount": amount,
                "currency_id": (currency or self.mxn).id,
            }
        )
        payment.action_post()
        return payment.move_id

    # -- a third currency (D) ---------------------------------------------------------------------

    def test_d_dollars_paid_in_euros(self):
        for euros, dollars, applied in ((100.0, "116", "96.67"), (90.0, "108", "90"), (110.0, "116", "96.67")):
            with self.subTest(euros=euros):
                line = self.pay(self.invoice(self.usd), euros, self.eur)
                self.assert_figures(line, (dollars, applied, "third_currency"))
                # the rest stays open, though the customer means all of it for this invoice
                self.assertEqual(line.amount_residual_currency, self.eur.round(float(applied) - euros))
                self.assertFalse(line.matched_debit_ids.exchange_move_id)

    # -- the same foreign currency (E) ------------------------------------------------------------

    def test_e1_dollars_paid_in_dollars(self):
        move = self.invoice(self.usd)
        line = self.pay(move, 116.0, self.usd)
        self.assertTrue(line.matched_debit_ids.exchange_move_id)
        self.assert_figures(line, ("116", "116"))

    def test_e1_when_the_dollar_fell(self):
        self.dollar_falls()
        move = self.invoice(self.usd)
        line = self.pay(move, 116.0, self.usd)
        difference = line.matched_debit_ids.exchange_move_id
        self.assertEqual(self.receivable(difference).balance, -58.0)
        self.assertEqual(self.receivable(move).matched_credit_ids.credit_move_id.move_id, line.move_id + difference)
        self.assertFalse(self.receivable(difference)._l10n_mx_facture_settled())
        self.assert_figures(line, ("116", "116"))
        self.assertEqual(move._l10n_mx_facture_settling_lines(), line)

    def dollar_falls(self):
        self.usd.rate_ids.filtered(lambda rate: rate.name == self.paid).inverse_company_rate = 17

    # -- credit notes (G) -------------------------------------------------------------------------

    def credit(self, move, price=None):
        wizard = self.env["account.move.reversal"].with_context(active_model="account.move", active_ids=move.ids)
        action = wizard.create({"journal_id": move.journal_id.id, "date": self.issued}).refund_moves()
        note = self.env["account.move"].browse(action["res_id"])
        if price:
            note.invoice_line_ids.price_unit = price
        note.action_post()
        return note

    def test_g_a_credit_note_is_no_payment(self):
        move = self.invoice(self.usd)
        note = self.credit(move, 20.0)
        if not note.line_ids.matched_debit_ids:
            self.reconcile(self.receivable(note), move)
        self.assertFalse(self.receivable(note)._l10n_mx_facture_settled())
        line = self.pay(move)
        self.assertEqual(move._l10n_mx_facture_settling_lines(), line)
        (credited,) = move._l10n_mx_facture_reconciled_notes()
        self.assertEqual((credited.invoice, credited.note), (move, note))
        self.assertEqual(credited.amount, Decimal("23.2"))
        self.assert_figures(line, ("92.8", "92.8"))

    def test_a_note_of_two_invoices(self):
        moves = self.invoice() + self.invoice()
        note = self.credit(moves[0], 150.0)
        self.reconcile(self.receivable(note), *moves)
        self.assertEqual(
            {one.invoice: one.amount for one in moves._l10n_mx_facture_reconciled_notes()},
            {moves[0]: 116, moves[1]: 58},
        )

    def test_money_that_is_given_back_is_no_payment(self):
        note = self.credit(self.invoice())
        note.line_ids.remove_move_reconcile()
        line = self.pay(note)
        self.assertEqual(line.balance, 116.0)
        self.assertFalse(line._l10n_mx_facture_settled())
        self.assertFalse(note._l10n_mx_facture_settling_lines())

    # -- what isn't money -------------------------------------------------------------------------

    def test_of_a_discount_for_early_payment_what_was_paid(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "2 % en 30 días",
                "early_discount": True,
                "discount_percentage": 2,
                "discount_days": 30,
                "early_pay_discount_computation": "included",
                "line_ids": [Command.create({"value": "percent", "value_amount": 100, "nb_days": 45})],
            }
        )
        move = self.invoice(invoice_payment_term_id=term.id)
        payment = self.register(move)
        self.assertEqual((payment.amount, move.amount_residual), (113.68, 0))
        self.assert_figures(self.receivable(payment.move_id), ("113.68", "113.68"))
        moves = self.invoice(invoice_payment_term_id=term.id) + self.invoice(price=50, invoice_payment_term_id=term.id)
        payment = self.register(moves)
        self.assertEqual(payment.amount, 170.52)
        found = self.receivable(payment.move_id)._l10n_mx_facture_settled()
        self.assertEqual(
            {one.invoice: (one.amount, one.applied, one.question) for one in found},
            {
                moves[0]: (Decimal("113.68"), Decimal("113.68"), "write_off"),
                moves[1]: (Decimal("56.84"), Decimal("56.84"), "write_off"),
            },
        )

    def test_of_what_is_marked_as_paid_what_was_paid(self):
        write_off = {
            "payment_difference_handling": "reconcile",
            "writeoff_account_id": self.account_of("expense"),
        }
        move = self.invoice()
        line = self.pay(move, 110.0, **write_off)
        self.assertEqual((move.amount_residual, line.balance), (0, -116.0))
        self.assert_figures(line, ("110", "110"))
        # in another currency
        move = self.invoice(self.usd)
        line = self.pay(move, 1980.0, self.mxn, **write_off)
        self.assertEqual(move.amount_residual, 0)
        self.assert_figures(line, ("110", "1980"))

    def test_too_much_written_off_as_income_is_no_loss(self):
        move = self.invoice()
        line = self.pay(
            move,
            120.0,
            payment_difference_handling="reconcile",
            writeoff_account_id=self.account_of("income_other"),
        )
        self.assert_figures(line, ("116", "116"))

    # -- other carriers ---------------------------------------------------------------------------

    def test_a_line_of_the_banks_statement(self):
        move = self.invoice()
        line = self.statement_line(116.0)
        self.assertFalse(line.move_id.origin_payment_id)
        self.reconcile(line, move)
        self.assert_figures(line, ("116", "116"))
        self.assertEqual(move._l10n_mx_facture_settling_lines(), line)

    def test_a_line_of_the_banks_statement_less_its_fee(self):
        move = self.invoice()
        line = self.statement_line(110.0, (self.account_of("expense"), 6.0))
        self.assertEqual(line.balance, -116.0)
        self.reconcile(line, move)
        self.assert_figures(line, ("110", "110"))

    def test_a_line_of_the_banks_statement_in_pesos_for_dollars(self):
        move = self.invoice(self.usd)
        line = self.statement_line(2088.0)
        self.reconcile(line, move)
        self.assert_figures(line, ("116", "2088"))

    def test_a_compensation(self):
        move = self.invoice()
        entry = self.entry((self.account_of("liability_payable"), 50.0), (self.account_receivable, -50.0))
        line = self.receivable(entry)
        self.reconcile(line, move)
        self.assert_figures(line, ("50", "50"))
        self.assertEqual(move._l10n_mx_facture_settling_lines(), line)

    def test_a_compensation_in_dollars_of_an_invoice_in_pesos(self):
        """It is worth what a dollar was on the day of the invoice; a part of that stands in the difference."""
        self.dollar_falls()
        move = self.invoice(price=1750.0)
        payable = self.account_of("liability_payable")
        line = self.receivable(self.entry((payable, 100.0), (self.account_receivable, -100.0), currency=self.usd))
        self.assertEqual((line.balance, line.currency_id), (-1700.0, self.usd))
        self.reconcile(line, move)
        self.assertEqual(line.matched_debit_ids.debit_amount_currency, 1700.0)
        self.assertEqual(move.amount_residual, 280.0)
        self.assert_figures(line, ("1750", "100"))

    def test_of_an_entry_with_an_expense_is_asked(self):
        expense = self.account_of("expense")
        for items, question in (
            (((expense, 116.0),), "no_money"),
            (((self.account_of("asset_cash"), 100.0), (expense, 16.0)), "write_off"),
        ):
            with self.subTest(question=question):
                line = self.receivable(self.entry(*items, (self.account_receivable, -116.0)))
                self.reconcile(line, self.invoice())
                self.assert_figures(line, ("116", "116", question))

    def test_an_entry_that_corrects_the_value_in_pesos(self):
        move = self.invoice(self.usd)
        entry = self.entry((self.account_of("expense"), 30.0), (self.account_receivable, -30.0))
        line = self.receivable(entry)
        entry.button_draft()
        line.write({"currency_id": self.usd.id, "amount_currency": 0.0, "credit": 30.0})
        entry.action_post()
        self.assertEqual((line.balance, line.amount_currency), (-30.0, 0.0))
        self.reconcile(line, move)
        self.assertTrue(line.matched_debit_ids)
        self.assertFalse(line._l10n_mx_facture_settled())

    # -- what does not pay ------------------------------------------------------------------------

    def test_what_is_not_reconciled_pays_nothing(self):
        line = self.receivable(self.deposit(116.0))
        move = self.invoice()
        self.assertFalse(line._l10n_mx_facture_settled())
        self.assertFalse(move._l10n_mx_facture_settling_lines())
        self.assertFalse((move.line_ids + line.move_id.line_ids)._l10n_mx_facture_settled())

    def test_after_it_is_undone(self):
        move = self.invoice(self.usd)
        line = self.pay(move, 2088.0, self.mxn)
        line.remove_move_reconcile()
        self.assertFalse(line._l10n_mx_facture_settled())
        self.assertFalse(move._l10n_mx_facture_settling_lines())

    def test_many_are_read_at_once(self):
        """As many queries for ten as for two."""

        def count(number):
            moves = self.env["account.move"]
            lines = self.env["account.move.line"]
            for _one in range(number):
                move = self.invoice(self.usd)
                moves += move
                lines += self.pay(move, 2088.0, self.mxn)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(lines._l10n_mx_facture_settled()), number)
            self.assertEqual(len(moves._l10n_mx_facture_settling_lines()), number)
            moves._l10n_mx_facture_reconciled_notes()
            return self.env.cr.sql_log_count - before

        count(1)
        few, many = count(2), count(10)
        self.assertEqual(few, many)
        self.assertLess(many, 40)
