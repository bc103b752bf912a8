"""A schedule of `make chaos` that plays receipts of payment: invoices on credit, paid in parts.

Before it begins, the invoices are stamped and the payments registered. What is stamped, cancelled and substituted then
are the receipts; positions in its events are those of the payments.
"""

import random
import re
import time

from dev.chaos.actions import MOVE, STAMP, Actions, quiet
from dev.chaos.compare import Violation, compare, contents
from dev.chaos.compare_receipts import Due, Line, receipts
from dev.chaos.plant import CREDITS
from dev.chaos.reader import CALLS, LEDGER, Reader
from dev.chaos.round import SET_UP, Round
from dev.demo import rpc
from dev.stack.console import Problem

PAYMENT, REP = "account.payment", "l10n_mx_facture.rep"
AMOUNTS = (100, 5000)  # pesos of a payment; an invoice is of 27,259.88
LAST = "SELECT coalesce(max(id), 0) AS id FROM l10n_mx_facture_rep"
DOCUMENTS = """
    SELECT d.*, d.rep_id AS owner FROM l10n_mx_facture_document d WHERE d.rep_id > %s ORDER BY d.id
"""
OF_PAYMENTS = """
    SELECT DISTINCT r.id, r.state, d.uuid, d.id AS document FROM l10n_mx_facture_rep r
    JOIN l10n_mx_facture_rep_line l ON l.rep_id = r.id JOIN account_move_line i ON i.id = l.entry_line_id
    LEFT JOIN l10n_mx_facture_document d ON d.id = r.document_id
    WHERE r.id > %s AND i.payment_id = ANY(%s) ORDER BY r.id DESC
"""
LINES = """
    SELECT l.rep_id, l.entry_line_id, l.move_id, l.installment, l.amount, l.counts, d.state,
        EXISTS (SELECT FROM l10n_mx_facture_rep o JOIN l10n_mx_facture_document e ON e.id = o.document_id
            WHERE o.replaces_id = d.id AND e.state IN ('sending', 'unknown', 'stamped', 'cancel_requested')) AS replaced
    FROM l10n_mx_facture_rep_line l JOIN l10n_mx_facture_rep r ON r.id = l.rep_id
    LEFT JOIN l10n_mx_facture_document d ON d.id = r.document_id WHERE l.move_id = ANY(%s)
"""
BOOKS = """
    SELECT p.credit_move_id AS entry_line_id, i.move_id, sum(p.amount) AS amount FROM account_partial_reconcile p
    JOIN account_move_line i ON i.id = p.debit_move_id JOIN account_move_line c ON c.id = p.credit_move_id
    WHERE i.move_id = ANY(%s) AND c.parent_state = 'posted' GROUP BY 1, 2
"""
DUE = "SELECT id, entry_line_id, move_id, amount FROM l10n_mx_facture_rep_due WHERE move_id = ANY(%s)"
UUIDS = "SELECT upper(uuid) AS uuid FROM l10n_mx_facture_document WHERE move_id = ANY(%s) AND uuid IS NOT NULL"
FOLIO = re.compile(r"(\d+)$")


