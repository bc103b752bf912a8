import time
from dataclasses import dataclass, field

from odoo import models

from ...pac.contract import Pac
from ...pac.errors import NotSent

# a committed attempt is sent within this time or not at all
MAX_DELAY = 60  # seconds


@dataclass(frozen=True)
class Call:
    """All data for the calls, so that nothing has to be read between commit and call.

    :param payloads: dict from a document to the bytes of its XML
    :param drafts: dict from a document to the data of its first step, at services with two steps
    :param remote_ids: dict from a document to its id at the service, or False
    :param former: dict from an earlier attempt for one of the invoices to a callable that looks it up, called first
    :param account: through which it is sent
    :param rows: the ledger rows of this attempt; an answer has no effect if there is a newer one
    :param prepared: monotonic time at which the attempt was stored
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
        """:raise NotSent: it was stored too long ago"""
        if time.monotonic() - self.prepared > MAX_DELAY:
            # the process was suspended, and others may count the attempt as dead
            raise NotSent("stale", "The process was held up before it could send.")
        return call()
