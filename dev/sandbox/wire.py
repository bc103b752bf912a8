"""What goes over the wire, apart from how it is parsed and written."""

from dataclasses import dataclass, field
from email.message import Message

MAX_BODY = 25 * 1024 * 1024


@dataclass
class Request:
    """One HTTP request. ``query`` keeps blank values; ``headers`` looks names up in any case."""

    method: str
    path: str
    raw_query: str
    query: dict
    headers: Message
    body: bytes
    client: str
    base_url: str
    # what a fault asks of the operation itself: {name of the fault: its order}
    marks: dict = field(default_factory=dict)

    def parameter(self, name):
        """The first value of a query parameter in any letter case, stripped; None when absent."""
        for key, values in self.query.items():
            if key.lower() == name.lower():
                return values[0].strip()
        return None


@dataclass
class Delivery:
    """How an answer leaves. ``kind``: normal, close (nothing is sent), reset (RST), cut, stream."""

    kind: str = "normal"
    delay: float = 0.0
    fraction: float = 0.5
    size: int = 0
    declared: bool = True


@dataclass
class Response:
    """One HTTP answer; ``document`` is what ``body`` was rendered from, where it was rendered."""

    status: int
    body: bytes = b""
    content_type: str = "application/xml; charset=UTF-8"
    headers: dict = field(default_factory=dict)
    document: object = None
    delivery: Delivery = field(default_factory=Delivery)
    outcome: str = ""
