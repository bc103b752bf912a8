"""The printed expression (expresión impresa, Anexo 20 I.D): which CFDI is meant, for SAT's service and its web page."""

from dataclasses import dataclass

SEAL_TAIL = 8
VERIFICATION_PAGE = "https://verificacfdi.facturaelectronica.sat.gob.mx/default.aspx"


@dataclass(frozen=True, slots=True)
class Expression:
    """RFCs in capitals, `tt` the Total and `id` the UUID as the XML writes them, `fe` the end of the seal."""

    re: str
    rr: str
    tt: str
    id: str
    fe: str

    @classmethod
    def of(cls, rfc_emisor, rfc_receptor, total, uuid, seal):
        """:param seal: the whole Sello, without white space"""
        return cls(rfc_emisor, rfc_receptor, total, uuid, seal[-SEAL_TAIL:])

    @property
    def has_ampersand(self):
        """Whether an RFC has the one character that sources write in two ways."""
        return "&" in self.re + self.rr

    def text(self, escaped=True):
        """``?re=..&rr=..&tt=..&id=..&fe=..``, as SAT's status service reads it.

        :param escaped: whether an ``&`` of an RFC is written ``&amp;`` (CfdiUtils and phpcfdi do; satcfdi sends it raw)
        """
        return "?" + self._join("re", "rr", "tt", "id", "fe", escaped=escaped)

    def url(self):
        """The address of SAT's page about this CFDI, which the QR code holds. `fe` is not escaped."""
        return f"{VERIFICATION_PAGE}?{self._join('id', 're', 'rr', 'tt', 'fe')}"

    def _join(self, *names, escaped=True):
        values = {name: getattr(self, name) for name in names}
        for name in ("re", "rr") if escaped else ():
            values[name] = values[name].replace("&", "&amp;")
        return "&".join(f"{name}={value}" for name, value in values.items())
