from ..support.global_case import GlobalCase


class TestTicketsOfBranches(GlobalCase):
    """Companies with branches of Odoo (res.company with a parent): a branch sells in its parent's journal."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.north = cls.odoo_branch("Norte")

    def setUp(self):
        super().setUp()
        self.env = self.env(context={**self.env.context, "allowed_company_ids": (self.north | self.company).ids})

    def test_its_sales_are_in_a_global_invoice_of_its_own(self):
        ticket, parents = self.sell(company_id=self.north.id), self.sell()
        self.assertEqual(ticket.company_id, self.north)
        made = self.stamped_global(ticket | parents)
        self.assertEqual(len(made), 2)
        self.assertEqual(ticket.global_id.company_id, self.north)
        issuers = {self.xml_of(one).emisor.rfc for one in made}
        self.assertEqual(issuers, {"EKU9003173C9"})
        self.press(ticket, "_invoice_to", self.customer)
        next(self.numbers), next(self.numbers)
        self.queue()
        self.assertEqual((ticket.state, ticket.invoice_move_id.company_id), ("invoiced", self.north))

    def test_its_books_have_the_sales_that_are_no_tickets(self):
        """The journal is its parent's."""
        move = self.create_invoice(
            company_id=self.north.id, journal_id=self.journal.id, invoice_date=self.today_of(self.journal)
        )
        Books = self.env["l10n_mx_facture.sales.books"].with_company(self.north)
        books = Books.create({"date_from": move.invoice_date, "date_to": move.invoice_date})
        books.action_compare()
        self.assertEqual(books.day_ids.mapped("booked"), [116.0])
