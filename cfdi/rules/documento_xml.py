"""What a Leido leaves out of an XML and the rules judge: Partes, empty nodes, totals of implocal."""

from .. import nodos
from ..aritmetica import suma
from ..namespaces import CFDI, IMPLOCAL
from ..read import parse_cfdi, read
from .parte import Parte

_C, _L = f"{{{CFDI}}}", f"{{{IMPLOCAL}}}"


def leido_y_resto(xml):
    """Return (Leido, other fields of the Documento).

    :raises CfdiError: those of `cfdi.read`; ``missing`` and ``bad_number`` for a Parte
    """
    leido = read(xml)
    raiz = parse_cfdi(xml)
    conceptos = raiz.findall(f"{_C}Conceptos/{_C}Concepto")
    resto = {"impuestos_vacios": frozenset(i for i, n in enumerate(conceptos) if _impuestos_vacio(n))}
    partes = tuple(tuple(_parte(n, i) for n in nodo.findall(f"{_C}Parte")) for i, nodo in enumerate(conceptos))
    if any(partes):
        resto["partes"] = partes
    locales = raiz.findall(f"{_C}Complemento/{_L}ImpuestosLocales")
    if locales:
        resto["locales"] = tuple(
            suma(nodos.numero(n, atributo) for n in locales) for atributo in ("TotaldeTraslados", "TotaldeRetenciones")
        )
    return leido, resto


def _impuestos_vacio(concepto):
    nodo = concepto.find(f"{_C}Impuestos")
    return nodo is not None and nodo.find(f"{_C}*/{_C}*") is None


def _parte(nodo, linea):
    return Parte(
        clave_prod_serv=nodos.texto(nodo, "ClaveProdServ", linea),
        cantidad=nodos.numero(nodo, "Cantidad", linea),
        valor_unitario=nodos.numero(nodo, "ValorUnitario", linea, requerido=False),
        importe=nodos.numero(nodo, "Importe", linea, requerido=False),
        # its double spaces are part of the number
        pedimentos=tuple(n.get("NumeroPedimento", "").strip() for n in nodo.findall(f"{_C}InformacionAduanera")),
    )
