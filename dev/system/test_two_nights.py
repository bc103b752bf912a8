"""Two Odoo processes make global invoices at the same moment: a ticket is told once, and so is its sale."""

from datetime import date, timedelta
from decimal import Decimal
from functools import partial

import pytest
from lxml import etree

from dev.demo import rpc
from dev.demo.rpc import at_once
from office import MESSAGES, STAMP, wait_for

TICKET, GLOBAL, CRON = "l10n_mx_facture.ticket", "l10n_mx_facture.global", "ir.cron"
ROUNDS = 6
LATENCY = 400  # ms that the service takes, so that what happens meanwhile really does
YESTERDAY = str(date.today() - timedelta(days=1))


@pytest.fixture
def shop(office):
    """The office with sales to the public, a nightly action for each server, and a service that takes its time."""
    call = office.clients["a"].call
    if not hasattr(office, "nights"):
        values = {"name": "Público en general", "vat": "XAXX010101000"}
        (mexico,) = call("res.country", "search", [("code", "=", "MX")])
        office.public = call("res.partner", "create", {**values, "country_id": mexico})
        (cron,) = office.sql("SELECT res_id FROM ir_model_data WHERE name = 'cron_global' AND model = 'ir.cron'")
        # a scheduled action runs in one process at a time
        office.nights = {"a": cron["res_id"], "b": call(CRON, "copy", [cron["res_id"]])[0]}
        (company,) = call("res.company", "search", [])[:1]
        call("res.company", "write", [company], {"l10n_mx_facture_global_auto": True})
    (first,) = office.sql("SELECT coalesce(max(id), 0) AS id FROM l10n_mx_facture_document")
    office.first = first["id"]
    yield office
    office.calm()


def sell(office, count):
    """Ids of so many new invoices to the public of yesterday, which are tickets."""
    journals = office.sql("SELECT DISTINCT journal_id FROM account_move WHERE move_type = 'out_invoice'")
    write = partial(office.clients["a"].call, "account.journal", "write", [row["journal_id"] for row in journals])
    write({"l10n_mx_facture_to_global": True})
    (usage,) = office.clients["a"].call("l10n_mx_catalogs.c_uso_cfdi", "search", [("code", "=", "S01")])
    values = {"partner_id": office.public, "invoice_date": YESTERDAY, "invoice_date_due": YESTERDAY,
              "l10n_mx_facture_usage_id": usage}  # fmt: skip
    moves = office.invoices(count, **values)
    office.control("settings", latency={"stamp": LATENCY, "bulk": LATENCY})
    return moves


def trigger(office, name, action):
    """Run a scheduled action on a server; what it returned, or the rpc.Refused that says why not."""
    try:
        return office.clients[name].call(CRON, "method_direct_trigger", [action])
    except rpc.Refused as refused:
        return refused


def night(office, name):
    return trigger(office, name, office.nights[name])


def queue(office, name, action="cron_stamp"):
    (row,) = office.sql("SELECT res_id FROM ir_model_data WHERE name = %s AND model = 'ir.cron'", action)
    return trigger(office, name, row["res_id"])


def tickets(office, moves):
    return office.sql("SELECT * FROM l10n_mx_facture_ticket WHERE move_id = ANY(%s) ORDER BY id", list(moves))


def told(office):
    """What the service has stamped since the test began: dict from each number to (kind, cents) of its lines, where a
    CFDI is of no ticket from its own number.
    """
    found = {}
    mine = {row["uuid"] for row in office.sql("SELECT uuid FROM l10n_mx_facture_document WHERE id > %s", office.first)}
    for row in office.control("book"):
        if row["uuid"].upper() not in mine:
            continue
        root = etree.fromstring(office.control(f"cfdi/{row['uuid']}")["xml"].encode())
        kind, name = root.get("TipoDeComprobante"), f"{row['serie']} {row['folio']}"
        if row["serie"] != "GLO" and kind == "I":
            found.setdefault(name, []).append((kind, cents(root.get("Total"))))
            continue
        for node in root.iter("{*}Concepto"):
            taxes = sum(Decimal(tax.get("Importe") or 0) for tax in node.iter("{*}Traslado"))
            amount = cents(Decimal(node.get("Importe")) - Decimal(node.get("Descuento") or 0) + taxes)
            found.setdefault(node.get("NoIdentificacion"), []).append((kind, amount))
    return found


def name_of(office, move):
    """Series and number of an invoice."""
    (row,) = office.sql("SELECT sequence_prefix, sequence_number FROM account_move WHERE id = %s", move)
    return f"{row['sequence_prefix'].rstrip('/-_ ')} {row['sequence_number']}"


