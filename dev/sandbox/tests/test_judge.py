"""The judge: clean samples pass, every single change that breaks a rule is refused by its code."""

from decimal import Decimal

import pytest
from client import MATRIZ, TIJUANA, local_now
from lxml import etree
from samples import NS, PARTS, PUBLIC, RECEIVER, cfdi, change, zipped

CONCEPT = "cfdi:Conceptos/cfdi:Concepto"
LINE = CONCEPT + "/cfdi:Impuestos/cfdi:Traslados/cfdi:Traslado"
HELD = CONCEPT + "/cfdi:Impuestos/cfdi:Retenciones/cfdi:Retencion"
SUM = "cfdi:Impuestos"
SUM_LINE = SUM + "/cfdi:Traslados/cfdi:Traslado"
SUM_HELD = SUM + "/cfdi:Retenciones/cfdi:Retencion"
TO = "cfdi:Receptor"
GENERIC = ('Rfc="XEXX010101000" Nombre="ACME INC" DomicilioFiscalReceptor="{zip}"'
           ' ResidenciaFiscal="USA" RegimenFiscalReceptor="616" UsoCFDI="S01"')

# (path, attribute, value, code) on the sample "full"
CHANGES = [
    (".", "Fecha", local_now(hours=-73), "401"),
    (".", "Fecha", local_now(minutes=30), "401"),
    (".", "Fecha", "2026-13-01T00:00:00", "CFDI40101"),
    (".", "FormaPago", "03", "CFDI40105"),
    (".", "FormaPago", "77", "CFDI40104"),
    (".", "FormaPago", None, "CFDI40105"),
    (".", "MetodoPago", "PUT", "CFDI40124"),
    (".", "SubTotal", "2069.120", "CFDI40107"),
    (".", "SubTotal", "2069.13", "CFDI40108"),
    (".", "Descuento", "100.000", "CFDI40112"),
    (".", "Descuento", "99.99", "CFDI40111"),
    (".", "Descuento", "9999.00", "CFDI40110"),
    (".", "Descuento", None, "CFDI40111"),
    (".", "Moneda", "PSO", "CFDI40113"),
    (".", "Moneda", "MXN", "CFDI40114"),
    (".", "Moneda", "XXX", "CFDI40107"),
    (".", "TipoCambio", None, "CFDI40115"),
    (".", "TipoCambio", "17.1234567", "301"),
    (".", "TipoCambio", "0", "CFDI40117"),
    (".", "Total", "2115.91", "CFDI40119"),
    (".", "Total", "2115.9000", "CFDI40119"),
    (".", "Exportacion", "09", "CFDI40123"),
    (".", "Exportacion", "02", "CFDI40122"),
    (".", "TipoDeComprobante", "F", "CFDI40121"),
    (".", "TipoDeComprobante", "T", "CFDI40103"),
    (".", "LugarExpedicion", "22000", "S126"),
    (".", "LugarExpedicion", "00001", "CFDI40126"),
    (".", "Version", "3.3", "301"),
    (".", "Serie", "", "301"),
    (".", "Otro", "x", "301"),
    ("cfdi:Emisor", "Rfc", "ABC010101AB1", "303"),
    ("cfdi:Emisor", "Nombre", "ESCUELA KEMPER URGATE SA DE CV", "CFDI40139"),
    ("cfdi:Emisor", "RegimenFiscal", "612", "CFDI40141"),
    ("cfdi:Emisor", "RegimenFiscal", "999", "CFDI40140"),
    ("cfdi:Emisor", "RegimenFiscal", "609", "CFDI40140"),
    (TO, "Rfc", "URE180429", "301"),
    (TO, "Nombre", "PUBLICO EN GENERAL", "CFDI40146"),
    (TO, "DomicilioFiscalReceptor", "00001", "CFDI40147"),
    (TO, "ResidenciaFiscal", "USA", "CFDI40151"),
    (TO, "ResidenciaFiscal", "QQQ", "CFDI40150"),
    (TO, "NumRegIdTrib", "123456789", "CFDI40154"),
    (TO, "RegimenFiscalReceptor", "612", "CFDI40158"),
    (TO, "RegimenFiscalReceptor", "628", "CFDI40157"),
    (TO, "RegimenFiscalReceptor", "000", "CFDI40157"),
    (TO, "UsoCFDI", "P01", "CFDI40160"),
    (TO, "UsoCFDI", "X01", "CFDI40160"),
    (TO, "UsoCFDI", "D01", "CFDI40161"),
    (CONCEPT, "ClaveProdServ", "99999999", "CFDI40162"),
    (CONCEPT, "ClaveUnidad", "???", "CFDI40165"),
    (CONCEPT, "ValorUnitario", "0.00", "CFDI40166"),
    (CONCEPT, "Importe", "1200.00", "CFDI40167"),
    (CONCEPT, "Cantidad", "4.50", "CFDI40167"),
    (CONCEPT, "Descuento", "100.0000", "CFDI40168"),
    (CONCEPT, "Descuento", "1169.13", "CFDI40169"),
    (CONCEPT, "Descripcion", "a|b", "301"),
    (CONCEPT, "ObjetoImp", "09", "CFDI40170"),
    (CONCEPT, "ObjetoImp", "01", "CFDI40172"),
    (CONCEPT, "ObjetoImp", "05", "CFDI40172"),
    (CONCEPT, "ObjetoImp", "06", "CFDI140226"),
    (CONCEPT, "ObjetoImp", "07", "CFDI140227"),
    (LINE, "Base", "0.00", "CFDI40174"),
    (LINE, "Base", "1070.12", "CFDI40180"),
    (LINE, "Impuesto", "004", "CFDI40175"),
    (LINE, "Impuesto", "003", "CFDI40179"),
    (LINE, "TipoFactor", "Otro", "CFDI40176"),
    (LINE, "TipoFactor", "Exento", "CFDI40177"),
    (LINE, "TasaOCuota", "0.150000", "CFDI40179"),
    (LINE, "TasaOCuota", "0.080000", "CFDI40179"),
    (LINE, "TasaOCuota", None, "CFDI40178"),
    (LINE, "Importe", None, "CFDI40178"),
    (LINE, "Importe", "171.08", "CFDI40180"),
    (HELD, "Base", "0.00", "CFDI40181"),
    (HELD, "Impuesto", "007", "CFDI40182"),
    (HELD, "TipoFactor", "Exento", "CFDI40184"),
    (HELD, "TasaOCuota", "0.360000", "CFDI40185"),
    (HELD, "Importe", "14.00", "CFDI40186"),
    (SUM, "TotalImpuestosRetenidos", "24.280", "CFDI40202"),
    (SUM, "TotalImpuestosRetenidos", "24.29", "CFDI40203"),
    (SUM, "TotalImpuestosRetenidos", None, "CFDI40206"),
    (SUM, "TotalImpuestosTrasladados", "171.060", "CFDI40204"),
    (SUM, "TotalImpuestosTrasladados", "171.07", "CFDI40205"),
    (SUM, "TotalImpuestosTrasladados", None, "CFDI40212"),
    (SUM_HELD, "Impuesto", "002", "CFDI40211"),
    (SUM_HELD, "Impuesto", "009", "CFDI40207"),
    (SUM_HELD, "Importe", "13.360", "CFDI40210"),
    (SUM_LINE, "Base", "1069.120", "CFDI40214"),
    (SUM_LINE, "Base", "1069.13", "CFDI40215"),
    (SUM_LINE, "Impuesto", "009", "CFDI40217"),
    (SUM_LINE, "TasaOCuota", "0.170000", "CFDI40215"),
    (SUM_LINE, "Importe", "171.060", "CFDI40220"),
    (SUM_LINE + "[2]", "Base", "901.00", "CFDI40216"),
    (SUM_LINE + "[2]", "Importe", "0.00", "CFDI40213"),
]


