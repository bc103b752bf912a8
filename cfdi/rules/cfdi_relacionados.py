"""CfdiRelacionados: kinds of relation and what they may point to."""

from .rule import WARNING, rule

# guide, c_TipoRelacion: types that a CFDI with this relation has, types that it points to
_PROPIOS = {"05": "T", "06": "IE", "07": "IE"}
_AJENOS = {"01": "IE", "02": "IE", "03": "IT", "05": "IE", "06": "T", "07": "IE"}


@rule(
    "CFDI40137",
    reads=("CfdiRelacionados/@TipoRelacion",),
    mends="move.relations",
    en="SAT has no kind of relation {relacion}. Choose 01 to 07.",
    es="El tipo de relación {relacion} no existe en el catálogo del SAT. Elija de 01 a 07.",
)
def tipo_relacion_existe(c, d, cat):
    """TipoRelacion is in c_TipoRelacion."""
    for grupo in c.relacionados:
        if not cat.conoce_tipo_relacion(grupo.tipo_relacion):
            return {"relacion": grupo.tipo_relacion}
    return None


@rule(
    "GUIA-RELACION",
    reads=("CfdiRelacionados/@TipoRelacion", "TipoDeComprobante"),
    mends="move.relations",
    severity=WARNING,
    en="The relation {relacion} is for a document of type {propios}, this one is of type {tipo}. "
    "Choose another relation.",
    es="La relación {relacion} es para un comprobante de tipo {propios}; este es de tipo {tipo}. Elija otra relación.",
)
def relacion_del_tipo(c, d, cat):
    """SAT's guide; PACs do not check it, SAT audits it."""
    for grupo in c.relacionados:
        propios = _PROPIOS.get(grupo.tipo_relacion)
        if propios and c.tipo_de_comprobante not in propios:
            return {
                "relacion": grupo.tipo_relacion,
                "propios": " / ".join(propios),
                "tipo": c.tipo_de_comprobante,
            }
    return None


@rule(
    "GUIA-RELACION",
    reads=("CfdiRelacionados/@TipoRelacion", "CfdiRelacionado/@UUID"),
    mends="move.relations",
    severity=WARNING,
    en="The relation {relacion} can't point to {uuid}, which is of type {tipo}. Choose another "
    "relation, or another document.",
    es="La relación {relacion} no puede apuntar a {uuid}, que es de tipo {tipo}. Elija otra "
    "relación u otro comprobante.",
)
def relacion_con_tipo(c, d, cat):
    """SAT's guide; judged for the related documents whose type is known (`Documento.tipos`)."""
    if not d.tipos:
        return None
    for grupo in c.relacionados:
        ajenos = _AJENOS.get(grupo.tipo_relacion)
        if grupo.tipo_relacion == "04":
            # a substitute is of the same type; I and E count as one
            propio = c.tipo_de_comprobante
            ajenos = "IE" if propio in ("I", "E") else propio
        for uuid in grupo.uuids:
            tipo = d.tipos.get(uuid.upper())
            if tipo and ajenos and tipo not in ajenos:
                return {"relacion": grupo.tipo_relacion, "uuid": uuid, "tipo": tipo}
    return None


@rule(
    "GUIA-EGRESO",
    reads=("CfdiRelacionados", "TipoDeComprobante"),
    mends="move.relations",
    severity=WARNING,
    en="A credit note names the invoices that it credits. Relate them (01, or 03 for returned goods).",
    es="Una nota de crédito indica las facturas que acredita. Relaciónelas (01, o 03 si es devolución de mercancía).",
)
def egreso_relacionado(c, d, cat):
    """SAT's guide; the schema lets it stand alone, as for a credit note without an origin."""
    return {} if c.tipo_de_comprobante == "E" and not c.relacionados else None
