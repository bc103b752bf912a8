"""CFDIs of our own making, each with the arithmetic of another kind of invoice; no seal, no stamp."""

HEAD = '<cfdi:Comprobante xmlns:cfdi="http://www.sat.gob.mx/cfd/4" Version="4.0" Fecha="2026-05-05T10:00:00"'
ISSUER = '<cfdi:Emisor Rfc="EKU9003173C9" Nombre="ESCUELA KEMPER URGATE" RegimenFiscal="601"/>'

FEES_IN_DOLLARS = f"""{HEAD}
  FormaPago="99" MetodoPago="PPD" Moneda="USD" TipoCambio="18.234567" TipoDeComprobante="I" Exportacion="01"
  LugarExpedicion="22000" SubTotal="4050.00" Descuento="101.25" Total="3764.47">
  {ISSUER}
  <cfdi:Receptor Rfc="URE180429TM6" Nombre="UNIVERSIDAD ROBOTICA ESPAÑOLA" DomicilioFiscalReceptor="86991"
    RegimenFiscalReceptor="601" UsoCFDI="I04"/>
  <cfdi:Conceptos>
    <cfdi:Concepto ClaveProdServ="80101500" NoIdentificacion="HON-1" Cantidad="13.5" ClaveUnidad="HUR"
      Descripcion="Horas de asesoría" ValorUnitario="300" Importe="4050.00" Descuento="101.25" ObjetoImp="02">
      <cfdi:Impuestos>
        <cfdi:Traslados>
          <cfdi:Traslado Base="3948.75" Impuesto="002" TipoFactor="Tasa" TasaOCuota="0.160000" Importe="631.80"/>
        </cfdi:Traslados>
        <cfdi:Retenciones>
          <cfdi:Retencion Base="3948.75" Impuesto="001" TipoFactor="Tasa" TasaOCuota="0.100000" Importe="394.88"/>
          <cfdi:Retencion Base="3948.75" Impuesto="002" TipoFactor="Tasa" TasaOCuota="0.106667" Importe="421.20"/>
        </cfdi:Retenciones>
      </cfdi:Impuestos>
    </cfdi:Concepto>
  </cfdi:Conceptos>
  <cfdi:Impuestos TotalImpuestosRetenidos="816.08" TotalImpuestosTrasladados="631.80">
    <cfdi:Retenciones>
      <cfdi:Retencion Impuesto="001" Importe="394.88"/>
      <cfdi:Retencion Impuesto="002" Importe="421.20"/>
    </cfdi:Retenciones>
    <cfdi:Traslados>
      <cfdi:Traslado Base="3948.75" Impuesto="002" TipoFactor="Tasa" TasaOCuota="0.160000" Importe="631.80"/>
    </cfdi:Traslados>
  </cfdi:Impuestos>
</cfdi:Comprobante>"""

# amounts of six decimals: only the sums are rounded
SODA_AND_SWEETS = f"""{HEAD}
  FormaPago="01" MetodoPago="PUE" Moneda="MXN" TipoDeComprobante="I" Exportacion="01" LugarExpedicion="06000"
  SubTotal="142.54" Total="187.42">
  {ISSUER}
  <cfdi:Receptor Rfc="XAXX010101000" Nombre="JUAN PÉREZ" DomicilioFiscalReceptor="06000"
    RegimenFiscalReceptor="616" UsoCFDI="S01"/>
  <cfdi:Conceptos>
    <cfdi:Concepto ClaveProdServ="50202306" Cantidad="7.5" ClaveUnidad="LTR" Descripcion="Refresco de cola"
      ValorUnitario="11.111" Importe="83.3325" ObjetoImp="02">
      <cfdi:Impuestos>
        <cfdi:Traslados>
          <cfdi:Traslado Base="7.5" Impuesto="003" TipoFactor="Cuota" TasaOCuota="3.081800" Importe="23.1135"/>
          <cfdi:Traslado Base="106.446" Impuesto="002" TipoFactor="Tasa" TasaOCuota="0.160000" Importe="17.03136"/>
        </cfdi:Traslados>
      </cfdi:Impuestos>
    </cfdi:Concepto>
    <cfdi:Concepto ClaveProdServ="50161800" Cantidad="3" ClaveUnidad="H87" Descripcion="Dulces"
      ValorUnitario="19.737" Importe="59.211" ObjetoImp="02">
      <cfdi:Impuestos>
        <cfdi:Traslados>
          <cfdi:Traslado Base="59.211" Impuesto="003" TipoFactor="Tasa" TasaOCuota="0.080000" Importe="4.73688"/>
          <cfdi:Traslado Base="63.94788" Impuesto="002" TipoFactor="Tasa" TasaOCuota="0.000000" Importe="0"/>
        </cfdi:Traslados>
      </cfdi:Impuestos>
    </cfdi:Concepto>
  </cfdi:Conceptos>
  <cfdi:Impuestos TotalImpuestosTrasladados="44.88">
    <cfdi:Traslados>
      <cfdi:Traslado Base="7.50" Impuesto="003" TipoFactor="Cuota" TasaOCuota="3.081800" Importe="23.11"/>
      <cfdi:Traslado Base="59.21" Impuesto="003" TipoFactor="Tasa" TasaOCuota="0.080000" Importe="4.74"/>
      <cfdi:Traslado Base="106.45" Impuesto="002" TipoFactor="Tasa" TasaOCuota="0.160000" Importe="17.03"/>
      <cfdi:Traslado Base="63.95" Impuesto="002" TipoFactor="Tasa" TasaOCuota="0.000000" Importe="0.00"/>
    </cfdi:Traslados>
  </cfdi:Impuestos>
</cfdi:Comprobante>"""

