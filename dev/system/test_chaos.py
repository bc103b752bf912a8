"""A few schedules of `make chaos`, on its own cluster: kills, crashes of PostgreSQL, and nothing is lost or doubled."""

import pytest

from dev.chaos.plant import plant
from dev.chaos.run import run
from dev.chaos.schedule import draw
from dev.chaos.services import FACTURE_API, FACTURE_REST, GLOBAL, RECEIPTS, SAT, SELLO_DIGITAL

# few that hold much; test_the_seeds_hold_what_breaks says what
SEEDS = {
    FACTURE_REST: (19, 67, 68, 134, 146, 346),
    SELLO_DIGITAL: (182, 513, 942),
    FACTURE_API: (438, 853, 1622),
    SAT: (342, 600),
    RECEIPTS: (13, 17),
    GLOBAL: (1727, 2312),
}
# payments that are undone have no receipt; a global invoice is of many tickets
FEWER = {RECEIPTS: 2, GLOBAL: 8}
each_service = pytest.mark.parametrize("service", SEEDS, ids=lambda service: service.name)


@pytest.fixture(scope="module")
def chaos(stack, tmp_path_factory):
    with plant(stack, tmp_path_factory.mktemp("chaos")) as running:
        yield running


@pytest.mark.parametrize(
    ("service", "kinds"),
    [
        (FACTURE_REST, {"kill_worker", "kill_cron", "postgres", "later", "credits"}),
        (SELLO_DIGITAL, {"kill_worker", "kill_cron", "postgres", "later", "change", "windows"}),
        (FACTURE_API, {"kill_worker", "kill_cron", "postgres", "later", "change", "windows", "revoke"}),
        (SAT, {"kill_worker", "kill_cron", "postgres", "order", "answer", "cancel_cfdi"}),
        (RECEIPTS, {"kill_worker", "kill_cron", "postgres", "later", "substitute", "cancel_cfdi"}),
        (GLOBAL, {"kill_worker", "kill_cron", "postgres", "nights", "named", "give_back", "reissue"}),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_the_seeds_hold_what_breaks(service, kinds):
    assert kinds <= {event.kind for seed in SEEDS[service] for event in draw(seed, service).events}


@each_service
def test_book_and_database_agree_after_every_schedule(chaos, service, stack):
    total, violated = run(chaos, service, SEEDS[service], stack.settings.logs / "chaos-violations")
    assert [(one.seed, [str(found) for found in one.violations]) for one in violated] == []
    assert total["schedules"] == len(SEEDS[service])
    assert total["stamps"] >= total["invoices"] // FEWER.get(service, 1), "too little was stamped"
    assert total["kills"] and total["restarts"], "nothing was killed"
    assert bool(total["looks"]) == service.looks_up, "what was lost is looked up where the service can tell"
