"""Refusals: what the service says when it does not do what was asked."""

# Codes of the service itself. SAT's and the PACs' numbers are used where they exist; those that
# begin with S are this sandbox's own choice, because the imitated page prints none.
TEXTS = {
    "300": "El usuario o la contraseña no son válidos.",
    "301": "El XML está mal formado o no cumple con la estructura del SAT.",
    "302": "El pre CFDI debe enviarse sin firmar: ya contiene un sello.",
    "303": "El sello no corresponde al emisor: el RFC emisor no pertenece a esta cuenta.",
    "307": "El comprobante contiene un timbre previo.",
    "401": "La fecha y hora de generación del comprobante está fuera de rango.",
    "718": "No hay créditos disponibles para timbrar.",
    "728": "El archivo recibido no es un ZIP.",
    "207": "El motivo de cancelación falta o no es válido (01, 02, 03, 04).",
    "208": "El folio de sustitución falta o no es válido para el motivo 01.",
    "209": "El folio de sustitución solo se usa con el motivo 01.",
    "S126": "El LugarExpedicion no es el código postal de la sucursal.",
    "S400": "La petición está incompleta o no es válida.",
    "S403": "El token de acceso no tiene permiso para esta operación.",
    "S404": "El comprobante no existe o no pertenece al usuario.",
    "S405": "El método HTTP no está permitido en esta dirección.",
    "S406": "Falta el encabezado Accept o pide un tipo de salida que no existe.",
    "S409": "El comprobante no está cancelado: no hay acuse disponible.",
    "S410": "La dirección no existe.",
    "S413": "El contenido es demasiado grande.",
    "S415": "Falta el encabezado Content-Type o no es de un XML.",
    "S420": "Falta el encabezado Sucursal o no es el id de una sucursal.",
    "S421": "La sucursal no está activa.",
    "S500": "Error interno del servicio.",
    "S503": "El servicio no está disponible, intente más tarde.",
}


class Refusal(Exception):
    """The request is not fulfilled.

    ``code``: SAT's, a PAC's or an own code (text). ``text``: the message for a person.
    ``detail``: where and what exactly. ``status``: HTTP status, None for "a refusal on content",
    whose status is a setting. ``extra``: further fields for the error document.
    """

    def __init__(self, code, text=None, detail=None, status=None, **extra):
        self.code = code
        self.text = text or TEXTS.get(code, "")
        self.detail = detail
        self.status = status
        self.extra = extra
        super().__init__(f"{code} - {self.text}")
