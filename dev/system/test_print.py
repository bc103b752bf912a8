"""An invoice of sixty lines, a receipt of payment of sixty invoices, and a global invoice of sixty tickets, through the
real wkhtmltopdf.

Nothing is cut, and the QR code on the page can be read.
"""

import base64
import io
from datetime import date, timedelta

import pypdf
import pypdfium2
import pytest
import requests
import zxingcpp
from lxml import etree

from office import LOGIN, PASSWORD

LINES = 60
TFD = "{http://www.sat.gob.mx/TimbreFiscalDigital}TimbreFiscalDigital"
CFDI = "{http://www.sat.gob.mx/cfd/4}"
PAGOS = "{http://www.sat.gob.mx/Pagos20}"
REPORT = "account.report_invoice_with_payments"
TICKET, GLOBAL = "l10n_mx_facture.ticket", "l10n_mx_facture.global"


@pytest.fixture
def session(office):
    """A browser that is logged in at server a."""
    found = requests.Session()
    params = {"db": office.database, "login": LOGIN, "password": PASSWORD}
    url = f"{office.servers['a'].url}/web/session/authenticate"
    found.post(url, json={"jsonrpc": "2.0", "params": params}, timeout=60).raise_for_status()
    return found


def long_invoice(office):
    """The id of a stamped invoice of sixty lines."""
    call, move = office.clients["a"].call, office.invoice()
    call("account.move", "button_draft", [move])
    line = call("account.move.line", "search_read", [("move_id", "=", move), ("display_type", "=", "product")],
                ["product_id", "tax_ids"], limit=1)[0]
    values = {"product_id": line["product_id"][0], "tax_ids": [(6, 0, line["tax_ids"])]}
    lines = [(0, 0, {**values, "name": f"PARTIDA-{n:03d}-FIN", "price_unit": 10 + n}) for n in range(LINES)]
    call("account.move", "write", [move], {"invoice_line_ids": [(5,), *lines]})
    call("account.move", "action_post", [move])
    office.press("a", [move])
    assert office.document(move)["state"] == "stamped"
    return move


def long_receipt(office):
    """The id of the stamped receipt of one payment of sixty invoices on credit."""
    call, moves = office.clients["a"].call, office.invoices(LINES)
    call("account.move", "button_draft", moves)
    due = str(date.today() + timedelta(days=40))
    call("account.move", "write", moves, {"invoice_date_due": due, "l10n_mx_facture_payment_policy": "PPD"})
    call("account.move", "action_post", moves)
    office.press("a", moves)
    assert {office.document(move)["state"] for move in moves} == {"stamped"}
    context = {"active_model": "account.move", "active_ids": moves}
    form = call("l10n_mx_catalogs.c_forma_pago", "search", [("code", "=", "03")])[0]
    values = {"group_payment": True, "l10n_mx_facture_payment_form_id": form}
    wizard = call("account.payment.register", "create", values, context=context)
    call("account.payment.register", "action_create_payments", [wizard], context=context)
    payment = call("account.payment", "search", [("invoice_ids", "in", moves)])
    assert len(payment) == 1
    call("account.payment", "action_l10n_mx_facture_stamp", payment)
    (rep,) = call("l10n_mx_facture.rep", "search_read", [("payment_ids", "in", payment)], ["state"])
    assert rep["state"] == "stamped"
    return rep["id"]


def long_global(office):
    """The id of a stamped global invoice of sixty tickets of the demo's counter."""
    call = office.clients["a"].call
    domain = [("journal_id.code", "=", "MOST"), ("state", "=", "posted"), ("move_type", "=", "out_invoice")]
    (pattern,) = call("account.move", "search", domain, limit=1, order="id")
    today = str(date.today())
    values = {"invoice_date": today, "invoice_date_due": today}
    copies = [call("account.move", "copy", [pattern], values) for _number in range(LINES)]
    moves = [one[0] if isinstance(one, list) else one for one in copies]
    call("account.move", "action_post", moves)
    tickets = call(TICKET, "search", [("move_id", "in", moves)])
    call(TICKET, "action_make_globals", tickets)
    (made,) = call(GLOBAL, "search", [("ticket_ids", "in", tickets)])
    call(GLOBAL, "action_stamp", [made])
    (row,) = call(GLOBAL, "read", [made], ["state", "ticket_count"])
    assert (row["state"], row["ticket_count"]) == ("stamped", LINES)
    return made


def printed(office, session, *ids, report=REPORT):
    """The PDF's bytes, as the button Print downloads it."""
    url = f"{office.servers['a'].url}/report/pdf/{report}/{','.join(map(str, ids))}"
    answer = session.get(url, timeout=300)
    assert answer.status_code == 200, answer.text[:2000]
    assert answer.content.startswith(b"%PDF")
    return answer.content


