"""SAT's schema, and the matrix's code where the schema's complaint is one of its rules."""

import copy
import re

from .. import satfiles
from .findings import Finding

# (element, attribute) -> code, for a value outside a catalogue or a pattern of the schema.
CODES = {
    ("Comprobante", "Fecha"): "CFDI40101",
    ("Comprobante", "FormaPago"): "CFDI40104",
    ("Comprobante", "Moneda"): "CFDI40113",
    ("Comprobante", "TipoCambio"): "CFDI40117",
    ("Comprobante", "TipoDeComprobante"): "CFDI40121",
    ("Comprobante", "Exportacion"): "CFDI40123",
    ("Comprobante", "MetodoPago"): "CFDI40124",
    ("Comprobante", "LugarExpedicion"): "CFDI40126",
    ("InformacionGlobal", "Periodicidad"): "CFDI40131",
    ("InformacionGlobal", "Meses"): "CFDI40133",
    ("CfdiRelacionados", "TipoRelacion"): "CFDI40137",
    ("Emisor", "RegimenFiscal"): "CFDI40140",
    ("Receptor", "ResidenciaFiscal"): "CFDI40150",
    ("Receptor", "RegimenFiscalReceptor"): "CFDI40157",
    ("Receptor", "UsoCFDI"): "CFDI40160",
    ("Concepto", "ClaveProdServ"): "CFDI40162",
    ("Concepto", "ClaveUnidad"): "CFDI40165",
    ("Concepto", "ObjetoImp"): "CFDI40170",
    ("ACuentaTerceros", "RegimenFiscalACuentaTerceros"): "CFDI40191",
    ("InformacionAduanera", "NumeroPedimento"): "CFDI40194",
    ("Parte", "ClaveProdServ"): "CFDI40196",
    ("DoctoRelacionado", "ObjetoImpDR"): "CRP20245",
    ("RetencionDR", "BaseDR"): "CRP20249",
    ("RetencionDR", "ImpuestoDR"): "CRP20250",
    ("RetencionDR", "TipoFactorDR"): "CRP20251",
    ("RetencionDR", "TasaOCuotaDR"): "CRP20253",
    ("TrasladoDR", "BaseDR"): "CRP20255",
    ("TrasladoDR", "ImpuestoDR"): "CRP20256",
    ("TrasladoDR", "TipoFactorDR"): "CRP20257",
    ("TrasladoDR", "TasaOCuotaDR"): "CRP20260",
    ("RetencionP", "ImpuestoP"): "CRP20262",
    ("TrasladoP", "ImpuestoP"): "CRP20270",
}
# Taxes have different codes on a line and in the summary.
LINE_CODES = {
    ("Traslado", "Base"): "CFDI40174",
    ("Traslado", "Impuesto"): "CFDI40175",
    ("Traslado", "TipoFactor"): "CFDI40176",
    ("Traslado", "TasaOCuota"): "CFDI40179",
    ("Retencion", "Base"): "CFDI40181",
    ("Retencion", "Impuesto"): "CFDI40182",
    ("Retencion", "TipoFactor"): "CFDI40183",
    ("Retencion", "TasaOCuota"): "CFDI40185",
}
SUMMARY_CODES = {
    ("Retencion", "Impuesto"): "CFDI40207",
    ("Traslado", "Impuesto"): "CFDI40217",
    ("Traslado", "TasaOCuota"): "CFDI40219",
}
PAYMENTS = "{http://www.sat.gob.mx/Pagos20}"
MESSAGE = re.compile(r"Element '(?:\{[^}]*\})?(\w+)', attribute '(\w+)': (.*)", re.DOTALL)
FACET = re.compile(
    r"\[facet '(enumeration|pattern|length|minInclusive)'\]|is not a valid value of the atomic type"
)


def _finding(entry):
    text = " ".join(entry.message.split())
    found = MESSAGE.match(text)
    code = "301"
    if found and FACET.search(found[3]):
        key = found[1], found[2]
        taxes = LINE_CODES if "Conceptos" in (entry.path or "") else SUMMARY_CODES
        code = CODES.get(key) or taxes.get(key, "301")
    # An enumeration error quotes the whole catalogue, fifty thousand keys of it.
    text = text.replace("{http://www.sat.gob.mx/cfd/4}", "").replace(PAYMENTS, "")
    return Finding(code, text if len(text) < 300 else text[:240] + "…")


def check(root):
    """Findings of SAT's XSDs on an unsigned Comprobante.

    The schema wants Sello, Certificado and NoCertificado, which the service will add; a copy
    gets empty ones.
    """
    unsigned = copy.deepcopy(root)
    unsigned.set("Sello", "")
    unsigned.set("Certificado", "")
    unsigned.set("NoCertificado", "0" * 20)
    for entry in satfiles.schema_errors(unsigned):
        yield _finding(entry)
