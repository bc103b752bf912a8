"""What `make demo` shows: an account of each service, a journal for each; and what a person changed since stays."""

import base64

import pytest

from dev.demo import start
from office import STAMP

ACCOUNT, BRANCH = "l10n_mx_facture.account", "l10n_mx_facture.branch"
TICKET, GLOBAL, DOCUMENT = (f"l10n_mx_facture.{name}" for name in ("ticket", "global", "document"))
TAXES = (
    'Impuesto="002" TipoFactor="Tasa" TasaOCuota="0.160000"',
    'Impuesto="002" TipoFactor="Tasa" TasaOCuota="0.080000"',
    'Impuesto="002" TipoFactor="Tasa" TasaOCuota="0.000000"',
    'Impuesto="002" TipoFactor="Exento"',
    'Impuesto="003" TipoFactor="Tasa" TasaOCuota="0.080000"',
)
CALLS = {"INV": "stamp", "SD": "sello_stamp", "FA": "api_stamp"}
NAMES = {"INV": "Facture REST", "SD": "Sello Digital", "FA": "Facture API"}


@pytest.fixture
def call(office):
    return office.clients["a"].call


def again(office):
    """Make the demo's data once more; what it tells."""
    return start.prepare_data(office.stack, office.database, office.sandbox.url, "http://127.0.0.1")


def account(call, journal):
    """The id of the account that the demo has made for a journal."""
    (found,) = call(ACCOUNT, "search", [("name", "=", NAMES[journal])])
    return found


def branch(call, journal):
    """The id of that account's branch in the capital."""
    (found,) = call(BRANCH, "search", [("account_id.name", "=", NAMES[journal]), ("zip", "=", "06000")])
    return found


@pytest.mark.parametrize("code", CALLS)
def test_an_invoice_of_each_journal_is_stamped_through_its_service(office, call, code):
    demos = [("module", "=", "__demo__"), ("model", "=", "account.move")]
    made = [row["res_id"] for row in call("ir.model.data", "search_read", demos, ["res_id"])]
    domain = [("journal_id.code", "=", code), ("id", "in", made)]
    # not the first: the other tests' invoices are copies of it
    (move,) = call("account.move", "search", domain, limit=1, order="id desc")
    office.press("a", [move], STAMP)
    document = office.document(move)
    assert (document["state"], document["branch_id"]) == ("stamped", branch(call, code))
    assert {operation: len(office.calls(operation)) for operation in CALLS.values()} == {
        operation: int(operation == CALLS[code]) for operation in CALLS.values()
    }


def test_what_a_person_changed_stays_and_what_is_spoilt_is_told(office, call):
    """The ordinary journal goes to another service, and a password is wrong."""
    counted = [call(model, "search_count", []) for model in (ACCOUNT, BRANCH, "account.journal", "account.move")]
    (journal,) = call("account.journal", "search", [("code", "=", "INV")])
    spoilt = account(call, "SD")

    def give_to(code):
        call("account.journal", "write", [journal], {"l10n_mx_facture_branch_ids": [(6, 0, [branch(call, code)])]})

    give_to("FA")
    call(ACCOUNT, "write", [spoilt], {"secret": "wrong"})
    try:
        told = again(office)
    finally:
        give_to("INV")
        call(ACCOUNT, "write", [spoilt], {"secret": "token-demo"})
    (note,) = told["notes"]
    assert note.startswith("Sello Digital: ")
    shown = [(row["journal"].rpartition(" ")[2], row["account"]) for row in told["journals"]]
    services = {"(INV)": "Facture API", "(FA)": "Facture API", "(MOST)": "Facture REST", "(SD)": "Sello Digital"}
    assert shown == list(services.items())
    now = [call(model, "search_count", []) for model in (ACCOUNT, BRANCH, "account.journal", "account.move")]
    assert now == counted
    assert told["made"] == {}, "the second run says that it made nothing"


def test_another_port_of_the_sandbox_uses_up_no_token(office):
    """The service gives a user three tokens for a year; here one is all there is."""
    office.control("settings", max_tokens=1)
    office.sql("UPDATE l10n_mx_facture_account SET base_url = 'http://127.0.0.1:9'")
    # as one that was bought there
    office.sql("UPDATE l10n_mx_facture_token SET owner = 'another address'")
    assert again(office)["notes"] == []
    assert office.sql("SELECT DISTINCT base_url FROM l10n_mx_facture_account") == [{"base_url": office.sandbox.url}]


def test_thirty_tickets_of_the_counter_become_global_invoices(office, call):
    """Of yesterday and today, at two branches; with each tax, a part returned, and a sale that was cancelled."""
    counter = ("move_id.journal_id.code", "=", "MOST")
    tickets = call(TICKET, "search_read", [counter], ["date", "state", "branch_id", "amount_total", "move_id"])
    assert len(tickets) == 30
    assert {row["state"] for row in tickets} == {"open"}
    keys = {(row["date"], row["branch_id"][0]) for row in tickets}
    assert len(keys) == 4
    mine = ("journal_id.code", "=", "MOST")
    assert call("account.move", "search_count", [mine, ("state", "=", "cancel")]) == 1
    (returned,) = call("account.move", "search_read", [mine, ("move_type", "=", "out_refund")], ["amount_total"])
    call(TICKET, "action_make_globals", [])
    made = call(GLOBAL, "search", [("ticket_ids", "in", [row["id"] for row in tickets])])
    assert len(made) == len(keys)
    call(GLOBAL, "action_stamp", made)
    stamped = call(GLOBAL, "read", made, ["state", "amount_total", "document_id"])
    assert {row["state"] for row in stamped} == {"stamped"}
    total = sum(row["amount_total"] for row in tickets) - returned["amount_total"]
    assert round(sum(row["amount_total"] for row in stamped), 2) == round(total, 2)
    documents = [row["document_id"][0] for row in stamped]
    files = [row["xml_attachment_id"][0] for row in call(DOCUMENT, "read", documents, ["xml_attachment_id"])]
    xml = "".join(base64.b64decode(row["datas"]).decode() for row in call("ir.attachment", "read", files, ["datas"]))
    for tax in TAXES:
        assert tax in xml, tax