def xml_of(office, document):
    """The root of a document's stored XML."""
    (row,) = office.clients["a"].call("ir.attachment", "read", [document["xml_attachment_id"]], ["datas"])
    return etree.fromstring(base64.b64decode(row["datas"]))


def texts(pdf):
    """The text of each page, without white space: a line may end anywhere."""
    return ["".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def check_paper(root, pdf, wanted):
    """That the stamp, the parties, what is wanted and the QR code are on the pages of a CFDI."""
    pages, stamp = texts(pdf), root.find(f".//{TFD}")
    assert len(pages) > 1
    assert all("SINVALIDEZFISCAL" in page for page in pages), "it is the sandbox's"
    whole = "".join(pages).replace("SINVALIDEZFISCAL", "")
    wanted = [*wanted, root.get("Sello"), root.get("NoCertificado"), root.get("Fecha")]
    wanted += [stamp.get(name) for name in ("UUID", "SelloSAT", "NoCertificadoSAT", "RfcProvCertif", "FechaTimbrado")]
    for party in (root.find(f"{CFDI}Emisor"), root.find(f"{CFDI}Receptor")):
        wanted += party.attrib.values()
    missing = [value for value in wanted if "".join(value.split()) not in whole]
    assert len(wanted) > 3 * LINES
    assert not missing
    issuer, receiver = (root.find(f"{CFDI}{name}").get("Rfc") for name in ("Emisor", "Receptor"))
    codes = [
        code.text
        for page in pypdfium2.PdfDocument(pdf)
        for code in zxingcpp.read_barcodes(page.render(scale=3).to_pil())
    ]
    assert codes == [
        f"https://verificacfdi.facturaelectronica.sat.gob.mx/default.aspx?id={stamp.get('UUID')}&re={issuer}"
        f"&rr={receiver}&tt={root.get('Total')}&fe={root.get('Sello')[-8:]}"
    ]


def test_sixty_lines_on_paper(office, session):
    move = long_invoice(office)
    root = xml_of(office, office.document(move))
    wanted = []
    for line in root.iter(f"{CFDI}Concepto"):
        wanted += [line.get("Descripcion"), line.get("ClaveProdServ"), f"{float(line.get('Importe')):,.2f}"]
    check_paper(root, printed(office, session, move), wanted)


def test_a_payment_of_sixty_invoices_on_paper(office, session):
    rep = long_receipt(office)
    (document,) = office.sql("SELECT * FROM l10n_mx_facture_document WHERE rep_id = %s", rep)
    root, wanted = xml_of(office, document), []
    doctos = list(root.iter(f"{PAGOS}DoctoRelacionado"))
    assert len(doctos) == LINES
    for docto in doctos:
        amounts = [f"{float(docto.get(name)):,.2f}" for name in ("ImpSaldoAnt", "ImpPagado", "ImpSaldoInsoluto")]
        # side by side, as they stand in the row of their invoice
        wanted += [docto.get("IdDocumento"), docto.get("Serie") + docto.get("Folio"), "".join(amounts)]
    wanted.append(f"{float(root.find(f'.//{PAGOS}Totales').get('MontoTotalPagos')):,.2f}")
    check_paper(root, printed(office, session, rep, report="l10n_mx_facture.report_rep"), wanted)


def test_several_at_once(office, session):
    """Debian's wkhtmltopdf can't print several documents at once; one after the other it can."""
    moves = office.invoices(2)
    office.press("a", moves)
    pages = texts(printed(office, session, *moves))
    for move in moves:
        uuid = office.document(move)["uuid"].lower()
        assert sum(uuid in page.lower() for page in pages) == 1


def test_sixty_tickets_on_paper(office, session):
    """Each page but the last, which has the stamp, begins with a head of the table."""
    made = long_global(office)
    (document,) = office.sql("SELECT * FROM l10n_mx_facture_document WHERE global_id = %s", made)
    root, wanted = xml_of(office, document), []
    for line in root.iter(f"{CFDI}Concepto"):
        amount, tax = f"{float(line.get('Importe')):,.2f}", line.find(f".//{CFDI}Traslado")
        # side by side, as they stand in the row of the ticket
        row = ["1", "ACT", "01010101", "Venta", amount, amount, "02", tax.get("Impuesto")]
        wanted += [line.get("NoIdentificacion") + "".join(row), amount, f"{float(tax.get('Importe')):,.2f}"]
    assert len(wanted) == 3 * LINES
    pdf = printed(office, session, made, report="l10n_mx_facture.report_global")
    check_paper(root, pdf, wanted)
    heads = ["No.deidentificación" in page for page in texts(pdf)]
    assert heads[:2] == [True, True]
