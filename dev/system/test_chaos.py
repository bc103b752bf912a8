"""A few schedules of `make chaos`, on its own cluster: kills, crashes of PostgreSQL, and nothing is lost or doubled."""

import pytest

from chaos import run
from chaos_plant import plant
from chaos_schedule import draw

# few that hold much; test_the_seeds_hold_what_breaks says what
SEEDS = (19, 67, 68, 134, 146, 346)


@pytest.fixture(scope="module")
def chaos(stack, tmp_path_factory):
    with plant(stack, tmp_path_factory.mktemp("chaos")) as running:
        yield running


@pytest.mark.parametrize("kind", ["kill_worker", "kill_cron", "postgres", "later", "credits"])
def test_the_seeds_hold_what_breaks(kind):
    assert any(event.kind == kind for seed in SEEDS for event in draw(seed).events)


def test_book_and_database_agree_after_every_schedule(chaos):
    total, violated = run(chaos, SEEDS)
    assert [(one.seed, [str(found) for found in one.violations]) for one in violated] == []
    assert total["schedules"] == len(SEEDS)
    assert total["stamps"] >= total["invoices"], "nothing was shown: invoices were not stamped"
    assert total["kills"] and total["restarts"], "nothing was killed"
