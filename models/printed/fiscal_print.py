import base64
from functools import cached_property
from urllib.parse import quote

from ...cfdi import printed
from ...cfdi.global_invoice.printed import is_of_tickets, pages_of
from ...cfdi.printed import (
    EXPORTACIONES,
    IMPUESTOS,
    LEGEND,
    OBJETOS_IMP,
    PAGOS_CURRENCY,
    TIPOS_CAD_PAGO,
    TIPOS_DE_COMPROBANTE,
    amount_text,
)
from .labels import label
from .qr import qr_png

CANCELLED, TEST = "CANCELADO", "SIN VALIDEZ FISCAL"
_TITLES = {
    "I": "Factura", "E": "Nota de crédito", "P": "Recibo electrónico de pago", "T": "Carta de traslado",
}  # fmt: skip
# of the Totales of a receipt of payment, beside MontoTotalPagos
_TOTALES = {
    "retenciones_iva": "Total de retenciones de IVA",
    "retenciones_isr": "Total de retenciones de ISR",
    "retenciones_ieps": "Total de retenciones de IEPS",
    "base_iva16": "Base de IVA 16%",
    "impuesto_iva16": "IVA 16%",
    "base_iva8": "Base de IVA 8%",
    "impuesto_iva8": "IVA 8%",
    "base_iva0": "Base de IVA 0%",
    "impuesto_iva0": "IVA 0%",
    "base_iva_exento": "Base de IVA exento",
}


