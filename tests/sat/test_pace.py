import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.tests import TransactionCase, tagged

from odoo.addons.l10n_mx_facture.models.sat import gate
from odoo.addons.l10n_mx_facture.models.sat.gate import (
    GAP,
    LONG_MAX_WAIT,
    LOOK_AGAIN,
    MAX_TURN_AHEAD,
    MAX_WAIT,
    URL_PARAMETER,
    Turn,
)
from odoo.addons.l10n_mx_facture.pac.errors import NotSent

from ..support.sandbox import Sandbox
from ..support.sat_case import PATH

WORKERS, EACH = 2, 3
# as much of a stamped CFDI as a question is made of; nobody has stamped it
STAMPED_XML = b"""<cfdi:Comprobante xmlns:cfdi="http://www.sat.gob.mx/cfd/4" Version="4.0" Total="116.00"
 Sello="U0VMTE8="><cfdi:Emisor Rfc="EKU9003173C9"/><cfdi:Receptor Rfc="URE180429TM6"/><cfdi:Complemento>
<tfd:TimbreFiscalDigital xmlns:tfd="http://www.sat.gob.mx/TimbreFiscalDigital" Version="1.1" SelloCFD="U0VMTE8="
 UUID="5A2D6AFF-2DD7-43D1-83D3-14C1ACA396D9"/></cfdi:Complemento></cfdi:Comprobante>"""


@tagged("post_install_l10n", "post_install", "-at_install")
class TestSatPace(TransactionCase):
    """Real transactions on connections of their own, as workers have them: together they ask once a second at most."""

    def setUp(self):
        super().setUp()
        self.sandbox = Sandbox()
        self.sandbox.reset()
        self.next_call(0)
        # it is committed: who comes after this class would wait
        self.addCleanup(self.next_call, 0)

    @contextmanager
    def work(self):
        """A transaction of its own, committed at its end."""
        with self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})

    def next_call(self, value):
        with self.work() as env:
            env.cr.execute("UPDATE l10n_mx_facture_sat_gate SET next_call = %s", (value,))

    def test_two_workers_ask_once_a_second_together(self):
        with self.work() as env:
            before = env["ir.config_parameter"].get_param(URL_PARAMETER)
            env["ir.config_parameter"].set_param(URL_PARAMETER, self.sandbox.url + PATH)
        self.addCleanup(self.forget, before)

        with self.work() as env:
            clients = [env["l10n_mx_facture.sat_gate"]._client() for _worker in range(WORKERS)]

        def ask(client):
            return [client.ask(STAMPED_XML).reading.state for _number in range(EACH)]

        with ThreadPoolExecutor(WORKERS) as pool:
            readings = list(pool.map(ask, clients))
        self.assertEqual(readings, [["not_yet_known"] * EACH] * WORKERS)
        times = sorted(datetime.fromisoformat(call["time"]) for call in self.sandbox.requests("sat_status"))
        self.assertEqual(len(times), WORKERS * EACH)
        gaps = [(later - earlier).total_seconds() for earlier, later in zip(times, times[1:], strict=False)]
        # what lies between the turn and the wire varies on a busy machine; the rate doesn't
        self.assertGreater(min(gaps), GAP / 2, gaps)
        self.assertGreaterEqual((times[-1] - times[0]).total_seconds(), len(gaps))

    def forget(self, value):
        with self.work() as env:
            env["ir.config_parameter"].set_param(URL_PARAMETER, value)

    def test_who_would_wait_too_long_is_told_and_takes_no_turn(self):
        with self.work() as env:
            turn = Turn(env, 5)
        self.next_call(time.time() + 60)
        with self.assertRaises(NotSent) as caught:
            turn()
        self.assertEqual(caught.exception.reason, "sat_busy")
        with self.work() as env:
            self.assertLess(env["l10n_mx_facture.sat_gate"]._get().next_call, time.time() + 61)

    def test_a_clock_that_was_set_back_stops_nobody(self):
        with self.work() as env:
            turn = Turn(env, 5)
        self.next_call(time.time() + 2 * MAX_TURN_AHEAD)
        self.assertLess(turn._reserve(5), 1)

    def test_a_user_comes_before_the_round(self):
        with self.work() as env:
            user, scheduled = Turn(env, MAX_WAIT), Turn(env, LONG_MAX_WAIT)
        self.next_call(time.time() + 3)
        looks = []

        def free(seconds):
            looks.append(seconds)
            self.next_call(0)

        with patch.object(gate.time, "sleep", free):
            scheduled()
        self.assertEqual(looks[0], LOOK_AGAIN, "it waited for a turn that is free, and took none ahead")
        self.next_call(time.time() + 3)
        self.assertAlmostEqual(user._reserve(MAX_WAIT), 3, delta=0.5)
