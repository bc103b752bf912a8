"""What must be so of the calls of a schedule of `make chaos`: the sandbox's log against Odoo's ledger, and the tokens.

Pure functions on what was read from both, so that they can be tested with made-up logs.
"""

from collections import Counter
from datetime import datetime

TOKEN = "api_token"
BOUGHT = "token "  # how the sandbox's outcome of a token that was given begins
UNAUTHORIZED = 401


def unwritten(service, log, calls):
    """Calls that change something and are in no row of the ledger.

    :param service: services.Service
    :param log: the sandbox's log of calls
    :param calls: compare.Call of the schedule's invoices
    :return: list of texts
    """
    # who isn't let in has changed nothing, and may ask again with the same row
    arrived = Counter(one["operation"] for one in log if one["status"] != UNAUTHORIZED)
    written = Counter(one.operation for one in calls)
    found = []
    for operation, names in service.ledger.items():
        rows = sum(written[name] for name in names)
        if arrived[operation] > rows:
            found.append(f"{arrived[operation]} calls {operation} arrived, the ledger has {rows} of {', '.join(names)}")
    return found


def tokens(log, lasts, causes):
    """Tokens that were bought without need: one serves until it ends, is revoked, or its answer is lost.

    :param log: the sandbox's log of calls, oldest first
    :param lasts: seconds for which a token is used
    :param causes: how many tokens may have been lost otherwise: processes killed, tokens revoked
    :return: list of texts
    """
    bought = [one for one in log if one["operation"] == TOKEN and (one["outcome"] or "").startswith(BOUGHT)]
    times = [datetime.fromisoformat(one["time"]).timestamp() for one in bought]
    # half a second: asked before it was given
    early = sum(later - earlier < lasts - 0.5 for earlier, later in zip(times, times[1:], strict=False))
    lost = sum(bool(one["fault"]) for one in bought)
    refused = sum(one["operation"] != TOKEN and one["fault"] == "unauthorized_401" for one in log)
    if early > lost + refused + causes:
        needed = f"{lost} lost answers, {refused} refused calls, {causes} other causes"
        return [f"{len(bought)} tokens bought, {early} of them while one held, with {needed}"]
    return []
