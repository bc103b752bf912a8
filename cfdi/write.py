"""Comprobante -> the XML of an unsigned pre-CFDI 4.0 (Anexo 20, SAT's cfdv40.xsd).

No Sello, Certificado nor NoCertificado: the service that holds the certificate adds them.
"""

from decimal import Decimal

from lxml import etree

from . import formats
from .amounts.arithmetic import CONTEXTO, recorta, redondea, suma
from .amounts.totals import totals
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
    """Return the pre-CFDI as UTF-8 bytes with declaration.

    Amounts are written with the decimals that they carry, totals at `comprobante.decimales`. White
    space in texts is collapsed (as the schema does, so the seal stays valid); nothing is cut.

    :raises CfdiError: ``missing``, ``too_long``, ``pipe``, ``invalid_character``, ``bad_format``,
        ``bad_amount``, ``bad_date``, ``exchange_rate``, ``no_lines``, ``negative_total``; `line` is
        the index of the Concepto when it is about one
    """
    nsmap = {"cfdi": CFDI, "xsi": XSI}
    if comprobante.impuestos_locales:
        nsmap["implocal"] = IMPLOCAL
    raiz = etree.Element(f"{_C}Comprobante", nsmap=nsmap)
    # services refuse it otherwise: every complement's pair is declared on the Comprobante
    raiz.set(
        f"{{{XSI}}}schemaLocation",
        " ".join(f"{ns} {SCHEMA_LOCATION[ns]}" for ns in (CFDI, IMPLOCAL) if ns in nsmap.values()),
    )
    _informacion_global(raiz, comprobante.informacion_global)
    _relacionados(raiz, comprobante.relacionados)
    _emisor(raiz, comprobante.emisor)
    _receptor(raiz, comprobante.receptor)
    conceptos = etree.SubElement(raiz, f"{_C}Conceptos")
    for indice, concepto in enumerate(comprobante.conceptos):
        _concepto(conceptos, concepto, indice)
    complemento = _complemento(raiz, comprobante.impuestos_locales)
    # only now is it sure that every amount is a number
    totales = totals(comprobante)
    for nombre, valor in _cabecera(comprobante, totales).items():
        raiz.set(nombre, valor)
    _resumen(raiz, totales, comprobante.decimales)
    if complemento is not None:
        raiz.append(complemento)  # after the summary (cfdv40.xsd)
    # the attribute Año: written as ASCII its name would become A&#241;o, which is not XML
    return etree.tostring(raiz, encoding="UTF-8", xml_declaration=True)


def _monto(valor, decimales):
    """A total of the document, at the currency's decimals; None stays None."""
    return None if valor is None else formats.importe(redondea(valor, decimales), "Total")


def _nodo(padre, nombre, atributos):
    return etree.SubElement(padre, f"{_C}{nombre}", {k: v for k, v in atributos if v is not None})


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
    if not isinstance(tipo, Decimal) or not tipo.is_finite() or redondea(tipo, 6) <= 0:
        raise CfdiError(
            "exchange_rate",
            f"An exchange rate above 0 is needed for {comprobante.moneda}.",
            data={"currency": comprobante.moneda, "rate": str(tipo)},
        )
    return formats.importe(recorta(redondea(tipo, 6)), "TipoCambio")


def _fecha(fecha):
    """YYYY-MM-DDTHH:MM:SS, local and naive; t_FechaH begins in 2010."""
    if fecha is None or fecha.tzinfo is not None or not 2010 <= fecha.year <= 2099:
        raise CfdiError(
            "bad_date",
            f"Fecha must be a local time without zone from 2010 on: {fecha}.",
            data={"value": str(fecha)},
        )
    return fecha.strftime("%Y-%m-%dT%H:%M:%S")


def _cabecera(c, totales):
    if not c.conceptos:
        raise CfdiError("no_lines", "A CFDI needs at least one line.")
    if totales.total < 0 or (totales.descuento or 0) > totales.sub_total:
        raise CfdiError(
            "negative_total",
            f"The total of the CFDI is negative: {totales.total}.",
            data={"total": str(totales.total)},
        )
    # a literal zero for T and P
    n = 0 if c.tipo_de_comprobante in ("T", "P") else c.decimales
    atributos = {
        "Version": "4.0",
        "Serie": formats.opcional(c.serie, "Serie", 25),
        "Folio": formats.opcional(c.folio, "Folio", 40),
        "Fecha": _fecha(c.fecha),
        "FormaPago": c.forma_pago and formats.clave(c.forma_pago, "FormaPago"),
        "CondicionesDePago": formats.opcional(c.condiciones_de_pago, "CondicionesDePago", 1000),
        "SubTotal": _monto(totales.sub_total, n),
        "Descuento": _monto(totales.descuento, n),
        "Moneda": formats.clave(c.moneda, "Moneda"),
        "TipoCambio": _tipo_cambio(c),
        "Total": _monto(totales.total, n),
        "TipoDeComprobante": formats.clave(c.tipo_de_comprobante, "TipoDeComprobante"),
        "Exportacion": formats.clave(c.exportacion, "Exportacion"),
        "MetodoPago": c.metodo_pago and formats.clave(c.metodo_pago, "MetodoPago"),
        "LugarExpedicion": formats.patron(c.lugar_expedicion, formats.CODIGO_POSTAL, "LugarExpedicion"),
    }
    return {nombre: valor for nombre, valor in atributos.items() if valor}


