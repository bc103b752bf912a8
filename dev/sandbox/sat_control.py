"""The control calls about SAT, under /_sandbox/sat/."""

import re

from .sat import EVERY, MEMBERS

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
HELP = {
    "GET sat/UUID": "what SAT says, is asked for first (blocking) and has noted of a CFDI",
    "GET sat": "strangers, orders and EFOS",
    "POST sat/answer": '{"uuid", "answer": accept | refuse | expire}: the receiver of a'
                       " cancellation En proceso; a second request never expires",
    "POST sat/state": '{"uuid", "estado", "estatus_cancelacion"}: what another program or the'
                      " portal did; the services are not told",
    "POST sat/register": '{"xml": text}: a stamped CFDI of somebody else that SAT knows',
    "POST sat/say": '{"uuid" (without: of every one), "CodigoEstatus", "Estado", "EsCancelable",'
                    ' "EstatusCancelacion", "ValidacionEFOS": any text, null = nil,'
                    ' "omit": [names], any further member}: say that instead',
    "DELETE sat/say": "?uuid= (without: all): say the truth again",
    "POST sat/efos": '{"rfc", "code"}: ValidacionEFOS of an issuer (200)',
}


class SatControl:
    """``handle`` routes to `<verb>_<name>`; errors are ValueError."""

    def __init__(self, services):
        self.sat = services.sat
        self.canceller = services.canceller

    def handle(self, verb, name, values, query):
        """Do a control call.

        ``values``: the JSON body; ``query``: function of a parameter's name.
        """
        method = getattr(self, f"_{verb}_{name}", None)
        if method:
            return method(values, query)
        if verb != "get":
            raise ValueError(f"no {verb.upper()} sat/{name}; there are: {', '.join(HELP)}")
        return self._about(name) if name else self._all()

    def _all(self):
        return {"strangers": self.sat.store.strangers(), "says": self.sat.says,
                "efos": self.sat.efos}

    def _about(self, uuid):
        cfdi = self._cfdi(uuid)
        return {"word": self.sat.ordered(uuid, self.sat.word(cfdi)), "known": self.sat.knows(cfdi),
                "blocking": self.sat.blocking(cfdi), **self.sat.store.file(uuid)}

    def _cfdi(self, uuid):
        cfdi = self.sat.store.cfdi(str(uuid or ""))
        if cfdi is None:
            raise ValueError(f"SAT has no CFDI {uuid}")
        return cfdi

    def _post_answer(self, values, query):
        return self.canceller.answered(str(values["uuid"]), values["answer"])

    def _post_state(self, values, query):
        cfdi = self._cfdi(values["uuid"])
        self.sat.set_state(cfdi, values["estado"], values["estatus_cancelacion"])
        return self.sat.word(cfdi)

    def _post_register(self, values, query):
        return {"uuid": self.sat.register(values["xml"].encode("utf-8"))}

    def _post_say(self, values, query):
        uuid, omit = values.pop("uuid", EVERY), values.get("omit", [])
        if not isinstance(omit, list) or not set(omit) <= {*MEMBERS, *values}:
            raise ValueError("omit must be a list of members")
        for name, text in values.items():
            good = name == "omit" or text is None or isinstance(text, str)
            if not good or not NAME.fullmatch(name):
                raise ValueError(f"{name} must be a text or null")
        self.sat.says = {**self.sat.says, str(uuid).lower(): values}
        return self.sat.says

    def _delete_say(self, values, query):
        uuid = query("uuid")
        kept = self.sat.says if uuid else {}
        self.sat.says = {key: value for key, value in kept.items() if key != uuid.lower()}
        return self.sat.says

    def _post_efos(self, values, query):
        self.sat.efos = {**self.sat.efos, str(values["rfc"]): str(values["code"])}
        return self.sat.efos
