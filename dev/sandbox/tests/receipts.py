"""Receipts of payment of the tests' own, as templates of text."""

from client import MATRIZ, ZIPS, local_now
from samples import PUBLIC, RECEIVER

FRAME = """<?xml version="1.0" encoding="UTF-8"?>
<cfdi:Comprobante xmlns:cfdi="http://www.sat.gob.mx/cfd/4" \
xmlns:pago20="http://www.sat.gob.mx/Pagos20" Version="4.0" Serie="REP" Folio="{folio}" \
Fecha="{fecha}" SubTotal="0" Moneda="XXX" Total="0" TipoDeComprobante="P" Exportacion="01" \
LugarExpedicion="{zip}">{related}\
<cfdi:Emisor Rfc="EKU9003173C9" Nombre="ESCUELA KEMPER URGATE" RegimenFiscal="601"/>\
<cfdi:Receptor {receiver}/><cfdi:Conceptos><cfdi:Concepto ClaveProdServ="84111506" Cantidad="1" \
ClaveUnidad="ACT" Descripcion="Pago" ValorUnitario="0" Importe="0" ObjetoImp="01"/>\
</cfdi:Conceptos><cfdi:Complemento><pago20:Pagos Version="2.0">{pagos}</pago20:Pagos>\
</cfdi:Complemento></cfdi:Comprobante>"""
SOME = "11111111-2222-4333-8444-000000000001"
CUSTOMER = RECEIVER.replace("G03", "CP01")
ANYONE = PUBLIC.replace("S01", "CP01")

# 58.00 of an invoice at 16 % are paid by transfer
PART = f"""<pago20:Totales TotalTrasladosBaseIVA16="50.00" TotalTrasladosImpuestoIVA16="8.00" \
MontoTotalPagos="58.00"/><pago20:Pago FechaPago="2026-05-04T12:00:00" FormaDePagoP="03" \
MonedaP="MXN" TipoCambioP="1" Monto="58.00"><pago20:DoctoRelacionado IdDocumento="{SOME}" \
MonedaDR="MXN" EquivalenciaDR="1" NumParcialidad="1" ImpSaldoAnt="116.00" ImpPagado="58.00" \
ImpSaldoInsoluto="58.00" ObjetoImpDR="02"><pago20:ImpuestosDR><pago20:TrasladosDR>\
<pago20:TrasladoDR BaseDR="50.00" ImpuestoDR="002" TipoFactorDR="Tasa" TasaOCuotaDR="0.160000" \
ImporteDR="8.00"/></pago20:TrasladosDR></pago20:ImpuestosDR></pago20:DoctoRelacionado>\
<pago20:ImpuestosP><pago20:TrasladosP><pago20:TrasladoP BaseP="50.00" ImpuestoP="002" \
TipoFactorP="Tasa" TasaOCuotaP="0.160000" ImporteP="8.00"/></pago20:TrasladosP>\
</pago20:ImpuestosP></pago20:Pago>"""