class ReceiptActions(Actions):
    """The events, on payments and their receipts."""

    owner_fields = ("rep_id",)

    def __init__(self, plant, schedule, moves, first):
        super().__init__(plant, schedule, moves)
        self.first = first

    def _documents(self, moves=None):
        found = self.plant.sql(DOCUMENTS, self.first)
        if moves is None:
            return found
        mine = {row["id"] for row in self._reps(moves)}
        return [one for one in found if one["rep_id"] in mine]

    def _reps(self, payments):
        """The receipts of payments, the last one first."""
        return self.plant.sql(OF_PAYMENTS, self.first, payments)

    def _stamps(self, document):
        return self.plant.book(self.service, document["folio"], document["serie"])

    def _say(self, name, document, uuid):
        self.plant.call(name, REP, "resolve_unknown", [document["rep_id"]], uuid, "Portal")

    # -- events -------------------------------------------------------------------------------------

    def _stamp(self, event, payments, name=None):
        return self._press_stamp(PAYMENT, payments, name or event.server)

    def _later(self, event, _payments):
        """They are stamped by themselves, in the background."""
        (company,) = self.plant.call(event.server, "res.company", "search", [])[:1]
        self.plant.call(event.server, "res.company", "write", [company], {"l10n_mx_facture_rep_auto": True})
        (cron,) = self.plant.sql("SELECT res_id FROM ir_model_data WHERE name = 'cron_rep_auto' AND model = 'ir.cron'")
        return self.plant.call(event.server, "ir.cron", "method_direct_trigger", [cron["res_id"]])

    def _on_run(self, event, method):
        runs = {one["run_id"] for one in self._documents()} - {None}
        return self.plant.call(event.server, "l10n_mx_facture.run", method, [max(runs)]) if runs else "there is no run"

    def _reset(self, event, payments):
        return self.plant.call(event.server, PAYMENT, "action_draft", payments)

    def _post(self, event, payments):
        return self.plant.call(event.server, PAYMENT, "action_post", payments)

    def _cancel_invoice(self, event, payments):
        return self.plant.call(event.server, PAYMENT, "action_cancel", payments)

    def _undo(self, event, payments):
        """A person takes the reconciliation back, and makes it again."""
        rows = self.plant.sql(
            "SELECT p.id, p.credit_move_id, p.debit_move_id FROM account_partial_reconcile p "
            "JOIN account_move_line i ON i.id = p.credit_move_id WHERE i.payment_id = ANY(%s)",
            payments,
        )
        if not rows:
            return "nothing is reconciled"
        lines = [rows[0]["credit_move_id"], rows[0]["debit_move_id"]]
        self.plant.call(event.server, "account.move.line", "remove_move_reconcile", lines[:1])
        return self.plant.call(event.server, "account.move.line", "reconcile", lines)

    def _unlink(self, event, payments):
        reps = [row["id"] for row in self._reps(payments)][:1]
        return self.plant.call(event.server, REP, "unlink", reps) if reps else "no receipt"

    def _cancel_cfdi(self, event, payments):
        return self._on_stamped(event, payments, lambda call, rep: call("cancel", [rep["id"]], "02"))

    def _ask_sat(self, event, payments):
        return self._on_stamped(event, payments, lambda call, rep: call("action_update_sat_status", [rep["id"]]))

    def _substitute(self, event, payments):
        """Another receipt in the place of one, and its cancellation with reason 01."""

        def substitute(call, rep):
            other = call("action_substitute", [rep["id"]])["res_id"]
            call("action_stamp", [other])
            (row,) = self.plant.sql("SELECT uuid FROM l10n_mx_facture_document WHERE rep_id = %s ORDER BY id DESC "
                                    "LIMIT 1", other)  # fmt: skip
            return call("cancel", [rep["id"]], "01", row["uuid"])

        return self._on_stamped(event, payments, substitute)

    def _on_stamped(self, event, payments, do):
        reps = [row for row in self._reps(payments) if row["state"] in ("stamped", "cancel_requested")]
        if not reps:
            return "none is stamped"
        answer = do(lambda *args: self.plant.call(event.server, REP, *args), reps[0])
        return answer["params"].get("message") or answer["params"].get("title")


class ReceiptsReader(Reader):
    """Reads the receipts of a schedule; what else is an invoice's is a receipt's."""

    documents = DOCUMENTS
    of_calls = CALLS.replace("d.move_id AS", "d.rep_id AS").replace("d.move_id = ANY(%s)", "d.rep_id > %s")
    of_ledger = LEDGER.replace("d.move_id AS", "d.rep_id AS").replace("d.move_id = ANY", "d.rep_id = ANY")

    serie = "REP"

    def __init__(self, plant, service, first):
        super().__init__(plant, service, [])
        # what the statements of this class take
        self.moves = first
        self.before = len(self._rows())

    def _rows(self):
        return self.plant.control(f"book?user={self.service.user}&serie={self.serie}")

    def book(self):
        """What the service has stamped of the schedule's receipts."""
        rows = self.plant.sql("SELECT id, name FROM l10n_mx_facture_rep WHERE id > %s", self.moves)
        self.folios = {row["id"]: str(int(FOLIO.search(row["name"])[1])) for row in rows}
        return super().book()

    def _of_folio(self, folio):
        return self.plant.book(self.service, folio, self.serie)

    def foreign(self):
        """How many stamps there are of receipts that don't exist."""
        return len(self._rows()) - self.before - len(self.book())


