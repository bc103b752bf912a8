"""A schedule of `make chaos` that plays tickets: sales to the public of two days, and nightly runs of two processes.

What is stamped are global invoices, credit notes of their tickets, and invoices to a name. Positions in its events are
those of the tickets' invoices.
"""

import random
import re
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

from lxml import etree

from dev.chaos.actions import DIALOG, LINE, MOVE, STAMP, Actions, quiet
from dev.chaos.compare import CANCELLED, Stamp, Violation, compare, contents
from dev.chaos.compare_tickets import Sale, Ticket, Told, sales, tickets
from dev.chaos.plant import CREDITS
from dev.chaos.reader import CALLS, LEDGER, Reader
from dev.chaos.round import SET_UP, Round
from dev.demo import rpc
from dev.demo.rpc import at_once

TICKET, GLOBAL, CRON = "l10n_mx_facture.ticket", "l10n_mx_facture.global", "ir.cron"
PUBLIC = "Chaos: público en general"
SECOND_NIGHT = "Chaos: global invoices by another process"
PRICES = (100, 200_000)  # cents
CLOSING = 6  # rounds of the end
OWNER = "CASE WHEN d.global_id IS NULL THEN 'move ' || d.move_id ELSE 'global ' || d.global_id END AS owner"
DOCUMENTS = f"SELECT d.*, {OWNER} FROM l10n_mx_facture_document d WHERE d.id > %s ORDER BY d.id"
LAST = """
    SELECT (SELECT coalesce(max(id), 0) FROM l10n_mx_facture_document) AS document,
        (SELECT coalesce(max(id), 0) FROM account_move) AS move,
        (SELECT coalesce(max(id), 0) FROM l10n_mx_facture_global) AS of_tickets
"""
# those of an earlier schedule that broke off
LEAVE_OUT = """
    UPDATE l10n_mx_facture_ticket SET state = 'left_out', by_hand = true, global_id = NULL WHERE state = 'open'
"""
TICKETS = "SELECT * FROM l10n_mx_facture_ticket WHERE move_id = ANY(%s) ORDER BY id"
MOVES = """
    SELECT id, name, state, move_type, ref, amount_total, reversed_entry_id, sequence_prefix, sequence_number
    FROM account_move WHERE id = ANY(%s) OR (id > %s AND move_type IN ('out_invoice', 'out_refund'))
"""
PATTERN = """
    SELECT m.partner_id, l.product_id, m.l10n_mx_facture_payment_form_id AS form FROM account_move m
    JOIN account_move_line l ON l.move_id = m.id AND l.product_id IS NOT NULL
    WHERE m.move_type = 'out_invoice' AND m.l10n_mx_facture_payment_form_id IS NOT NULL ORDER BY m.id LIMIT 1
"""
NIGHTS = """
    SELECT c.id FROM ir_cron c LEFT JOIN ir_model_data d ON d.res_id = c.id AND d.model = 'ir.cron'
    WHERE d.name = 'cron_global' OR c.cron_name = %s ORDER BY c.id
"""
NUMBER = re.compile(r"^(.*?)[/_ -]*(\d+)$")
PUBLIC_RFC = "XAXX010101000"