# USD 150.00 at 18 pay 100.00 of an invoice in dollars with all kinds of taxes, and 900.00 pesos of
# another; 1,108.00 pesos pay one that is not subject to taxes and one with IEPS only (07).
FULL = """<pago20:Totales TotalRetencionesIVA="95.94" TotalRetencionesISR="90.00" \
TotalRetencionesIEPS="14.40" TotalTrasladosBaseIVA16="1350.00" \
TotalTrasladosImpuestoIVA16="216.00" TotalTrasladosBaseIVA8="90.00" \
TotalTrasladosImpuestoIVA8="7.20" TotalTrasladosBaseIVA0="36.00" \
TotalTrasladosImpuestoIVA0="0.00" TotalTrasladosBaseIVAExento="18.00" MontoTotalPagos="3808.00"/>\
<pago20:Pago FechaPago="2026-05-04T12:00:00" FormaDePagoP="03" MonedaP="USD" TipoCambioP="18" \
Monto="150.00" NumOperacion="ABC123" RfcEmisorCtaOrd="BBA830831LJ2" \
CtaOrdenante="012345678901234567" RfcEmisorCtaBen="BNM840515VB1" \
CtaBeneficiario="002345678901234567">\
<pago20:DoctoRelacionado IdDocumento="11111111-2222-4333-8444-000000000001" Serie="A" Folio="1" \
MonedaDR="USD" EquivalenciaDR="1" NumParcialidad="2" ImpSaldoAnt="1000.00" ImpPagado="100.00" \
ImpSaldoInsoluto="900.00" ObjetoImpDR="02"><pago20:ImpuestosDR><pago20:RetencionesDR>\
<pago20:RetencionDR BaseDR="50.00" ImpuestoDR="001" TipoFactorDR="Tasa" TasaOCuotaDR="0.100000" \
ImporteDR="5.00"/><pago20:RetencionDR BaseDR="50.00" ImpuestoDR="002" TipoFactorDR="Tasa" \
TasaOCuotaDR="0.106667" ImporteDR="5.33"/><pago20:RetencionDR BaseDR="10.00" ImpuestoDR="003" \
TipoFactorDR="Tasa" TasaOCuotaDR="0.080000" ImporteDR="0.80"/></pago20:RetencionesDR>\
<pago20:TrasladosDR><pago20:TrasladoDR BaseDR="50.00" ImpuestoDR="002" TipoFactorDR="Tasa" \
TasaOCuotaDR="0.160000" ImporteDR="8.00"/><pago20:TrasladoDR BaseDR="5.00" ImpuestoDR="002" \
TipoFactorDR="Tasa" TasaOCuotaDR="0.080000" ImporteDR="0.40"/><pago20:TrasladoDR BaseDR="2.00" \
ImpuestoDR="002" TipoFactorDR="Tasa" TasaOCuotaDR="0.000000" ImporteDR="0.00"/>\
<pago20:TrasladoDR BaseDR="1.00" ImpuestoDR="002" TipoFactorDR="Exento"/></pago20:TrasladosDR>\
</pago20:ImpuestosDR></pago20:DoctoRelacionado>\
<pago20:DoctoRelacionado IdDocumento="11111111-2222-4333-8444-000000000002" MonedaDR="MXN" \
EquivalenciaDR="18" NumParcialidad="1" ImpSaldoAnt="900.00" ImpPagado="900.00" \
ImpSaldoInsoluto="0.00" ObjetoImpDR="02"><pago20:ImpuestosDR><pago20:TrasladosDR>\
<pago20:TrasladoDR BaseDR="450.00" ImpuestoDR="002" TipoFactorDR="Tasa" TasaOCuotaDR="0.160000" \
ImporteDR="72.00"/></pago20:TrasladosDR></pago20:ImpuestosDR></pago20:DoctoRelacionado>\
<pago20:ImpuestosP><pago20:RetencionesP><pago20:RetencionP ImpuestoP="001" ImporteP="5.00"/>\
<pago20:RetencionP ImpuestoP="002" ImporteP="5.33"/><pago20:RetencionP ImpuestoP="003" \
ImporteP="0.80"/></pago20:RetencionesP><pago20:TrasladosP><pago20:TrasladoP BaseP="75.000000" \
ImpuestoP="002" TipoFactorP="Tasa" TasaOCuotaP="0.160000" ImporteP="12"/><pago20:TrasladoP \
BaseP="5.00" ImpuestoP="002" TipoFactorP="Tasa" TasaOCuotaP="0.080000" ImporteP="0.40"/>\
<pago20:TrasladoP BaseP="2.00" ImpuestoP="002" TipoFactorP="Tasa" TasaOCuotaP="0.000000" \
ImporteP="0.00"/><pago20:TrasladoP BaseP="1.00" ImpuestoP="002" TipoFactorP="Exento"/>\
</pago20:TrasladosP></pago20:ImpuestosP></pago20:Pago>\
<pago20:Pago FechaPago="2026-05-05T12:00:00" FormaDePagoP="01" MonedaP="MXN" TipoCambioP="1" \
Monto="1108.00"><pago20:DoctoRelacionado IdDocumento="11111111-2222-4333-8444-000000000003" \
MonedaDR="MXN" EquivalenciaDR="1" NumParcialidad="1" ImpSaldoAnt="1000.00" ImpPagado="1000.00" \
ImpSaldoInsoluto="0.00" ObjetoImpDR="01"/>\
<pago20:DoctoRelacionado IdDocumento="11111111-2222-4333-8444-000000000004" MonedaDR="MXN" \
EquivalenciaDR="1" NumParcialidad="1" ImpSaldoAnt="108.00" ImpPagado="108.00" \
ImpSaldoInsoluto="0.00" ObjetoImpDR="07"><pago20:ImpuestosDR><pago20:TrasladosDR>\
<pago20:TrasladoDR BaseDR="100.00" ImpuestoDR="003" TipoFactorDR="Tasa" TasaOCuotaDR="0.080000" \
ImporteDR="8.00"/></pago20:TrasladosDR></pago20:ImpuestosDR></pago20:DoctoRelacionado>\
<pago20:ImpuestosP><pago20:TrasladosP><pago20:TrasladoP BaseP="100.00" ImpuestoP="003" \
TipoFactorP="Tasa" TasaOCuotaP="0.080000" ImporteP="8.00"/></pago20:TrasladosP>\
</pago20:ImpuestosP></pago20:Pago>"""


def receipt(pagos=PART, folio="1", branch=MATRIZ, receiver=CUSTOMER, related=""):
    """The bytes of a receipt of payment, its date and place those of a branch."""
    zip_code = ZIPS[branch]
    return FRAME.format(
        folio=folio, fecha=local_now(branch), zip=zip_code, related=related, pagos=pagos,
        receiver=receiver.format(zip=zip_code, name="CLIENTE DE MOSTRADOR")).encode("utf-8")


def of(uuid, number=1, before="116.00", after="58.00", **kwargs):
    """A receipt over 58.00 of the invoice with this UUID."""
    return receipt(PART.replace(SOME, uuid).replace(
        'NumParcialidad="1" ImpSaldoAnt="116.00"',
        f'NumParcialidad="{number}" ImpSaldoAnt="{before}"').replace(
        'ImpSaldoInsoluto="58.00"', f'ImpSaldoInsoluto="{after}"'), **kwargs)
