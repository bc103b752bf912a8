"""PDFs that look like a Constancia de Situación Fiscal, of made-up taxpayers, and some that are none."""

import io

from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

COMPANY = {
    "RFC": "URE180429TM6",
    "Denominación/Razón Social": "UNIVERSIDAD ROBOTICA ESPAÑOLA",
    "Régimen Capital": "SOCIEDAD ANONIMA DE CAPITAL VARIABLE",
    "Nombre Comercial": "",
    "Fecha inicio de operaciones": "29 DE ABRIL DE 2018",
    "Estatus en el padrón": "ACTIVO",
}
PERSON = {
    "RFC": "CUPU800825569",
    "CURP": "CUPU800825MGTRXR09",
    "Nombre (s)": "URSULA",
    "Primer Apellido": "CRUZ",
    "Segundo Apellido": "PEÑA",
    "Fecha inicio de operaciones": "15 DE ENERO DE 2010",
    "Estatus en el padrón": "ACTIVO",
}
GENERAL = "Régimen General de Ley Personas Morales 29/04/2018"
RESICO = "Régimen Simplificado de Confianza 01/01/2022"
PAGE = "https://siat.sat.gob.mx/app/qr/faces/pages/mobile/validadorqr.jsf?D1=10&D2=1&D3=12345678901_{}"


def constancia(who, regimes=(GENERAL,), postal_code="86991", qr_rfc=None, locked=False, **changes):
    """:param who: :data:`COMPANY` or :data:`PERSON`
    :param regimes: rows of the table of regimes
    :param qr_rfc: RFC in the address of the QR code; None: that of ``who``
    :param locked: protected against changes, as SAT's own are
    :param changes: other values of ``who``, by the first word of the label
    :return: bytes of a PDF
    """
    values = {label: changes.get(label.split()[0], value) for label, value in who.items()}
    first = [
        "CÉDULA DE IDENTIFICACIÓN FISCAL",
        values["RFC"],
        "Registro Federal de Contribuyentes",
        "idCIF: 12345678901",
        "CONSTANCIA DE SITUACIÓN FISCAL",
        "Datos de Identificación del Contribuyente:",
        *(f"{label}: {value}" for label, value in values.items()),
        "Datos del domicilio registrado",
        f"Código Postal:{postal_code} Tipo de Vialidad: AVENIDA (AV)",
        "Número Interior: Nombre de la Colonia: CENTRO",
        "Página [1] de [2]",
    ]
    second = [
        "Regímenes:",
        "Régimen Fecha Inicio Fecha Fin",
        *regimes,
        "Obligaciones:",
        "Pago definitivo mensual de IVA. A más tardar el día 17 29/04/2018",
        f"Cadena Original Sello: ||2026/10/02 10:00:00|{values['RFC']}|CONSTANCIA DE SITUACIÓN",
        "FISCAL|200001088888800000031||",
        "Página [2] de [2]",
    ]
    return pdf([first, second], address=PAGE.format(qr_rfc or values["RFC"]), locked=locked)


def pdf(pages, address=None, locked=False):
    """:param pages: lists of lines; without any, a page is drawn as a scan has it
    :return: bytes of a PDF
    """
    packet = io.BytesIO()
    canvas = Canvas(packet, encrypt=StandardEncryption("", ownerPassword="sat", canModify=0) if locked else None)
    for lines in pages:
        canvas.rect(50, 50, 400, 700)
        for number, line in enumerate(lines):
            canvas.drawString(60, 740 - 16 * number, line)
        if address:
            canvas.linkURL(address, (60, 60, 120, 120))
        canvas.showPage()
    canvas.save()
    return packet.getvalue()
