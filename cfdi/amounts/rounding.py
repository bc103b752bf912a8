"""The models of rounding: each turns lines into Conceptos, none decides whether they are good.

por_linea       Everything at the currency's decimals; a tax is round(Base × rate). What an ERP that
                rounds per line has, and what people expect to read.
como_el_erp     The same with the ERP's own rounded amounts: with taxes included in the price they
                may lie a cent off round(Base × rate), still inside SAT's limits.
seis_decimales  Everything exact to six decimals, only the totals are rounded. What an ERP that
                rounds globally has.
repartido       At the currency's decimals, the cents that are missing towards the ERP's totals put
                on the lines with the greatest remainder, inside SAT's limits. For what the others
                can't meet: many small lines, several rates, discounts whose sums round apart.
"""

from collections import defaultdict
from decimal import Decimal

from ..errors import CfdiError
from ..values import CUOTA, EXENTO, IEPS, Concepto, Retencion, Traslado
from .arithmetic import (
    CERO,
    CONTEXTO,
    UNIDADES,
    decimales_escritos,
    limites_importe,
    limites_impuesto,
    recorta,
    redondea,
    suma,
)
from .lines import clave, limpio, vacio


class NoCabe(CfdiError):
    """This model can't express a line, or can't reach the totals."""

    def __init__(self, text, line=None):
        super().__init__("model", text, line)


def por_linea(lineas, decimales, esperado):
    """Amounts at `decimales`, taxes as round(Base × rate)."""

    def del_impuesto(_impuesto, base, tasa):
        return redondea(CONTEXTO.multiply(base, tasa), decimales)

    return [
        _arma(
            linea,
            redondea(linea.bruto, decimales),
            redondea(linea.neto, decimales),
            decimales,
            del_impuesto,
        )
        for linea in lineas
    ]


def como_el_erp(lineas, decimales, esperado):
    """Amounts at `decimales`, as the ERP rounded them."""

    def del_impuesto(impuesto, _base, _tasa):
        return _redondeado(impuesto, decimales)

    return [
        _arma(
            linea,
            *_bruto_y_neto(linea, _neto(linea, decimales), decimales),
            decimales,
            del_impuesto,
        )
        for linea in lineas
    ]


def seis_decimales(lineas, decimales, esperado):
    """Amounts at six decimals; zeros that say nothing are not written."""

    def del_impuesto(_impuesto, base, tasa):
        return recorta(redondea(CONTEXTO.multiply(base, tasa), 6), decimales)

    conceptos = []
    for linea in lineas:
        bruto, neto = redondea(linea.bruto, 6), redondea(linea.neto, 6)
        # Descuento may not have more decimals than Importe (CFDI40168)
        n = max(decimales_escritos(recorta(v, decimales)) for v in (bruto, bruto - neto))
        conceptos.append(_arma(linea, redondea(bruto, n), redondea(neto, n), decimales, del_impuesto, propia=6))
    return conceptos


def repartido(lineas, decimales, esperado):
    """Amounts at `decimales` that add up to the ERP's totals, tax by tax."""
    netos = _reparte_netos(lineas, decimales, esperado.sub_total_neto)
    montos = {}
    grupos = defaultdict(list)
    for linea in lineas:
        for j, impuesto in enumerate(linea.partida.impuestos):
            # a quota is owed for what is given away, too
            if impuesto.tipo_factor != EXENTO and (netos[linea.indice] or limpio(impuesto.base)):
                identidad = clave(impuesto)
                grupos[identidad if not impuesto.retencion else (impuesto.impuesto,)].append((linea, j))
    # IEPS first: the base of IVA is built upon it
    for identidad in sorted(grupos, key=lambda c: (len(c) == 1, c[0] != IEPS)):
        _reparte_impuesto(grupos[identidad], identidad, netos, montos, decimales, esperado)

    conceptos = []
    for linea in lineas:

        def del_impuesto(impuesto, _base, _tasa, linea=linea):
            # by identity: a line may carry two equal taxes
            j = next(k for k, otro in enumerate(linea.partida.impuestos) if otro is impuesto)
            return montos[linea.indice, j]

        conceptos.append(
            _arma(
                linea,
                *_bruto_y_neto(linea, netos[linea.indice], decimales),
                decimales,
                del_impuesto,
            )
        )
    return conceptos


