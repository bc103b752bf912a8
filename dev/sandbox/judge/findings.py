"""What the judge works with and what it says."""

import datetime
from dataclasses import dataclass

from ..errors import TEXTS as OWN
from .payment_texts import TEXTS as OF_PAYMENTS
from .texts import TEXTS


@dataclass(frozen=True)
class Finding:
    """One rule that is broken: SAT's code and where, with the values that show it."""

    code: str
    where: str

    @property
    def text(self):
        """SAT's words for the code."""
        return TEXTS.get(self.code) or OF_PAYMENTS.get(self.code) or OWN.get(self.code, "")


@dataclass(frozen=True)
class Context:
    """What is known beside the document.

    ``zip``: postal code of the branch. ``now``: its local time, naive. ``issuers``: {rfc: row with
    name, regime}. ``receiver``: function rfc -> row of SAT's list or None. ``limit_decimals``:
    decimals of the limits of CFDI40167/180/186 and CRP20254/261, None for those of the currency.
    ``naive_payment_sum``: CRP20276 without its margin.
    """

    zip: str
    now: datetime.datetime
    issuers: dict
    receiver: object = staticmethod(lambda rfc: None)
    limit_decimals: int | None = None
    naive_payment_sum: bool = True
