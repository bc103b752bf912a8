"""How long each thing waits before it is tried again, by the number of failures or attempts before."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields

from odoo.addons.l10n_mx_facture.models.cancel import order, receipt
from odoo.addons.l10n_mx_facture.models.sat import gate
from odoo.addons.l10n_mx_facture.models.service import pause
from odoo.addons.l10n_mx_facture.models.stamp import lookup, lost_answers, two_steps

from ..support.common import FactureCase

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
WAITS = (
    (pause.WAIT, [15, 30, 60, 120, 240, 480, 900, 900]),
    (gate.WAIT, [60, 120, 240, 480, 960, 1920, 3600, 3600]),
    (lookup.WAIT, [minutes * MINUTE for minutes in (1, 2, 4, 8, 16, 32, 64, 128, 256, 256)]),
    (two_steps.WAIT, [minutes * MINUTE for minutes in (1, 2, 4, 8, 16, 32, 64, 64)]),
    (lost_answers.RESEND_WAIT, [minutes * MINUTE for minutes in (5, 10, 20, 40, 80, 160)]),
    (order.WAIT, [minutes * MINUTE for minutes in (5, 10, 20, 40, 80, 160, 320, 360, 360)]),
    (receipt.WAIT, [minutes * MINUTE for minutes in (2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 1440, 1440)]),
)


class TestWaits(FactureCase):
    def test_each_is_twice_as_long_as_the_one_before(self):
        for wait, waits in WAITS:
            with self.subTest(wait=wait.keywords):
                self.assertEqual([wait(number) for number in range(1, len(waits) + 1)], waits)
        self.assertEqual(two_steps.WAIT(0), MINUTE)

    def waited(self, record, name):
        """:return: seconds from now, which stands still"""
        return (record[name] - fields.Datetime.now()).total_seconds()

    def test_the_first_failure_has_the_first_wait(self):
        now = fields.Datetime.now()
        # without jitter
        still = patch.object(fields.Datetime, "now", lambda: now), patch("random.uniform", lambda low, high: high)
        with still[0], still[1]:
            seconds = []
            for _failure in range(3):
                self.account._pause("x")
                seconds.append(self.waited(self.account, "hold_until"))
            self.assertEqual(seconds, [15, 30, 60])
            way, seconds = self.env["l10n_mx_facture.sat_gate"]._get(), []
            way.write({"failures": 0, "hold_until": False})
            for _failure in range(5):
                way._pause("x")
                seconds.append(way.hold_until and self.waited(way, "hold_until"))
            self.assertEqual(seconds, [False, False, 60, 120, 240])
            move = self.create_invoice()
            move.action_l10n_mx_facture_stamp()
            document, seconds = move.l10n_mx_facture_document_id, []
            document._order_cancel("02")
            for _attempt in range(3):
                document._postpone("x")
                seconds.append(self.waited(document, "cancel_order_due"))
            self.assertEqual(seconds, [300, 600, 1200])
