"""The registry of services, and the codes of a service's own ids."""

from decimal import Decimal

import pytest
from l10n_mx_facture.cfdi.values import Retencion, Traslado
from l10n_mx_facture.pac import providers
from l10n_mx_facture.pac.errors import NotSent
from l10n_mx_facture.pac.service_codes import CODE_EXAMPLES, code_parts, tax_code
from l10n_mx_facture.pac.wire.credentials import AUTH_SCHEMES, Credentials

ZERO = Decimal(0)


def test_each_service_has_a_title_of_its_own():
    titles = providers.titles()
    assert list(titles) == list(providers.PROVIDERS)
    assert all(titles.values())
    assert len(set(titles.values())) == len(titles)


@pytest.mark.parametrize("provider", providers.PROVIDERS)
def test_capabilities_are_known_without_an_account(provider):
    can = providers.capabilities(provider)
    assert can is providers.client(provider, Credentials("https://service.example")).capabilities
    assert can.auth_schemes
    assert set(can.auth_schemes) <= set(AUTH_SCHEMES)


@pytest.mark.parametrize("provider", ["", "nobody", None])
def test_nobody_s_service_is_refused_with_what_there_is(provider):
    for ask in (providers.capabilities, lambda name: providers.client(name, Credentials("https://service.example"))):
        with pytest.raises(NotSent) as caught:
            ask(provider)
        assert caught.value.reason == "bad_provider"
        assert "facture_rest" in caught.value.text


@pytest.mark.parametrize("code", CODE_EXAMPLES)
def test_the_examples_are_codes(code):
    assert code_parts(code) == code.split(":")


@pytest.mark.parametrize(
    ("tax", "code"),
    [
        (Traslado(ZERO, "002", "Tasa", Decimal("0.16"), ZERO), "tax:Traslado:002:Tasa:0.160000"),
        (Traslado(ZERO, "002", "Exento"), "tax:Traslado:002:Exento"),
        (Traslado(ZERO, "003", "Cuota", Decimal("6.4555"), ZERO), "tax:Traslado:003:Cuota:6.455500"),
        (Traslado(ZERO, "003", "Cuota", Decimal("59.1449"), ZERO), "tax:Traslado:003:Cuota:59.144900"),
        (Retencion(ZERO, "002", "Tasa", Decimal("0.106667"), ZERO), "tax:Retencion:002:Tasa:0.106667"),
        (Retencion(ZERO, "001", "Tasa", ZERO, ZERO), "tax:Retencion:001:Tasa:0.000000"),
    ],
)
def test_what_a_tax_needs_is_a_code_that_can_be_written_down(tax, code):
    assert tax_code(tax) == code
    assert code_parts(code) == code.split(":")


@pytest.mark.parametrize(
    "code",
    [
        *("", None, "money", "money:mxn", "money:MXN ", "money:MXN\n", "receipt_type:P", "payment_method:3"),
        *("tax:Traslado:001:Tasa:0.160000", "tax:Traslado:002:Tasa:0.16", "tax:Traslado:002:Tasa"),
        *("tax:Retencion:002:Exento", "tax:Traslado:002:Exento:0.000000", "tax:Traslado:٠٠٢:Exento"),
    ],
)
def test_anything_else_is_none(code):
    assert code_parts(code) is None
