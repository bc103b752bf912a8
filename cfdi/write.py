"""Comprobante -> the XML of an unsigned pre-CFDI 4.0 (Anexo 20, SAT's cfdv40.xsd).

No Sello, Certificado nor NoCertificado: the service that holds the certificate adds them.
"""
import re
from decimal import Decimal

from lxml import etree

from .aritmetica import CONTEXTO, decimales_escritos, recorta, redondea, suma
from .errors import CfdiError
from .rfc import PATTERN as RFC
from .totals import totals
from .values import EXENTO

CFDI = "http://www.sat.gob.mx/cfd/4"
IMPLOCAL = "http://www.sat.gob.mx/implocal"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
SCHEMA_LOCATION = {
    CFDI: "http://www.sat.gob.mx/sitio_internet/cfd/4/cfdv40.xsd",
    IMPLOCAL: "http://www.sat.gob.mx/sitio_internet/cfd/implocal/implocal.xsd",
}
_C = f"{{{CFDI}}}"
_L = f"{{{IMPLOCAL}}}"
_MAXIMO = Decimal(10) ** 18
UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_CODIGO_POSTAL = re.compile(r"[0-9]{5}")
_PEDIMENTO = re.compile(r"[0-9]{2}  [0-9]{2}  [0-9]{4}  [0-9]{7}")
_PREDIAL = re.compile(r"[0-9a-zA-Z]{1,150}")
_CLAVE = re.compile(r"[0-9A-Za-z]{1,8}")


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
    totales = totals(comprobante)
    raiz = etree.Element(f"{_C}Comprobante", _cabecera(comprobante, totales), nsmap=nsmap)
    # §0.8: every complement's pair is declared on the Comprobante
    raiz.set(f"{{{XSI}}}schemaLocation", " ".join(
        f"{ns} {SCHEMA_LOCATION[ns]}" for ns in (CFDI, IMPLOCAL) if ns in nsmap.values()))
    _informacion_global(raiz, comprobante.informacion_global)
    _relacionados(raiz, comprobante.relacionados)
    _emisor(raiz, comprobante.emisor)
    _receptor(raiz, comprobante.receptor)
    conceptos = etree.SubElement(raiz, f"{_C}Conceptos")
    for indice, concepto in enumerate(comprobante.conceptos):
        _concepto(conceptos, concepto, indice)
    _resumen(raiz, totales, comprobante.decimales)
    _impuestos_locales(raiz, comprobante.impuestos_locales)
    # the attribute Año: written as ASCII its name would become A&#241;o, which is not XML (§0.4)
    return etree.tostring(raiz, encoding="UTF-8", xml_declaration=True)


def collapse(texto):
    """Return the text with its white space collapsed to single spaces and stripped."""
    return " ".join(texto.split())


def _nodo(padre, nombre, atributos):
    return etree.SubElement(padre, f"{_C}{nombre}", {k: v for k, v in atributos if v is not None})


def _texto(valor, nombre, maximo, linea=None):
    """A required text of 1 to `maximo` characters without `|`."""
    limpio = collapse(valor or "")
    if not limpio:
        raise CfdiError("missing", f"{nombre} is missing.", linea, {"attribute": nombre})
    if len(limpio) > maximo:
        raise CfdiError(
            "too_long", f"{nombre} has {len(limpio)} characters, SAT allows {maximo}: shorten it.",
            linea, {"attribute": nombre, "length": len(limpio), "limit": maximo})
    if "|" in limpio:
        raise CfdiError(
            "pipe", f"{nombre} contains the character “|”, which SAT forbids: {limpio!r}.",
            linea, {"attribute": nombre, "value": limpio})
    if any(c < " " or "\ud800" <= c <= "\udfff" or c in "\ufffe\uffff" for c in limpio):
        raise CfdiError(
            "invalid_character", f"{nombre} contains a character that XML can't hold: {limpio!r}.",
            linea, {"attribute": nombre, "value": repr(limpio)})
    return limpio


def _opcional(valor, nombre, maximo, linea=None):
    return _texto(valor, nombre, maximo, linea) if valor and valor.strip() else None