def _codes(client, xml, branch=MATRIZ):
    response = client.stamp(xml, branch, accept="application/json")
    return None if response.status_code == 200 else response.json()["codigo"]


@pytest.mark.parametrize("kind", PARTS)
def test_samples_are_clean(client, kind):
    assert _codes(client, cfdi(kind)) is None


@pytest.mark.parametrize(
    "path, name, value, code", CHANGES, ids=lambda value: str(value).rpartition(":")[2])
def test_one_change(client, path, name, value, code):
    assert _codes(client, change(cfdi("full"), path, name, value)) == code
    assert client.book() == []


def _amounts():
    root = etree.fromstring(cfdi("full"))
    names = {"SubTotal", "Descuento", "Total", "Cantidad", "ValorUnitario", "Importe", "Base",
             "TasaOCuota", "TotalImpuestosRetenidos", "TotalImpuestosTrasladados"}
    for node in root.iter():
        for name in names & set(node.attrib):
            path = root.getroottree().getelementpath(node)
            yield path, name, node.get(name)


@pytest.mark.parametrize("path, name, text", list(_amounts()))
def test_any_doubled_number_is_noticed(client, path, name, text):
    sent = change(cfdi("full"), path, name, str(Decimal(text) * 2))
    assert _codes(client, sent) is not None


