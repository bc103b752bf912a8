from decimal import Decimal

import pytest
from l10n_mx_facture.cfdi.words import amount_in_words, number_in_words

NUMBERS = {
    0: "CERO",
    1: "UNO",
    15: "QUINCE",
    16: "DIECISÉIS",
    20: "VEINTE",
    21: "VEINTIUNO",
    22: "VEINTIDÓS",
    26: "VEINTISÉIS",
    30: "TREINTA",
    31: "TREINTA Y UNO",
    99: "NOVENTA Y NUEVE",
    100: "CIEN",
    101: "CIENTO UNO",
    121: "CIENTO VEINTIUNO",
    200: "DOSCIENTOS",
    555: "QUINIENTOS CINCUENTA Y CINCO",
    700: "SETECIENTOS",
    999: "NOVECIENTOS NOVENTA Y NUEVE",
    1000: "MIL",
    1001: "MIL UNO",
    1100: "MIL CIEN",
    2000: "DOS MIL",
    21000: "VEINTIÚN MIL",
    31001: "TREINTA Y UN MIL UNO",
    100000: "CIEN MIL",
    101000: "CIENTO UN MIL",
    999999: "NOVECIENTOS NOVENTA Y NUEVE MIL NOVECIENTOS NOVENTA Y NUEVE",
    10**6: "UN MILLÓN",
    10**6 + 1: "UN MILLÓN UNO",
    21 * 10**6: "VEINTIÚN MILLONES",
    10**9: "MIL MILLONES",
    2001 * 10**6: "DOS MIL UN MILLONES",
    10**12: "UN BILLÓN",
    3 * 10**12 + 5: "TRES BILLONES CINCO",
    10**18: "UN TRILLÓN",
}

AMOUNTS = {
    ("116.00", "MXN"): "CIENTO DIECISÉIS PESOS 00/100 M.N.",
    ("0.00", "MXN"): "CERO PESOS 00/100 M.N.",
    ("0.05", "MXN"): "CERO PESOS 05/100 M.N.",
    ("1.00", "MXN"): "UN PESO 00/100 M.N.",
    ("1.50", "MXN"): "UN PESO 50/100 M.N.",
    ("21.99", "MXN"): "VEINTIÚN PESOS 99/100 M.N.",
    ("31", "MXN"): "TREINTA Y UN PESOS 00/100 M.N.",
    ("101.1", "MXN"): "CIENTO UN PESOS 10/100 M.N.",
    ("1000.00", "MXN"): "MIL PESOS 00/100 M.N.",
    ("1000000.00", "MXN"): "UN MILLÓN DE PESOS 00/100 M.N.",
    ("2000000.00", "MXN"): "DOS MILLONES DE PESOS 00/100 M.N.",
    ("1000001.00", "MXN"): "UN MILLÓN UN PESOS 00/100 M.N.",
    ("1000100.00", "MXN"): "UN MILLÓN CIEN PESOS 00/100 M.N.",
    ("100.00", "USD"): "CIEN DÓLARES 00/100 USD",
    ("1.00", "USD"): "UN DÓLAR 00/100 USD",
    ("3000000.25", "EUR"): "TRES MILLONES DE EUROS 25/100 EUR",
    ("201.00", "GBP"): "DOSCIENTAS UNA LIBRAS ESTERLINAS 00/100 GBP",
    ("521000.00", "GBP"): "QUINIENTAS VEINTIUNA MIL LIBRAS ESTERLINAS 00/100 GBP",
    ("200000000.00", "GBP"): "DOSCIENTOS MILLONES DE LIBRAS ESTERLINAS 00/100 GBP",
    ("5000", "JPY"): "CINCO MIL YENES JPY",
    ("1.00", "SEK"): "UNO 00/100 SEK",
    ("21000.10", "SEK"): "VEINTIÚN MIL 10/100 SEK",
    ("7.125", "KWD"): "SIETE 125/1000 KWD",
}


@pytest.mark.parametrize(("number", "words"), NUMBERS.items())
def test_a_number_in_words(number, words):
    assert number_in_words(number) == words


@pytest.mark.parametrize(("amount", "words"), AMOUNTS.items())
def test_an_amount_in_words(amount, words):
    assert amount_in_words(Decimal(amount[0]), amount[1]) == words


def test_no_two_amounts_have_the_same_words():
    numbers = [*range(3000), *range(3000, 10**7, 997), *(10**power for power in range(24))]
    assert len({amount_in_words(Decimal(number), "MXN") for number in numbers}) == len(set(numbers))


@pytest.mark.parametrize("amount", ["-0.01", "1e24"])
def test_what_has_no_words_is_refused(amount):
    with pytest.raises(ValueError, match="no words"):
        amount_in_words(Decimal(amount), "MXN")