def _informacion_global(raiz, info):
    if info is None:
        return
    if not 2019 <= info.anio <= 9999:
        raise CfdiError(
            "bad_format",
            f"The year of InformacionGlobal is out of range: {info.anio}.",
            data={"attribute": "InformacionGlobal/@Año", "value": str(info.anio)},
        )
    _nodo(
        raiz,
        "InformacionGlobal",
        (
            ("Periodicidad", formats.clave(info.periodicidad, "InformacionGlobal/@Periodicidad")),
            ("Meses", formats.clave(info.meses, "InformacionGlobal/@Meses")),
            ("Año", str(info.anio)),
        ),
    )


def _relacionados(raiz, grupos):
    for grupo in grupos:
        if not grupo.uuids:
            raise CfdiError(
                "missing",
                "A relation without any related CFDI.",
                data={"attribute": "CfdiRelacionado"},
            )
        nodo = _nodo(
            raiz,
            "CfdiRelacionados",
            (("TipoRelacion", formats.clave(grupo.tipo_relacion, "TipoRelacion")),),
        )
        for uuid in grupo.uuids:
            _nodo(
                nodo,
                "CfdiRelacionado",
                (("UUID", formats.patron(uuid, formats.UUID, "CfdiRelacionado/@UUID")),),
            )


def _emisor(raiz, emisor):
    _nodo(
        raiz,
        "Emisor",
        (
            ("Rfc", formats.patron(emisor.rfc, RFC, "Emisor/@Rfc")),
            ("Nombre", formats.texto(emisor.nombre, "Emisor/@Nombre", 300)),
            ("RegimenFiscal", formats.clave(emisor.regimen_fiscal, "Emisor/@RegimenFiscal")),
        ),
    )


def _receptor(raiz, receptor):
    residencia = receptor.residencia_fiscal
    _nodo(
        raiz,
        "Receptor",
        (
            ("Rfc", formats.patron(receptor.rfc, RFC, "Receptor/@Rfc")),
            ("Nombre", formats.texto(receptor.nombre, "Receptor/@Nombre", 300)),
            (
                "DomicilioFiscalReceptor",
                formats.patron(
                    receptor.domicilio_fiscal,
                    formats.CODIGO_POSTAL,
                    "Receptor/@DomicilioFiscalReceptor",
                ),
            ),
            (
                "ResidenciaFiscal",
                formats.clave(residencia, "Receptor/@ResidenciaFiscal") if residencia else None,
            ),
            (
                "NumRegIdTrib",
                formats.opcional(receptor.num_reg_id_trib, "Receptor/@NumRegIdTrib", 40),
            ),
            (
                "RegimenFiscalReceptor",
                formats.clave(receptor.regimen_fiscal, "Receptor/@RegimenFiscalReceptor"),
            ),
            ("UsoCFDI", formats.clave(receptor.uso_cfdi, "Receptor/@UsoCFDI")),
        ),
    )


def _concepto(padre, c, i):
    descuento = c.descuento
    nodo = _nodo(
        padre,
        "Concepto",
        (
            ("ClaveProdServ", formats.clave(c.clave_prod_serv, "ClaveProdServ", i)),
            ("NoIdentificacion", formats.opcional(c.no_identificacion, "NoIdentificacion", 100, i)),
            ("Cantidad", formats.cantidad(c.cantidad, i)),
            ("ClaveUnidad", formats.clave(c.clave_unidad, "ClaveUnidad", i)),
            ("Unidad", formats.opcional(c.unidad, "Unidad", 20, i)),
            ("Descripcion", formats.texto(c.descripcion, "Descripcion", 1000, i)),
            ("ValorUnitario", formats.importe(c.valor_unitario, "ValorUnitario", i)),
            ("Importe", formats.importe(c.importe, "Importe", i)),
            ("Descuento", None if descuento is None else formats.importe(descuento, "Descuento", i)),
            ("ObjetoImp", formats.clave(c.objeto_imp, "ObjetoImp", i)),
        ),
    )
    if c.traslados or c.retenciones:
        # in a line Traslados come first, in the summary Retenciones do (cfdv40.xsd)
        impuestos = _nodo(nodo, "Impuestos", ())
        _filas(impuestos, "Traslado", c.traslados, i)
        _filas(impuestos, "Retencion", c.retenciones, i)
    _tercero(nodo, c.a_cuenta_terceros, i)
    for pedimento in c.pedimentos:
        numero = formats.patron(pedimento, formats.PEDIMENTO, "NumeroPedimento", i)
        _nodo(nodo, "InformacionAduanera", (("NumeroPedimento", numero),))
    for cuenta in c.cuentas_prediales:
        numero = formats.patron(cuenta, formats.PREDIAL, "CuentaPredial/@Numero", i)
        _nodo(nodo, "CuentaPredial", (("Numero", numero),))


