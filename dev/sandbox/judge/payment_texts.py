"""SAT's texts of the rules on receipts of payment (error matrix of Pagos 2.0)."""

TEXTS = {
    "CRP20101": "El valor del campo TipoDeComprobante debe ser 'P'",
    "CRP20102": "El valor del campo Exportacion debe ser '01'",
    "CRP20103": "El valor del campo SubTotal debe ser cero '0'.",
    "CRP20104": "El valor del campo Moneda debe ser 'XXX'.",
    "CRP20105": "El campo FormaPago no se debe registrar en el CFDI.",
    "CRP20106": "El campo MetodoPago no se debe registrar en el CFDI.",
    "CRP20107": "El campo CondicionesDePago no se debe registrar en el CFDI.",
    "CRP20108": "El campo Descuento no se debe registrar en el CFDI.",
    "CRP20109": "El campo TipoCambio no se debe registrar en el CFDI.",
    "CRP20110": "El valor del campo Total debe ser cero '0'.",
    "CRP20111": "Solo debe existir un Concepto en el CFDI.",
    "CRP20112":
        "Si no existe el nodo AcuentaTerceros, no se deben registrar apartados dentro de "
        "Conceptos.",
    "CRP20113": "El valor del campo ClaveProdServ debe ser '84111506'.",
    "CRP20114": "El campo NoIdentificacion no se debe registrar en el CFDI.",
    "CRP20115": "El valor del campo Cantidad debe ser '1'.",
    "CRP20116": "El valor del campo ClaveUnidad debe ser 'ACT'.",
    "CRP20117": "El campo Unidad no se debe registrar en el CFDI.",
    "CRP20118": "El valor del campo Descripcion debe ser 'Pago'.",
    "CRP20119": "El valor del campo ValorUnitario debe ser cero '0'.",
    "CRP20120": "El valor del campo Importe debe ser cero '0'.",
    "CRP20121": "El campo Descuento no se debe registrar en el CFDI.",
    "CRP20122": "El valor del campo ObjetoImp debe ser '01'.",
    "CRP20123": "No se debe registrar el apartado de Impuestos en el CFDI.",
    "CRP20201":
        "El valor del campo TotalRetencionesIVA no es igual al redondeo de la suma del resultado "
        "de multiplicar cada uno de los importes de los atributos ImporteP de los impuestos "
        "retenidos registrados en el elemento RetencionP donde el atributo ImpuestoP contenga el "
        "valor IVA por el valor registrado en el atributo TipoCambioP de cada nodo Pago.",
    "CRP20202":
        "El valor del campo TotalRetencionesISR no es igual al redondeo de la suma del resultado "
        "de multiplicar cada uno de los importes de los atributos ImporteP de los impuestos "
        "retenidos registrados en el elemento RetencionP donde el atributo ImpuestoP contenga el "
        "valor ISR por el valor registrado en el atributo TipoCambioP de cada nodo Pago.",
    "CRP20203":
        "El valor del campo TotalRetencionesIEPS no es igual al redondeo de la suma del "
        "resultado de multiplicar cada uno de los importes de los atributos ImporteP de los "
        "impuestos retenidos registrados en el elemento RetencionP donde el atributo ImpuestoP "
        "contenga el valor IEPS por el valor registrado en el atributo TipoCambioP de cada nodo "
        "Pago.",
    "CRP20204":
        "El valor del campo TotalTrasladosBaseIVA16 no es igual al redondeo de la suma del "
        "resultado de multiplicar cada uno de los importes de los atributos BaseP de los "
        "impuestos trasladados registrados en el elemento TrasladoP donde los atributos "
        "contengan en ImpuestoP el valor IVA, en TipoFactorP el valor Tasa y en TasaOCuotaP el "
        "valor 0.160000, por el valor registrado en el atributo TipoCambioP de cada nodo Pago.",
    "CRP20205":
        "El valor del campo TotalTrasladosImpuestoIVA16 no es igual al redondeo de la suma del "
        "resultado de multiplicar cada uno de los importes de los atributos ImporteP de los "
        "impuestos trasladados registrados en el elemento TrasladoP donde los atributos "
        "contengan en ImpuestoP el valor IVA, en TipoFactorP el valor Tasa y en TasaOCuotaP el "
        "valor 0.160000, por el valor registrado en el atributo TipoCambioP de cada nodo Pago.",
    "CRP20206":
        "El valor del campo TotalTrasladosBaseIVA8 no es igual al redondeo de la suma del "
        "resultado de multiplicar cada uno de los importes de los atributos BaseP de los "
        "impuestos trasladados registrados en el elemento TrasladoP donde los atributos "
        "contengan en ImpuestoP el valor IVA, en TipoFactorP el valor Tasa y en TasaOCuotaP el "
        "valor 0.080000, por el valor registrado en el atributo TipoCambioP de cada nodo Pago.",
    "CRP20207":
        "El valor del campo TotalTrasladosImpuestoIVA8 no es igual al redondeo de la suma del "
        "resultado de multiplicar cada uno de los importes de los atributos ImporteP de los "
        "impuestos trasladados registrados en el elemento TrasladoP donde los atributos "
        "contengan en ImpuestoP el valor IVA, en TipoFactorP el valor Tasa y TasaOCuotaP el "
        "valor 0.080000, por el valor registrado en el atributo TipoCambioP de cada nodo Pago.",
    "CRP20208":
        "El valor del campo TotalTrasladosBaseIVA0 no es igual al redondeo de la suma del "
        "resultado de multiplicar cada uno de los importes de los atributos BaseP de los "
        "impuestos trasladados registrados en el elemento TrasladoP donde los atributos "
        "contengan en ImpuestoP el valor IVA, en TipoFactorP el valor Tasa y en TasaOCuotaP el "
        "valor 0.000000, por el valor registrado en el atributo TipoCambioP de cada nodo Pago.",
    "CRP20209":
        "El valor del campo TotalTrasladosImpuestoIVA0 no es igual al redondeo de la suma del "
        "resultado de multiplicar cada uno de los importes de los atributos ImporteP de los "
        "impuestos trasladados registrados en el elemento TrasladoP donde los atributos "
        "contengan en ImpuestoP el valor IVA, en TipoFactorP el valor Tasa y en TasaOCuotaP el "
        "valor 0.000000, por el valor registrado en el atributo TipoCambioP de cada nodo Pago.",
    "CRP20210":
        "El valor del campo TotalTrasladosBaseExento no es igual al redondeo de la suma del "
        "resultado de multiplicar cada uno de los importes de los atributos BaseP de los "
        "impuestos trasladados registrados en el elemento TrasladoP donde los atributos "
        "contengan en ImpuestoP el valor IVA y en TipoFactorP el valor Exento, por el valor "
        "registrado en el atributo TipoCambioP de cada nodo Pago.",
    "CRP20211":
        "El valor del campo MontoTotalPagos no es igual al redondeo de la suma del resultado de "
        "multiplicar cada uno de los atributos Monto por el valor registrado en el atributo "
        "TipoCambioP de cada nodo Pago.",
    "CRP20212": "El valor del campo FormaDePagoP debe ser distinto de '99'.",
    "CRP20213": "El campo MonedaP debe ser distinto de 'XXX'",
    "CRP20214": "El campo TipoCambioP se debe registrar.",
    "CRP20215": "El campo TipoCambioP debe contener el valor '1'.",
    "CRP20217":
        "La suma de los valores registrados en el campo ImpPagado de los apartados "
        "DoctoRelacionado no es menor o igual que el valor del campo Monto.",
    "CRP20218": "El valor del campo Monto no es mayor que cero '0'.",
    "CRP20219":
        "El valor del campo Monto debe tener hasta la cantidad de decimales que soporte la "
        "moneda registrada en el campo MonedaP.",
    "CRP20221": "El campo RfcEmisorCtaOrd no se debe registrar.",
    "CRP20222": "El RFC del campo RfcEmisorCtaOrd no se encuentra en la lista de RFC.",
    "CRP20223": "El campo NomBancoOrdExt se debe registrar.",
    "CRP20224": "El campo CtaOrdenante no se debe registrar.",
    "CRP20225": "El campo CtaOrdenante no cumple con el patrón requerido.",
    "CRP20226": "El campo CtaBeneficiario no cumple con el patrón requerido.",
    "CRP20227": "El campo RfcEmisorCtaBen no se debe registrar.",
    "CRP20228": "El campo CtaBeneficiario no se debe registrar.",
    "CRP20229": "El campo TipoCadPago no se debe registrar.",
    "CRP20230": "El campo CertPago se debe registrar.",
    "CRP20231": "El campo CertPago no se debe registrar.",
    "CRP20232": "El campo CadPago se debe registrar.",
    "CRP20233": "El campo CadPago no se debe registrar.",
    "CRP20234": "El campo SelloPago se debe registrar.",
    "CRP20235": "El campo SelloPago no se debe registrar.",
    "CRP20236": "El valor del campo MonedaDR debe ser distinto de 'XXX'",
    "CRP20237": "El campo EquivalenciaDR se debe registrar.",
    "CRP20238": "El campo EquivalenciaDR debe contener el valor '1'.",
    "CRP20239": "El campo ImpSaldoAnt debe mayor a cero.",
    "CRP20240":
        "El valor del campo ImpSaldoAnt debe tener hasta la cantidad de decimales que soporte la "
        "moneda registrada en el campo MonedaDR.",
    "CRP20241": "El campo ImpPagado debe mayor a cero.",
    "CRP20242":
        "El valor del campo ImpPagado debe tener hasta la cantidad de decimales que soporte la "
        "moneda registrada en el campo MonedaDR.",
    "CRP20243":
        "El valor del campo ImpSaldoInsoluto debe tener hasta la cantidad de decimales que "
        "soporte la moneda registrada en el campo MonedaDR.",
    "CRP20244":
        "El campo ImpSaldoInsoluto debe ser mayor o igual a cero y calcularse con la suma de los "
        "campos ImSaldoAnt menos el ImpPagado",
    "CRP20245": "El campo ObjetoImpDR, debe tener un valor del catálogo c_ObjetoImp.",
    "CRP20246": "El nodo hijo ImpuestosDR del nodo DoctoRelacionado debe existir.",
    "CRP20247": "El nodo hijo Impuestos del nodo concepto, no debe existir.",
    "CRP20248":
        "En caso de utilizar el nodo Impuestos en un documento relacionado, se deben incluir "
        "impuestos de traslados y/o retenciones.",
    "CRP20249": "El valor del campo BaseDR que corresponde a Retención debe ser mayor que cero.",
    "CRP20250":
        "El valor del campo ImpuestoDR que corresponde a Retención no contiene un valor del "
        "catálogo c_Impuesto.",
    "CRP20251":
        "El valor del campo TipoFactorDR que corresponde a Retención no contiene un valor del "
        "catálogo c_TipoFactor.",
    "CRP20252":
        "El valor registrado en el campo TipoFactorDR que corresponde a Retención debe ser "
        "distinto de Exento.",
    "CRP20253":
        "El valor del campo TasaOCuotaDR que corresponde a Retención, no contiene un valor del "
        "catálogo c_TasaOcuota o se encuentra fuera de rango.",
    "CRP20254":
        "El valor del campo ImporteDR que corresponde a Retención no se encuentra entre el "
        "limite inferior y superior permitido.",
    "CRP20255": "El valor del campo BaseDR que corresponde a Traslado debe ser mayor que cero.",
    "CRP20256":
        "El valor del campo ImpuestoDR que corresponde a Traslado no contiene un valor del "
        "catálogo c_Impuesto.",
    "CRP20257":
        "El valor del campo TipoFactorDR que corresponde a Traslado no contiene un valor del "
        "catálogo c_TipoFactor.",
    "CRP20258":
        "Si el valor registrado es Exento no se deben registrar los atributos TasaOCuotaDR ni "
        "ImporteDR.",
    "CRP20259":
        "Si el valor registrado en el campo TipoFactorDR que corresponde a Traslado es Tasa o "
        "Cuota, se deben registrar los campos TasaOCuotaDR e ImporteDR.",
    "CRP20260":
        "El valor del campo TasaOCuotaDR que corresponde a Traslado no contiene un valor del "
        "catálogo c_TasaOcuota o se encuentra fuera de rango.",
    "CRP20261":
        "El valor del campo ImporteDR o que corresponde a Traslado no se encuentra entre el "
        "limite inferior y superior permitido.",
    "CRP20262": "El campo ImpuestoP no contiene un valor del catálogo c_Impuesto.",
    "CRP20263": "Debe haber sólo un registro por cada tipo de impuesto retenido.",
    "CRP20264":
        "Debe existir al menos uno de los campos TotalRetencionesIVA, TotalRetencionesISR, "
        "TotalRetencionesIEPS.",
    "CRP20265":
        "El campo ImporteP que corresponde a Retención, no es igual a la suma de los importes de "
        "los impuestos retenidos registrados en el documento relacionado donde el impuesto sea "
        "igual al campo ImpuestoP de este elemento.",
    "CRP20266": "Deben exitir los campos BaseP, ImpuestoP y TipoFactorP",
    "CRP20267":
        "Debe existir al menos uno de los campos TotalTrasladosBaseIVA16 y/o y/o "
        "TotalTrasladosBaseIVA8 y/o TotalTrasladosBaseIVA0 y/o TotalTrasladosBaseIVAExento.",
    "CRP20268":
        "El campo BaseP que corresponde a Traslado, no es igual a la suma de los importes de las "
        "bases registrados en los documentos relacionados donde el impuesto del documento "
        "relacionado sea igual al campo ImpuestoP de este elemento y la TasaOCuotaDR del "
        "documento relacionado sea igual al campo TasaOCuotaP de este elemento.",
    "CRP20269":
        "El importe del campo BaseP que corresponde a Traslado, no es igual a la suma de los "
        "importes de las bases registrados en los documentos relacionados.",
    "CRP20270":
        "El campo ImpuestoP que corresponde a Traslado no contiene un valor del catálogo "
        "c_Impuesto.",
    "CRP20271":
        "Debe haber sólo un registro con la misma combinación de impuesto, factor y tasa por "
        "cada traslado.",
    "CRP20272":
        "El valor seleccionado debe corresponder a un valor del catálogo Tasa O Cuota donde la "
        "columna impuesto corresponda con el campo ImpuestoP y la columna factor corresponda con "
        "el campo TipoFactorP.",
    "CRP20273":
        "Deben existir al menos uno de los campos TotalTrasladosImpuestoIVA16, "
        "TotalTrasladosImpuestoIVA8, TotalTrasladosImpuestoIVA0 cuando existan conceptos con un "
        "TipoFactor distinto a Exento.",
    "CRP20274":
        "El campo ImporteP que corresponde a Traslado, no es igual a la suma de los importes de "
        "los impuestos registrados en el documento relacionado donde el impuesto del documento "
        "relacionado sea igual al campo ImpuestoP de este elemento y la TasaOCuotaP del "
        "documento relacionado sea igual al campo TasaOCuotaP de este elemento.",
    "CRP20275": "El valor del campo ImpPagado no se encuentra entre los límites permitidos.",
    "CRP20276":
        "El valor del campo Monto no se encuentra entre el límite inferior y superior permitido.",
    "CRP20277": "El campo EquivalenciaDR debe contener '1.0000000000'.",
    "CRP20278":
        "Con ObjetoImpDR '06' u '08' no deben existir IVA (002) ni IEPS (003) en ImpuestosDR.",
    "CRP20279":
        "Con ObjetoImpDR '07' no debe existir IVA (002) y debe existir IEPS (003) trasladado en "
        "ImpuestosDR.",
    "CRP20999": "Error no clasificado.",
}