def _neto(linea, decimales):
    dado = linea.partida.importe_redondeado
    return redondea(linea.neto if dado is None else dado, decimales)


def _redondeado(impuesto, decimales):
    dado = impuesto.importe_redondeado
    return redondea(limpio(impuesto.importe) if dado is None else dado, decimales)


def _bruto_y_neto(linea, neto, decimales):
    """(Importe, net) of a line whose net is given: without discount the Importe is the net."""
    if linea.bruto == linea.neto:
        return neto, neto
    return max(neto, redondea(linea.bruto, decimales)), neto


def _base(linea, j, neto, montos, decimales):
    """Base of tax `j`: the net and the IEPS that joins it, or the tax's own base."""
    impuesto, sumandos = linea.partida.impuestos[j], linea.sumandos[j]
    if sumandos is not None:
        return neto + suma(vacio(montos.get(k)) for k in sumandos)
    if impuesto.tipo_factor == CUOTA:
        return recorta(redondea(limpio(impuesto.base), 6))
    return redondea(limpio(impuesto.base), decimales)


def _arma(linea, importe, neto, decimales, del_impuesto, propia=None):
    """The Concepto of a line; `del_impuesto(impuesto, base, tasa)` tells the amount of a tax."""
    impuestos = linea.partida.impuestos
    montos, filas = {}, {}
    # IEPS first: other bases are built upon it
    for j in sorted(range(len(impuestos)), key=lambda k: impuestos[k].impuesto != IEPS):
        impuesto = impuestos[j]
        base = recorta(
            _base(linea, j, neto, montos, propia or decimales),
            0 if impuesto.tipo_factor == CUOTA else decimales,
        )
        if base <= 0:
            if linea.neto:
                raise NoCabe(f"line {linea.indice + 1}: a tax base of 0", linea.indice)
            continue  # nothing is left to tax (CFDI40174 forbids a base of 0)
        tasa = monto = None
        if impuesto.tipo_factor != EXENTO:
            tasa = redondea(impuesto.tasa_o_cuota, 6)
            monto = montos[j] = del_impuesto(impuesto, base, tasa)
        clase = Retencion if impuesto.retencion else Traslado
        filas[j] = clase(base, impuesto.impuesto, impuesto.tipo_factor, tasa, monto)
    return _concepto(linea, importe, importe - neto, [filas[j] for j in sorted(filas)])


def _concepto(linea, importe, descuento, filas):
    partida = linea.partida
    objeto = partida.objeto_imp
    if not linea.neto and not filas and objeto in ("02", "07"):
        objeto = "01"  # given away: neither 02 nor 07 may stand without taxes
    return Concepto(
        clave_prod_serv=partida.clave_prod_serv,
        cantidad=linea.cantidad,
        clave_unidad=partida.clave_unidad,
        descripcion=partida.descripcion,
        valor_unitario=_valor_unitario(linea, importe),
        importe=importe,
        objeto_imp=objeto,
        no_identificacion=partida.no_identificacion,
        unidad=partida.unidad,
        descuento=descuento or None,
        traslados=tuple(f for f in filas if isinstance(f, Traslado)),
        retenciones=tuple(f for f in filas if isinstance(f, Retencion)),
        **partida.extras,
    )


def _valor_unitario(linea, importe):
    """The price as given; a derived one follows the Importe where SAT's limits would not hold."""
    if linea.precio_inexacto:
        n = decimales_escritos(importe)
        menor, mayor = limites_importe(linea.cantidad, linea.valor_unitario, n)
        if not menor <= importe <= mayor:
            return redondea(CONTEXTO.divide(importe, linea.cantidad), 6)
    return linea.valor_unitario