GIFT_AND_EXEMPT = f"""{HEAD}
  FormaPago="28" MetodoPago="PUE" Moneda="MXN" TipoDeComprobante="I" Exportacion="01" LugarExpedicion="77500"
  SubTotal="1249.99" Descuento="249.99" Total="1080.00">
  {ISSUER}
  <cfdi:Receptor Rfc="MASO451221PM4" Nombre="MARIA OLIVIA MARTINEZ SAGAZ" DomicilioFiscalReceptor="80290"
    RegimenFiscalReceptor="612" UsoCFDI="G01"/>
  <cfdi:Conceptos>
    <cfdi:Concepto ClaveProdServ="55101509" Cantidad="2" ClaveUnidad="H87" Descripcion="Libro" ValorUnitario="250"
      Importe="500.00" ObjetoImp="02">
      <cfdi:Impuestos>
        <cfdi:Traslados>
          <cfdi:Traslado Base="500.00" Impuesto="002" TipoFactor="Exento"/>
        </cfdi:Traslados>
      </cfdi:Impuestos>
    </cfdi:Concepto>
    <cfdi:Concepto ClaveProdServ="43211507" Cantidad="1" ClaveUnidad="H87" Descripcion="Lámpara &lt;de mesa&gt;"
      ValorUnitario="500" Importe="500.00" ObjetoImp="02">
      <cfdi:Impuestos>
        <cfdi:Traslados>
          <cfdi:Traslado Base="500.00" Impuesto="002" TipoFactor="Tasa" TasaOCuota="0.160000" Importe="80.00"/>
        </cfdi:Traslados>
      </cfdi:Impuestos>
    </cfdi:Concepto>
    <cfdi:Concepto ClaveProdServ="43211507" Cantidad="1" ClaveUnidad="H87" Descripcion="Regalo"
      ValorUnitario="249.99" Importe="249.99" Descuento="249.99" ObjetoImp="01"/>
  </cfdi:Conceptos>
  <cfdi:Impuestos TotalImpuestosTrasladados="80.00">
    <cfdi:Traslados>
      <cfdi:Traslado Base="500.00" Impuesto="002" TipoFactor="Exento"/>
      <cfdi:Traslado Base="500.00" Impuesto="002" TipoFactor="Tasa" TasaOCuota="0.160000" Importe="80.00"/>
    </cfdi:Traslados>
  </cfdi:Impuestos>
</cfdi:Comprobante>"""

