"""facture_api: the six outcomes of a cancellation, in the words of its documentation."""

from .errors import Refusal
from .lag import too_fresh

# code of SAT (or the state): (succeed, message, error); the words and the misspelling are theirs.
OUTCOMES = {
    "cancelled": (True, None, "El comprobante con UUID {uuid} fue cancelado, pero su estado no ha"
                  " cambiado en el sistema del SAT. Se le enviará un correo electrónico cuando el"
                  " estado del comprobante cambie."),
    "authorise": (True, "Envie el siguiente enlace al receptor {receiver} para que pueda autorizar"
                  " la cancelación: {link}", "El comprobante debe ser autorizado por el receptor"
                  " para poder ser cancelado."),
    "in_process": (False, None, "El comprobante con UUID {uuid} ya se encuetra en proceso de"
                   " cancelación"),
    "before": (True, None, "El comprobante con UUID {uuid} ya se encuentra previamente cancelado"),
    "related": (False, "Primero debes cancelar sus comprobantes de relación tipo padre.",
                "El comprobante con UUID {uuid} no puede ser cancelado debido a que tiene relación"
                " con otros comprobantes."),
    "not_at_sat": (False, None, "El comprobante con UUID {uuid} no puede ser cancelado debido a que"
                   " no se encontró en la base de datos del SAT"),
    "unknown": (False, None, "CA205 - El UUID no existe / Error al cancelar el UUID de la factura"),
}
# The address itself is not in the documentation; this one leads nowhere.
LINK = ("https://facture.invalid/ws/autorizacion?id={uuid}&re={rfc_emisor}&rr={rfc_receptor}"
        "&tt={total}")


class ApiCanceller:
    """Cancels one by one on the book."""

    def __init__(self, book, canceller, settings):
        self.book = book
        self.canceller = canceller
        self.settings = settings

    def item(self, user, order):
        """(the item of the answer, SAT's code or the refusal's for the log)."""
        uuid = str(order.get("uuid") or "")
        row = self.book.get(uuid)
        try:
            name, code = self._outcome(user, uuid, row, order)
        except Refusal as refusal:
            text = " ".join(filter(None, (refusal.text, refusal.detail)))
            return {"uuid": uuid, "succeed": False, "message": "Comprobante no cancelado.",
                    "error": f"Petición errónea, {text}"}, refusal.code
        succeed, message, error = OUTCOMES[name]
        words = {"uuid": uuid, "receiver": row and row["rfc_receptor"], "link": row and LINK.format(**row)}
        item = {"uuid": uuid, "succeed": succeed, "error": error.format(**words)}
        if message:
            item["message"] = message.format(**words)
        return item, code

    def _outcome(self, user, uuid, row, order):
        if row is not None and row["user"] == user["name"]:
            if row["estado"] == "En proceso":
                return "in_process", "201"
            if row["estado"] == "Vigente" and too_fresh(row, self.settings["sat_lag"]):
                return "not_at_sat", "205"
        code, _text = self.canceller.request(
            user, uuid, order.get("motivo"), order.get("uuidRelacionado"))
        if code == "201":
            state = self.book.get(uuid)["estado"]
            return ("authorise" if state == "En proceso" else "cancelled"), code
        return {"202": "before", "204": "related"}.get(code, "unknown"), code
