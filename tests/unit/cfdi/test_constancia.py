"""Constancias as programs that read PDFs give their text: SAT's labels and order, made-up taxpayers."""

import csv
import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from l10n_mx_facture.cfdi.constancia import REGIMES, read_constancia, regime_code
from l10n_mx_facture.cfdi.errors import CfdiError

PERSON = """CÉDULA DE IDENTIFICACIÓN FISCAL
CUPU800825569
Registro Federal de
Contribuyentes
URSULA MARIA DE LA CRUZ
PEÑA
Nombre, denominación o razón
social
idCIF: 12345678901
VALIDA TU INFORMACIÓN
FISCAL
CONSTANCIA DE SITUACIÓN FISCAL
Lugar y Fecha de Emisión
LEON , GUANAJUATO A 02 DE OCTUBRE DE
2026
Datos de Identificación del Contribuyente:
RFC: CUPU800825569
CURP: CUPU800825MGTRXR09
Nombre (s): URSULA MARIA
Primer Apellido: DE LA CRUZ
Segundo Apellido: PEÑA
Fecha inicio de operaciones: 15 DE ENERO DE 2010
Estatus en el padrón: ACTIVO
Fecha de último cambio de estado: 15 DE ENERO DE 2010
Nombre Comercial:
Datos del domicilio registrado
Código Postal:37000 Tipo de Vialidad: CALLE
Nombre de Vialidad: CALLE 12345 Número Exterior: 100
Número Interior: Nombre de la Colonia: CENTRO
Nombre de la Localidad: LEON Nombre del Municipio o Demarcación Territorial: LEON
Nombre de la Entidad Federativa: GUANAJUATO Entre Calle: JUAREZ
Página [1] de [3]
Y Calle: MADERO
Actividades Económicas:
Orden Actividad Económica Porcentaje Fecha Inicio Fecha Fin
1 Comercio al por menor 100 15/01/2010
Regímenes:
Régimen Fecha Inicio Fecha Fin
Régimen de Incorporación Fiscal 01/01/2014 31/12/2021
Régimen de Sueldos y Salarios e Ingresos Asimilados a
Salarios 01/01/2010
Página [2] de [3]
Régimen de las Personas Físicas con Actividades Empresariales y Profesionales 01/01/2014
Obligaciones:
Descripción de la Obligación Descripción Vencimiento Fecha Inicio Fecha Fin
Pago definitivo mensual de IVA. A más tardar el día 17 01/01/2014
Sus datos personales son incorporados y protegidos en los sistemas del SAT
Cadena Original Sello: ||2026/10/02 10:00:00|CUPU800825569|CONSTANCIA DE SITUACIÓN
FISCAL|200001088888800000031||
"""
COMPANY = """CÉDULA DE IDENTIFICACIÓN FISCAL
CONSTANCIA DE SITUACIÓN FISCAL
Datos de Identificación del Contribuyente:
RFC: URE180429TM6
Denominación/Razón Social: UNIVERSIDAD ROBOTICA ESPAÑOLA
Régimen Capital: SOCIEDAD ANONIMA DE CAPITAL VARIABLE
Nombre Comercial: ROBOTICA
Fecha inicio de operaciones: 29 DE ABRIL DE 2018
Estatus en el padrón: SUSPENDIDO
Datos del domicilio registrado
Código Postal: 86991 Tipo de Vialidad: AVENIDA (AV)
Regímenes:
Régimen Fecha Inicio Fecha Fin
Régimen General de Ley Personas Morales 29/04/2018
Obligaciones:
"""
PAGE = "https://siat.sat.gob.mx/app/qr/faces/pages/mobile/validadorqr.jsf"
QR = PAGE + "?D1=10&D2=1&D3=12345678901_{}"


def test_a_person():
    found = read_constancia(PERSON)
    assert (found.rfc, found.name, found.postal_code) == ("CUPU800825569", "URSULA MARIA DE LA CRUZ PEÑA", "37000")
    assert (found.regimes, found.unknown_regimes) == (("605", "612"), ())
    assert (found.status, found.issued, found.is_moral) == ("ACTIVO", date(2026, 10, 2), False)


def test_a_company():
    found = read_constancia(COMPANY, [QR.format("URE180429TM6")])
    assert (found.rfc, found.name, found.postal_code) == ("URE180429TM6", "UNIVERSIDAD ROBOTICA ESPAÑOLA", "86991")
    assert (found.regimes, found.status, found.issued, found.is_moral) == (("601",), "SUSPENDIDO", None, True)


@pytest.mark.parametrize(
    "given, name",
    [
        ("UNIVERSIDAD ROBOTICA ESPAÑOLA SOCIEDAD ANONIMA DE CAPITAL VARIABLE", "UNIVERSIDAD ROBOTICA ESPAÑOLA"),
        # the register's name: what looks like a legal form at its end is part of it
        ("GRUPO AC", "GRUPO AC"),
        ("LA\nESPERANZA\n& HIJOS", "LA ESPERANZA & HIJOS"),
    ],
)
def test_the_name_is_without_the_legal_form(given, name):
    assert read_constancia(COMPANY.replace("UNIVERSIDAD ROBOTICA ESPAÑOLA", given)).name == name


