import time
from dataclasses import dataclass, field

from odoo import models

from ...pac.contract import Pac
from ...pac.errors import NotSent

# what was committed as on its way leaves within this time or not at all
STALE = 60  # seconds


@dataclass(frozen=True)
class Call:
    """All that the calls for some documents need, so that nothing has to be read between the commit and them.

    :param payloads: dict from a document to the bytes of its XML
    :param drafts: dict from a document to what is handed over before it is stamped, where the service wants that
    :param remote_ids: dict from a document to the service's id of what was handed over before, or False
    :param former: dict from an earlier attempt for one of the invoices to what looks it up, which comes first
    :param account: through which it is sent
    :param rows: the ledger's rows of this attempt: an answer that comes when there is a newer one decides nothing
    :param prepared: when, on the monotonic clock, it was written down that the calls are being made
    """

    account: models.BaseModel
    rows: models.BaseModel
    client: Pac
    branch: str
    payloads: dict
    drafts: dict
    remote_ids: dict
    former: dict
    prepared: float = field(default_factory=time.monotonic)

    def in_time(self, call):
        """:raise NotSent: it was prepared too long ago"""
        if time.monotonic() - self.prepared > STALE:
            # the process was suspended: meanwhile others may have taken it for dead
            raise NotSent("stale", "The process was held up before it could send.")
        return call()