class TicketActions(Actions):
    """The events, on tickets and their global invoices."""

    owner_fields = ("move_id", "global_id")

    def __init__(self, plant, schedule, moves, first, nights, journal, customer):
        super().__init__(plant, schedule, moves)
        self.first, self.journal, self.customer = first, journal, customer
        self.nights = dict(zip("ab", nights, strict=True))

    def _documents(self, moves=None):
        return self.plant.sql(DOCUMENTS, self.first["document"])

    def _stamps(self, document):
        return self.plant.book(self.service, document["folio"], document["serie"])

    def _say(self, name, document, uuid):
        if document["global_id"]:
            self.plant.call(name, GLOBAL, "resolve_unknown", [document["global_id"]], uuid, "Portal")
        else:
            super()._say(name, document, uuid)

    def _tickets(self, moves):
        return self.plant.sql(TICKETS, moves)

    def _globals(self, moves):
        """The ids of the global invoices that these are in."""
        return sorted({row["global_id"] for row in self._tickets(moves)} - {None})

    # -- events -------------------------------------------------------------------------------------

    def _stamp(self, event, moves, name=None):
        """By hand: their global invoices are made, and stamped."""
        name = name or event.server

        def make_and_stamp():
            ids = [row["id"] for row in self._tickets(moves)]
            self.plant.call(name, TICKET, "action_make_globals", ids)
            return self.plant.call(name, GLOBAL, "action_stamp", self._globals(moves), **{DIALOG: True})

        return self._press(name, make_and_stamp)

    def _night(self, name):
        """The nightly run of a process."""
        return self._press(name, partial(self.plant.call, name, CRON, "method_direct_trigger", [self.nights[name]]))

    def _later(self, event, _moves):
        return self._night(event.server)

    def _nights(self, _event, _moves):
        """Those of two processes at once."""
        return " | ".join(map(str, at_once(*(partial(self._night, name) for name in self.nights))))

    def _on_run(self, event, method):
        runs = {one["run_id"] for one in self._documents()} - {None}
        return self.plant.call(event.server, "l10n_mx_facture.run", method, [max(runs)]) if runs else "there is no run"

    def _named(self, event, moves):
        """A customer wants an invoice."""
        call = partial(self.plant.call, event.server, "l10n_mx_facture.ticket.name")
        (ticket,) = self._tickets(moves)
        wizard = call("create", {"ticket_id": ticket["id"], "partner_id": self.customer})
        return call("action_invoice", [wizard])["res_id"]

    def _give_back(self, event, moves):
        """A part of a ticket is returned, or all of it; its credit note is stamped if it needs a CFDI."""
        call = partial(self.plant.call, event.server)
        wizard = call("account.move.reversal", "create", {"move_ids": [(6, 0, moves)], "journal_id": self.journal})
        note = call("account.move.reversal", "reverse_moves", [wizard])["res_id"]
        (line,) = self.plant.sql(LINE, [note])
        call(MOVE, "write", [note], {"invoice_line_ids": [(1, line["id"], {"quantity": event.value})]})
        call(MOVE, "action_post", [note])
        answer = call(MOVE, STAMP, [note])
        return f"{note}: {answer['params'].get('message') or answer['params'].get('title')}"

    def _own(self, event, moves):
        """A ticket gets a CFDI of its own."""
        return self.plant.call(event.server, MOVE, STAMP, moves)["params"].get("title")

    def _unlink(self, event, moves):
        return self._on_globals(event, moves, "unlink")

    def _cancel_cfdi(self, event, moves):
        return self._on_globals(event, moves, "cancel", "02")

    def _reissue(self, event, moves):
        return self._on_globals(event, moves, "action_reissue")

    def _ask_sat(self, event, moves):
        return self._on_globals(event, moves, "action_update_sat_status")

    def _on_globals(self, event, moves, method, *args):
        """Press a button of the global invoice that these are in."""
        ids = self._globals(moves)
        if not ids:
            return "in no global invoice"
        answer = self.plant.call(event.server, GLOBAL, method, ids, *args)
        return (answer.get("params") or answer).get("message") if isinstance(answer, dict) else answer


class TicketReader(Reader):
    """Reads all that came of a schedule's tickets."""

    documents = DOCUMENTS
    of_calls = CALLS.replace("d.move_id AS owner", OWNER).replace("d.move_id = ANY(%s)", "d.id > %s")
    of_ledger = LEDGER.replace("d.move_id AS owner", OWNER).replace("d.move_id = ANY(%s)", "d.id > %s")

    def __init__(self, plant, service, moves, first):
        super().__init__(plant, service, [])
        self.moves, self.sold, self.first = first["document"], moves, first
        self.before = {row["uuid"] for row in self._rows()}

    def _rows(self):
        return self.plant.control(f"book?user={self.service.user}")

    def invoices(self):
        """The tickets' invoices, their credit notes, and the invoices to a name."""
        return self.plant.sql(MOVES, self.sold, self.first["move"])

    def owners(self):
        """What may have a CFDI, by series and number: dict to its owner."""
        found = {(row["sequence_prefix"].rstrip("/-_ "), str(row["sequence_number"])): f"move {row['id']}"
                 for row in self.invoices() if row["sequence_prefix"]}  # fmt: skip
        statement = "SELECT id, name FROM l10n_mx_facture_global WHERE id > %s"
        for row in self.plant.sql(statement, self.first["of_tickets"]):
            serie, number = NUMBER.match(row["name"]).groups()
            found[serie, str(int(number))] = f"global {row['id']}"
        return found

    def _stamped(self):
        """(owner or None, row with its XML) of each stamp since the beginning."""
        owners = self.owners()
        for row in self._rows():
            if row["uuid"] not in self.before:
                yield owners.get((row["serie"], row["folio"])), self.plant.control(f"cfdi/{row['uuid']}")

    def book(self):
        """What the service has stamped of what exists."""
        return [
            Stamp(owner, row["uuid"].upper(), row["xml"].encode(), row["estado"], row["sent"].encode())
            for owner, row in self._stamped()
            if owner
        ]

    def foreign(self):
        """The UUIDs of stamps of nothing that exists."""
        return [row["uuid"] for owner, row in self._stamped() if not owner]

    def ledger(self, owners):
        """Lines that tell the calls for some of the owners, oldest first; of no one in particular: all."""
        found = [row for row in self.plant.sql(self.of_ledger, self.moves) if row["owner"] in owners or not any(owners)]
        return [
            f"{row['owner']}, document {row['document_id']} ({row['state']}): {row['date_start']:%H:%M:%S} "
            f"{row['operation']} {row['outcome']} {row['code'] or ''} {(row['message'] or '')[:120]!r}"
            for row in found
        ]

    def told(self):
        """What was stamped, as compare_tickets takes it."""
        return [told(stamp) for stamp in self.book()]

    def known(self):
        """The tickets, as compare_tickets takes them."""
        return [
            Ticket(row["number"], row["state"], row["global_id"] and f"global {row['global_id']}",
                   cents(row["amount_in_global"]))
            for row in self.plant.sql(TICKETS, self.sold)
        ]  # fmt: skip

    def sales(self):
        """What the books have, as compare_tickets takes it."""
        rows = self.invoices()
        return [self._sale(row, rows) for row in rows if row["id"] in self.sold]

    def _sale(self, sold, rows):
        returned = [row for row in rows if row["reversed_entry_id"] == sold["id"]]
        named = [row for row in rows if row["ref"] == sold["name"] and row["move_type"] == "out_invoice"]
        signs = {f"move {row['id']}": -1 for row in returned} | {f"move {row['id']}": 1 for row in (sold, *named)}
        amounts = (sum(cents(row["amount_total"]) for row in some if row["state"] == "posted")
                   for some in ((sold,), returned, named))  # fmt: skip
        return Sale(sold["name"], *amounts, signs)


