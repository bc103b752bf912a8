from ..support.payment_case import PaymentCase


class TestBatch(PaymentCase):
    """What many receipts are built from is read at once."""

    def test_queries_of_a_batch(self):
        """At most one for each further receipt, with its three invoices, of which one had a receipt before."""
        payments = self.env["account.payment"]
        for _one in range(6):
            begun = self.ppd_invoice()
            self.stamp_payment(self.pay(begun, 16.0))
            payments += self.pay(begun + self.ppd_invoice() + self.ppd_invoice())
        reps = self.receipts_due(payments)._prepare_reps()
        self.assertEqual(len(reps), 6)
        self.built(reps[:1])
        few, many = self.built(reps[:2]), self.built(reps)
        self.assertLessEqual(many - few, len(reps) - 2, f"{few} queries for 2, {many} for {len(reps)}")

    def built(self, reps):
        """:return: the number of queries"""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        reps._l10n_mx_facture_prefetch(reps)
        for rep in reps:
            built, problems = rep._l10n_mx_facture_build()
            self.assertTrue(built, problems)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_what_changed_past_the_hooks_is_built(self):
        """Another module, or SQL: what is due is looked at once more with the batch."""
        payment = self.pay(self.ppd_invoice())
        due = self.receipts_due(payment)
        rep = due._prepare_reps()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE l10n_mx_facture_rep_due SET amount = 1, applied = 1 WHERE id IN %s", (tuple(due.ids),)
        )
        self.built(rep)
        self.assertEqual((due.amount, rep.line_ids.amount), (116.0, 116.0))

    def test_what_changed_since_is_built(self):
        """A draft says what the books say when it is built: a part of the money went to another invoice meanwhile."""
        invoice, other = self.ppd_invoice(), self.ppd_invoice(lines=[{"price_unit": 50.0}])
        payment = self.pay(invoice, 100.0)
        rep = self.receipts_due(payment)._prepare_reps()
        self.assertEqual(rep.line_ids.amount, 100.0)
        payment.move_id.line_ids.remove_move_reconcile()
        for move in (other, invoice):
            lines = (move + payment.move_id).line_ids
            lines.filtered(lambda one: one.account_type == "asset_receivable").reconcile()
        built, problems = rep._l10n_mx_facture_build()
        self.assertFalse(problems)
        self.assertEqual((rep.line_ids.move_id, rep.line_ids.amount), (invoice, 42.0))
        self.assertEqual(str(built.comprobante.pagos.pagos[0].monto), "42.00")
