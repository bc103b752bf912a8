"""Names as SAT's register has them."""

import pytest
from l10n_mx_facture.cfdi.names import fiscal_name, folded_name, is_general_public
from legal_forms_list import LEGAL_FORMS


@pytest.mark.parametrize(
    ("name", "written"),
    (
        ("Acme S.A. de C.V.", "ACME"),
        ("Acme, S. A. de C. V.", "ACME"),
        ("Acme SA DE CV", "ACME"),
        ("Acme\u00a0SA DE CV", "ACME"),
        ("Acme Sociedad Anónima de Capital Variable", "ACME"),
        ("Acme S.A.P.I. de C.V. SOFOM E.N.R.", "ACME"),
        ("Acme, S.A. de C.V., SOFOM, E.R.", "ACME"),
        ("Acme SA DE CV SOFOM ENR", "ACME"),
        ("Acme SA de CV Sociedad Financiera de Objeto Múltiple Entidad No Regulada", "ACME"),
        ("Casa", "CASA"),
        ("Sofom", "SOFOM"),
        ("Acme SOFOM ENR", "ACME SOFOM ENR"),
        ("S.A. de C.V.", "S.A. DE C.V."),
        ("Acme S.A.DE C.V.", "ACME"),
        ("Acme SA CV", "ACME"),
        ("Acme, S.A. de C.V., ", "ACME"),
        ("Banco Acme, S.A., Institución de Banca Múltiple, Grupo Financiero Acme", "BANCO ACME"),
        ("Acme México, S.A., Institución de Banca Múltiple, ACME Grupo Financiero", "ACME MÉXICO"),
        ("Grupo Financiero Acme, S.A.B. de C.V.", "GRUPO FINANCIERO ACME"),
        ("Sociedad Cooperativa La Cruz Azul, S.C.L.", "SOCIEDAD COOPERATIVA LA CRUZ AZUL"),
        ("Unión de Ejidos Emiliano Zapata", "UNIÓN DE EJIDOS EMILIANO ZAPATA"),
        ("Arte S.C. de P.", "ARTE S.C. DE P."),
        ("Ventas A", "VENTAS A"),
        ("Casa de Bolsa", "CASA DE BOLSA"),
        ("Escuela en C", "ESCUELA EN C"),
        ("N\u0303andu\u0301, S.C.", "ÑANDÚ"),
        ("Ñandú & Cía, S.C.", "ÑANDÚ & CÍA"),
        ("", ""),
    ),
)
def test_the_legal_form_goes_and_the_rest_stays(name, written):
    assert fiscal_name(name) == written


def spellings(form):
    """The ways in which a form is written: as it is, and initials with dots, with dots and blanks, or with blanks."""
    yield form
    for between in (".", ". ", " "):
        words = (
            (between.join(word) + between).strip() if len(word) < 5 and word not in LINKS else word
            for word in form.split()
        )
        yield " ".join(words)


LINKS = ("DE", "DEL", "EN", "LA", "POR", "Y", "NO")


@pytest.mark.parametrize("form", LEGAL_FORMS)
def test_every_legal_form_goes_however_it_is_written(form):
    for written in spellings(form):
        for name in (f"Niños y Vías {written}", f"NIÑOS Y VÍAS, {written}", f"Niños y Vías {written.title()}."):
            assert fiscal_name(name) == "NIÑOS Y VÍAS", name
        assert fiscal_name(written) == written


def test_no_form_is_listed_twice():
    assert len(set(LEGAL_FORMS)) == len(LEGAL_FORMS) > 130


@pytest.mark.parametrize("unseen", ("\u200b", "\ufeff", "\u200e", "\u00ad", "\x07", "\x9f"))
def test_characters_that_nobody_sees_go(unseen):
    assert folded_name(f"{unseen}Ac{unseen}me  Norte {unseen}") == "ACME NORTE"
    assert is_general_public(f"Público en general{unseen}")


def test_general_public_however_it_is_written():
    assert is_general_public(" público  EN general ")
    assert not is_general_public("Publico en general de Tlaxcala")