def _reparte_netos(lineas, decimales, objetivo):
    """Net amounts that add up to `objetivo`, each at most one unit from its own rounding."""
    unidad = UNIDADES[decimales]
    casillas = []
    for linea in lineas:
        neto = redondea(linea.neto, decimales)
        menor, mayor = max(neto - unidad, unidad), neto + unidad
        if not linea.precio_inexacto:
            inferior, superior = limites_importe(linea.cantidad, linea.valor_unitario, decimales)
            # with a discount only the gross amount has a lower limit
            menor = max(menor, inferior) if linea.bruto == linea.neto else menor
            mayor = min(mayor, superior)
        if not linea.neto:
            menor = mayor = CERO
        casillas.append((linea.neto, menor, mayor))
    return _reparte(casillas, objetivo, decimales, "net amount")


def _reparte_impuesto(casos, identidad, netos, montos, decimales, esperado):
    """Amounts of one row of the summary, one per line that has the tax, into `montos`."""
    unidad = UNIDADES[decimales]
    casillas = []
    for linea, j in casos:
        impuesto = linea.partida.impuestos[j]
        propios = {k: montos[i, k] for i, k in montos if i == linea.indice}
        base = _base(linea, j, netos[linea.indice], propios, decimales)
        inferior, superior = limites_impuesto(base, redondea(impuesto.tasa_o_cuota, 6), decimales)
        crudo = limpio(impuesto.importe)
        centro = redondea(crudo, decimales)
        casillas.append((crudo, max(inferior, centro - unidad), min(superior, centro + unidad)))
    objetivo = _objetivo(identidad, esperado.impuestos)
    if objetivo is None:
        objetivo = _redondeo_por_tasa(casos, decimales)
    repartos = _reparte(casillas, objetivo, decimales, f"tax {identidad}")
    montos.update(((linea.indice, j), monto) for (linea, j), monto in zip(casos, repartos, strict=True))


def _objetivo(identidad, impuestos):
    """What the ERP's sum for a row of the summary is; None if it wasn't told."""
    if not impuestos:
        return None
    if len(identidad) == 1:  # retentions are one row per Impuesto (CFDI40208)
        partes = [v for k, v in impuestos.items() if k[3] and k[0] == identidad[0]]
    else:
        partes = [v for k, v in impuestos.items() if k == identidad]
    return suma(partes) if partes else None


def _redondeo_por_tasa(casos, decimales):
    """What an ERP has that rounds each of its taxes: the sum of the rounded sums per rate."""
    crudos = defaultdict(list)
    for linea, j in casos:
        impuesto = linea.partida.impuestos[j]
        crudos[clave(impuesto)].append(limpio(impuesto.importe))
    return suma(redondea(suma(grupo), decimales) for grupo in crudos.values())


def _reparte(casillas, objetivo, decimales, que):
    """Round every (raw, min, max) so that they sum to `objetivo`, greatest remainder first."""
    unidad = UNIDADES[decimales]
    if any(menor > mayor for _crudo, menor, mayor in casillas):
        raise NoCabe(f"{que}: a line has no amount inside of SAT's limits")
    valores = [min(max(redondea(crudo, decimales), menor), mayor) for crudo, menor, mayor in casillas]
    faltan = int((objetivo - suma(valores)) / unidad)
    if faltan * unidad != objetivo - suma(valores):
        raise NoCabe(f"{que}: {objetivo} has more decimals than the currency")
    signo = 1 if faltan > 0 else -1
    orden = sorted(range(len(casillas)), key=lambda i: signo * (valores[i] - casillas[i][0]))
    while faltan:
        antes = faltan
        for i in orden:
            nuevo = valores[i] + signo * unidad
            if faltan and casillas[i][1] <= nuevo <= casillas[i][2]:
                valores[i] = nuevo
                faltan -= signo
        if faltan == antes:
            raise NoCabe(f"{que}: {Decimal(faltan) * unidad} can't be placed on any line")
    return valores
