"""Comprobante -> the XML of an unsigned pre-CFDI 4.0 (Anexo 20, SAT's cfdv40.xsd).

No Sello, Certificado nor NoCertificado: the service that holds the certificate adds them.
"""

from decimal import Decimal

from . import formats
from .amounts.arithmetic import CONTEXT, exact_sum, round_half_up, strip_zeros
from .amounts.totals import compute_totals
from .element import Element
from .errors import CfdiError
from .payments.write import pagos_element
from .rfc import PATTERN as RFC
from .values import EXENTO
from .xml import CFDI, IMPLOCAL, PAGOS20, XSI

SCHEMA_LOCATION = {
    CFDI: "http://www.sat.gob.mx/sitio_internet/cfd/4/cfdv40.xsd",
    IMPLOCAL: "http://www.sat.gob.mx/sitio_internet/cfd/implocal/implocal.xsd",
    PAGOS20: "http://www.sat.gob.mx/sitio_internet/cfd/Pagos/Pagos20.xsd",
}
_DECLARATION = "<?xml version='1.0' encoding='UTF-8'?>\n"


def to_xml(comprobante):
    """Return the pre-CFDI as UTF-8 bytes with declaration; see `write`."""
    return write(comprobante)[0]


def write(comprobante, totals=None):
    """Return (pre-CFDI as UTF-8 bytes with declaration, the Totals in it).

    Amounts are written with the decimals that they carry, totals at `comprobante.decimals`. White
    space in texts is collapsed (as the schema does, so the seal stays valid); nothing is cut.

    :param totals: Totals of the Comprobante, where the caller has them already
    :raises CfdiError: ``missing``, ``too_long``, ``pipe``, ``invalid_character``, ``bad_format``,
        ``bad_amount``, ``bad_date``, ``exchange_rate``, ``no_lines``, ``negative_total``; `line` is
        the index of the Concepto when it is about one
    """
    parts = []
    _informacion_global(parts, comprobante.informacion_global)
    _relacionados(parts, comprobante.relacionados)
    _emisor(parts, comprobante.emisor)
    _receptor(parts, comprobante.receptor)
    conceptos = _node(parts, "Conceptos", ()).children
    for index, concepto in enumerate(comprobante.conceptos):
        _concepto(conceptos, concepto, index)
    complemento = _complemento(comprobante)
    # only now is it sure that every amount is a number
    totals = totals or compute_totals(comprobante)
    root = Element("cfdi:Comprobante", [*_namespaces(comprobante), *_header_attributes(comprobante, totals).items()])
    _summary(parts, totals, comprobante.decimals)
    parts += complemento  # after the summary (cfdv40.xsd)
    root.children = parts
    return f"{_DECLARATION}{root}".encode(), totals


def _namespaces(comprobante):
    """Attributes of the root: every complement's pair is declared there, services refuse it otherwise."""
    spaces = {"cfdi": CFDI, "xsi": XSI}
    if comprobante.impuestos_locales:
        spaces["implocal"] = IMPLOCAL
    if comprobante.pagos:
        spaces["pago20"] = PAGOS20
    pairs = " ".join(f"{ns} {SCHEMA_LOCATION[ns]}" for ns in spaces.values() if ns in SCHEMA_LOCATION)
    return [*((f"xmlns:{prefix}", space) for prefix, space in spaces.items()), ("xsi:schemaLocation", pairs)]


def _total(value, decimals):
    """A total of the document, at the currency's decimals; None stays None."""
    return None if value is None else formats.amount(round_half_up(value, decimals), "Total")


def _node(siblings, name, attributes):
    """A new element of the CFDI behind its siblings."""
    node = Element(f"cfdi:{name}", attributes)
    siblings.append(node)
    return node


def _tipo_cambio(comprobante):
    """MXN: none, or 1 (CFDI40114); XXX: none (40116); others: required, 6 decimals (40115/117)."""
    tipo = comprobante.tipo_cambio
    if comprobante.moneda in ("MXN", "XXX"):
        if tipo is not None and (comprobante.moneda == "XXX" or tipo != 1):
            raise CfdiError(
                "exchange_rate",
                f"{comprobante.moneda} takes no exchange rate, not {tipo}.",
                data={"currency": comprobante.moneda, "rate": str(tipo)},
            )
        return None
    if not isinstance(tipo, Decimal) or not tipo.is_finite() or round_half_up(tipo, 6) <= 0:
        raise CfdiError(
            "exchange_rate",
            f"An exchange rate above 0 is needed for {comprobante.moneda}.",
            data={"currency": comprobante.moneda, "rate": str(tipo)},
        )
    return formats.amount(strip_zeros(round_half_up(tipo, 6)), "TipoCambio")