CREDIT_NOTE_TO_A_FOREIGNER = f"""{HEAD}
  FormaPago="15" MetodoPago="PUE" Moneda="JPY" TipoCambio="0.1213" TipoDeComprobante="E" Exportacion="01"
  LugarExpedicion="83000" SubTotal="2997" Total="2997">
  <cfdi:CfdiRelacionados TipoRelacion="01">
    <cfdi:CfdiRelacionado UUID="A1B2C3D4-0000-4000-8000-00000000000A"/>
    <cfdi:CfdiRelacionado UUID="A1B2C3D4-0000-4000-8000-00000000000B"/>
  </cfdi:CfdiRelacionados>
  <cfdi:CfdiRelacionados TipoRelacion="03">
    <cfdi:CfdiRelacionado UUID="A1B2C3D4-0000-4000-8000-00000000000C"/>
  </cfdi:CfdiRelacionados>
  {ISSUER}
  <cfdi:Receptor Rfc="XEXX010101000" Nombre="HAYASHI &amp; SONS K.K." DomicilioFiscalReceptor="83000"
    ResidenciaFiscal="JPN" NumRegIdTrib="7010401052137" RegimenFiscalReceptor="616" UsoCFDI="S01"/>
  <cfdi:Conceptos>
    <cfdi:Concepto ClaveProdServ="84111506" Cantidad="3" ClaveUnidad="ACT" Descripcion="Devolución"
      ValorUnitario="999" Importe="2997" ObjetoImp="02">
      <cfdi:Impuestos>
        <cfdi:Traslados>
          <cfdi:Traslado Base="2997" Impuesto="002" TipoFactor="Tasa" TasaOCuota="0.000000" Importe="0"/>
        </cfdi:Traslados>
      </cfdi:Impuestos>
    </cfdi:Concepto>
  </cfdi:Conceptos>
  <cfdi:Impuestos TotalImpuestosTrasladados="0">
    <cfdi:Traslados>
      <cfdi:Traslado Base="2997" Impuesto="002" TipoFactor="Tasa" TasaOCuota="0.000000" Importe="0"/>
    </cfdi:Traslados>
  </cfdi:Impuestos>
</cfdi:Comprobante>"""

RENT_AND_IMPORT = f"""{HEAD}
  FormaPago="03" MetodoPago="PUE" Moneda="MXN" TipoDeComprobante="I" Exportacion="04" LugarExpedicion="22000"
  SubTotal="1500.00" Total="1740.00">
  {ISSUER}
  <cfdi:Receptor Rfc="H&amp;E951128469" Nombre="HERRERÍA &quot;EL ÑU&quot; &amp; ELÉCTRICOS"
    DomicilioFiscalReceptor="06002" RegimenFiscalReceptor="601" UsoCFDI="G03"/>
  <cfdi:Conceptos>
    <cfdi:Concepto ClaveProdServ="80131500" Cantidad="1" ClaveUnidad="E48" Descripcion="Renta de mayo"
      ValorUnitario="1000.00" Importe="1000.00" ObjetoImp="02">
      <cfdi:Impuestos>
        <cfdi:Traslados>
          <cfdi:Traslado Base="1000.00" Impuesto="002" TipoFactor="Tasa" TasaOCuota="0.160000" Importe="160.00"/>
        </cfdi:Traslados>
      </cfdi:Impuestos>
      <cfdi:ACuentaTerceros RfcACuentaTerceros="CACX7605101P8" NombreACuentaTerceros="XOCHILT CASAS CHAVEZ"
        RegimenFiscalACuentaTerceros="606" DomicilioFiscalACuentaTerceros="36257"/>
      <cfdi:CuentaPredial Numero="15956011002"/>
    </cfdi:Concepto>
    <cfdi:Concepto ClaveProdServ="43211507" Cantidad="2" ClaveUnidad="H87" Descripcion="Computadora"
      ValorUnitario="250.00" Importe="500.00" ObjetoImp="02">
      <cfdi:Impuestos>
        <cfdi:Traslados>
          <cfdi:Traslado Base="500.00" Impuesto="002" TipoFactor="Tasa" TasaOCuota="0.160000" Importe="80.00"/>
        </cfdi:Traslados>
      </cfdi:Impuestos>
      <cfdi:InformacionAduanera NumeroPedimento="26  47  3807  6000123"/>
      <cfdi:InformacionAduanera NumeroPedimento="25  24  3420  5001234"/>
    </cfdi:Concepto>
  </cfdi:Conceptos>
  <cfdi:Impuestos TotalImpuestosTrasladados="240.00">
    <cfdi:Traslados>
      <cfdi:Traslado Base="1500.00" Impuesto="002" TipoFactor="Tasa" TasaOCuota="0.160000" Importe="240.00"/>
    </cfdi:Traslados>
  </cfdi:Impuestos>
</cfdi:Comprobante>"""

SAMPLES = {
    "fees in dollars": FEES_IN_DOLLARS,
    "soda and sweets": SODA_AND_SWEETS,
    "a gift and an exempt line": GIFT_AND_EXEMPT,
    "credit note to a foreigner": CREDIT_NOTE_TO_A_FOREIGNER,
    "rent for somebody else, and imported goods": RENT_AND_IMPORT,
}
