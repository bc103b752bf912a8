"""The facts of the catalogues against SAT's own files when they are there, and by hand."""

import csv
from datetime import date, datetime
from decimal import Decimal as D

import pytest
from l10n_mx_facture.cfdi.rules import DEFAULT, Catalogues, TaxRate, TaxRates, tax_rates
from l10n_mx_facture.cfdi.rules import catalogues_data as data
from l10n_mx_facture.cfdi.values import currency_decimals

NOW = datetime(2026, 5, 5, 10)
IMPUESTOS = {"ISR": "001", "IVA": "002", "IEPS": "003", "IVA Crédito aplicado del 50%": "002"}


@pytest.fixture(scope="module")
def catalogue(request):
    folder = request.getfixturevalue("shared") / "sat/catalogs"

    def rows(name):
        with open(folder / f"{name}.csv", encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    return rows


def keys(rows):
    return {row["id"] for row in rows}


@pytest.mark.parametrize(
    ("name", "ours"),
    (
        ("formas_pago", "c_FormaPago"),
        ("metodos_pago", "c_MetodoPago"),
        ("tipos_comprobantes", "c_TipoDeComprobante"),
        ("tipos_relaciones", "c_TipoRelacion"),
        ("periodicidades", "c_Periodicidad"),
        ("meses", "c_Meses"),
        ("impuestos", "c_Impuesto"),
        ("tipos_factores", "c_TipoFactor"),
        ("regimenes_fiscales", "c_RegimenFiscal"),
        ("usos_cfdi", "c_UsoCFDI"),
        ("exportaciones", "c_Exportacion"),
        ("objetos_impuestos", "c_ObjetoImp"),
        ("monedas", "c_Moneda"),
    ),
)
def test_keys(catalogue, name, ours):
    assert keys(catalogue(f"cfdi_40_{name}")) == set(data.KEYS[ours])


@pytest.mark.parametrize(
    ("name", "ours"),
    (
        ("exportaciones", "c_Exportacion"),
        ("objetos_impuestos", "c_ObjetoImp"),
        ("monedas", "c_Moneda"),
        ("aduanas", "c_Aduana"),
    ),
)
def test_dates(catalogue, name, ours):
    for row in catalogue(f"cfdi_40_{name}"):
        since = data.KEYS[ours].get(row["id"])
        assert row["vigencia_desde"] == (since.isoformat() if since else "2022-01-01")
        assert not row["vigencia_hasta"]


def test_regimes_and_usages(catalogue):
    for row in catalogue("cfdi_40_regimenes_fiscales"):
        kinds = bool(row["aplica_fisica"]), bool(row["aplica_moral"])
        assert data.REGIMENES[row["id"]] == kinds
    for row in catalogue("cfdi_40_usos_cfdi"):
        regimes = {regime.strip() for regime in row["regimenes_fiscales_receptores"].split(",")}
        kinds = bool(row["aplica_fisica"]), bool(row["aplica_moral"])
        assert data.USOS[row["id"]] == (*kinds, regimes)


def test_currencies_have_their_decimals(catalogue):
    for row in catalogue("cfdi_40_monedas"):
        assert currency_decimals(row["id"]) == int(row["decimales"]), row["id"]


def test_countries(catalogue):
    rows = catalogue("cfdi_40_paises")
    assert all(DEFAULT.has("c_Pais", key, NOW) for key in keys(rows))
    assert not DEFAULT.has("c_Pais", "USB", NOW)
    formats = {r["id"]: r["patron_identidad_tributaria"] for r in rows if r["patron_identidad_tributaria"]}
    assert set(formats) - {"MEX"} == set(data.TAX_ID_FORMATS)
    assert all(formats[country] == form for country, form in data.TAX_ID_FORMATS.items())


def test_rates(catalogue):
    """Every value and both ends of every range are known; what lies beside them is not."""
    fixed = set()
    for row in catalogue("cfdi_40_reglas_tasa_cuota"):
        tax, factor, value = IMPUESTOS[row["impuesto"]], row["factor"], D(row["valor"])
        for column, withheld in (("traslado", False), ("retencion", True)):
            if not row[column]:
                continue
            if row["tipo"] == "Fijo":
                fixed.add((tax, value, withheld))
                continue
            assert DEFAULT.has_tasa(tax, factor, D(row["minimo"]), withheld, NOW)
            assert DEFAULT.has_tasa(tax, factor, value, withheld, NOW)
            assert not DEFAULT.has_tasa(tax, factor, value + D("0.000001"), withheld, NOW)
    for tax, value, withheld in fixed:
        assert DEFAULT.has_tasa(tax, "Tasa", value, withheld, NOW)
    known = set()
    for row in tax_rates.read_rows(tax_rates.FILE.read_text(encoding="utf-8")):
        if row.in_catalogue and row.lowest == row.highest:
            kinds = {False: row.transferred, True: row.withheld}
            known |= {(row.impuesto, row.lowest, withheld) for withheld, is_so in kinds.items() if is_so}
    assert known == fixed


@pytest.mark.parametrize(
    ("tax", "factor", "rate", "withheld", "known"),
    (
        ("002", "Tasa", "0.16", False, True),
        ("002", "Tasa", "0.160000", False, True),
        ("002", "Tasa", "0.15", False, False),
        ("002", "Tasa", "0.106667", True, True),
        ("002", "Tasa", "0.106666", True, True),
        ("002", "Tasa", "0.160001", True, False),
        ("001", "Tasa", "0.0125", True, True),
        ("001", "Tasa", "0.10", False, False),
        ("003", "Tasa", "0.08", False, True),
        ("003", "Tasa", "0.03", True, False),
        ("003", "Cuota", "72.1605", False, True),
        ("003", "Cuota", "72.1606", False, False),
        ("002", "Cuota", "1", False, False),
        ("004", "Tasa", "0.16", False, False),
    ),
)
def test_well_known_rates(tax, factor, rate, withheld, known):
    assert DEFAULT.has_tasa(tax, factor, D(rate), withheld, NOW) is known


def test_a_quota_of_a_year_that_the_table_lacks_is_not_refused():
    assert DEFAULT.has_tasa("003", "Cuota", D("75"), False, datetime(2027, 1, 1))
    assert not DEFAULT.has_tasa("003", "Cuota", D("75"), False, datetime(2026, 12, 31))
    assert DEFAULT.rates.is_silent(("003", "Cuota", False), date(2027, 1, 1))


def row(tipo_factor="Cuota", highest="80", since=(2027, 1, 1), until=None, in_catalogue=True):
    until = until and date(*until)
    return TaxRate("003", tipo_factor, D(0), D(highest), True, False, date(*since), until, in_catalogue, "DOF")


def test_rows_that_are_added_count_from_their_day():
    rates = TaxRates([row(highest="72", since=(2026, 1, 1), until=(2026, 12, 31)), row(until=(2027, 12, 31))])
    more = Catalogues(rates)
    for year, quota, known in ((2026, "75", False), (2027, "75", True), (2027, "81", False), (2028, "81", True)):
        assert more.has_tasa("003", "Cuota", D(quota), False, datetime(year, 6, 1)) is known


def test_where_the_table_ends():
    key, day = ("003", "Cuota", False), date(2026, 6, 1)
    this_year = row(since=(2026, 1, 1), until=(2026, 12, 31))
    assert TaxRates([this_year]).end(key, day) == date(2026, 12, 31)
    assert TaxRates([this_year, row(until=(2027, 6, 30))]).end(key, day) == date(2027, 6, 30)
    assert TaxRates([this_year, row()]).end(key, day) is None
    assert TaxRates([this_year, row(since=(2027, 2, 1))]).end(key, day) == date(2026, 12, 31)
    assert TaxRates([this_year]).limited == (key,)
    assert TaxRates([this_year, row()]).limited == ()


@pytest.mark.parametrize("rate", ("2", "0.32", "1"))
def test_what_only_the_law_has(rate):
    key = ("003", "Tasa", False)
    assert not DEFAULT.has_tasa(*key[:2], D(rate), False, NOW)
    assert "LIEPS" in DEFAULT.rates.of_law(key, D(rate), NOW.date()).source
    assert DEFAULT.rates.of_law(key, D(rate), date(2025, 12, 31)) is None
    published = TaxRates([row("Tasa", rate, (2026, 1, 1), in_catalogue=False), row("Tasa", rate, (2026, 9, 1))])
    assert Catalogues(published).has_tasa(*key[:2], D(rate), False, datetime(2026, 9, 1))


def test_the_codes_that_need_iva():
    assert DEFAULT.needed_taxes("80111700") == ("002",)
    assert DEFAULT.needed_taxes("84111506") == ()


def test_border(catalogue):
    for row in catalogue("satcfdi_c_CodigoPostal"):
        assert DEFAULT.has_border_stimulus(row["id"]) == (row["estimulo_frontera"] != "0")


def test_customs(catalogue):
    offices = keys(catalogue("cfdi_40_aduanas"))
    patents = keys(catalogue("cfdi_40_patentes_aduanales"))
    for number in range(10000):
        assert DEFAULT.has("c_PatenteAduanal", f"{number:04}", NOW) == (f"{number:04}" in patents)
    for number in range(100):
        assert DEFAULT.has("c_Aduana", f"{number:02}", NOW) == (f"{number:02}" in offices)


@pytest.mark.parametrize(
    ("code", "border"),
    (
        ("22000", True),
        ("26015", True),
        ("32000", True),
        ("77000", True),
        ("06000", False),
        ("64000", False),
        ("2200", False),
        ("", False),
    ),
)
def test_well_known_codes_of_the_border(code, border):
    assert DEFAULT.has_border_stimulus(code) is border


def test_keys_are_judged_by_the_date():
    assert not DEFAULT.has("c_ObjetoImp", "06", datetime(2024, 12, 12, 23, 59))
    assert DEFAULT.has("c_ObjetoImp", "06", datetime(2024, 12, 13))
    assert DEFAULT.has("c_ObjetoImp", "02", datetime(2022, 1, 1))
    assert not DEFAULT.has("c_Moneda", "VES", datetime(2023, 5, 28))
    assert not DEFAULT.has("c_Aduana", "85", datetime(2023, 1, 12))


def test_the_large_catalogues_know_every_form(catalogue):
    for row in catalogue("satcfdi_c_ClaveProdServ"):
        assert DEFAULT.has("c_ClaveProdServ", row["id"], NOW)
    for row in catalogue("satcfdi_c_ClaveUnidad"):
        assert DEFAULT.has("c_ClaveUnidad", row["id"], NOW)


def test_a_caller_may_know_more():
    class Mine(Catalogues):
        def has(self, catalogue, key, fecha):
            return key == "E48" if catalogue == "c_ClaveUnidad" else super().has(catalogue, key, fecha)

    assert Mine().has("c_ClaveUnidad", "E48", NOW)
    assert not Mine().has("c_ClaveUnidad", "H87", NOW)
    assert DEFAULT.has("c_ClaveUnidad", "H87", NOW)