def _header_attributes(c, totals):
    if not c.conceptos:
        raise CfdiError("no_lines", "A CFDI needs at least one line.")
    if totals.total < 0 or (totals.descuento or 0) > totals.sub_total:
        raise CfdiError(
            "negative_total",
            f"The total of the CFDI is negative: {totals.total}.",
            data={"total": str(totals.total)},
        )
    # a literal zero for T and P
    n = 0 if c.tipo_de_comprobante in ("T", "P") else c.decimals
    attributes = {
        "Version": "4.0",
        "Serie": formats.optional(c.serie, "Serie", 25),
        "Folio": formats.optional(c.folio, "Folio", 40),
        "Fecha": formats.date_time(c.fecha, "Fecha"),
        "FormaPago": c.forma_pago and formats.key(c.forma_pago, "FormaPago"),
        "CondicionesDePago": formats.optional(c.condiciones_de_pago, "CondicionesDePago", 1000),
        "SubTotal": _total(totals.sub_total, n),
        "Descuento": _total(totals.descuento, n),
        "Moneda": formats.key(c.moneda, "Moneda"),
        "TipoCambio": _tipo_cambio(c),
        "Total": _total(totals.total, n),
        "TipoDeComprobante": formats.key(c.tipo_de_comprobante, "TipoDeComprobante"),
        "Exportacion": formats.key(c.exportacion, "Exportacion"),
        "MetodoPago": c.metodo_pago and formats.key(c.metodo_pago, "MetodoPago"),
        "LugarExpedicion": formats.matching(c.lugar_expedicion, formats.POSTAL_CODE, "LugarExpedicion"),
    }
    return {name: value for name, value in attributes.items() if value}


def _informacion_global(parts, info):
    if info is None:
        return
    if not 2019 <= info.anio <= 9999:
        raise CfdiError(
            "bad_format",
            f"The year of InformacionGlobal is out of range: {info.anio}.",
            data={"attribute": "InformacionGlobal/@Año", "value": str(info.anio)},
        )
    _node(
        parts,
        "InformacionGlobal",
        (
            ("Periodicidad", formats.key(info.periodicidad, "InformacionGlobal/@Periodicidad")),
            ("Meses", formats.key(info.meses, "InformacionGlobal/@Meses")),
            ("Año", str(info.anio)),
        ),
    )


def _relacionados(parts, groups):
    for group in groups:
        if not group.uuids:
            raise CfdiError(
                "missing",
                "A relation without any related CFDI.",
                data={"attribute": "CfdiRelacionado"},
            )
        node = _node(
            parts,
            "CfdiRelacionados",
            (("TipoRelacion", formats.key(group.tipo_relacion, "TipoRelacion")),),
        )
        for uuid in group.uuids:
            _node(
                node.children,
                "CfdiRelacionado",
                (("UUID", formats.matching(uuid, formats.UUID, "CfdiRelacionado/@UUID")),),
            )


def _emisor(parts, emisor):
    _node(
        parts,
        "Emisor",
        (
            ("Rfc", formats.matching(emisor.rfc, RFC, "Emisor/@Rfc")),
            ("Nombre", formats.text(emisor.nombre, "Emisor/@Nombre", 300)),
            ("RegimenFiscal", formats.key(emisor.regimen_fiscal, "Emisor/@RegimenFiscal")),
        ),
    )


def _receptor(parts, receptor):
    residencia = receptor.residencia_fiscal
    _node(
        parts,
        "Receptor",
        (
            ("Rfc", formats.matching(receptor.rfc, RFC, "Receptor/@Rfc")),
            ("Nombre", formats.text(receptor.nombre, "Receptor/@Nombre", 300)),
            (
                "DomicilioFiscalReceptor",
                formats.matching(
                    receptor.domicilio_fiscal,
                    formats.POSTAL_CODE,
                    "Receptor/@DomicilioFiscalReceptor",
                ),
            ),
            (
                "ResidenciaFiscal",
                formats.key(residencia, "Receptor/@ResidenciaFiscal") if residencia else None,
            ),
            (
                "NumRegIdTrib",
                formats.optional(receptor.num_reg_id_trib, "Receptor/@NumRegIdTrib", 40),
            ),
            (
                "RegimenFiscalReceptor",
                formats.key(receptor.regimen_fiscal, "Receptor/@RegimenFiscalReceptor"),
            ),
            ("UsoCFDI", formats.key(receptor.uso_cfdi, "Receptor/@UsoCFDI")),
        ),
    )


def _concepto(siblings, c, i):
    descuento = c.descuento
    parts = _node(
        siblings,
        "Concepto",
        (
            ("ClaveProdServ", formats.key(c.clave_prod_serv, "ClaveProdServ", i)),
            ("NoIdentificacion", formats.optional(c.no_identificacion, "NoIdentificacion", 100, i)),
            ("Cantidad", formats.cantidad(c.cantidad, i)),
            ("ClaveUnidad", formats.key(c.clave_unidad, "ClaveUnidad", i)),
            ("Unidad", formats.optional(c.unidad, "Unidad", 20, i)),
            ("Descripcion", formats.text(c.descripcion, "Descripcion", 1000, i)),
            ("ValorUnitario", formats.amount(c.valor_unitario, "ValorUnitario", i)),
            ("Importe", formats.amount(c.importe, "Importe", i)),
            ("Descuento", None if descuento is None else formats.amount(descuento, "Descuento", i)),
            ("ObjetoImp", formats.key(c.objeto_imp, "ObjetoImp", i)),
        ),
    ).children
    if c.traslados or c.retenciones:
        # in a line Traslados come first, in the summary Retenciones do (cfdv40.xsd)
        impuestos = _node(parts, "Impuestos", ()).children
        _tax_rows(impuestos, "Traslado", c.traslados, i)
        _tax_rows(impuestos, "Retencion", c.retenciones, i)
    _third_party(parts, c.a_cuenta_terceros, i)
    for pedimento in c.pedimentos:
        number = formats.matching(pedimento, formats.PEDIMENTO, "NumeroPedimento", i)
        _node(parts, "InformacionAduanera", (("NumeroPedimento", number),))
    for account in c.cuentas_prediales:
        number = formats.matching(account, formats.CUENTA_PREDIAL, "CuentaPredial/@Numero", i)
        _node(parts, "CuentaPredial", (("Numero", number),))