def test_without_its_label_a_legal_form_is_cut_off():
    form = "Régimen Capital: SOCIEDAD ANONIMA DE CAPITAL VARIABLE\n"
    text = COMPANY.replace(form, "").replace("ESPAÑOLA", "ESPAÑOLA SA DE CV")
    assert read_constancia(text).name == "UNIVERSIDAD ROBOTICA ESPAÑOLA"


@pytest.mark.parametrize("text", [PERSON, COMPANY])
def test_line_breaks_blanks_and_forms_of_letters_do_not_matter(text):
    expected = read_constancia(text)
    assert read_constancia(unicodedata.normalize("NFD", text)) == expected
    assert read_constancia(text.replace("\n", "\r\n")) == expected
    assert read_constancia(text.replace("\n", "  ").replace("Número", "\nNúmero")) == expected
    broken = text
    for label in ("Código Postal:", "Denominación/Razón Social:", "Nombre (s):", "Primer Apellido:", "Regímenes:"):
        broken = broken.replace(label, label.replace(" ", "\n") + "\n")
    assert read_constancia(broken) == expected
    glued = text
    for label in ("Código Postal:", "Denominación/Razón Social:", "Nombre (s):", "Segundo Apellido:"):
        glued = glued.replace(f"{label} ", label.replace(" ", ""))
    assert read_constancia(glued) == expected


@pytest.mark.parametrize(
    "text, code",
    [
        ("", "no_text"),
        ("   \n Página [1] de [1]\n", "no_text"),
        ("Factura 123, gracias por su compra. RFC: URE180429TM6 Código Postal: 86991", "no_constancia"),
        (COMPANY.replace("URE180429TM6", ""), "no_rfc"),
        (COMPANY.replace("URE180429TM6", "URE181329TM6"), "no_rfc"),
        (PERSON.replace("|CUPU800825569|", "|XIQB891116QE4|"), "contradiction"),
    ],
)
def test_what_is_not_read(text, code):
    with pytest.raises(CfdiError) as caught:
        read_constancia(text)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "address, fits",
    [
        (QR.format("CUPU800825569"), True),
        (QR.format("URE180429TM6"), False),
        (f"{PAGE}?D1=1&D2=1&D3=||2026/01/15|URE180429TM6|X|_c2", False),
        ("https://example.com/?id=1", True),
        ("mailto:a@example.com", True),
    ],
)
def test_the_address_of_its_qr_code_is_of_the_same_taxpayer(address, fits):
    for arguments in ((PERSON, [address]), (PERSON + address, [])):
        if fits:
            assert read_constancia(*arguments).rfc == "CUPU800825569"
        else:
            with pytest.raises(CfdiError, match="more than one RFC"):
                read_constancia(*arguments)


def test_what_is_missing_is_empty():
    found = read_constancia("CONSTANCIA DE SITUACIÓN FISCAL\nRFC: URE180429TM6 y nada más que pueda leerse")
    assert (found.name, found.postal_code, found.regimes, found.status, found.issued) == ("", "", (), "", None)


def test_a_regime_without_a_code_is_kept_by_its_name():
    found = read_constancia(COMPANY.replace("Régimen General de Ley Personas Morales", "Régimen de Mañana"))
    assert (found.regimes, found.unknown_regimes) == ((), ("Régimen de Mañana",))


@pytest.mark.parametrize(
    "name, code",
    [
        ("Régimen de Arrendamiento", "606"),
        ("Régimen de los demás ingresos", "608"),
        ("Régimen de Ingresos por Dividendos (socios y accionistas)", "611"),
        ("Régimen de Ingresos por Dividendos", "611"),
        ("Régimen de los Ingresos por Intereses", "614"),
        ("Régimen de Actividades Agrícolas, Ganaderas, Silvícolas y Pesqueras", "622"),
        ("Régimen de los Coordinados", "624"),
        ("RÉGIMEN SIMPLIFICADO DE CONFIANZA", "626"),
        ("626 Régimen Simplificado de Confianza", "626"),
        ("RégimendelasPersonasMoralesconFinesnoLucrativos", "603"),
        ("999 Otro", None),
        ("Régimen", None),
    ],
)
def test_codes_of_regimes(name, code):
    assert regime_code(name) == code


def test_sat_s_catalogue_has_these_regimes(shared):
    with open(shared / "sat/catalogs/cfdi_40_regimenes_fiscales.csv", encoding="utf-8", newline="") as file:
        assert {row["id"]: row["texto"] for row in csv.DictReader(file)} == REGIMES
    assert {regime_code(name) for name in REGIMES.values()} == set(REGIMES)


@given(st.text(max_size=400))
def test_any_text_is_read_or_refused(text):
    for whole in (text, COMPANY.replace("Régimen General", text), text.join(PERSON.split("Código"))):
        try:
            found = read_constancia(whole, [text])
        except CfdiError:
            continue
        assert set(found.regimes) <= set(REGIMES)