def _patron(valor, patron, nombre, linea=None):
    if not valor:
        raise CfdiError("missing", f"{nombre} is missing.", linea, {"attribute": nombre})
    if not patron.fullmatch(valor):
        raise CfdiError("bad_format", f"{nombre} does not have the form that SAT asks for: {valor!r}.",
                        linea, {"attribute": nombre, "value": str(valor)})
    return valor


def _clave(valor, nombre, linea=None):
    return _patron(valor, _CLAVE, nombre, linea)


def _importe(valor, nombre, linea=None, positivo=False):
    """An amount as it is written: up to 18 digits and 6 decimals, never negative, no exponent."""
    if not isinstance(valor, Decimal):
        raise CfdiError("missing" if valor is None else "bad_amount",
                        f"{nombre} is not a decimal number: {valor!r}.", linea,
                        {"attribute": nombre, "value": str(valor)})
    if (not valor.is_finite() or valor < 0 or valor >= _MAXIMO or decimales_escritos(valor) > 6
            or (positivo and not valor)):
        raise CfdiError(
            "bad_amount", f"{nombre} must be {'above' if positivo else 'at least'} 0 and have up to 18 "
            f"digits and 6 decimals; it is {valor}.", linea, {"attribute": nombre, "value": str(valor)})
    return format(abs(valor), "f")


def _cantidad(valor, linea):
    """Cantidad without needless zeros."""
    _importe(valor, "Cantidad", linea, positivo=True)
    return format(recorta(valor), "f")


def _tasa(valor, nombre, linea=None):
    """TasaOCuota always has six decimals (Guía FAQ 40)."""
    _importe(valor, nombre, linea)
    return format(redondea(valor, 6), "f")


def _tipo_cambio(comprobante):
    """MXN: none, or 1 (CFDI40114); XXX: none (40116); others: required, up to 6 decimals (40115/117)."""
    tipo = comprobante.tipo_cambio
    if comprobante.moneda in ("MXN", "XXX"):
        if tipo is not None and (comprobante.moneda == "XXX" or tipo != 1):
            raise CfdiError("exchange_rate", f"{comprobante.moneda} takes no exchange rate, not {tipo}.",
                            data={"currency": comprobante.moneda, "rate": str(tipo)})
        return None
    if not isinstance(tipo, Decimal) or not tipo.is_finite() or redondea(tipo, 6) <= 0:
        raise CfdiError("exchange_rate", f"An exchange rate above 0 is needed for {comprobante.moneda}.",
                        data={"currency": comprobante.moneda, "rate": str(tipo)})
    return _importe(recorta(redondea(tipo, 6)), "TipoCambio")


def _fecha(fecha):
    """YYYY-MM-DDTHH:MM:SS, local and naive; t_FechaH begins in 2010."""
    if fecha is None or fecha.tzinfo is not None or not 2010 <= fecha.year <= 2099:
        raise CfdiError("bad_date", f"Fecha must be a local time without zone from 2010 on: {fecha}.",
                        data={"value": str(fecha)})
    return fecha.strftime("%Y-%m-%dT%H:%M:%S")


def _cabecera(c, totales):
    if not c.conceptos:
        raise CfdiError("no_lines", "A CFDI needs at least one line.")
    if totales.total < 0 or (totales.descuento or 0) > totales.sub_total:
        raise CfdiError("negative_total", f"The total of the CFDI is negative: {totales.total}.",
                        data={"total": str(totales.total)})
    monto = (lambda v, n: None if v is None else _importe(redondea(v, c.decimales), n))
    if c.tipo_de_comprobante in ("T", "P"):
        monto = (lambda v, n: None if v is None else "0")
    atributos = {
        "Version": "4.0",
        "Serie": _opcional(c.serie, "Serie", 25),
        "Folio": _opcional(c.folio, "Folio", 40),
        "Fecha": _fecha(c.fecha),
        "FormaPago": c.forma_pago and _clave(c.forma_pago, "FormaPago"),
        "CondicionesDePago": _opcional(c.condiciones_de_pago, "CondicionesDePago", 1000),
        "SubTotal": monto(totales.sub_total, "SubTotal"),
        "Descuento": monto(totales.descuento, "Descuento"),
        "Moneda": _clave(c.moneda, "Moneda"),
        "TipoCambio": _tipo_cambio(c),
        "Total": monto(totales.total, "Total"),
        "TipoDeComprobante": _clave(c.tipo_de_comprobante, "TipoDeComprobante"),
        "Exportacion": _clave(c.exportacion, "Exportacion"),
        "MetodoPago": c.metodo_pago and _clave(c.metodo_pago, "MetodoPago"),
        "LugarExpedicion": _patron(c.lugar_expedicion, _CODIGO_POSTAL, "LugarExpedicion"),
    }
    return {nombre: valor for nombre, valor in atributos.items() if valor}


