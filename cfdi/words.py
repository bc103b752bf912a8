"""An amount of money in Spanish words, as Mexican invoices print it: ``CIENTO DIECISÉIS PESOS 00/100 M.N.``"""

from decimal import Decimal

from .values import currency_decimals

_UNITS = (
    "", "UNO", "DOS", "TRES", "CUATRO", "CINCO", "SEIS", "SIETE", "OCHO", "NUEVE", "DIEZ", "ONCE", "DOCE", "TRECE",
    "CATORCE", "QUINCE", "DIECISÉIS", "DIECISIETE", "DIECIOCHO", "DIECINUEVE", "VEINTE", "VEINTIUNO", "VEINTIDÓS",
    "VEINTITRÉS", "VEINTICUATRO", "VEINTICINCO", "VEINTISÉIS", "VEINTISIETE", "VEINTIOCHO", "VEINTINUEVE",
)  # fmt: skip
_TENS = ("", "", "", "TREINTA", "CUARENTA", "CINCUENTA", "SESENTA", "SETENTA", "OCHENTA", "NOVENTA")
_HUNDREDS = (
    "", "CIENTO", "DOSCIENTOS", "TRESCIENTOS", "CUATROCIENTOS", "QUINIENTOS", "SEISCIENTOS", "SETECIENTOS",
    "OCHOCIENTOS", "NOVECIENTOS",
)  # fmt: skip
# the long scale: a billón is a million of millions
_SCALES = (("", ""), ("MILLÓN", "MILLONES"), ("BILLÓN", "BILLONES"), ("TRILLÓN", "TRILLONES"))
_MILLION = 10**6

# one, many, feminine
_CURRENCIES = {
    "MXN": ("PESO", "PESOS", False),
    "USD": ("DÓLAR", "DÓLARES", False),
    "EUR": ("EURO", "EUROS", False),
    "CAD": ("DÓLAR CANADIENSE", "DÓLARES CANADIENSES", False),
    "GBP": ("LIBRA ESTERLINA", "LIBRAS ESTERLINAS", True),
    "JPY": ("YEN", "YENES", False),
    "CHF": ("FRANCO SUIZO", "FRANCOS SUIZOS", False),
    "CNY": ("YUAN", "YUANES", False),
    "BRL": ("REAL", "REALES", False),
    "COP": ("PESO COLOMBIANO", "PESOS COLOMBIANOS", False),
    "CLP": ("PESO CHILENO", "PESOS CHILENOS", False),
    "ARS": ("PESO ARGENTINO", "PESOS ARGENTINOS", False),
    "GTQ": ("QUETZAL", "QUETZALES", False),
    "PEN": ("SOL", "SOLES", False),
}
_NATIONAL = {"MXN": "M.N."}


def amount_in_words(amount, currency):
    """The words for an amount, in capitals; a currency that has no name here is told by its code alone.

    :param amount: Decimal, not negative, below 10**24; more decimals than the currency has are cut off
    :param currency: code of c_Moneda
    :return: text such as ``CIEN DÓLARES 00/100 USD``; a currency without decimals has no fraction
    :raises ValueError: the amount is negative or too large
    """
    amount = Decimal(amount)
    if not 0 <= amount < 10 ** (6 * len(_SCALES)):
        raise ValueError(f"no words for {amount}")
    whole = int(amount)
    one, many, feminine = _CURRENCIES.get(currency, ("", "", None))
    parts = [number_in_words(whole, feminine)]
    if one:
        # "un millón de pesos", but "un millón cien pesos"
        parts += ["DE"] if whole and not whole % _MILLION else []
        parts.append(one if whole == 1 else many)
    decimals = currency_decimals(currency)
    if decimals:
        parts.append(f"{int((amount - whole).scaleb(decimals)):0{decimals}d}/{10**decimals}")
    parts.append(_NATIONAL.get(currency, currency))
    return " ".join(parts)


def number_in_words(number, feminine=None):
    """The words for a whole number, in capitals.

    :param number: int from 0, below 10**24
    :param feminine: gender of the noun that follows; None: there is none, and the number ends in UNO
    """
    if not number:
        return "CERO"
    words = []
    for power in reversed(range(len(_SCALES))):
        group = number // _MILLION**power % _MILLION
        if not group:
            continue
        if power:
            one, many = _SCALES[power]
            words += [*_below_million(group, False), one if group == 1 else many]
        else:
            words += _below_million(group, feminine)
    return " ".join(words)


def _below_million(number, feminine):
    thousands, rest = divmod(number, 1000)
    words = []
    if thousands:
        # "mil", not "un mil"; before "mil" UNO is cut as before a noun
        words += [*(_below_thousand(thousands, bool(feminine)) if thousands > 1 else ()), "MIL"]
    return words + _below_thousand(rest, feminine)


def _below_thousand(number, feminine):
    hundreds, rest = divmod(number, 100)
    words = []
    if hundreds:
        word = "CIEN" if (hundreds, rest) == (1, 0) else _HUNDREDS[hundreds]
        words.append(f"{word[:-2]}AS" if feminine and hundreds > 1 else word)
    if rest < len(_UNITS):
        words += [_UNITS[rest]] if rest else []
    else:
        tens, units = divmod(rest, 10)
        words += [_TENS[tens], *(("Y", _UNITS[units]) if units else ())]
    if words and feminine is not None and rest:
        words[-1] = _before_noun(words[-1], feminine)
    return words


def _before_noun(word, feminine):
    if not word.endswith("UNO"):
        return word
    if feminine:
        return f"{word[:-1]}A"
    return "VEINTIÚN" if word == "VEINTIUNO" else "UN"