def _exact(path, name):
    """SAT's limits leave room for a rounded price and for the base of a withholding."""
    return name != "ValorUnitario" and not ("Retencion" in path and name == "Base")


@pytest.mark.parametrize(
    "path, name, text", [found for found in _amounts() if _exact(*found[:2])])
@pytest.mark.parametrize("shift", ["0.02", "-0.02"])
def test_two_cents_are_noticed(client, path, name, text, shift):
    if name == "TasaOCuota":
        shift = "0.020000"
    sent = change(cfdi("full"), path, name, str(Decimal(text) + Decimal(shift)))
    assert _codes(client, sent) is not None


def test_date_within_its_window(client):
    assert _codes(client, cfdi(fecha=local_now(hours=-71))) is None
    assert _codes(client, cfdi(fecha=local_now(minutes=4))) is None
    # Mexico City's time is two hours ahead of Tijuana's, which a careless client would send.
    assert _codes(client, cfdi(branch=TIJUANA, fecha=local_now(MATRIZ)), TIJUANA) == "401"


def test_border_rate_only_at_the_border(client):
    parts = {name: text.replace("0.160000", "0.080000").replace('"16.00"', '"8.00"')
             .replace('"116.00"', '"108.00"') for name, text in PARTS["iva16"].items()}
    assert 'Total="108.00"' in parts["root"]
    assert _codes(client, cfdi(branch=TIJUANA, **parts), TIJUANA) is None
    assert _codes(client, cfdi(**parts)) == "CFDI40179"


def test_generic_receivers(client):
    assert _codes(client, cfdi(receiver=PUBLIC)) is None
    assert _codes(client, cfdi(receiver=GENERIC)) is None
    wrong = cfdi(receiver=PUBLIC)
    assert _codes(client, change(wrong, TO, "DomicilioFiscalReceptor", "01000")) == "CFDI40149"
    assert _codes(client, change(wrong, TO, "RegimenFiscalReceptor", "612")) == "CFDI40159"
    assert _codes(client, change(wrong, TO, "UsoCFDI", "G03")) == "CFDI40161"
    foreign = cfdi(receiver=GENERIC)
    assert _codes(client, change(foreign, TO, "ResidenciaFiscal", "MEX")) == "CFDI40152"
    foreign = change(foreign, TO, "NumRegIdTrib", "123456789")
    assert _codes(client, foreign) is None
    assert _codes(client, change(foreign, TO, "ResidenciaFiscal", None)) == "CFDI40153"


def test_global_invoice(client):
    public = PUBLIC.replace("{name}", "PUBLICO EN GENERAL")
    assert _codes(client, cfdi(receiver=public)) == "CFDI40130"

    this_year = local_now()[:4]

    def globally(period, months, year=this_year):
        node = f'<cfdi:InformacionGlobal Periodicidad="{period}" Meses="{months}" Año="{year}"/>'
        return _codes(client, cfdi(receiver=public, before=node))

    assert globally("01", "05") is None
    assert globally("05", "13") == "CFDI40132"
    assert globally("01", "13") == "CFDI40134"
    assert globally("09", "01") == "CFDI40131"
    assert globally("01", "19") == "CFDI40133"
    assert globally("01", "01", "2015") == "301"  # the schema's own lower bound is 2021
    assert globally("01", "01", int(this_year) + 1) == "CFDI40136"


def test_relations(client):
    node = ('<cfdi:CfdiRelacionados TipoRelacion="{}"><cfdi:CfdiRelacionado'
            ' UUID="11111111-2222-4333-8444-000000000001"/></cfdi:CfdiRelacionados>')
    assert _codes(client, cfdi(before=node.format("04"))) is None
    assert _codes(client, cfdi(before=node.format("09"))) == "CFDI40137"
    assert _codes(client, cfdi(before=node.format("99"))) == "CFDI40137"