def _informacion_global(raiz, info):
    if info is None:
        return
    if not 2019 <= info.anio <= 9999:
        raise CfdiError("bad_format", f"The year of InformacionGlobal is out of range: {info.anio}.",
                        data={"attribute": "InformacionGlobal/@Año", "value": str(info.anio)})
    _nodo(raiz, "InformacionGlobal", (
        ("Periodicidad", _clave(info.periodicidad, "InformacionGlobal/@Periodicidad")),
        ("Meses", _clave(info.meses, "InformacionGlobal/@Meses")),
        ("Año", str(info.anio)),
    ))


def _relacionados(raiz, grupos):
    for grupo in grupos:
        if not grupo.uuids:
            raise CfdiError("missing", "A relation without any related CFDI.",
                            data={"attribute": "CfdiRelacionado"})
        nodo = _nodo(raiz, "CfdiRelacionados", (
            ("TipoRelacion", _clave(grupo.tipo_relacion, "TipoRelacion")),))
        for uuid in grupo.uuids:
            _nodo(nodo, "CfdiRelacionado", (("UUID", _patron(uuid, UUID, "CfdiRelacionado/@UUID")),))


def _emisor(raiz, emisor):
    _nodo(raiz, "Emisor", (
        ("Rfc", _patron(emisor.rfc, RFC, "Emisor/@Rfc")),
        ("Nombre", _texto(emisor.nombre, "Emisor/@Nombre", 300)),
        ("RegimenFiscal", _clave(emisor.regimen_fiscal, "Emisor/@RegimenFiscal")),
    ))


def _receptor(raiz, receptor):
    residencia = receptor.residencia_fiscal
    _nodo(raiz, "Receptor", (
        ("Rfc", _patron(receptor.rfc, RFC, "Receptor/@Rfc")),
        ("Nombre", _texto(receptor.nombre, "Receptor/@Nombre", 300)),
        ("DomicilioFiscalReceptor", _patron(
            receptor.domicilio_fiscal, _CODIGO_POSTAL, "Receptor/@DomicilioFiscalReceptor")),
        ("ResidenciaFiscal", _clave(residencia, "Receptor/@ResidenciaFiscal") if residencia else None),
        ("NumRegIdTrib", _opcional(receptor.num_reg_id_trib, "Receptor/@NumRegIdTrib", 40)),
        ("RegimenFiscalReceptor", _clave(
            receptor.regimen_fiscal, "Receptor/@RegimenFiscalReceptor")),
        ("UsoCFDI", _clave(receptor.uso_cfdi, "Receptor/@UsoCFDI")),
    ))


def _concepto(padre, c, i):
    descuento = c.descuento
    nodo = _nodo(padre, "Concepto", (
        ("ClaveProdServ", _clave(c.clave_prod_serv, "ClaveProdServ", i)),
        ("NoIdentificacion", _opcional(c.no_identificacion, "NoIdentificacion", 100, i)),
        ("Cantidad", _cantidad(c.cantidad, i)),
        ("ClaveUnidad", _clave(c.clave_unidad, "ClaveUnidad", i)),
        ("Unidad", _opcional(c.unidad, "Unidad", 20, i)),
        ("Descripcion", _texto(c.descripcion, "Descripcion", 1000, i)),
        ("ValorUnitario", _importe(c.valor_unitario, "ValorUnitario", i)),
        ("Importe", _importe(c.importe, "Importe", i)),
        ("Descuento", None if descuento is None else _importe(descuento, "Descuento", i)),
        ("ObjetoImp", _clave(c.objeto_imp, "ObjetoImp", i)),
    ))
    if c.traslados or c.retenciones:
        # in a line Traslados come first, in the summary Retenciones do (cfdv40.xsd)
        impuestos = _nodo(nodo, "Impuestos", ())
        _filas(impuestos, "Traslado", c.traslados, i)
        _filas(impuestos, "Retencion", c.retenciones, i)
    tercero = c.a_cuenta_terceros
    if tercero:
        _nodo(nodo, "ACuentaTerceros", (
            ("RfcACuentaTerceros", _patron(tercero.rfc, RFC, "RfcACuentaTerceros", i)),
            ("NombreACuentaTerceros", _texto(tercero.nombre, "NombreACuentaTerceros", 300, i)),
            ("RegimenFiscalACuentaTerceros", _clave(
                tercero.regimen_fiscal, "RegimenFiscalACuentaTerceros", i)),
            ("DomicilioFiscalACuentaTerceros", _patron(
                tercero.domicilio_fiscal, _CODIGO_POSTAL, "DomicilioFiscalACuentaTerceros", i)),
        ))
    for pedimento in c.pedimentos:
        _nodo(nodo, "InformacionAduanera", (
            ("NumeroPedimento", _patron(pedimento, _PEDIMENTO, "NumeroPedimento", i)),))
    for numero in c.cuentas_prediales:
        _nodo(nodo, "CuentaPredial", (("Numero", _patron(numero, _PREDIAL, "CuentaPredial/@Numero", i)),))


