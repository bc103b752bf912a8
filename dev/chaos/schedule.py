"""A schedule of `make chaos`: who does what when, and what breaks, drawn wholly from its seed and its service."""

import random
from dataclasses import dataclass, field

from dev.chaos.services import FACTURE_REST, TENTHS, Service

DURATION = 2.2  # seconds in which everything is begun
SERVERS = ("a", "b")  # answer HTTP
CRONS = ("c", "d")  # work on the scheduled actions
# what users do, and what happens to the machines, with how often it is drawn
STAMPING = {"stamp": 5, "twice": 2, "windows": 4, "selection": 5, "later": 8}
USERS = {
    "pause": 2, "resume": 1, "leave_queue": 1, "reset": 2, "cancel_invoice": 1, "cancel_cfdi": 4, "unlink": 1,
    "post": 1, "resolve": 3, "state_cancelled": 1, "work": 3,
}
MACHINES = {
    "kill_worker": 4, "kill_cron": 5, "kill_server": 0.4, "postgres": 1.2, "unreachable": 2, "sandbox": 0.4,
}
ON_ONE = (
    "stamp", "twice", "windows", "reset", "cancel_invoice", "cancel_cfdi", "unlink", "post", "change", "ask_sat",
    "substitute", "undo", "named", "give_back", "own", "reissue",
)
PARTS = (0.25, 0.5, 1.0)  # of a line that is returned
# what is known of the account's token when a schedule begins
TOKENS = ("kept", "kept", "none", "revoked")


@dataclass(frozen=True)
class Event:
    """Something that is begun `at` so many seconds after the start.

    `moves` are positions in the schedule; `value` is a number of seconds, or of credits.
    """

    at: float
    kind: str
    server: str = ""
    moves: tuple = ()
    value: float = 0.0

    def __str__(self):
        moves = f" {list(self.moves)}" if self.moves else ""
        value = f" ({self.value})" if self.value else ""
        return f"{self.kind} {self.server}{moves}{value}"


@dataclass(frozen=True)
class Schedule:
    """One seeded run; the same seed draws the same one for the same service."""

    seed: int
    service: Service
    count: int
    account: dict
    sandbox: dict
    credits: int | None
    faults: tuple = ()
    events: tuple = field(default=())
    token: str = "kept"


def draw(seed, service=FACTURE_REST):
    """The schedule of a seed."""
    # for facture_rest as it was when there was no other
    dice = random.Random(seed if service is FACTURE_REST else f"{service.name} {seed}")
    count = dice.randint(3, 8)
    credits = dice.randint(0, count) if dice.random() < 0.15 else None
    account, sandbox = service.drawn(dice, credits)
    return Schedule(
        seed=seed,
        service=service,
        count=count,
        account=account,
        sandbox=sandbox,
        credits=credits,
        token=dice.choice(TOKENS) if service.needs_token else "kept",
        faults=tuple(
            _fault(dice, service, account["timeout"]) for _number in range(dice.choice((0, 1, 1, 2, 2, 3, 4)))
        ),
        events=_events(dice, service, count, credits is not None),
    )


def _fault(dice, service, timeout):
    operation = dice.choices(tuple(service.faulty), tuple(service.faulty.values()))[0]
    twists = service.twisted.get(operation, ())
    chosen = dice.choice(twists) if twists and dice.random() < service.twisting else dice.choice(service.lost)
    order = chosen if isinstance(chosen, dict) else {"fault": chosen}
    name = order["fault"]
    fault = {"operation": operation, **order, "times": dice.choice((1, 1, 1, 2, 3)), "after": dice.randint(0, 2)}
    if name == "cut":
        fault["fraction"] = dice.choice(TENTHS)
    elif name == "zip_truncated":
        fault["fraction"] = dice.choice(TENTHS[:-1])
    elif name in ("slow", "slow_before"):
        fault["seconds"] = round(timeout + dice.uniform(-0.5, 0.8), 2)
    elif name in ("error_502", "error_503"):
        fault["when"] = dice.choice(("before", "after"))
    return fault


def _events(dice, service, count, with_credits):
    kinds = {**STAMPING, **USERS, **MACHINES, **({"credits": 3} if with_credits else {}), **service.events}
    first = dice.choices(list(STAMPING), list(STAMPING.values()))[0]
    events = [_event(dice, first, count, round(dice.uniform(0, 0.2), 2))]
    for kind in dice.choices(list(kinds), list(kinds.values()), k=dice.randint(3, 10)):
        events.append(_event(dice, kind, count, round(dice.uniform(0, DURATION), 2)))
    return tuple(sorted(events, key=lambda event: event.at))


def _event(dice, kind, count, at):
    moves, value = (), 0.0
    if kind in ("selection", "later", "order"):
        moves = tuple(dice.sample(range(count), dice.randint(2, count)))
    elif kind in ON_ONE:
        moves = (dice.randrange(count),)
        value = dice.randint(1, 9) if kind == "change" else dice.choice(PARTS) if kind == "give_back" else 0.0
    elif kind in ("unreachable", "sandbox"):
        value = dice.choice((0.2, 0.5, 1.0))
    elif kind == "answer":
        moves, value = (dice.randrange(count),), dice.choice((0.0, 0.0, 1.0))
    elif kind == "credits":
        value = dice.randint(1, 5)
    where = {"kill_cron": CRONS, "kill_server": (*SERVERS, *CRONS)}.get(kind, SERVERS)
    return Event(at, kind, dice.choice(where), moves, value)
