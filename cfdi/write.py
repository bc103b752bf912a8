"""Comprobante -> the XML of an unsigned pre-CFDI 4.0 (Anexo 20, SAT's cfdv40.xsd).

No Sello, Certificado nor NoCertificado: the service that holds the certificate adds them.
"""

from decimal import Decimal

from lxml import etree

from . import formats
from .amounts.arithmetic import CONTEXT, exact_sum, round_half_up, strip_zeros
from .amounts.totals import compute_totals
from .errors import CfdiError
from .rfc import PATTERN as RFC
from .values import EXENTO
from .xml import CFDI, IMPLOCAL, XSI

SCHEMA_LOCATION = {
    CFDI: "http://www.sat.gob.mx/sitio_internet/cfd/4/cfdv40.xsd",
    IMPLOCAL: "http://www.sat.gob.mx/sitio_internet/cfd/implocal/implocal.xsd",
}
_C = f"{{{CFDI}}}"
_L = f"{{{IMPLOCAL}}}"


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
    nsmap = {"cfdi": CFDI, "xsi": XSI}
    if comprobante.impuestos_locales:
        nsmap["implocal"] = IMPLOCAL
    root = etree.Element(f"{_C}Comprobante", nsmap=nsmap)
    # services refuse it otherwise: every complement's pair is declared on the Comprobante
    root.set(
        f"{{{XSI}}}schemaLocation",
        " ".join(f"{ns} {SCHEMA_LOCATION[ns]}" for ns in (CFDI, IMPLOCAL) if ns in nsmap.values()),
    )
    _informacion_global(root, comprobante.informacion_global)
    _relacionados(root, comprobante.relacionados)
    _emisor(root, comprobante.emisor)
    _receptor(root, comprobante.receptor)
    conceptos = etree.SubElement(root, f"{_C}Conceptos")
    for index, concepto in enumerate(comprobante.conceptos):
        _concepto(conceptos, concepto, index)
    complemento = _complemento(root, comprobante.impuestos_locales)
    # only now is it sure that every amount is a number
    totals = totals or compute_totals(comprobante)
    for name, value in _header_attributes(comprobante, totals).items():
        root.set(name, value)
    _summary(root, totals, comprobante.decimals)
    if complemento is not None:
        root.append(complemento)  # after the summary (cfdv40.xsd)
    # the attribute Año: written as ASCII its name would become A&#241;o, which is not XML
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True), totals


def _total(value, decimals):
    """A total of the document, at the currency's decimals; None stays None."""
    return None if value is None else formats.amount(round_half_up(value, decimals), "Total")


def _node(parent, name, attributes):
    return etree.SubElement(parent, f"{_C}{name}", {k: v for k, v in attributes if v is not None})


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


def _fecha(fecha):
    """YYYY-MM-DDTHH:MM:SS, local and naive; t_FechaH begins in 2010."""
    if fecha is None or fecha.tzinfo is not None or not 2010 <= fecha.year <= 2099:
        raise CfdiError(
            "bad_date",
            f"Fecha must be a local time without zone from 2010 on: {fecha}.",
            data={"value": str(fecha)},
        )
    return fecha.strftime("%Y-%m-%dT%H:%M:%S")


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
        "Fecha": _fecha(c.fecha),
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


def _informacion_global(root, info):
    if info is None:
        return
    if not 2019 <= info.anio <= 9999:
        raise CfdiError(
            "bad_format",
            f"The year of InformacionGlobal is out of range: {info.anio}.",
            data={"attribute": "InformacionGlobal/@Año", "value": str(info.anio)},
        )
    _node(
        root,
        "InformacionGlobal",
        (
            ("Periodicidad", formats.key(info.periodicidad, "InformacionGlobal/@Periodicidad")),
            ("Meses", formats.key(info.meses, "InformacionGlobal/@Meses")),
            ("Año", str(info.anio)),
        ),
    )


