"""Is this XML the stamp of what we sent? Nothing else counts as success."""

from dataclasses import dataclass, field

from ...cfdi.comparison import differences
from ...cfdi.errors import CfdiError
from ...cfdi.read import parse_cfdi, read_cfdi, read_timbre
from . import files

# differences in a text; the raw answer has them all
_MOST_SHOWN = 5


@dataclass(frozen=True)
class Stamp:
    """What an answer holds: `xml`, its `root` and `uuid` of the stamp of our document.

    Otherwise `problem` is a clause about the CFDI that it holds, or None when it holds none.
    `stamped`: some CFDI in it has a TimbreFiscalDigital. `whole`: the answer is nothing but a CFDI.
    """

    xml: bytes | None = None
    uuid: str | None = None
    problem: str | None = None
    stamped: bool = False
    whole: bool = False
    root: object = field(default=None, repr=False, compare=False)


def find(sent, body, may_change=frozenset()):
    """The Stamp in an answer.

    :param sent: the unsigned CFDI: bytes, or its root
    :param body: an answer: the CFDI itself, or a document that holds it
    :param may_change: as in cfdi.comparison.differences
    """
    found = files.xml_documents(body, "Comprobante")
    looks = [compare(sent, *one, may_change=may_change) for one in found]
    ours = {one.uuid.upper(): one for one in looks if one.uuid}
    whole = len(found) == 1 and found[0].data is body
    if len(ours) == 1:
        return next(iter(ours.values()))
    if ours:
        return Stamp(problem="several stamps of the document that was sent", stamped=True, whole=whole)
    stamped = any(one.stamped for one in looks)
    return Stamp(problem=next((one.problem for one in looks), None), stamped=stamped, whole=whole)


def compare(sent, xml, root=None, may_change=frozenset()):
    """The Stamp of one XML document.

    :param sent: the unsigned CFDI: bytes, or its root
    :param xml: what came back: bytes, and its `root` where it is parsed already
    """
    try:
        root = parse_cfdi(xml if root is None else root)
        timbre = read_timbre(root)
        if timbre is None:
            return Stamp(problem="a CFDI without TimbreFiscalDigital")
        found = differences(sent, root, may_change)
    except CfdiError as error:
        stamped = b"TimbreFiscalDigital" in xml
        return Stamp(problem=f"a CFDI that can't be read ({error})", stamped=stamped)
    if not found:
        return Stamp(xml=xml, uuid=timbre.uuid.upper(), stamped=True, root=root)
    shown = "; ".join(f"{one.where}: sent {one.sent}, got {one.got}" for one in found[:_MOST_SHOWN])
    return Stamp(problem=f"a CFDI that is not the one that was sent ({shown})", stamped=True)


def check_uuid(xml, uuid):
    """(cfdi.read.ParsedCfdi, None) of a stamped CFDI with `uuid`; otherwise (None, a clause that says what it is).

    :param xml: bytes, or its root
    """
    try:
        got = read_cfdi(xml)
    except CfdiError as error:
        return None, f"a CFDI that can't be read ({error})"
    if got.timbre is None or not got.uuid:
        return None, "a CFDI without TimbreFiscalDigital"
    if got.uuid.upper() != uuid.upper():
        return None, f"the CFDI {got.uuid}"
    return got, None