def _third_party(siblings, third_party, i):
    if third_party is None:
        return
    values = {
        "Rfc": formats.matching(third_party.rfc, RFC, "RfcACuentaTerceros", i),
        "Nombre": formats.text(third_party.nombre, "NombreACuentaTerceros", 300, i),
        "RegimenFiscal": formats.key(third_party.regimen_fiscal, "RegimenFiscalACuentaTerceros", i),
        "DomicilioFiscal": formats.matching(
            third_party.domicilio_fiscal, formats.POSTAL_CODE, "DomicilioFiscalACuentaTerceros", i
        ),
    }
    _node(siblings, "ACuentaTerceros", ((f"{k}ACuentaTerceros", v) for k, v in values.items()))


def _tax_rows(siblings, name, rows, line=None):
    """Rows with a Base: the Traslados and Retenciones of a line, the Traslados of the summary."""
    if not rows:
        return
    group = _node(siblings, f"{name}s" if name == "Traslado" else "Retenciones", ()).children
    for f in rows:
        exento = f.tipo_factor == EXENTO
        _node(
            group,
            name,
            (
                (
                    "Base",
                    formats.amount(f.base, f"{name}/@Base", line, positive=line is not None),
                ),
                ("Impuesto", formats.key(f.impuesto, f"{name}/@Impuesto", line)),
                ("TipoFactor", formats.key(f.tipo_factor, f"{name}/@TipoFactor", line)),
                (
                    "TasaOCuota",
                    None if exento else formats.rate(f.tasa_o_cuota, f"{name}/@TasaOCuota", line),
                ),
                (
                    "Importe",
                    None if exento else formats.amount(f.importe, f"{name}/@Importe", line),
                ),
            ),
        )


def _summary(parts, totals, decimals):
    if not (totals.retenciones or totals.traslados):
        return
    impuestos = _node(
        parts,
        "Impuestos",
        (
            ("TotalImpuestosRetenidos", _total(totals.total_impuestos_retenidos, decimals)),
            ("TotalImpuestosTrasladados", _total(totals.total_impuestos_trasladados, decimals)),
        ),
    ).children
    if totals.retenciones:
        retenciones = _node(impuestos, "Retenciones", ()).children
        for impuesto, importe in totals.retenciones:
            _node(
                retenciones,
                "Retencion",
                (("Impuesto", impuesto), ("Importe", _total(importe, decimals))),
            )
    _tax_rows(impuestos, "Traslado", totals.traslados)


def _complemento(comprobante):
    """A list with the Complemento, or an empty one."""
    parts = []
    if comprobante.impuestos_locales:
        parts.append(_local_taxes(comprobante.impuestos_locales))
    if comprobante.pagos:
        parts.append(pagos_element(comprobante.pagos))
    return [Element("cfdi:Complemento", (), parts)] if parts else []


def _local_taxes(local_taxes):
    """The complement implocal 1.0 (two decimals, retentions first)."""
    rows, totals = [], [("version", "1.0")]
    for kind, name, tasa, total, taxes in (
        ("RetencionesLocales", "ImpLocRetenido", "TasadeRetencion", "TotaldeRetenciones", local_taxes.retenciones),
        ("TrasladosLocales", "ImpLocTrasladado", "TasadeTraslado", "TotaldeTraslados", local_taxes.traslados),
    ):
        rows += [
            Element(
                f"implocal:{kind}",
                (
                    (name, formats.text(row.nombre, name, 300)),
                    (tasa, formats.amount(_two_decimals(row.tasa, tasa), tasa)),
                    ("Importe", formats.amount(_two_decimals(row.importe, name), name)),
                ),
            )
            for row in taxes
        ]
        totals.append((total, formats.amount(round_half_up(exact_sum(row.importe for row in taxes), 2), total)))
    return Element("implocal:ImpuestosLocales", totals, rows)


def _two_decimals(value, name):
    """implocal knows two decimals; a third one is refused, not rounded away."""
    formats.amount(value, name)
    rounded = round_half_up(value, 2)
    if CONTEXT.compare(rounded, value):
        raise CfdiError(
            "bad_amount",
            f"{name}: local taxes have two decimals, not {value}.",
            data={"attribute": name, "value": str(value)},
        )
    return rounded
