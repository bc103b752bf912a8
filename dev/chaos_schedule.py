"""A schedule of `make chaos`: who does what when, and what breaks, drawn wholly from its seed."""

import random
from dataclasses import dataclass, field

DURATION = 2.2  # seconds in which everything is begun
SERVERS = ("a", "b")  # answer HTTP
CRONS = ("c", "d")  # work on the scheduled actions
TENTHS = tuple(number / 10 for number in range(11))
# what users do, and what happens to the machines, with how often it is drawn
STAMPING = {"stamp": 5, "twice": 2, "windows": 4, "selection": 5, "later": 8}
USERS = {
    "pause": 2, "resume": 1, "leave_queue": 1, "reset": 2, "cancel_invoice": 1, "cancel_cfdi": 4, "unlink": 1,
    "post": 1, "resolve": 3, "state_cancelled": 1, "work": 3,
}
MACHINES = {
    "kill_worker": 4, "kill_cron": 5, "kill_server": 0.4, "postgres": 1.2, "unreachable": 2, "sandbox": 0.4,
}
LOST = (
    "reset_before", "reset_after", "no_answer_after", "error_500_before", "error_500_after", "error_502", "error_503",
    "html", "html_before", "empty", "cut", "slow_before", "slow", "garbage_xml",
)
TWISTED = {
    "stamp": ("code_307_with", "code_307_without"),
    "bulk": ("report_missing_entry", "report_extra_entry", "report_reordered"),
    "bulk_zip": (
        "zip_truncated", "zip_missing_entry", "zip_foreign_entry", "zip_duplicate_entry", "zip_swapped_entries",
    ),
}


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
    """One seeded run; the same seed draws the same one."""

    seed: int
    count: int
    account: dict
    sandbox: dict
    credits: int | None
    faults: tuple = ()
    events: tuple = field(default=())


def draw(seed):
    """The schedule of a seed."""
    dice = random.Random(seed)
    count = dice.randint(3, 8)
    credits = dice.randint(0, count) if dice.random() < 0.15 else None
    duplicates = dice.random() < 0.35
    timeout = dice.choice((1, 1, 2))
    account = {
        "bulk_size": dice.randint(1, 5),
        "timeout": timeout,
        "detects_duplicates": duplicates,
        # buying credits while one is unknown is what the switch's help forbids
        "exclusive": credits is None and dice.random() < 0.4,
    }
    sandbox = {
        "detect_duplicates": duplicates or dice.random() < 0.2,
        "duplicate_answer": dice.choice(("base64", "base64", "embedded", "none")),
        "cancel_state": dice.choice(("auto", "Cancelado", "En proceso")),
        "latency": {name: dice.choice((0, 50, 150, 300, 500, 800)) for name in ("stamp", "bulk")}
        | {name: dice.choice((0, 0, 50, 200)) for name in ("bulk_zip", "cancel", "user", "pdf")},
    }
    return Schedule(
        seed=seed,
        count=count,
        account=account,
        sandbox=sandbox,
        credits=credits,
        faults=tuple(_fault(dice, timeout) for _number in range(dice.choice((0, 1, 1, 2, 2, 3, 4)))),
        events=_events(dice, count, credits is not None),
    )


def _fault(dice, timeout):
    operation = dice.choices(("stamp", "bulk", "bulk_zip", "user", "cancel", "pdf"), (6, 8, 4, 1, 2, 0.5))[0]
    twists = TWISTED.get(operation, ())
    name = dice.choice(twists) if twists and dice.random() < 0.4 else dice.choice(LOST)
    fault = {"operation": operation, "fault": name, "times": dice.choice((1, 1, 1, 2, 3)), "after": dice.randint(0, 2)}
    if name == "cut":
        fault["fraction"] = dice.choice(TENTHS)
    elif name == "zip_truncated":
        fault["fraction"] = dice.choice(TENTHS[:-1])
    elif name in ("slow", "slow_before"):
        fault["seconds"] = round(timeout + dice.uniform(-0.5, 0.8), 2)
    elif name in ("error_502", "error_503"):
        fault["when"] = dice.choice(("before", "after"))
    return fault


def _events(dice, count, with_credits):
    kinds = {**STAMPING, **USERS, **MACHINES, **({"credits": 3} if with_credits else {})}
    first = dice.choices(list(STAMPING), list(STAMPING.values()))[0]
    events = [_event(dice, first, count, round(dice.uniform(0, 0.2), 2))]
    for kind in dice.choices(list(kinds), list(kinds.values()), k=dice.randint(3, 10)):
        events.append(_event(dice, kind, count, round(dice.uniform(0, DURATION), 2)))
    return tuple(sorted(events, key=lambda event: event.at))


def _event(dice, kind, count, at):
    moves, value = (), 0.0
    if kind in ("selection", "later"):
        moves = tuple(dice.sample(range(count), dice.randint(2, count)))
    elif kind in ("stamp", "twice", "windows", "reset", "cancel_invoice", "cancel_cfdi", "unlink", "post"):
        moves = (dice.randrange(count),)
    elif kind in ("unreachable", "sandbox"):
        value = dice.choice((0.2, 0.5, 1.0))
    elif kind == "credits":
        value = dice.randint(1, 5)
    where = {"kill_cron": CRONS, "kill_server": (*SERVERS, *CRONS)}.get(kind, SERVERS)
    return Event(at, kind, dice.choice(where), moves, value)
