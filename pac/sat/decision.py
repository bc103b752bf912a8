"""The effect of SAT's answer on our CFDI: one total function.

=================  =================  ========================================================================
state              SAT says           becomes
=================  =================  ========================================================================
stamped            cancelled          cancelled; the notice says whether we had asked for it or somebody else
stamped            cancel_in_process  cancel_requested, where a request of ours is open
stamped            refused            stamped; with a notice, where it answers a request of ours that is open
cancel_requested   cancelled          cancelled
cancel_requested   refused            stamped, where the refusal answers our request and not one before it
any other          anything else      what it was
=================  =================  ========================================================================

A cancellation under way that we did not ask for changes nothing: it is shown, and the receiver may still refuse it.
`not_yet_known` never cancels, and neither does an answer that was not understood. After 72 hours (SAT's own limit for
showing a stamp) a notice says that SAT doesn't know the stamp, or shows nothing of our request.

A request of ours is open when it arrived at the service, or may have arrived (its answer was lost), and SAT has not
shown since then that it was refused. Neither a person's statement nor a later request that was rejected closes it.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from .answer import State
from .pace import UNTIL_KNOWN

# the only states that SAT's answer changes
CHANGEABLE = ("stamped", "cancel_requested")
Notice = Literal["cancelled", "cancelled_elsewhere", "refused", "not_known", "not_shown"]


@dataclass(frozen=True)
class Decision:
    """state: of the CFDI from now on. notice: what its people have to learn, or None."""

    state: str
    notice: Notice | None = None


def decide(state: str, sat_state: State, requested: bool, refusal_is_answer: bool, waiting: timedelta) -> Decision:
    """The Decision on a CFDI.

    :param state: of the document
    :param sat_state: what SAT says
    :param requested: whether a request to cancel it that was made from here is open
    :param refusal_is_answer: whether a refusal that SAT shows can be the answer to the last request
    :param waiting: time for which SAT hasn't known the stamp, or since the request that SAT doesn't show
    """
    if state not in CHANGEABLE:
        return Decision(state)
    if sat_state == "cancelled":
        ours = requested or state == "cancel_requested"
        return Decision("cancelled", "cancelled" if ours else "cancelled_elsewhere")
    if sat_state == "cancel_in_process" and state == "stamped" and requested:
        return Decision("cancel_requested")
    if sat_state == "refused" and refusal_is_answer and (requested or state == "cancel_requested"):
        return Decision("stamped", "refused")
    if waiting >= UNTIL_KNOWN:
        if sat_state == "not_yet_known":
            return Decision(state, "not_known")
        if sat_state == "live" and state == "cancel_requested":
            return Decision(state, "not_shown")
    return Decision(state)