def _relacionados(root, groups):
    for group in groups:
        if not group.uuids:
            raise CfdiError(
                "missing",
                "A relation without any related CFDI.",
                data={"attribute": "CfdiRelacionado"},
            )
        node = _node(
            root,
            "CfdiRelacionados",
            (("TipoRelacion", formats.key(group.tipo_relacion, "TipoRelacion")),),
        )
        for uuid in group.uuids:
            _node(
                node,
                "CfdiRelacionado",
                (("UUID", formats.matching(uuid, formats.UUID, "CfdiRelacionado/@UUID")),),
            )


def _emisor(root, emisor):
    _node(
        root,
        "Emisor",
        (
            ("Rfc", formats.matching(emisor.rfc, RFC, "Emisor/@Rfc")),
            ("Nombre", formats.text(emisor.nombre, "Emisor/@Nombre", 300)),
            ("RegimenFiscal", formats.key(emisor.regimen_fiscal, "Emisor/@RegimenFiscal")),
        ),
    )


def _receptor(root, receptor):
    residencia = receptor.residencia_fiscal
    _node(
        root,
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


def _concepto(parent, c, i):
    descuento = c.descuento
    node = _node(
        parent,
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
    )
    if c.traslados or c.retenciones:
        # in a line Traslados come first, in the summary Retenciones do (cfdv40.xsd)
        impuestos = _node(node, "Impuestos", ())
        _tax_rows(impuestos, "Traslado", c.traslados, i)
        _tax_rows(impuestos, "Retencion", c.retenciones, i)
    _third_party(node, c.a_cuenta_terceros, i)
    for pedimento in c.pedimentos:
        number = formats.matching(pedimento, formats.PEDIMENTO, "NumeroPedimento", i)
        _node(node, "InformacionAduanera", (("NumeroPedimento", number),))
    for account in c.cuentas_prediales:
        number = formats.matching(account, formats.CUENTA_PREDIAL, "CuentaPredial/@Numero", i)
        _node(node, "CuentaPredial", (("Numero", number),))


def _third_party(parent, third_party, i):
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
    _node(parent, "ACuentaTerceros", ((f"{k}ACuentaTerceros", v) for k, v in values.items()))


def _tax_rows(parent, name, rows, line=None):
    """Rows with a Base: the Traslados and Retenciones of a line, the Traslados of the summary."""
    if not rows:
        return
    group = _node(parent, f"{name}s" if name == "Traslado" else "Retenciones", ())
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


def _summary(root, totals, decimals):
    if not (totals.retenciones or totals.traslados):
        return
    impuestos = _node(
        root,
        "Impuestos",
        (
            ("TotalImpuestosRetenidos", _total(totals.total_impuestos_retenidos, decimals)),
            ("TotalImpuestosTrasladados", _total(totals.total_impuestos_trasladados, decimals)),
        ),
    )
    if totals.retenciones:
        retenciones = _node(impuestos, "Retenciones", ())
        for impuesto, importe in totals.retenciones:
            _node(
                retenciones,
                "Retencion",
                (("Impuesto", impuesto), ("Importe", _total(importe, decimals))),
            )
    _tax_rows(impuestos, "Traslado", totals.traslados)


def _complemento(root, local_taxes):
    """The Complemento with implocal 1.0 (two decimals, retentions first), or None."""
    if not local_taxes:
        return None
    complemento = _node(root, "Complemento", ())
    node = etree.SubElement(complemento, f"{_L}ImpuestosLocales", {"version": "1.0"})
    for kind, name, tasa, rows in (
        ("RetencionesLocales", "ImpLocRetenido", "TasadeRetencion", local_taxes.retenciones),
        ("TrasladosLocales", "ImpLocTrasladado", "TasadeTraslado", local_taxes.traslados),
    ):
        for row in rows:
            etree.SubElement(
                node,
                f"{_L}{kind}",
                {
                    name: formats.text(row.nombre, name, 300),
                    tasa: formats.amount(_two_decimals(row.tasa, tasa), tasa),
                    "Importe": formats.amount(_two_decimals(row.importe, name), name),
                },
            )
    for total, rows in (
        ("TotaldeRetenciones", local_taxes.retenciones),
        ("TotaldeTraslados", local_taxes.traslados),
    ):
        node.set(total, formats.amount(round_half_up(exact_sum(f.importe for f in rows), 2), total))
    return complemento


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