class FiscalPrint:
    """What the template of the printed CFDI draws: values of the stored XML, and the names of their codes.

    :param env: names of codes are read as superuser, because customers on the portal can't read catalogues
    :param xml: bytes of the stored XML
    :param marks: what is said across each page: CANCELLED, TEST
    :param with_english: whether English stands beside each Spanish label
    :raises CfdiError: the XML can't be read, or has no stamp
    """

    legend, pagos_currency = LEGEND, PAGOS_CURRENCY

    def __init__(self, env, xml, marks=(), with_english=False):
        self.read = printed.read_printed(xml)
        self.cfdi, self.doc = self.read.cfdi, self.read.cfdi.comprobante
        self.marks, self.with_english = marks, with_english
        self._env = env(su=True)

    # -- texts ----------------------------------------------------------------------------------

    def label(self, spanish):
        """:return: Spanish, with English beside it for customers who read no Spanish"""
        return label(spanish, self.with_english)

    @property
    def title(self):
        """Kind of document in Spanish, a key of the labels."""
        return "Factura global" if self.doc.informacion_global else _TITLES.get(self.doc.tipo_de_comprobante, "Factura")

    def named(self, catalogue, code):
        """:return: ``G03 Gastos en general``, the code alone where the catalogue doesn't have it"""
        return " ".join(filter(None, (code, self.name(catalogue, code))))

    def name(self, catalogue, code):
        """:return: the name of a code, '' where the catalogue doesn't have it"""
        return self._names.get((catalogue, code), "")

    @cached_property
    def _names(self):
        """Names by catalogue and code, read once they are drawn."""
        names = {}
        for catalogue, codes in self._codes().items():
            model = self._env[f"l10n_mx_catalogs.{catalogue}"].with_context(active_test=False)
            field = "description" if catalogue in ("c_tipo_relacion", "c_pais") else "name"
            for row in model.search_read([("code", "in", list(filter(None, set(codes))))], ["code", field]):
                names[catalogue, row["code"]] = row[field]
        return names

    amount = staticmethod(amount_text)
    tax_name = staticmethod(printed.tax_name)

    @staticmethod
    def objeto_imp(code):
        """:return: ``02 Sí objeto de impuesto``"""
        return _named(OBJETOS_IMP, code)

    @property
    def exportacion(self):
        return _named(EXPORTACIONES, self.doc.exportacion)

    @property
    def tipo(self):
        return _named(TIPOS_DE_COMPROBANTE, self.doc.tipo_de_comprobante)

    def withheld_name(self, row):
        """:return: ``Ret. ISR 10%`` of a row of ``read.retenidos``"""
        return f"Ret. {IMPUESTOS.get(row.impuesto, row.impuesto)} {', '.join(row.rates)}".strip()

    def partes(self, index):
        """:return: list of the parts of a line"""
        return [parte for parte in self.read.partes if parte.concepto == index]

    # -- global invoices --------------------------------------------------------------------------

    @cached_property
    def ticket_pages(self):
        """List of lists of the lines that are on a page together; empty where a line is no ticket."""
        return list(pages_of(self.doc.conceptos)) if is_of_tickets(self.read) else []

    @property
    def ticket_codes(self):
        """Texts: the codes that all or some of the tickets have, with their names."""
        lines = self.doc.conceptos
        return [
            self.named("c_clave_prod_serv", lines[0].clave_prod_serv),
            self.named("c_clave_unidad", lines[0].clave_unidad),
            *(f"ObjetoImp {self.objeto_imp(code)}" for code in sorted({line.objeto_imp for line in lines})),
        ]

    # -- receipts of payment ----------------------------------------------------------------------

    @property
    def totales(self):
        """:return: list of (label, amount) of what the Totales of its Pagos have, in their order"""
        totales = self.doc.pagos.totales
        return [(text, value) for name, text in _TOTALES.items() if (value := getattr(totales, name)) is not None]

    def facts_of(self, pago):
        """:return: list of (label, text or None): how a payment was made, and by which banks"""
        return [
            ("Fecha y hora de pago", pago.fecha_pago.isoformat()),
            ("Forma de pago", self.named("c_forma_pago", pago.forma_de_pago)),
            ("Monto", f"{self.amount(pago.monto)} {pago.moneda}"),
            ("Moneda", pago.moneda),
            ("Tipo de cambio", pago.tipo_cambio and self.amount(pago.tipo_cambio)),
            ("Número de operación", pago.num_operacion),
            ("RFC del banco ordenante", pago.rfc_emisor_cta_ord),
            ("Banco ordenante extranjero", pago.nom_banco_ord_ext),
            ("Cuenta ordenante", pago.cta_ordenante),
            ("RFC del banco beneficiario", pago.rfc_emisor_cta_ben),
            ("Cuenta beneficiaria", pago.cta_beneficiario),
            ("Tipo de cadena de pago", pago.tipo_cad_pago and _named(TIPOS_CAD_PAGO, pago.tipo_cad_pago)),
        ]

    def seals_of(self, pago):
        """:return: list of (label, text or None): the bank's proof of a payment (SPEI), long texts without spaces"""
        return [
            ("Certificado del pago", pago.cert_pago),
            ("Cadena original del pago", pago.cad_pago),
            ("Sello del pago", pago.sello_pago),
        ]

    # -- pictures -------------------------------------------------------------------------------

    @property
    def qr_uri(self):
        """The QR code of SAT's page as a data URI, so that printing needs no connection."""
        return f"data:image/png;base64,{base64.b64encode(qr_png(self.read.url)).decode()}"

    @property
    def watermark_style(self):
        """CSS that repeats the marks behind the page in a browser; '' where there are none."""
        if not self.marks:
            return ""
        rows = "".join(
            f'<text x="50%" y="{210 + 60 * i}" text-anchor="middle">{mark}</text>' for i, mark in enumerate(self.marks)
        )
        svg = (
            '<svg xmlns="http://www.w3.org/2000/svg" width="640" height="420"><g font-family="sans-serif" '
            'font-size="54" font-weight="bold" fill="#c00000" fill-opacity="0.16" '
            f'transform="rotate(-25 320 210)">{rows}</g></svg>'
        )
        address = quote(svg, safe="")
        return f"background-image: url('data:image/svg+xml,{address}'); background-position: top center;"

    # -- names of codes -------------------------------------------------------------------------

    def _codes(self):
        """:return: dict from a catalogue to the codes whose names are shown"""
        doc = self.doc
        period = doc.informacion_global
        return {
            "c_regimen_fiscal": [
                doc.emisor.regimen_fiscal,
                doc.receptor.regimen_fiscal,
                *(line.a_cuenta_terceros.regimen_fiscal for line in doc.conceptos if line.a_cuenta_terceros),
            ],
            "c_uso_cfdi": [doc.receptor.uso_cfdi],
            "c_forma_pago": [doc.forma_pago, *(one.pago.forma_de_pago for one in self.read.pagos)],
            "c_metodo_pago": [doc.metodo_pago],
            "c_pais": [doc.receptor.residencia_fiscal],
            "c_tipo_relacion": [group.tipo_relacion for group in doc.relacionados],
            "c_periodicidad": [period and period.periodicidad],
            "c_meses": [period and period.meses],
            "c_clave_prod_serv": [line.clave_prod_serv for line in doc.conceptos],
            "c_clave_unidad": [line.clave_unidad for line in doc.conceptos],
        }


def _named(names, code):
    """:return: ``01 No aplica``, the code alone where it has no name"""
    return f"{code} {names.get(code, '')}".strip()
