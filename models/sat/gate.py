import logging
import time
from datetime import timedelta
from functools import partial

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.tools import SQL, zeep

from ...pac.errors import NotSent
from ...pac.sat import client as sat_client
from ...pac.wire.backoff import backoff
from ..common.errors import sat_error_text
from ..common.transactions import commit_or_log, own_cursors

_logger = logging.getLogger(__name__)

URL_PARAMETER = "l10n_mx_facture.sat_status_url"
# seconds between two queries of this database: SAT allows one a second, and network delays vary
GAP = 1.1
# seconds that a query of a user, and of the scheduled action, waits for its turn
MAX_WAIT, LONG_MAX_WAIT = 15, 60
# seconds between two looks of the scheduled action for a turn that is free
LOOK_AGAIN = GAP / 4
# seconds; a turn further ahead than this was stored before the clock was set back
MAX_TURN_AHEAD = 3600
TRIES = 50
# failures in a row before queries pause: fewer may be about single CFDIs, or short
FAILURES_BEFORE_PAUSE = 3
# seconds to wait after failures of SAT's service, counted from the failure that begins the pause
WAIT = partial(backoff, first=60, ceiling=3600)


class L10nMxFactureSatGate(models.Model):
    """Pace and pause of this database's queries to SAT, in one row.

    Each query reserves a turn in a transaction of its own and waits for it without a lock, so that all workers on all
    hosts together ask at most once a second.
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
        """:return: URL of SAT's status service"""
        return self.env["ir.config_parameter"].sudo().get_param(URL_PARAMETER) or sat_client.URL

    @api.model
    def _is_production(self):
        """:return: whether SAT's own service is used, which has no test CFDIs"""
        return self._url() == sat_client.URL

    @api.model
    def _client(self, max_wait=MAX_WAIT):
        """:param max_wait: seconds that a query may wait for its turn
        :return: :class:`~..pac.sat.client.SatClient`; it doesn't use this environment's cursor
        :raise NotSent: the address can't be used
        """
        return sat_client.SatClient(zeep, self._url(), throttle=Turn(self.env, max_wait))

    # -- a service that fails ------------------------------------------------------------------

    def _is_paused(self):
        """:return: whether queries to SAT are paused"""
        self.ensure_one()
        return bool(self.failures and self.hold_until and self.hold_until > fields.Datetime.now())

    def _record_failure(self, error):
        """:param error: :class:`~..pac.errors.PacError`; an error about a single CFDI doesn't pause queries"""
        if error.reason not in ("sat_bad_xml", "sat_busy", "sat_not_asked"):
            commit_or_log(partial(self._pause, sat_error_text(self.env, error)), self.env, "Pausing the queries to SAT")

    def _pause(self, text):
        # another worker may have recorded a failure meanwhile
        self.invalidate_recordset()
        failures = self.failures + 1
        if failures < FAILURES_BEFORE_PAUSE:
            self.write({"failures": failures, "hold_until": False, "hold_reason": text})
            return
        wait = WAIT(failures - FAILURES_BEFORE_PAUSE + 1)
        if failures == FAILURES_BEFORE_PAUSE:
            for account in self.env["l10n_mx_facture.account"].sudo().search([("branch_ids", "!=", False)]):
                account.message_post(body=self.env._("Queries to SAT are paused: %s", text))
        self.write(
            {
                "failures": failures,
                "hold_until": fields.Datetime.now() + timedelta(seconds=wait),
                "hold_reason": text,
            }
        )

    def _record_success(self):
        """SAT answers: end the pause."""
        if self.failures:
            released = {"failures": 0, "hold_until": False, "hold_reason": False}
            commit_or_log(partial(self.write, released), self.env, "Releasing the questions to SAT")


class Turn:
    """Waits for the turn of a query. Create it in the thread that owns the cursor.

    A user's query reserves the next free turn. One of the scheduled action (LONG_MAX_WAIT) reserves none ahead: it
    takes one that is free now, so that users come first.
    """

    def __init__(self, env, max_wait):
        self._cursor, self._max_wait = own_cursors(env), max_wait

    def __call__(self):
        ahead = self._max_wait if self._max_wait < LONG_MAX_WAIT else 0
        until = time.monotonic() + self._max_wait - ahead
        while (wait := self._reserve(ahead)) is None:
            if time.monotonic() > until:
                raise NotSent("sat_busy", "Too many questions wait for their turn at SAT; try again.")
            time.sleep(LOOK_AGAIN)
        time.sleep(max(wait, 0))

    def _reserve(self, ahead):
        """:param ahead: seconds from now until the last turn that may be reserved
        :return: seconds until the reserved turn; None if the next free one is too far away
        """
        for _try in range(TRIES):
            try:
                with self._cursor() as cr:
                    return self._take_turn(cr, ahead)
            except SerializationFailure:
                # another process took a turn at the same time; a new transaction sees the next one
                continue
        return None

    def _take_turn(self, cr, ahead):
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
                 WHERE gate.id = 1 AND turn.at <= turn.now + %(max_wait)s
             RETURNING turn.at - turn.now
                """,
                gap=GAP,
                lost=MAX_TURN_AHEAD,
                max_wait=ahead,
            ),
            log_exceptions=False,
        )
        row = cr.fetchone()
        return float(row[0]) if row else None
