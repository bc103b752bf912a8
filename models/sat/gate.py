import logging
import time
from contextlib import contextmanager
from datetime import timedelta
from functools import partial

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.tools import SQL, zeep

from ...pac.errors import NotSent
from ...pac.sat import client as sat_client
from ...pac.wire.backoff import backoff
from ..common.errors import sat_error_text
from ..common.transactions import alone, can_commit

_logger = logging.getLogger(__name__)

URL_PARAMETER = "l10n_mx_facture.sat_status_url"
# seconds between two questions of one database: SAT asks for one a second at most, and the way there varies
GAP = 1.1
# seconds: how long a question of a person, and one of the scheduled action, waits for its turn
PATIENCE, LONG_PATIENCE = 15, 60
# a turn that lies further ahead than this comes from a clock that was set back
LOST_CLOCK = 3600
TRIES = 50
# failures in a row from which on nobody asks for a while: fewer may be of single CFDIs, or of a moment
PATIENT_FAILURES = 3
# seconds: the wait after failures of SAT's service, the first of which is the one at which nobody asks any more
WAIT = partial(backoff, first=60, ceiling=3600)


class L10nMxFactureSatGate(models.Model):
    """The way to SAT of this database, one row: whose turn it is, and whether SAT's service works.

    Whoever asks reserves a turn in a transaction of its own and waits for it without a lock, so that any number of
    workers on any number of hosts ask once a second at most together.
    """

    _name = "l10n_mx_facture.sat_gate"
    _inherit = ["l10n_mx_facture.access"]
    _description = "Queries to SAT: Turn and Pause"
    _log_access = False

    next_call = fields.Float("Next free turn", digits=(16, 6), help="Seconds since 1970, by the database's clock.")
    failures = fields.Integer("Failures in a row")
    hold_until = fields.Datetime("Not asked until")
    hold_reason = fields.Text("Why it is not asked")

    def init(self):
        self.env.cr.execute(
            SQL(
                "INSERT INTO %s (id, next_call, failures) VALUES (1, 0, 0) ON CONFLICT (id) DO NOTHING",
                SQL.identifier(self._table),
            )
        )

    @api.model
    def _get(self):
        """:return: the one row"""
        return self.sudo().browse(1)

    @api.model
    def _url(self):
        """:return: address of SAT's status service"""
        return self.env["ir.config_parameter"].sudo().get_param(URL_PARAMETER) or sat_client.URL

    @api.model
    def _is_real(self):
        """:return: whether SAT's own service is asked, which knows no CFDIs of test"""
        return self._url() == sat_client.URL

    @api.model
    def _client(self, patience=PATIENCE):
        """:param patience: seconds that a question may wait for its turn
        :return: :class:`~..pac.sat.client.SatClient`; it uses no cursor of this environment afterwards
        :raise NotSent: the address can't be used
        """
        return sat_client.SatClient(zeep, self._url(), throttle=Turn(self.env, patience))

    # -- a service that fails ------------------------------------------------------------------

    def _is_held(self):
        """:return: whether SAT is left in peace for a while"""
        self.ensure_one()
        return bool(self.failures and self.hold_until and self.hold_until > fields.Datetime.now())

    def _note_failure(self, error):
        """:param error: :class:`~..pac.errors.PacError`; one about a single CFDI holds back nothing"""
        if error.reason not in ("sat_bad_xml", "sat_busy", "sat_not_asked"):
            alone(partial(self._hold, sat_error_text(self.env, error)), self.env, "Holding the questions to SAT")

    def _hold(self, text):
        # another worker may have failed meanwhile
        self.invalidate_recordset()
        failures = self.failures + 1
        if failures < PATIENT_FAILURES:
            self.write({"failures": failures, "hold_until": False, "hold_reason": text})
            return
        wait = WAIT(failures - PATIENT_FAILURES + 1)
        if failures == PATIENT_FAILURES:
            for account in self.env["l10n_mx_facture.account"].sudo().search([("branch_ids", "!=", False)]):
                account.message_post(body=self.env._("Queries to SAT are paused: %s", text))
        self.write(
            {
                "failures": failures,
                "hold_until": fields.Datetime.now() + timedelta(seconds=wait),
                "hold_reason": text,
            }
        )

    def _note_success(self):
        """SAT answers: nothing holds the questions back any more."""
        if self.failures:
            released = {"failures": 0, "hold_until": False, "hold_reason": False}
            alone(partial(self.write, released), self.env, "Releasing the questions to SAT")


class Turn:
    """Waits for its turn to ask; made where the cursor may be used."""

    def __init__(self, env, patience):
        self._registry, self._patience = env.registry, patience
        # the row of a test is seen by nobody else
        self._shared_cr = None if can_commit(env) else env.cr

    def __call__(self):
        wait = self._reserve()
        if wait is None:
            raise NotSent("sat_busy", "Too many questions wait for their turn at SAT; try again.")
        time.sleep(max(wait, 0))

    def _reserve(self):
        """:return: seconds until the turn that is ours now; None where the next free one is too far away"""
        for _try in range(TRIES):
            try:
                with self._cursor() as cr:
                    return self._take(cr)
            except SerializationFailure:
                # somebody took a turn at the same time: the next one is seen in a new transaction
                continue
        return None

    def _take(self, cr):
        cr.execute(
            SQL(
                """
                UPDATE l10n_mx_facture_sat_gate AS gate
                   SET next_call = turn.at + %(gap)s
                  FROM (SELECT clock.now, CASE WHEN next_call BETWEEN clock.now AND clock.now + %(lost)s
                                               THEN next_call ELSE clock.now END AS at
                          FROM l10n_mx_facture_sat_gate,
                               (SELECT extract(epoch FROM clock_timestamp())::float8 AS now) AS clock
                         WHERE id = 1) AS turn
                 WHERE gate.id = 1 AND turn.at <= turn.now + %(patience)s
             RETURNING turn.at - turn.now
                """,
                gap=GAP,
                lost=LOST_CLOCK,
                patience=self._patience,
            ),
            log_exceptions=False,
        )
        row = cr.fetchone()
        return float(row[0]) if row else None

    @contextmanager
    def _cursor(self):
        if self._shared_cr:
            yield self._shared_cr
            return
        with self._registry.cursor() as cr:
            yield cr