def _filas(padre, nombre, filas, linea=None):
    """Traslados or Retenciones with Base (of a line; the summary's Traslados have the same form)."""
    if not filas:
        return
    grupo = _nodo(padre, f"{nombre}s" if nombre == "Traslado" else "Retenciones", ())
    for f in filas:
        exento = f.tipo_factor == EXENTO
        _nodo(grupo, nombre, (
            ("Base", _importe(f.base, f"{nombre}/@Base", linea, positivo=linea is not None)),
            ("Impuesto", _clave(f.impuesto, f"{nombre}/@Impuesto", linea)),
            ("TipoFactor", _clave(f.tipo_factor, f"{nombre}/@TipoFactor", linea)),
            ("TasaOCuota", None if exento else _tasa(f.tasa_o_cuota, f"{nombre}/@TasaOCuota", linea)),
            ("Importe", None if exento else _importe(f.importe, f"{nombre}/@Importe", linea)),
        ))


def _resumen(raiz, totales, decimales):
    if not (totales.retenciones or totales.traslados):
        return
    total = (lambda v: None if v is None else _importe(redondea(v, decimales), "Impuestos"))
    impuestos = _nodo(raiz, "Impuestos", (
        ("TotalImpuestosRetenidos", total(totales.total_impuestos_retenidos)),
        ("TotalImpuestosTrasladados", total(totales.total_impuestos_trasladados)),
    ))
    if totales.retenciones:
        retenciones = _nodo(impuestos, "Retenciones", ())
        for impuesto, importe in totales.retenciones:
            _nodo(retenciones, "Retencion", (("Impuesto", impuesto), ("Importe", total(importe))))
    _filas(impuestos, "Traslado", totales.traslados)


def _impuestos_locales(raiz, locales):
    """Complement implocal 1.0: two decimals, retentions first."""
    if not locales:
        return
    complemento = _nodo(raiz, "Complemento", ())
    total = (lambda filas: _importe(redondea(suma(f.importe for f in filas), 2), "implocal"))
    nodo = etree.SubElement(complemento, f"{_L}ImpuestosLocales", {
        "version": "1.0",
        "TotaldeRetenciones": total(locales.retenciones),
        "TotaldeTraslados": total(locales.traslados),
    })
    for clase, nombre, tasa, filas in (
            ("RetencionesLocales", "ImpLocRetenido", "TasadeRetencion", locales.retenciones),
            ("TrasladosLocales", "ImpLocTrasladado", "TasadeTraslado", locales.traslados)):
        for fila in filas:
            etree.SubElement(nodo, f"{_L}{clase}", {
                nombre: _texto(fila.nombre, nombre, 300),
                tasa: _importe(_dos(fila.tasa, tasa), tasa),
                "Importe": _importe(_dos(fila.importe, nombre), nombre),
            })


def _dos(valor, nombre):
    """implocal knows two decimals; a third one is refused, not rounded away."""
    dos = redondea(valor, 2)
    if CONTEXTO.compare(dos, valor):
        raise CfdiError("bad_amount", f"{nombre}: local taxes have two decimals, not {valor}.",
                        data={"attribute": nombre, "value": str(valor)})
    return dos