def cents(amount):
    return round(Decimal(amount) * 100)


def is_clear(outcome):
    """A result, or a message for a person: never an error with a trace."""
    return not isinstance(outcome, rpc.Refused) or outcome.kind in MESSAGES


def conflicts(office):
    """How often a server had to begin again."""
    return sum(office.log(name).count("could not serialize access") for name in "ab")


def check_told_once(office, moves):
    """Each ticket is in one global invoice, with its amount, or has one CFDI of its own."""
    lines = told(office)
    for ticket in tickets(office, moves):
        own = lines.get(name_of(office, ticket["move_id"]), [])
        both = own + lines.get(ticket["number"], [])
        assert both == [("I", cents(str(ticket["amount_total"])))], (ticket["number"], ticket["state"], both)
        assert ticket["state"] == ("invoiced" if own else "global")


def test_two_nightly_runs_make_one_global_invoice(shop):
    outcomes, before = [], conflicts(shop)
    for _round in range(ROUNDS):
        moves = sell(shop, 3)
        outcomes += at_once(*(partial(night, shop, name) for name in "ab"))
        names = {row["global_id"] for row in tickets(shop, moves)}
        assert len(names) == 1 and None not in names, names
        (made,) = shop.sql("SELECT count(*) AS n FROM l10n_mx_facture_global WHERE date_to = %s AND state = 'draft'",
                           YESTERDAY)  # fmt: skip
        assert made["n"] == 1
        outcomes += at_once(partial(queue, shop, "a"), partial(queue, shop, "b", "cron_stamp_2"))
        check_told_once(shop, moves)
    assert all(map(is_clear, outcomes)), outcomes
    assert conflicts(shop) > before, "no two runs overlapped: nothing shown"


def test_a_ticket_that_gets_a_cfdi_of_its_own_is_told_once(shop):
    """Pressed while the night makes its global invoice, and while that is being sent."""
    outcomes, ways = [], set()
    for number in range(ROUNDS):
        moves = sell(shop, 3)
        press = partial(shop.press, "b", moves[:1], STAMP)
        if number % 2:
            outcomes += at_once(partial(night, shop, "a"), press)
            queue(shop, "a")
        else:
            night(shop, "a")
            outcomes += at_once(partial(queue, shop, "a"), press)
        shop.control("settings", latency={})
        # what had to give way is made by the next night
        for _again in range(2):
            night(shop, "a")
            queue(shop, "a")
        check_told_once(shop, moves)
        ways.add(tickets(shop, moves)[0]["state"])
    assert all(map(is_clear, outcomes)), outcomes
    assert ways == {"invoiced", "global"}, f"the click always came first, or never: {outcomes}"


def test_a_ticket_that_is_invoiced_to_a_name_meanwhile_is_told_once(shop):
    """The sum of what SAT is told of it is what was sold; the customer has one invoice."""
    call, outcomes = shop.clients["b"].call, []
    (customer,) = shop.sql("SELECT partner_id AS id FROM account_move WHERE id = %s", shop.invoice())
    for number in range(ROUNDS):
        moves = sell(shop, 3)
        (ticket, *_others) = tickets(shop, moves)
        values = {"ticket_id": ticket["id"], "partner_id": customer["id"]}
        wizard = call("l10n_mx_facture.ticket.name", "create", values)
        press = partial(shop.press, "b", [wizard], "action_invoice", "l10n_mx_facture.ticket.name")
        if number % 2:
            outcomes += at_once(partial(night, shop, "a"), press)
        else:
            night(shop, "a")
            outcomes += at_once(partial(queue, shop, "a"), press)
        if isinstance(outcomes[-1], rpc.Refused):
            # its global invoice was being sent: asked again when the answer is there
            wait_for(lambda: not isinstance(queue(shop, "a"), rpc.Refused))
            assert isinstance(press(), dict)
        shop.control("settings", latency={})
        for _again in range(3):
            night(shop, "a")
            queue(shop, "a")
        check_told_once(shop, moves[1:])
        (ticket, *_others) = tickets(shop, moves)
        check_named(shop, ticket)
    assert all(map(is_clear, outcomes)), outcomes


def check_named(office, ticket):
    """The invoice to a name is stamped, and the ticket is in no global invoice, or credited there as a whole."""
    lines = told(office)
    total = cents(str(ticket["amount_total"]))
    assert lines[name_of(office, ticket["invoice_move_id"])] == [("I", total)]
    assert sorted(lines.get(ticket["number"], [])) in ([], [("E", total), ("I", total)])
    assert ticket["state"] == "invoiced"
