"""CfdiRelacionados: kinds of relation and what they may point to."""

from .rule import WARNING, rule

# guide, c_TipoRelacion: types that a CFDI with this relation has, types that it points to
_OWN_TYPES = {"05": "T", "06": "IE", "07": "IE"}
_RELATED_TYPES = {"01": "IE", "02": "IE", "03": "IT", "05": "IE", "06": "T", "07": "IE"}


@rule(
    "CFDI40137",
    reads=("CfdiRelacionados/@TipoRelacion",),
    fix_in="move.relations",
    en="SAT has no kind of relation {relacion}. Choose 01 to 07.",
    es="El tipo de relación {relacion} no existe en el catálogo del SAT. Elija de 01 a 07.",
)
def tipo_relacion_in_catalogue(c, d, cat):
    """TipoRelacion is in c_TipoRelacion."""
    for group in c.relacionados:
        if not cat.has("c_TipoRelacion", group.tipo_relacion, c.fecha):
            return {"relacion": group.tipo_relacion}
    return None


@rule(
    "GUIA-RELACION",
    reads=("CfdiRelacionados/@TipoRelacion", "TipoDeComprobante"),
    fix_in="move.relations",
    severity=WARNING,
    en="The relation {relacion} is for a document of type {own}, this one is of type {tipo}. "
    "Choose another relation.",
    es="La relación {relacion} es para un comprobante de tipo {own}; este es de tipo {tipo}. Elija otra relación.",
)
def relation_for_own_type(c, d, cat):
    """SAT's guide; PACs do not check it, SAT audits it."""
    for group in c.relacionados:
        own = _OWN_TYPES.get(group.tipo_relacion)
        if own and c.tipo_de_comprobante not in own:
            return {
                "relacion": group.tipo_relacion,
                "own": " / ".join(own),
                "tipo": c.tipo_de_comprobante,
            }
    return None


@rule(
    "GUIA-RELACION",
    reads=("CfdiRelacionados/@TipoRelacion", "CfdiRelacionado/@UUID"),
    fix_in="move.relations",
    severity=WARNING,
    en="The relation {relacion} can't point to {uuid}, which is of type {tipo}. Choose another "
    "relation, or another document.",
    es="La relación {relacion} no puede apuntar a {uuid}, que es de tipo {tipo}. Elija otra "
    "relación u otro comprobante.",
)
def relation_to_type(c, d, cat):
    """SAT's guide; judged for the related documents whose type is known (`Document.related_types`)."""
    if not d.related_types:
        return None
    for group in c.relacionados:
        allowed = _RELATED_TYPES.get(group.tipo_relacion)
        if group.tipo_relacion == "04":
            # a substitute is of the same type; I and E count as one
            own = c.tipo_de_comprobante
            allowed = "IE" if own in ("I", "E") else own
        for uuid in group.uuids:
            tipo = d.related_types.get(uuid.upper())
            if tipo and allowed and tipo not in allowed:
                return {"relacion": group.tipo_relacion, "uuid": uuid, "tipo": tipo}
    return None


@rule(
    "GUIA-EGRESO",
    reads=("CfdiRelacionados", "TipoDeComprobante"),
    fix_in="move.relations",
    severity=WARNING,
    en="A credit note names the invoices that it credits. Relate them (01, or 03 for returned goods).",
    es="Una nota de crédito indica las facturas que acredita. Relaciónelas (01, o 03 si es devolución de mercancía).",
)
def credit_note_is_related(c, d, cat):
    """SAT's guide; the schema lets it stand alone, as for a credit note without an origin."""
    return {} if c.tipo_de_comprobante == "E" and not c.relacionados else None
