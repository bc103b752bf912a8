"""From a Comprobante to the JSON of Sello Digital's `create_full`, with the service's own ids.

The service has numbers of its own for taxes, payment methods, currencies and kinds of receipts, which no text lists:
they come from a table of the account (service_codes.py). The keys of the JSON are those of the only public client
(OscarPay/TestSelloDigitalAPI, 2016, CFDI 3.2); what CFDI 4.0 needs beyond it has keys of our choice. That client gives
branch and receiver as lists of one, `is_test` as 0 or 1, and of a line's taxes only `iva_type_id`, its one IVA. Lines
of which that says too little have `taxes` instead.
"""

from ..errors import NotSent
from ..service_codes import missing_codes, tax_code, taxes_of

IVA = "002"


def not_expressible(comprobante):
    """What of an invoice the service has no key for, as places (`Conceptos[1]/ACuentaTerceros`)."""
    found = [] if (comprobante.folio or "").isascii() and (comprobante.folio or "").isdigit() else ["Folio"]
    found += [] if comprobante.serie else ["Serie"]
    found += [] if comprobante.metodo_pago else ["MetodoPago"]
    found += [] if comprobante.forma_pago else ["FormaPago"]
    found += ["ImpuestosLocales"] if comprobante.impuestos_locales else []
    for number, concepto in enumerate(comprobante.conceptos, 1):
        parts = {
            "ACuentaTerceros": concepto.a_cuenta_terceros,
            "InformacionAduanera": concepto.pedimentos,
            "CuentaPredial": concepto.cuentas_prediales,
        }
        found += [f"Conceptos[{number}]/{name}" for name, value in parts.items() if value]
    return found


def create_full(comprobante, totals, ids, branch, is_test=False):
    """The JSON (a dict) of `POST /invoices/create_full`. Amounts are texts: a float would lose cents.

    :param totals: cfdi.values.Totals of the Comprobante
    :param ids: table of the account, code -> the service's id
    :param branch: results.IssuingBranch
    :param is_test: the invoice is only for testing
    :raise NotSent: `missing_ids` (detail: the codes of the rows to fill), `not_expressible` (detail: places)
    """
    lacking = missing_codes(comprobante, ids)
    if lacking:
        text = f"The service's ids of {', '.join(lacking)} are not in the account's table. Fill these rows in."
        raise NotSent("missing_ids", text, detail=", ".join(lacking))
    odd = not_expressible(comprobante)
    if odd:
        text = f"The service can't be told {', '.join(odd)} as this invoice has it (the folio must be a number)."
        raise NotSent("not_expressible", text, detail=", ".join(odd))
    invoice = {
        "date": comprobante.fecha.isoformat(timespec="seconds"),
        "serie": comprobante.serie,
        "folio": int(comprobante.folio),
        "issuer_rfc": comprobante.emisor.rfc,
        "issuer_regime": comprobante.emisor.regimen_fiscal,
        "receptor_rfc": comprobante.receptor.rfc,
        "branch_name": branch.name,
        "receipt_type_id": _id(ids, f"receipt_type:{comprobante.tipo_de_comprobante}"),
        "payment_method_id": _id(ids, f"payment_method:{comprobante.forma_pago}"),
        "payment_form": comprobante.metodo_pago,
        "payment_conditions": comprobante.condiciones_de_pago,
        "money_id": _id(ids, f"money:{comprobante.moneda}"),
        "exchange_rate": _text(comprobante.tipo_cambio),
        "export": comprobante.exportacion,
        "is_test": int(is_test),
        "subtotal": _text(totals.sub_total),
        "discount_amount": _text(totals.descuento),
        "total": _text(totals.total),
        "relations": [{"type": one.tipo_relacion, "uuids": list(one.uuids)} for one in comprobante.relacionados],
        "global": _global(comprobante.informacion_global),
        "branch_attributes": [_branch(comprobante, branch)],
        "receptor_attributes": [_receptor(comprobante.receptor)],
        "concepts_attributes": {str(n): _concept(one, ids) for n, one in enumerate(comprobante.conceptos)},
    }
    return {"invoice": _without_empty(invoice)}


def _branch(comprobante, branch):
    # the page's table has serie and folio for the branch too
    return _without_empty(
        {
            "id": branch.remote_id,
            "name": branch.name,
            "serie": comprobante.serie,
            "folio": int(comprobante.folio),
            "address_attributes": {**branch.address, "cp": comprobante.lugar_expedicion},
        }
    )


def _receptor(receptor):
    return _without_empty(
        {
            "name": receptor.nombre,
            "social_reason": receptor.nombre,
            "rfc": receptor.rfc,
            "tax_regime": receptor.regimen_fiscal,
            "cfdi_use": receptor.uso_cfdi,
            "residence": receptor.residencia_fiscal,
            "tax_id": receptor.num_reg_id_trib,
            "address_attributes": {"cp": receptor.domicilio_fiscal},
        }
    )


def _concept(concepto, ids):
    return _without_empty(
        {
            "quantity": _text(concepto.cantidad),
            "unit": concepto.unidad or concepto.clave_unidad,
            "unit_key": concepto.clave_unidad,
            "product_key": concepto.clave_prod_serv,
            "code": concepto.no_identificacion,
            "description": concepto.descripcion,
            "price": _text(concepto.valor_unitario),
            "amount": _text(concepto.importe),
            "discount": _text(concepto.descuento),
            "tax_object": concepto.objeto_imp,
            **_taxes(concepto, ids),
        }
    )


def _taxes(concepto, ids):
    """`iva_type_id` where the line's only tax is an IVA on its whole amount, else `taxes`."""
    taxes = taxes_of(concepto)
    net = concepto.importe - (concepto.descuento or 0)
    if len(taxes) == 1 and taxes == concepto.traslados and (taxes[0].impuesto, taxes[0].base) == (IVA, net):
        return {"iva_type_id": _id(ids, tax_code(taxes[0]))}
    return {
        "taxes": [
            _without_empty(
                {"tax_type_id": _id(ids, tax_code(tax)), "base": _text(tax.base), "amount": _text(tax.importe)}
            )
            for tax in taxes
        ]
    }


def _global(period):
    if period is None:
        return None
    return {"periodicity": period.periodicidad, "months": period.meses, "year": period.anio}


def _id(ids, code):
    """The service's id: a number where it is written as one."""
    value = str(ids[code]).strip()
    return int(value) if value.isascii() and value.isdigit() else value


def _text(number):
    return None if number is None else f"{number:f}"


def _without_empty(values):
    return {key: value for key, value in values.items() if value not in (None, [], {})}