class TicketsRound(Round):
    """One schedule, of tickets."""

    def _begin(self):
        plant = self.plant
        dice = random.Random(f"tickets {self.schedule.seed}")
        plant.control("reset", {})
        plant.control("users", {"name": self.service.user, "credits": CREDITS})
        plant.sql(SET_UP, plant.sandbox.url, 30, 5, False, False, plant.account(self.service))
        plant.sql(LEAVE_OUT)
        nights = self._second_night()
        journal = plant.journal(self.service)
        self._insist("a", "account.journal", "write", [journal], {"l10n_mx_facture_to_global": True})
        (company,) = self._insist("a", "res.company", "search", [])[:1]
        # nothing is made by itself before all is counted
        self._insist("a", "res.company", "write", [company], {"l10n_mx_facture_global_auto": False})
        moves = self._sell(dice, journal)
        (first,) = plant.sql(LAST)
        values = {"l10n_mx_facture_global_auto": True, "l10n_mx_facture_global_limit": dice.choice((0, 2, 3))}
        self._insist("a", "res.company", "write", [company], values)
        actions = TicketActions(plant, self.schedule, moves, first, nights, journal, self.customer)
        return moves, actions, TicketReader(plant, self.service, moves, first)

    def _second_night(self):
        """Ids of the nightly action and of a copy of it: a scheduled action runs in one process at a time."""
        plant = self.plant
        nights = [row["id"] for row in plant.sql(NIGHTS, SECOND_NIGHT)]
        if len(nights) == 1:
            nights += self._insist("a", CRON, "copy", nights, {"name": SECOND_NIGHT})
        plant.crons += [one for one in nights if one not in plant.crons]
        return nights

    def _sell(self, dice, journal):
        """The ids of new sales to the public, of yesterday and of the day before."""
        call = partial(self._insist, "a")
        (pattern,) = self.plant.sql(PATTERN)
        self.customer = pattern["partner_id"]
        public = call("res.partner", "search", [("name", "=", PUBLIC)])
        if not public:
            (mexico,) = call("res.country", "search", [("code", "=", "MX")])
            public = [call("res.partner", "create", {"name": PUBLIC, "vat": PUBLIC_RFC, "country_id": mexico})]
        values = []
        for _number in range(self.schedule.count):
            day = str(date.today() - timedelta(days=dice.choice((1, 1, 2))))
            lines = [(0, 0, {"product_id": pattern["product_id"], "quantity": 1, "price_unit": price / 100})
                     for price in (dice.randint(*PRICES) for _line in range(dice.choice((1, 1, 3))))]  # fmt: skip
            values.append({"move_type": "out_invoice", "partner_id": public[0], "journal_id": journal,
                           "invoice_date": day, "invoice_date_due": day, "invoice_line_ids": lines,
                           "l10n_mx_facture_payment_form_id": pattern["form"]})  # fmt: skip
        moves = call(MOVE, "create", values)
        call(MOVE, "action_post", moves)
        return moves

    def _stamp_before(self):
        """Some have their global invoice already, so that there is something to cancel and to return."""
        dice = random.Random(f"before {self.schedule.seed}")
        if moves := self.moves[: dice.choice((0, 0, 2, len(self.moves)))]:
            self.actions.note(f"before: {self.actions._stamp(None, moves, 'a')}")

    def _of_documents(self, statement):
        statement = statement.replace("d.move_id = ANY(%s)", "d.id > %s").replace("move_id = ANY(%s)", "id > %s")
        return self.plant.sql(statement, *([self.actions.first["document"]] if "%s" in statement else []))

    def _check_blocked(self, document):
        """A lost answer keeps its global invoice and its tickets as they are."""
        if not document["global_id"]:
            super()._check_blocked(document)
            return
        tried = [(GLOBAL, "action_stamp", document["global_id"]), (GLOBAL, "unlink", document["global_id"])]
        mine = f"SELECT move_id FROM {TICKET.replace('.', '_')} WHERE global_id = %s ORDER BY id LIMIT 1"
        for row in self.plant.sql(mine, document["global_id"]):
            tried += [(MOVE, method, row["move_id"]) for method in (STAMP, "button_draft", "button_cancel")]
        for model, method, number in tried:
            try:
                self._insist("b", model, method, [number])
            except rpc.Refused as refused:
                if refused.kind == "odoo.exceptions.UserError":
                    continue
            self._report("unknown", [Violation(document["owner"], f"{method} of {model} isn't refused")])

    # -- comparing ----------------------------------------------------------------------------------

    def _compare(self, when):
        documents, calls, book = self.reader.kept(), self.reader.calls(), self.reader.book()
        states = {f"move {row['id']}": row["state"] for row in self.reader.invoices()}
        states |= {owner: "posted" for owner in self.reader.owners().values() if owner.startswith("global")}
        found = compare(states, book, documents, calls)
        found += [Violation(0, f"{uuid} was stamped of nothing that exists") for uuid in self.reader.foreign()]
        found += tickets(self.reader.told(), self.reader.known())
        if when == "at the end":
            found += self._sales() + contents(self.service, documents) + self._log_violations(calls)
        self._report(when, found)

    def _sales(self):
        return sales(self.reader.told(), self.reader.known(), self.reader.sales())

    def _stamp_the_rest(self):
        """After SAT's word on every cancellation: nights, and what a person presses, until each sale is told."""
        for number in range(CLOSING):
            self._ask_sat()
            self._post_again()
            for name in self.actions.nights:
                self.actions.note(f"night of {name}: {self.actions._night(name)}")
            self.actions.note(f"scheduled actions: {self._work('a')}")
            quiet(self.plant)
            self._press_stamp()
            if number and not self._sales():
                break

    def _post_again(self):
        """What was reset or cancelled by a person is a sale again."""
        for state, method in (("cancel", "button_draft"), ("draft", "action_post")):
            sold = [row for row in self.reader.invoices() if row["id"] in self.moves]
            if todo := [row["id"] for row in sold if row["state"] == state]:
                self._insist("a", MOVE, method, todo)

    def _press_stamp(self):
        """Of credit notes and invoices to a name; what needs no CFDI says so."""
        live = {one["move_id"] for one in self._documents() if one["state"] in ("stamped", "cancel_requested")}
        for row in self.reader.invoices():
            if row["id"] in live or row["id"] in self.moves or row["state"] != "posted":
                continue
            try:
                self._insist("a", MOVE, STAMP, [row["id"]])
            except rpc.Refused as refused:
                self.actions.note(f"{row['name']} isn't stamped: {str(refused)[-160:]!r}")


def told(stamp):
    """What a stamped XML says, as compare_tickets takes it."""
    root = etree.fromstring(stamp.xml)
    # an invoice to the public that has a CFDI of its own names a period too
    is_global = stamp.invoice.startswith("global")
    related = [node for node in root.findall("{*}CfdiRelacionados") if node.get("TipoRelacion") == "01"]
    names = tuple(one.get("UUID").upper() for node in related for one in node)
    lines = {}
    for node in root.iter("{*}Concepto") if is_global or names else ():
        number = node.get("NoIdentificacion")
        lines[number] = lines.get(number, 0) + _of_line(node)
    kind, total = root.get("TipoDeComprobante"), cents(root.get("Total"))
    return Told(stamp.invoice, stamp.uuid, kind, total, stamp.estado != CANCELLED, is_global, lines, names)


def _of_line(node):
    taxes = sum(Decimal(tax.get("Importe") or 0) for tax in node.iter("{*}Traslado"))
    return cents(Decimal(node.get("Importe")) - Decimal(node.get("Descuento") or 0) + taxes)


def cents(amount):
    """Cents of an amount, as text, Decimal or float."""
    return round(Decimal(str(amount)) * 100)
