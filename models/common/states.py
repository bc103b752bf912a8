"""The states of a CFDI, one row each. All code and the database indexes use the sets below."""

from dataclasses import dataclass


@dataclass(frozen=True)
class State:
    """One state.

    :param value: as it is stored
    :param label: as it is shown
    :param to: values of the states that may follow
    :param is_live: whether the invoice has, or may have, a CFDI that is valid at SAT
    :param has_uuid: whether it was stamped, whatever became of it
    """

    value: str
    label: str
    to: frozenset
    is_live: bool = False
    has_uuid: bool = False


# In the order of a CFDI's life.
STATES = {
    state.value: state
    for state in (
        # to stamped: a late answer to a call that counted as lost; to rejected: something else is sent instead
        State("draft", "Draft", frozenset({"sending", "stamped", "rejected"})),
        State("sending", "Sending", frozenset({"draft", "stamped", "rejected", "unknown"}), is_live=True),
        State("unknown", "Unknown", frozenset({"stamped", "rejected"}), is_live=True),
        # to cancelled: SAT shows a cancellation that was not requested from here
        State("stamped", "Stamped", frozenset({"cancel_requested", "cancelled"}), is_live=True, has_uuid=True),
        State(
            "cancel_requested",
            "Cancellation requested",
            frozenset({"cancelled", "stamped"}),
            is_live=True,
            has_uuid=True,
        ),
        State("cancelled", "Cancelled", frozenset(), has_uuid=True),
        # to stamped: an answer that came after a person had recorded "not stamped"
        State("rejected", "Rejected", frozenset({"stamped"})),
    )
}

SELECTION = [(state.value, state.label) for state in STATES.values()]
# the invoice has, or may have, a CFDI that is valid at SAT
LIVE_STATES = tuple(value for value, state in STATES.items() if state.is_live)
# the invoice has a valid CFDI
STAMPED_STATES = tuple(value for value, state in STATES.items() if state.is_live and state.has_uuid)
# the CFDI was stamped, whatever happened to it since
EVER_STAMPED_STATES = tuple(value for value, state in STATES.items() if state.has_uuid)
# the service has not answered, or its answer was lost
UNANSWERED_STATES = tuple(value for value, state in STATES.items() if state.is_live and not state.has_uuid)
# a cancellation was asked for
CANCEL_STATES = ("cancel_requested", "cancelled")
# it may be stamped; False: there is no CFDI yet
UNSENT_STATES = (False, "draft", "rejected")


def sql(states):
    """:return: text for the ``WHERE`` of a partial index: the states as an SQL list"""
    return "({})".format(", ".join(f"'{state}'" for state in states))
