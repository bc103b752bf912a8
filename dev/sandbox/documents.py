"""Answers as documents: one content, rendered as XML or JSON in the dialect that is set."""

import json
from dataclasses import dataclass
from decimal import Decimal

from lxml import etree

XML, JSON = "xml", "json"
TYPES = {XML: "application/xml; charset=UTF-8", JSON: "application/json; charset=UTF-8"}
NAMESPACE = "urn:sandbox:facture:rest"
DIALECTS = {
    "default": "campos como están documentados",
    "upper": "nombres en mayúsculas",
    "nested": "todo dentro de respuesta/resultado, y en JSON dentro del nombre del documento",
    "bare": "JSON: la lista sin envoltura; XML: valores como atributos",
    "namespaced": "XML con espacio de nombres y prefijo",
    "strings": "JSON: números como texto; XML: espacios alrededor de los valores",
    "other_names": "idSucursal, cp, code, message… en vez de id, codigoPostal, codigo, mensaje…",
}
OTHER_NAMES = {
    "id": "idSucursal", "codigoPostal": "cp", "nombre": "descripcion", "codigo": "code",
    "mensaje": "message", "creditos": "creditosDisponibles", "usuario": "nombreUsuario",
    "nombres": "nombre", "uuid": "folioFiscal", "estado": "estatusSat", "archivo": "nombreArchivo",
    "estatus": "status", "enlace": "url", "estatusUsuario": "usuario", "xml": "contenido",
}


@dataclass
class Items:
    """A list inside a document: ``name`` of each element, ``rows`` of fields."""

    name: str
    rows: list


@dataclass
class Document:
    """``root``: name of the document; ``fields``: {name: scalar, dict, Items, XML element}.

    A document whose only content is a list has Items instead of a dictionary.
    """

    root: str
    fields: object


def render(document, form, dialect="default"):
    """The document's bytes in a form (XML or JSON) and a dialect."""
    if form == JSON:
        return _json(document, dialect)
    return _xml(document, dialect)


def _name(name, dialect):
    if dialect == "upper":
        return name.upper()
    if dialect == "other_names":
        return OTHER_NAMES.get(name, name)
    return name


def _text(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


# --- JSON ---------------------------------------------------------------------------------------


def _json_value(value, dialect):
    if isinstance(value, dict):
        return {_name(key, dialect): _json_value(item, dialect) for key, item in value.items()}
    if isinstance(value, Items):
        return [_json_value(row, dialect) for row in value.rows]
    if isinstance(value, etree._Element):
        return etree.tostring(value, encoding="unicode")
    if isinstance(value, Decimal):
        return str(value) if dialect == "strings" else float(value)
    if isinstance(value, int) and not isinstance(value, bool) and dialect == "strings":
        return str(value)
    return value


def _json(document, dialect):
    content = _json_value(document.fields, dialect)
    root = _name(document.root, dialect)
    if isinstance(document.fields, Items):
        if dialect == "nested":
            content = {document.fields.name: content}
        if dialect != "bare":
            content = {root: content}
    elif dialect == "nested":
        content = {root: content}
    if dialect == "nested":
        content = {"respuesta": {"resultado": content}}
    return json.dumps(content, ensure_ascii=False, indent=1).encode("utf-8")


# --- XML ----------------------------------------------------------------------------------------


def _tag(name, dialect):
    name = _name(name, dialect)
    return f"{{{NAMESPACE}}}{name}" if dialect == "namespaced" else name


def _fill(node, fields, dialect):
    if isinstance(fields, Items):
        fields = {"": fields}
    for name, value in fields.items():
        if isinstance(value, Items):
            parent = node if not name else etree.SubElement(node, _tag(name, dialect))
            for row in value.rows:
                _fill(etree.SubElement(parent, _tag(value.name, dialect)), row, dialect)
        elif isinstance(value, dict):
            _fill(etree.SubElement(node, _tag(name, dialect)), value, dialect)
        elif isinstance(value, etree._Element):
            etree.SubElement(node, _tag(name, dialect)).append(value)
        elif dialect == "bare":
            node.set(_name(name, dialect), _text(value))
        else:
            text = _text(value)
            padded = f"\n   {text}\n  " if dialect == "strings" else text
            etree.SubElement(node, _tag(name, dialect)).text = padded


def _xml(document, dialect):
    nsmap = {"fac": NAMESPACE} if dialect == "namespaced" else None
    if dialect == "nested":
        top = etree.Element("respuesta")
        node = etree.SubElement(etree.SubElement(top, "resultado"), document.root)
    else:
        top = node = etree.Element(_tag(document.root, dialect), nsmap=nsmap)
    _fill(node, document.fields, dialect)
    return etree.tostring(top, encoding="UTF-8", xml_declaration=True)
