import logging
import os
import unittest

from ..support.sat_case import SatCase

try:
    import hypothesis
except ImportError:  # this test alone needs it, and the module runs without
    hypothesis = None
else:
    from hypothesis.stateful import run_state_machine_as_test

    from ..support.state_machine import Life

_logger = logging.getLogger(__name__)
LIVES, LONGEST = 12, 14
# lives that are known to reach what the machine judges: name and arguments of each rule
ASKS, ASKED = ("a_person_asks_for_the_cancellation", None), ("sat_is_asked",)
LOST = (ASKS[0], "reset_after")
ANSWERS, STATES = "the_customer_answers", "a_person_states_what_became_of_it"
KNOWN = {
    "by SAT": (ASKS, ASKED, (ANSWERS, "accept"), ASKED),
    "refused": (ASKS, ASKED, (ANSWERS, "refuse"), ASKED),
    "lost and found": (LOST, ASKED, (ANSWERS, "accept"), ASKED),
    "by a person": (ASKS, (STATES, True)),
    "valid by a person": (ASKS, (STATES, False), ASKED),
    "again": (ASKS, (STATES, True), ("a_person_stamps_again",), ASKED),
}


@unittest.skipUnless(hypothesis, "Hypothesis is not installed (pip install hypothesis)")
class TestStateMachine(SatCase):
    """The real models, the sandbox's service and its SAT: whatever happens, only SAT or a person cancels a CFDI."""

    def life(self):
        """:return: the state machine, with this test's records"""
        return type("Life", (Life,), {"case": self, "reached": self.reached})

    def setUp(self):
        super().setUp()
        self.reached = set()

    def test_the_known_lives_end_as_they_should(self):
        for end, steps in KNOWN.items():
            with self.subTest(end=end):
                self.reached.clear()
                life = self.life()()
                for name, *values in steps:
                    getattr(life, name)(*values)
                    life.only_sat_or_a_person_cancels()
                life.teardown()
                self.assertIn(end, self.reached)

    def test_only_sat_or_a_person_cancels(self):
        """``SAT_LIVES=500`` tries more, and others each time."""
        wanted = os.environ.get("SAT_LIVES")
        chosen = hypothesis.settings(
            max_examples=int(wanted or LIVES),
            stateful_step_count=LONGEST,
            derandomize=not wanted,
            database=None,
            deadline=None,
            suppress_health_check=list(hypothesis.HealthCheck),
        )
        run_state_machine_as_test(self.life(), settings=chosen)
        _logger.info("SAT's lives reached %s", ", ".join(sorted(self.reached)))
