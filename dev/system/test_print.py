"""An invoice of sixty lines through the real wkhtmltopdf: nothing is cut, and the QR code on the page can be read."""

import base64
import io

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


def printed(office, session, *moves):
    """The PDF's bytes, as the button Print downloads it."""
    ids = ",".join(map(str, moves))
    url = f"{office.servers['a'].url}/report/pdf/account.report_invoice_with_payments/{ids}"
    answer = session.get(url, timeout=300)
    assert answer.status_code == 200, answer.text[:2000]
    assert answer.content.startswith(b"%PDF")
    return answer.content


def xml_of(office, move):
    document = office.document(move)
    (row,) = office.clients["a"].call("ir.attachment", "read", [document["xml_attachment_id"]], ["datas"])
    return etree.fromstring(base64.b64decode(row["datas"]))


def texts(pdf):
    """The text of each page, without white space: a line may end anywhere."""
    return ["".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def test_sixty_lines_on_paper(office, session):
    move = long_invoice(office)
    root, pdf = xml_of(office, move), printed(office, session, move)
    pages = texts(pdf)
    assert len(pages) > 1
    assert all("SINVALIDEZFISCAL" in page for page in pages), "it is the sandbox's"
    whole, stamp = "".join(pages).replace("SINVALIDEZFISCAL", ""), root.find(f".//{TFD}")
    wanted = [root.get("Sello"), root.get("NoCertificado"), root.get("Fecha")]
    wanted += [stamp.get(name) for name in ("UUID", "SelloSAT", "NoCertificadoSAT", "RfcProvCertif", "FechaTimbrado")]
    for line in root.iter(f"{CFDI}Concepto"):
        wanted += [line.get("Descripcion"), line.get("ClaveProdServ"), f"{float(line.get('Importe')):,.2f}"]
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


def test_several_at_once(office, session):
    """Debian's wkhtmltopdf can't print several documents at once; one after the other it can."""
    moves = office.invoices(2)
    office.press("a", moves)
    pages = texts(printed(office, session, *moves))
    for move in moves:
        uuid = office.document(move)["uuid"].lower()
        assert sum(uuid in page.lower() for page in pages) == 1
