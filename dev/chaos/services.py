"""The services of `make chaos`: what each of them can get wrong, and what must be so with each in the end."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

TENTHS = tuple(number / 10 for number in range(11))
LOST = (
    "reset_before", "reset_after", "no_answer_after", "error_500_before", "error_500_after", "error_502", "error_503",
    "html", "html_before", "empty", "cut", "slow_before", "slow", "garbage_xml",
)
LATENCIES = (0, 50, 150, 300, 500, 800)  # milliseconds of the calls that stamp
SHORT_LATENCIES = (0, 0, 50, 200)
YEAR = 365 * 86400
MARGIN = 300  # seconds before its end at which a token is renewed


@dataclass(frozen=True, eq=False)
class Service:
    """One service of the sandbox, and the account at it.

    :param provider: the addon's name of the service
    :param schedules: how many `make chaos` runs unless N says otherwise
    :param user: whose account it is at the service; the books of the services are told apart by it
    :param journal: code of the journal whose invoices go there; None: the demo's
    :param drawn: function of the dice and the credits; (switches of the account, settings of the sandbox)
    :param faulty: operations of the sandbox that fail, with how often each is drawn
    :param twisted: operation: wrong answers of its own, as names of faults or as orders
    :param twisting: how many of the faults are such answers, where there are any
    :param events: what happens here beside what happens everywhere, with how often it is drawn
    :param ledger: operation that changes something: the names that its rows have in the ledger
    :param looks_up: an unknown invoice that is stamped at the service is found there automatically
    :param proves: and one that isn't stamped is released: nothing stays unknown while the service works
    :param steps: an invoice is created before it is stamped
    :param may_change: attributes of the document that the service sets; None: it writes all of it
    :param needs_token: a token is bought
    :param at_sat: all is stamped before; what becomes of the CFDIs at SAT is what is played and compared
    :param of_payments: invoices on credit are stamped before; the receipts of their payments are what is played
    :param of_tickets: sales to the public; their global invoices, and what becomes of them, are what is played
    :param name: what PROVIDER says; as the provider's where there is one of it
    """

    provider: str
    schedules: int
    user: str
    journal: str | None
    drawn: Callable
    faulty: dict
    twisted: dict
    ledger: dict
    lost: tuple = LOST
    twisting: float = 0.4
    events: dict = field(default_factory=dict)
    looks_up: bool = False
    proves: bool = False
    steps: bool = False
    may_change: frozenset | None = frozenset()
    needs_token: bool = False
    at_sat: bool = False
    of_payments: bool = False
    of_tickets: bool = False
    name: str = ""

    def __post_init__(self):
        object.__setattr__(self, "name", self.name or self.provider)


def _rest(dice, credits):
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
        "latency": {name: dice.choice(LATENCIES) for name in ("stamp", "bulk")}
        | {name: dice.choice(SHORT_LATENCIES) for name in ("bulk_zip", "cancel", "user", "pdf")},
    }
    return account, sandbox


def _account(dice):
    return {
        "bulk_size": dice.randint(1, 5),
        "timeout": dice.choice((1, 1, 2)),
        "detects_duplicates": False,
        "exclusive": False,
    }


def _sandbox(dice, slow, quick):
    return {
        "cancel_state": dice.choice(("auto", "Cancelado", "En proceso")),
        "sat_lag": dice.choice((0, 0, 0, 1)),
        "uuid_case": dice.choice(("lower", "upper")),
        "latency": {name: dice.choice(LATENCIES) for name in slow}
        | {name: dice.choice(SHORT_LATENCIES) for name in quick},
    }


def _sello(dice, _credits):
    return _account(dice), {
        **_sandbox(dice, ("sello_create", "sello_stamp"), ("sello_read", "sello_cancel")),
        "sello_status": dice.choice(("object", "plain")),
        "sello_numbers": dice.choice(("number", "string")),
    }


def _api(dice, _credits):
    return _account(dice), {
        **_sandbox(dice, ("api_stamp",), ("api_token", "api_find", "api_fetch", "api_cancel")),
        "token_seconds": dice.choice((YEAR, YEAR, MARGIN + 1, MARGIN + 2)),
        "max_tokens": dice.choice((3, 3, 2, 1)),
        "serie_suffix": dice.random() < 0.5,
        "fetch_bom": dice.random() < 0.5,
        "find_lag": dice.choice((0, 0, 1, 3)),
    }


def _at_sat(dice, _credits):
    return _account(dice), {
        "cancel_state": dice.choice(("auto", "Cancelado", "En proceso", "En proceso", "En proceso")),
        "sat_lag": dice.choice((0, 0, 0, 1)),
        "sat_cancel_lag": dice.choice((0, 0, 1, 2)),
        "latency": {name: dice.choice(LATENCIES) for name in ("cancel", "sat_status")},
    }


def _of_others(dice, credits):
    account, sandbox = _rest(dice, credits)
    # the service takes these like any other XML; what SAT says of their cancellation comes later
    lags = {name: dice.choice((0, 0, 1)) for name in ("sat_lag", "sat_cancel_lag")}
    return account, {**sandbox, **lags, "cancel_state": dice.choice(("auto", "En proceso", "En proceso"))}


FACTURE_REST = Service(
    provider="facture_rest",
    schedules=1000,
    user="demo",
    journal=None,
    drawn=_rest,
    faulty={"stamp": 6, "bulk": 8, "bulk_zip": 4, "user": 1, "cancel": 2, "pdf": 0.5},
    twisted={
        "stamp": ("code_307_with", "code_307_without"),
        "bulk": ("report_missing_entry", "report_extra_entry", "report_reordered"),
        "bulk_zip": (
            "zip_truncated", "zip_missing_entry", "zip_foreign_entry", "zip_duplicate_entry", "zip_swapped_entries",
        ),
    },
    ledger={"stamp": ("stamp", "resend"), "bulk": ("stamp_many",), "cancel": ("cancel",)},
)
SELLO_DIGITAL = Service(
    provider="sello_digital",
    schedules=100,
    user="chaos-sello",
    journal="CHS",
    drawn=_sello,
    faulty={"sello_create": 6, "sello_stamp": 10, "sello_read": 5, "sello_cancel": 2},
    twisted={
        "sello_create": ("odd_status", "refuse", "unauthorized_401", {"fault": "fields", "drop": ["id"]}),
        "sello_stamp": (
            "pending", {"fault": "pending", "action_recommended": None}, {"fault": "pending", "action_recommended": 2},
            "pending_after", "odd_status", "other_id", "foreign_cfdi", "no_tfd", "two_tfds",
            "refuse", "no_credits", "unauthorized_401", "not_found_404",
            {"fault": "fields", "drop": ["xml"]}, {"fault": "fields", "drop": ["message"]},
        ),
        "sello_read": (
            "odd_status", "other_id", "foreign_cfdi", "no_tfd", "unauthorized_401", "not_found_404",
            {"fault": "fields", "drop": ["xml"]},
        ),
        "sello_cancel": ("wrong_code", "odd_status", "other_id", "unauthorized_401"),
    },
    lost=(*LOST, "garbage_json"),
    twisting=0.5,
    events={"change": 3},
    ledger={"sello_create": ("create",), "sello_stamp": ("stamp",), "sello_cancel": ("cancel",)},
    looks_up=True,
    proves=True,
    steps=True,
    may_change=None,
)
_ITEMS = ("item_missing", "item_doubled", "item_foreign", "item_extra", "items_reordered", "envelope_false")
FACTURE_API = Service(
    provider="facture_api",
    schedules=100,
    user="chaos-api",
    journal="CHA",
    drawn=_api,
    faulty={"api_token": 3, "api_stamp": 12, "api_find": 4, "api_fetch": 3, "api_cancel": 2, "api_branches": 0.5},
    twisted={
        "api_token": (
            "unauthorized_401", {"fault": "fields", "drop": ["refresh_token"]},
            {"fault": "fields", "drop": ["access_token"]},
        ),
        "api_stamp": (
            *_ITEMS, "items_swapped", "item_failed", "item_empty", "item_garbage", "other_uuid", "foreign_cfdi",
            "no_tfd", "refuse", "no_credits", "unauthorized_401",
        ),
        "api_find": (*_ITEMS, "unauthorized_401"),
        "api_fetch": (*_ITEMS, "item_empty", "item_garbage", "foreign_cfdi", "unauthorized_401"),
        "api_cancel": ("wrong_code", "envelope_false", "unauthorized_401"),
    },
    lost=(*LOST, "garbage_json"),
    twisting=0.5,
    events={"change": 3, "revoke": 3},
    ledger={"api_stamp": ("stamp", "stamp_many"), "api_cancel": ("cancel",)},
    looks_up=True,
    may_change=frozenset({"Fecha"}),
    needs_token=True,
)
SAT = replace(
    FACTURE_REST,
    name="sat",
    schedules=100,
    drawn=_at_sat,
    faulty={"cancel": 6, "sat_status": 6, "receipt": 1},
    twisted={"receipt": ("foreign_acuse",)},
    events={
        "cancel_cfdi": 10, "order": 6, "answer": 10, "ask_sat": 6, "later": 1, "selection": 1, "windows": 1, "stamp": 1,
        "twice": 1, "credits": 0.5, "resolve": 0.5, "pause": 0.5, "leave_queue": 0.5, "resume": 0.5,
    },
    ledger={"cancel": ("cancel",)},
    at_sat=True,
)
RECEIPTS = replace(
    FACTURE_REST,
    name="receipts",
    schedules=100,
    drawn=_of_others,
    faulty={"stamp": 8, "bulk": 6, "bulk_zip": 3, "cancel": 3, "sat_status": 1, "pdf": 0.5},
    events={
        "stamp": 8, "later": 6, "substitute": 5, "undo": 3, "answer": 5, "ask_sat": 5, "cancel_cfdi": 6,
    },
    of_payments=True,
)
GLOBAL = replace(
    FACTURE_REST,
    name="global",
    schedules=100,
    drawn=_of_others,
    faulty={"stamp": 8, "bulk": 5, "bulk_zip": 2, "cancel": 4, "sat_status": 1, "pdf": 0.5},
    events={
        "later": 4, "nights": 12, "named": 7, "give_back": 5, "own": 2, "reissue": 4, "answer": 4, "ask_sat": 4,
        "cancel_cfdi": 3,
    },
    of_tickets=True,
)
SERVICES = {
    service.name: service for service in (FACTURE_REST, SELLO_DIGITAL, FACTURE_API, SAT, RECEIPTS, GLOBAL)
}
