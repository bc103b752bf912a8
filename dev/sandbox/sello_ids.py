"""The numbers by which sello_digital names taxes, payment methods, currencies and kinds.

The seed prints none beyond ``iva_type_id``, ``payment_method_id``, ``money_id`` and
``receipt_type_id``; these are the sandbox's own. The setting sello_ids adds to them.
"""

# id: SAT's terms. Taxes: (node, Impuesto, TipoFactor, TasaOCuota).
TABLES = {
    "taxes": {
        1: ("Traslado", "002", "Tasa", "0.160000"),
        2: ("Traslado", "002", "Tasa", "0.080000"),
        3: ("Traslado", "002", "Tasa", "0.000000"),
        4: ("Traslado", "002", "Exento", None),
        5: ("Retencion", "002", "Tasa", "0.106667"),
        6: ("Retencion", "002", "Tasa", "0.106666"),
        7: ("Retencion", "002", "Tasa", "0.040000"),
        8: ("Retencion", "001", "Tasa", "0.100000"),
        9: ("Retencion", "001", "Tasa", "0.012500"),
        10: ("Traslado", "003", "Tasa", "0.080000"),
        11: ("Traslado", "003", "Tasa", "0.265000"),
        12: ("Traslado", "003", "Tasa", "0.300000"),
        13: ("Traslado", "003", "Tasa", "0.530000"),
        14: ("Traslado", "003", "Tasa", "0.250000"),
        15: ("Traslado", "003", "Tasa", "0.500000"),
        16: ("Traslado", "003", "Tasa", "0.060000"),
        17: ("Traslado", "003", "Tasa", "0.070000"),
        18: ("Traslado", "003", "Tasa", "0.090000"),
    },
    # FormaPago
    "payment_methods": {
        1: "01", 2: "02", 3: "03", 4: "04", 5: "05", 6: "06", 8: "08", 12: "12", 13: "13",
        14: "14", 15: "15", 17: "17", 23: "23", 24: "24", 25: "25", 26: "26", 27: "27", 28: "28",
        29: "29", 30: "30", 31: "31", 99: "99",
    },
    # Moneda
    "moneys": {1: "MXN", 2: "USD", 3: "EUR"},
    # TipoDeComprobante
    "receipt_types": {1: "I", 2: "E"},
}
STATUSES = {"No timbrada": 1, "Pendiente": 1, "Timbrada": 2, "Cancelada": 3}


def find(settings, table, key):
    """The row of an id (a number, or a string of digits), None when there is none."""
    try:
        number = int(key)
    except (TypeError, ValueError):
        return None
    return settings["sello_ids"].get(table, {}).get(str(number)) or TABLES[table].get(number)
