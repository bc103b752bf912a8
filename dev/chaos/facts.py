"""What a CFDI says, stamped or not, in a form in which two of them can be compared."""

from lxml import etree

# what sealing and stamping add
SEAL = frozenset({"Sello", "Certificado", "NoCertificado"})
TIMBRE = "{http://www.sat.gob.mx/TimbreFiscalDigital}TimbreFiscalDigital"
LOCATION = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"
COMPLEMENT = "{http://www.sat.gob.mx/cfd/4}Complemento"


def facts(xml, may_change=frozenset()):
    """All elements and attributes of a document, without seal and timbre.

    :param xml: bytes
    :param may_change: names of attributes of the document that are left out
    :return: nested tuples
    """
    root = etree.fromstring(xml)
    return _facts(root, SEAL | may_change)


def _facts(node, without):
    attributes = {name: value for name, value in node.attrib.items() if name not in without and name != LOCATION}
    children = [child for child in node.iterchildren(tag=etree.Element) if child.tag != TIMBRE]
    told = [_facts(child, frozenset()) for child in children]
    # a complement that held nothing but the timbre
    return node.tag, tuple(sorted(attributes.items())), tuple(one for one in told if one != (COMPLEMENT, (), ()))