def _tercero(padre, tercero, i):
    if tercero is None:
        return
    valores = {
        "Rfc": formats.patron(tercero.rfc, RFC, "RfcACuentaTerceros", i),
        "Nombre": formats.texto(tercero.nombre, "NombreACuentaTerceros", 300, i),
        "RegimenFiscal": formats.clave(tercero.regimen_fiscal, "RegimenFiscalACuentaTerceros", i),
        "DomicilioFiscal": formats.patron(
            tercero.domicilio_fiscal, formats.CODIGO_POSTAL, "DomicilioFiscalACuentaTerceros", i
        ),
    }
    _nodo(padre, "ACuentaTerceros", ((f"{k}ACuentaTerceros", v) for k, v in valores.items()))


def _filas(padre, nombre, filas, linea=None):
    """Rows with a Base: the Traslados and Retenciones of a line, the Traslados of the summary."""
    if not filas:
        return
    grupo = _nodo(padre, f"{nombre}s" if nombre == "Traslado" else "Retenciones", ())
    for f in filas:
        exento = f.tipo_factor == EXENTO
        _nodo(
            grupo,
            nombre,
            (
                (
                    "Base",
                    formats.importe(f.base, f"{nombre}/@Base", linea, positivo=linea is not None),
                ),
                ("Impuesto", formats.clave(f.impuesto, f"{nombre}/@Impuesto", linea)),
                ("TipoFactor", formats.clave(f.tipo_factor, f"{nombre}/@TipoFactor", linea)),
                (
                    "TasaOCuota",
                    None if exento else formats.tasa(f.tasa_o_cuota, f"{nombre}/@TasaOCuota", linea),
                ),
                (
                    "Importe",
                    None if exento else formats.importe(f.importe, f"{nombre}/@Importe", linea),
                ),
            ),
        )


def _resumen(raiz, totales, decimales):
    if not (totales.retenciones or totales.traslados):
        return
    impuestos = _nodo(
        raiz,
        "Impuestos",
        (
            ("TotalImpuestosRetenidos", _monto(totales.total_impuestos_retenidos, decimales)),
            ("TotalImpuestosTrasladados", _monto(totales.total_impuestos_trasladados, decimales)),
        ),
    )
    if totales.retenciones:
        retenciones = _nodo(impuestos, "Retenciones", ())
        for impuesto, importe in totales.retenciones:
            _nodo(
                retenciones,
                "Retencion",
                (("Impuesto", impuesto), ("Importe", _monto(importe, decimales))),
            )
    _filas(impuestos, "Traslado", totales.traslados)


def _complemento(raiz, locales):
    """The Complemento with implocal 1.0 (two decimals, retentions first), or None."""
    if not locales:
        return None
    complemento = _nodo(raiz, "Complemento", ())
    nodo = etree.SubElement(complemento, f"{_L}ImpuestosLocales", {"version": "1.0"})
    for clase, nombre, tasa, filas in (
        ("RetencionesLocales", "ImpLocRetenido", "TasadeRetencion", locales.retenciones),
        ("TrasladosLocales", "ImpLocTrasladado", "TasadeTraslado", locales.traslados),
    ):
        for fila in filas:
            etree.SubElement(
                nodo,
                f"{_L}{clase}",
                {
                    nombre: formats.texto(fila.nombre, nombre, 300),
                    tasa: formats.importe(_dos(fila.tasa, tasa), tasa),
                    "Importe": formats.importe(_dos(fila.importe, nombre), nombre),
                },
            )
    for total, filas in (
        ("TotaldeRetenciones", locales.retenciones),
        ("TotaldeTraslados", locales.traslados),
    ):
        nodo.set(total, formats.importe(redondea(suma(f.importe for f in filas), 2), total))
    return complemento


def _dos(valor, nombre):
    """implocal knows two decimals; a third one is refused, not rounded away."""
    formats.importe(valor, nombre)
    dos = redondea(valor, 2)
    if CONTEXTO.compare(dos, valor):
        raise CfdiError(
            "bad_amount",
            f"{nombre}: local taxes have two decimals, not {valor}.",
            data={"attribute": nombre, "value": str(valor)},
        )
    return dos
