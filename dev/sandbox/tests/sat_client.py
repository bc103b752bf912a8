"""SAT's status service as a plain client asks it: an envelope of text, an answer by its names."""

import html

import requests
from lxml import etree

PATH = "/sat/ConsultaCFDIService.svc"
ACTION = '"http://tempuri.org/IConsultaCFDIService/Consulta"'
HEADERS = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": ACTION}
ENVELOPE = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">{header}<s:Body>'
    '<Consulta xmlns="http://tempuri.org/"><expresionImpresa>{text}</expresionImpresa></Consulta>'
    "</s:Body></s:Envelope>")
FOUND = "S - Comprobante obtenido satisfactoriamente."
INVALID = "N - 601: La expresión impresa proporcionada no es válida."
NOT_FOUND = "N - 602: Comprobante no encontrado."
MISSING = {"CodigoEstatus": NOT_FOUND, "EsCancelable": "", "Estado": "No Encontrado",
           "EstatusCancelacion": "", "ValidacionEFOS": ""}


def post(client, text, header="", path=PATH, **headers):
    """The HTTP answer to an expression."""
    body = ENVELOPE.format(header=header, text=html.escape(text, quote=False))
    return requests.post(client.url + path, data=body.encode("utf-8"),
                         headers={**HEADERS, **headers}, timeout=20)


def parts(xml):
    """The parts of the expression of a stamped CFDI."""
    root = etree.fromstring(xml)
    return {
        "re": root.find("{*}Emisor").get("Rfc"), "rr": root.find("{*}Receptor").get("Rfc"),
        "tt": root.get("Total"), "id": root.find(".//{*}TimbreFiscalDigital").get("UUID"),
        "fe": root.get("Sello")[-8:],
    }


def expression(xml, **changes):
    """The printed expression; None as a value leaves a part out."""
    chosen = {**parts(xml), **changes}
    return "?" + "&".join(f"{name}={value}" for name, value in chosen.items() if value is not None)


def said(response):
    """{member: text} of an answer, None for nil."""
    assert response.status_code == 200, response.text
    result = etree.fromstring(response.content).find(".//{http://tempuri.org/}ConsultaResult")
    nil = "{http://www.w3.org/2001/XMLSchema-instance}nil"
    return {etree.QName(child).localname: None if child.get(nil) else child.text or ""
            for child in result}


def ask(client, xml, **changes):
    """What SAT says of a stamped CFDI."""
    return said(post(client, expression(xml, **changes)))


def state(client, xml):
    """The three that change: Estado, EsCancelable, EstatusCancelacion."""
    word = ask(client, xml)
    assert word["CodigoEstatus"] == FOUND, word
    return word["Estado"], word["EsCancelable"], word["EstatusCancelacion"]


def stamp(client, xml):
    """The stamped CFDI."""
    response = client.stamp(xml)
    assert response.status_code == 200, response.text
    return response.content
