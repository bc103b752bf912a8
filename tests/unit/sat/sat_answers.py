"""Answers of SAT's status service as text, and a client of it on a scripted server."""

import pac_samples
import pac_server
import zeep
from l10n_mx_facture.pac.errors import PacError
from l10n_mx_facture.pac.sat.client import SatClient

FOUND = "S - Comprobante obtenido satisfactoriamente."
XML = pac_samples.stamped(pac_samples.cfdi())
LIVE = {
    "CodigoEstatus": FOUND,
    "EsCancelable": "Cancelable con aceptación",
    "Estado": "Vigente",
    "EstatusCancelacion": "Solicitud rechazada",
    "ValidacionEFOS": "200",
}
ENVELOPE = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
    '<ConsultaResponse xmlns="http://tempuri.org/">{result}</ConsultaResponse></s:Body></s:Envelope>'
)
RESULT = (
    '<ConsultaResult xmlns:a="http://schemas.datacontract.org/2004/07/Sat.Cfdi.Negocio.ConsultaCfdi.Servicio"'
    ' xmlns:i="http://www.w3.org/2001/XMLSchema-instance">{members}</ConsultaResult>'
)


def word(members=None, **changes):
    """The envelope of a word; `changes`: further members, None leaves one out."""
    chosen = {**(LIVE if members is None else members), **changes}
    texts = (f"<a:{name}>{text}</a:{name}>" for name, text in chosen.items() if text is not None)
    return ENVELOPE.format(result=RESULT.format(members="".join(texts)))


def missing(number=602):
    return word(dict.fromkeys(LIVE, ""), CodigoEstatus=f"N - {number}: Comprobante.", Estado="No Encontrado")


def answer(body, status=200, **headers):
    return pac_server.answer(body, status, content_type="text/xml; charset=utf-8", **headers)


def ask(*script, xml=XML, tls=False, url="{}/Consulta.svc", **options):
    """(SatAnswer or PacError, server) of a question to a server that does what `script` says."""
    with pac_server.Server(*script, tls=tls) as server:
        client = SatClient(zeep, url.format(server.url), **{"timeout": 0.5, "connect_timeout": 2, **options})
        try:
            return client.ask(xml), server
        except PacError as error:
            return error, server
