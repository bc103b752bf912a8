"""What SAT's word does to a CFDI of ours: one total function, the whole of it.

=================  =================  =========================================================================
state              SAT says           becomes
=================  =================  =========================================================================
stamped            cancelled          cancelled; told as our own request where one was made, else as somebody else's
stamped            cancel_in_process  cancel_requested, where a request of ours is open
stamped            refused            stamped; told, where the refusal answers a request of ours that is open
cancel_requested   cancelled          cancelled
cancel_requested   refused            stamped, where the refusal answers our request and not one before it
any other          anything else      what it was
=================  =================  =========================================================================

A cancellation under way that was not asked for here changes nothing: it is shown, and the receiver may refuse it.
`not_yet_known` never cancels; neither does anything that was not understood. What lasts for 72 hours is told: SAT
doesn't know a stamp (its own limit for it), or shows nothing of a request.

A request of ours is open when it arrived at the service, or may have (its answer was lost), and SAT has not shown since
that it was refused: neither a person's statement nor a later request that was rejected closes it.
"""

from dataclasses import dataclass
from typing import Literal

from .pace import UNTIL_KNOWN

JUDGED = ("stamped", "cancel_requested")
News = Literal["cancelled", "cancelled_elsewhere", "refused", "not_known", "not_shown"]


@dataclass(frozen=True)
class Decision:
    """state: of the CFDI from now on. news: what its people are to be told, or None."""

    state: str
    news: News | None = None


def decide(state, says, asked, answers, lasting):
    """The Decision on a CFDI.

    :param state: of the document; SAT's word changes `stamped` and `cancel_requested` only
    :param says: sat_word's State
    :param asked: whether a request of its cancellation that was made from here is open
    :param answers: whether a refusal that SAT shows can be the answer to the last request
    :param lasting: timedelta since which SAT doesn't know it, or since the request that SAT doesn't show
    """
    if state not in JUDGED:
        return Decision(state)
    if says == "cancelled":
        ours = asked or state == "cancel_requested"
        return Decision("cancelled", "cancelled" if ours else "cancelled_elsewhere")
    if says == "cancel_in_process" and state == "stamped" and asked:
        return Decision("cancel_requested")
    if says == "refused" and answers and (asked or state == "cancel_requested"):
        return Decision("stamped", "refused")
    if lasting >= UNTIL_KNOWN:
        if says == "not_yet_known":
            return Decision(state, "not_known")
        if says == "live" and state == "cancel_requested":
            return Decision(state, "not_shown")
    return Decision(state)
