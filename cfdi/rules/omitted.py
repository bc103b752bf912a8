"""Codes of SAT's matrix that are no rule, and why."""

_SEAL = "about the seal and the certificate, which the service adds after the rules have judged"
_INACTIVE = "not in force: SAT has not published the limits that ask for a Confirmacion"
_LIST = "needs SAT's list of registered taxpayers (l_RFC, l_LCO), which only SAT and the PACs have"
_FLAGS = (
    "needs columns of c_ClaveProdServ (taxes and complement to be included) that are not public "
    "in a form that could be obtained"
)
_MARK = "hangs on a mark of the issuer in SAT's list of registered taxpayers (l_RFC)"

OMITTED = {
    **dict.fromkeys(("CFDI40102", "CFDI40106"), _SEAL),
    **dict.fromkeys(("CFDI40118", "CFDI40120", "CFDI40127", "CFDI40128", "CFDI40129"), _INACTIVE),
    **dict.fromkeys(
        (
            "CFDI40138",
            "CFDI40139",
            "CFDI40142",
            "CFDI40143",
            "CFDI40144",
            "CFDI40145",
            "CFDI40148",
            "CFDI40187",
            "CFDI40190",
        ),
        _LIST,
    ),
    **dict.fromkeys(("CFDI40163", "CFDI40164"), _FLAGS),
    **dict.fromkeys(("CFDI140224", "CFDI140225"), _MARK),
    "CFDI40999": "says nothing: whatever SAT's other codes do not cover",
}
