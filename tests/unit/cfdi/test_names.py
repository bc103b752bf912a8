"""Names as SAT's register has them."""

import pytest
from l10n_mx_facture.cfdi.names import fiscal_name, folded_name, is_general_public


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
        ("Ñandú & Cía, S.C.", "ÑANDÚ & CÍA"),
        ("", ""),
    ),
)
def test_the_legal_form_goes_and_the_rest_stays(name, written):
    assert fiscal_name(name) == written


@pytest.mark.parametrize("unseen", ("\u200b", "\ufeff", "\u200e", "\u00ad"))
def test_characters_that_nobody_sees_go(unseen):
    assert folded_name(f"{unseen}Ac{unseen}me  Norte {unseen}") == "ACME NORTE"
    assert is_general_public(f"Público en general{unseen}")


def test_general_public_however_it_is_written():
    assert is_general_public(" público  EN general ")
    assert not is_general_public("Publico en general de Tlaxcala")