def test_missing_taxes(client):
    root = etree.fromstring(cfdi("full"))
    root.remove(root.find(SUM, NS))
    root.set("Total", "1969.12")
    assert _codes(client, etree.tostring(root)) == "CFDI40211"
    root = etree.fromstring(cfdi())
    concept = root.find(CONCEPT, NS)
    concept.remove(concept.find("cfdi:Impuestos", NS))
    assert _codes(client, etree.tostring(root)) == "CFDI40171"


def test_discount_of_everything_and_credit_note(client):
    egress = {"root": PARTS["iva16"]["root"].replace('"I"', '"E"')}
    assert _codes(client, cfdi(receiver=RECEIVER.replace("G03", "G02"), **egress)) is None


def test_ieps_by_rate_and_by_quota(client):
    """IEPS joins the base of IVA; a quota's base is a quantity."""
    line = ('<cfdi:Traslado Base="{}" Impuesto="003" TipoFactor="{}" TasaOCuota="{}"'
            ' Importe="{}"/>')

    def ieps(base, factor, rate, amount, iva_base, iva, total):
        taxes = (line.format(base, factor, rate, amount)
                 + f'<cfdi:Traslado Base="{iva_base}" Impuesto="002" TipoFactor="Tasa"'
                   f' TasaOCuota="0.160000" Importe="{iva}"/>')
        concept = (
            '<cfdi:Concepto ClaveProdServ="50202306" Cantidad="10" ClaveUnidad="LTR"'
            ' Descripcion="Refresco" ValorUnitario="10.00" Importe="100.00" ObjetoImp="02">'
            f'<cfdi:Impuestos><cfdi:Traslados>{taxes}</cfdi:Traslados></cfdi:Impuestos>'
            '</cfdi:Concepto>')
        sums = Decimal(amount) + Decimal(iva)
        return _codes(client, cfdi(
            root=PARTS["iva16"]["root"].replace("116.00", total), concepts=concept,
            taxes=f'<cfdi:Impuestos TotalImpuestosTrasladados="{sums}"><cfdi:Traslados>{taxes}'
                  '</cfdi:Traslados></cfdi:Impuestos>'))

    assert ieps("100.00", "Tasa", "0.080000", "8.00", "108.00", "17.28", "125.28") is None
    assert ieps("100.00", "Tasa", "0.085000", "8.50", "108.50", "17.36", "125.86") == "CFDI40179"
    assert ieps("10.00", "Cuota", "3.081800", "30.82", "130.82", "20.93", "151.75") is None
    assert ieps("10.00", "Cuota", "73.000000", "730.00", "830.00", "132.80", "962.80") \
        == "CFDI40179"
    # A quota on money instead of litres: 100.00 x 3.0818.
    assert ieps("100.00", "Cuota", "3.081800", "30.82", "130.82", "20.93", "151.75") \
        == "CFDI40180"


def test_what_only_the_schema_refuses_is_refused_however_it_comes(client):
    """A Cantidad of seven decimals is within all limits, but SAT's schema takes six."""
    wrong = change(cfdi(), CONCEPT, "Cantidad", "1.0000001")
    assert _codes(client, wrong) == "301"
    report = etree.fromstring(client.bulk(zipped({"a.xml": wrong, "b.xml": cfdi()})).content)
    assert [node.text for node in report.iter("codigo")] == ["301", "0"]
    (found,) = client.control("POST", "judge", {"zip": "06000", "documents": [wrong.decode()]})
    assert len(found) == 1 and "Cantidad" in found[0]


def test_all_findings_without_a_stamp(client):
    double = change(change(cfdi(), ".", "Total", "117.00"), TO, "UsoCFDI", "D01")
    documents = [double.decode(), cfdi().decode(), "<a/>"]
    found = client.control("POST", "judge", {"zip": "06000", "documents": documents})
    codes = [sorted(text.partition(":")[0] for text in texts) for texts in found]
    assert codes == [["CFDI40119", "CFDI40161"], [], ["301"]]
    assert client.control("GET", "book") == []