class ReceiptsRound(Round):
    """One schedule, of payments."""

    def _begin(self):
        plant = self.plant
        dice = random.Random(f"payments {self.schedule.seed}")
        plant.control("reset", {})
        plant.control("users", {"name": self.service.user, "credits": CREDITS})
        # with time enough: nothing fails here
        plant.sql(SET_UP, plant.sandbox.url, 30, 5, False, False, plant.account(self.service))
        self.invoices = plant.invoices(self.service, max(2, self.schedule.count // 2))
        answer = self._insist("a", MOVE, STAMP, self.invoices)
        if len(plant.sql(UUIDS, self.invoices)) != len(self.invoices):
            raise Problem(f"the invoices are not stamped: {answer}")
        (company,) = self._insist("a", "res.company", "search", [])[:1]
        self._insist("a", "res.company", "write", [company], {"l10n_mx_facture_rep_auto": False})
        payments = [self._pay(dice, number) for number in range(self.schedule.count)]
        (last,) = plant.sql(LAST)
        self.first = last["id"]
        reader = ReceiptsReader(plant, self.service, self.first)
        return payments, ReceiptActions(plant, self.schedule, payments, self.first), reader

    def _pay(self, dice, number):
        """The id of a new payment, of one invoice in turn, or now and then of two."""
        moves = [self.invoices[number % len(self.invoices)]]
        if number and dice.random() < 0.25:
            moves += [one for one in self.invoices if one not in moves][:1]
        amount = dice.randint(AMOUNTS[0] * 100, AMOUNTS[1] * 100) / 100
        context = {"active_model": MOVE, "active_ids": moves}
        values = {"group_payment": True} if len(moves) > 1 else {}
        register = "account.payment.register"
        wizard = self._insist("a", register, "create", values, **context)
        self._insist("a", register, "write", [wizard], {"amount": amount}, **context)
        self._insist("a", register, "action_create_payments", [wizard], **context)
        (last,) = self.plant.sql("SELECT max(id) AS id FROM account_payment")
        return last["id"]

    def _stamp_before(self):
        """Some have their receipts already, so that there is something to cancel."""
        dice = random.Random(f"before {self.schedule.seed}")
        for payment in self.moves[: dice.randint(0, len(self.moves) - 1)]:
            self._insist("a", PAYMENT, STAMP, [payment])

    def _of_documents(self, statement):
        statement = statement.replace("move_id = ANY(%s)", "rep_id > %s")
        return self.plant.sql(statement, *([self.first] if "%s" in statement else []))

    def _check_blocked(self, document):
        """A lost answer keeps its receipt from being stamped again and deleted, and its payment from being undone."""
        for method in ("action_stamp", "unlink"):
            try:
                self._insist("b", REP, method, [document["rep_id"]])
            except rpc.Refused as refused:
                if refused.kind == "odoo.exceptions.UserError":
                    continue
            self._report("unknown", [Violation(document["rep_id"], f"{method} isn't refused")])

    def _compare(self, when):
        documents, calls, book = self.reader.kept(), self.reader.calls(), self.reader.book()
        rows = self.plant.sql("SELECT id FROM l10n_mx_facture_rep WHERE id > %s", self.first)
        found = compare({row["id"]: "posted" for row in rows}, book, documents, calls)
        if foreign := self.reader.foreign():
            found.append(Violation(0, f"{foreign} stamps of no receipt"))
        found += receipts(*self._read(), at_the_end=when == "at the end")
        unknown = any(one.state == "unknown" for one in documents)
        found += [Violation(0, text) for text in self._audit() if not unknown]
        if when == "at the end":
            found += contents(self.service, documents) + self._log_violations(calls)
        self._report(when, found)

    def _read(self):
        """Lines of receipts, what the books say is paid, what is due."""
        lines = self.plant.sql(LINES, self.invoices)
        books = self.plant.sql(BOOKS, self.invoices)
        due = self.plant.sql(DUE, self.invoices)
        return (
            [Line(row["rep_id"], _pair(row), row["installment"], _cents(row), bool(row["counts"]), row["state"],
                  row["replaced"]) for row in lines],
            {_pair(row): _cents(row) for row in books},
            [Due(_pair(row), _cents(row)) for row in due],
        )  # fmt: skip

    def _audit(self):
        """What SAT's book says against the receipts of the invoices."""
        mine = {row["uuid"] for row in self.plant.sql(UUIDS, self.invoices)}
        broken = [about for about in self.plant.control("payments") if about["uuid"].upper() in mine]
        return [f"{about['uuid']}: {'; '.join(about['violations'])}" for about in broken]

    def _stamp_the_rest(self):
        """After SAT's word on every cancellation, all that is due is stamped, a receipt of an invoice after another."""
        self._ask_sat()
        for _round in range(len(self.moves) + 2):
            rows = self.plant.sql(DUE, self.invoices)
            if not rows:
                break
            answer = self._insist("a", "l10n_mx_facture.rep.due", "action_stamp", [row["id"] for row in rows])
            self.actions.note(f"the rest {len(rows)}: {answer.get('params', answer)}"[:400])
            quiet(self.plant)
            time.sleep(0.1)


def _pair(row):
    return row["entry_line_id"], row["move_id"]


def _cents(row):
    return round(row["amount"] * 100)
