"""Codes for what a service has numbers of its own: kinds of receipt, payment methods, currencies, taxes.

No text of such a service lists its numbers: a person writes them into the account's table, one row a code. The codes
are ours: `receipt_type:I`, `payment_method:03` (c_FormaPago), `money:MXN`, `tax:Traslado:002:Tasa:0.160000`,
`tax:Traslado:002:Exento`. They are stored in databases.
"""

import re
from decimal import Decimal

from ..cfdi.values import EXENTO, Retencion

CODE_EXAMPLES = (
    "receipt_type:I",
    "payment_method:03",
    "money:MXN",
    "tax:Traslado:002:Tasa:0.160000",
    "tax:Traslado:002:Exento",
)
_RATE = r"(?:Tasa|Cuota):[0-9]{1,2}\.[0-9]{6}"
_FORMS = re.compile(
    r"receipt_type:[IE]|payment_method:[0-9]{2}|money:[A-Z]{3}"
    rf"|tax:Traslado:00[23]:(?:Exento|{_RATE})|tax:Retencion:00[123]:{_RATE}"
)


def code_parts(code):
    """The parts of a row's code (`["tax", "Traslado", "002", "Exento"]`); None where it is none."""
    return code.split(":") if _FORMS.fullmatch(code or "") else None


def codes(comprobante):
    """The codes of all rows of the table that an invoice (cfdi Comprobante) needs, each once, in its order."""
    found = [
        f"receipt_type:{comprobante.tipo_de_comprobante}",
        f"payment_method:{comprobante.forma_pago}" if comprobante.forma_pago else None,
        f"money:{comprobante.moneda}",
    ]
    found += [tax_code(tax) for concepto in comprobante.conceptos for tax in taxes_of(concepto)]
    return list(dict.fromkeys(filter(None, found)))


def missing_codes(comprobante, ids):
    """The codes of the rows that the table (code -> id) lacks for an invoice."""
    return [code for code in codes(comprobante) if not str(ids.get(code) or "").strip()]


def tax_code(tax):
    """`tax:Traslado:002:Tasa:0.160000` of a Traslado or Retencion."""
    kind = "Retencion" if isinstance(tax, Retencion) else "Traslado"
    rate = "" if tax.tipo_factor == EXENTO else f":{tax.tasa_o_cuota.quantize(Decimal('0.000001'))}"
    return f"tax:{kind}:{tax.impuesto}:{tax.tipo_factor}{rate}"


def taxes_of(concepto):
    """All taxes of a line, the withheld ones last."""
    return (*concepto.traslados, *concepto.retenciones)
