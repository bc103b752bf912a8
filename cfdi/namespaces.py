"""XML namespaces of a CFDI 4.0 and its parts."""

CFDI = "http://www.sat.gob.mx/cfd/4"
IMPLOCAL = "http://www.sat.gob.mx/implocal"
TFD = "http://www.sat.gob.mx/TimbreFiscalDigital"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
