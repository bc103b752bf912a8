"""One schedule of `make chaos` from beginning to end: prepare, play, let it come to rest, compare, settle, compare."""

import re
import time
from dataclasses import dataclass, field
from pathlib import Path

from dev.chaos.actions import ADDRESS, BROKEN, MOVE, STAMP, Actions, quiet, work
from dev.chaos.compare import Violation, compare, contents, settled, two_steps, unsettled
from dev.chaos.ledger import tokens, unwritten
from dev.chaos.plant import CREDITS
from dev.chaos.reader import Reader
from dev.chaos.sat import as_at_sat
from dev.chaos.schedule import SERVERS, draw
from dev.chaos.services import FACTURE_REST, MARGIN
from dev.demo import rpc
from dev.stack.console import Problem

LOOKS = 4  # rounds in which what is unknown is given the time to settle by itself
LONG_AFTER = 14  # times PASSING: more than the 72 hours in which SAT may show a former answer
# a person brings an invoice back whose CFDI was cancelled
PUTS_BACK = ("reset", "post")
ROUNDS = 12  # of the scheduled actions, until nothing may be left to do
PASSING = "6 hours"  # longer than any hold or wait between two attempts
SET_UP = """
    UPDATE l10n_mx_facture_account SET base_url = %s, timeout = %s, bulk_size = %s, detects_duplicates = %s,
        exclusive = %s, failures = 0, hold_until = NULL, hold_reason = NULL,
        witness_date = NULL, witness_credits = 0, witness_request = 0
    WHERE id = %s
"""
LET_TIME_PASS = (
    f"UPDATE l10n_mx_facture_account SET hold_until = hold_until - interval '{PASSING}'",
    f"UPDATE l10n_mx_facture_document SET date_sent = date_sent - interval '{PASSING}', "
    f"date_due = date_due - interval '{PASSING}' WHERE move_id = ANY(%s)",
    f"UPDATE l10n_mx_facture_request r SET date_start = date_start - interval '{PASSING}' "
    "FROM l10n_mx_facture_document d WHERE d.id = r.document_id AND d.move_id = ANY(%s)",
)
LEFT = """
    SELECT d.id, d.state, d.run_id FROM l10n_mx_facture_document d WHERE d.move_id = ANY(%s) AND (
        state = 'sending' OR (state = 'draft' AND date_queued IS NOT NULL)
        OR EXISTS (SELECT FROM l10n_mx_facture_request r WHERE r.document_id = d.id AND r.outcome = 'pending'))
"""
SAT_LET_TIME_PASS = (
    "UPDATE l10n_mx_facture_sat_gate SET hold_until = NULL, failures = 0",
    "UPDATE l10n_mx_facture_document SET sat_next_date = now() AT TIME ZONE 'UTC' - interval '1 second', "
    f"cancel_order_due = cancel_order_due - interval '{PASSING}', cancel_date = cancel_date - interval '{PASSING}', "
    f"cancel_order_date = cancel_order_date - interval '{PASSING}' WHERE move_id = ANY(%s)",
)
SAT_LEFT = """
    SELECT id, state, run_id FROM l10n_mx_facture_document WHERE move_id = ANY(%s)
        AND (cancel_order IS NOT NULL OR sat_news IS NOT NULL)
"""
TOKEN = "DELETE FROM l10n_mx_facture_token WHERE account_id = %s"
# events in which a token that was just bought may be lost
LOSING = ("kill_worker", "kill_cron", "kill_server", "postgres", "sandbox")
RECORD = re.compile(r"(?m)^(?=\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} )")
# what may be logged when PostgreSQL is killed under Odoo
AWAY = re.compile(
    r"psycopg2\.(errors\.)?(OperationalError|InterfaceError|AdminShutdown|CannotConnectNow|DatabaseError)"
    # Odoo's own way to lose a cursor whose connection broke
    r"|Exception ignored in: <function Cursor\.__del__"
)


@dataclass
class Result:
    """What one schedule did, and what it violated."""

    service: object
    seed: int
    violations: list
    log: list
    counts: dict = field(default_factory=dict)


class Round:
    """One schedule on a plant."""

    def __init__(self, plant, seed, service=FACTURE_REST):
        self.plant, self.service, self.schedule = plant, service, draw(seed, service)
        self.moves, self.actions, self.reader = self._begin()
        self.traces = {log: log.stat().st_size for log in plant.logs}
        self.violations = []

    def _begin(self):
        """The ids of what is stamped, who works on them, and who reads what came of it."""
        moves = self.plant.invoices(self.service, self.schedule.count)
        return moves, Actions(self.plant, self.schedule, moves), Reader(self.plant, self.service, moves)

    def run(self):
        """Do all of it; a Result."""
        try:
            self._prepare()
            self.actions.play()
            self._calm()
            self._come_to_rest()
            self._compare("at rest")
            self._report("at rest", unsettled(self.service, self.reader.book(), self.reader.kept()))
            unknown = [one for one in self._documents() if one["state"] == "unknown"]
            for document in unknown:
                self._check_blocked(document)
                self.actions.note(f"at last: {self.actions.settle('a', document)}")
            self._compare("resolved")
            if self.service.at_sat:
                self._ask_sat()
            else:
                self._stamp_the_rest()
            self._compare("at the end")
        except (Problem, rpc.Refused, *BROKEN) as error:
            unknown = []
            self.violations.append(Violation(0, f"the schedule broke off: {error!r}"))
        self._check_logs()
        if self.violations:
            self.actions.log += self.reader.ledger({one.invoice for one in self.violations})
        book = self.reader.book() if self.plant.sandbox.process.poll() is None else []
        counts = {"stamps": len(book), "unknowns": len(unknown), "invoices": len(self.moves), **self.actions.counts}
        counts["looks"] = sum(one.operation == "recover" for one in self.reader.calls())
        return Result(self.service, self.schedule.seed, self.violations, self.actions.log, counts)

    # -- before ---------------------------------------------------------------------------------

    def _prepare(self):
        plant, schedule = self.plant, self.schedule
        plant.control("reset", {})
        plant.control("settings", schedule.sandbox)
        credits = CREDITS if schedule.credits is None else schedule.credits
        plant.control("users", {"name": self.service.user, "credits": credits})
        account = schedule.account
        plant.sql(
            SET_UP,
            plant.sandbox.url,
            account["timeout"],
            account["bulk_size"],
            account["detects_duplicates"],
            account["exclusive"],
            self.actions.account,
        )
        if self.service.needs_token:
            self._prepare_token()
        if account["exclusive"]:
            # verify the credits while no call is pending
            work(plant, "a")
        self._stamp_before()
        for fault in schedule.faults:
            plant.control("faults", fault)

    def _stamp_before(self):
        """Where what comes after the stamp is played, everything is stamped while nothing fails."""
        if self.service.at_sat:
            self.plant.call("a", MOVE, STAMP, self.moves)

    def _prepare_token(self):
        """Odoo has a token that holds, or none, or one that the service doesn't know any more."""
        # answers that were lost leave some at the service: it gives no more than a few
        if self.schedule.token != "kept" or self.plant.live_tokens(self.service) > 1:
            self.plant.revoke(self.service)
            self.actions.counts["revoked"] += 1
        if self.schedule.token == "none":
            self.plant.sql(TOKEN, self.actions.account)

    # -- after ----------------------------------------------------------------------------------

    def _calm(self):
        """The faults end, what was killed is there again."""
        plant = self.plant
        plant.revive()
        plant.control("faults", method="DELETE")
        lags = {name: 0 for name in ("find_lag", "sat_lag", "sat_cancel_lag") if name in self.schedule.sandbox}
        plant.control("settings", {**self.schedule.sandbox, **lags, "latency": {}})
        if self.schedule.credits is not None:
            plant.control("users", {"name": self.service.user, "credits": CREDITS})
        if self.service.needs_token and plant.live_tokens(self.service) >= self.schedule.sandbox["max_tokens"]:
            # no more are given: what the message asks for is done
            plant.revoke(self.service)
            self.actions.counts["revoked"] += 1
        plant.sql(ADDRESS, plant.sandbox.url, self.actions.account)
        quiet(plant)
        if self.actions.counts["restarts"]:
            # an answer may be on its way into a database that was away: over a new connection, in some seconds
            self._wait_for_storing()
            # Odoo keeps dead connections in its pool and answers a 500 for each of them
            for name in plant.servers:
                plant.kill_workers(name)
            plant.revive()
            quiet(plant)

    def _come_to_rest(self):
        """Time passes and the scheduled actions work, until nothing is left for them."""
        plant = self.plant
        for _round in range(ROUNDS):
            left = self._left()
            unknown = [one for one in self._documents() if one["state"] == "unknown"]
            if not left and not (unknown and _round < LOOKS):
                break
            self._let_time_pass(at_sat=self.service.at_sat)
            for run in {one["run_id"] for one in left} - {None}:
                self._insist("a", "l10n_mx_facture.run", "action_resume", [run])
            for name in SERVERS:
                self.actions.note(f"scheduled actions on {name}: {self._work(name)}")
            quiet(plant)

    def _left(self):
        """Documents with which the scheduled actions aren't done."""
        left = self._of_documents(LEFT)
        return left + self._of_documents(SAT_LEFT) if self.service.at_sat else left

    def _let_time_pass(self, at_sat):
        for statement in (*LET_TIME_PASS, *(SAT_LET_TIME_PASS if at_sat else ())):
            self._of_documents(statement)

    def _of_documents(self, statement):
        """Run a statement on the documents of the schedule."""
        return self.plant.sql(statement, *([self.moves] if "%s" in statement else []))

    def _wait_for_storing(self):
        deadline = time.monotonic() + 5
        sending = "SELECT id FROM l10n_mx_facture_document WHERE move_id = ANY(%s) AND state = 'sending'"
        while self._of_documents(sending) and time.monotonic() < deadline:
            time.sleep(0.2)

    def _work(self, name):
        try:
            return work(self.plant, name)
        except BROKEN as error:
            return f"broke: {error!r}"

    def _insist(self, name, *call, **context):
        """Call again where the connection of a server to a database that was away breaks."""
        for _attempt in range(4):
            try:
                return self.plant.call(name, *call, **context)
            except rpc.Refused as refused:
                if not AWAY.search(refused.kind or ""):
                    raise
            except BROKEN:
                time.sleep(0.3)
        return self.plant.call(name, *call, **context)

    # -- comparing ------------------------------------------------------------------------------

    def _documents(self):
        return self.plant.sql(self.reader.documents, self.reader.moves)

    def _compare(self, when):
        documents, calls, book = self.reader.kept(), self.reader.calls(), self.reader.book()
        rows = self.plant.sql("SELECT id, state FROM account_move WHERE id = ANY(%s)", self.moves)
        invoices = {row["id"]: row["state"] for row in rows}
        found = compare(invoices, book, documents, calls)
        if when == "at the end" and self.service.at_sat:
            words = {one.uuid: self.plant.word(one.uuid) for one in documents if one.uuid}
            back = [number for one in self.schedule.events if one.kind in PUTS_BACK for number in one.moves]
            found += as_at_sat(invoices, documents, words, {self.moves[number] for number in back})
            left = self._of_documents(SAT_LEFT)
            found += [Violation(0, f"document {row['id']} is left ordered or untold") for row in left]
        elif when == "at the end":
            found += settled(invoices, book, documents, calls)
            found += two_steps(documents, calls) if self.service.steps else []
            found += contents(self.service, documents)
            found += self._log_violations(calls)
        self._report(when, found)

    def _log_violations(self, calls):
        """What the sandbox's log says of ledger and tokens."""
        log = self.plant.control("requests")
        texts = unwritten(self.service, log, calls)
        if self.service.needs_token:
            # at most one token is being bought at a time: each of these costs no more than one
            causes = [event.kind for event in self.schedule.events if event.kind in LOSING]
            lasts = self.schedule.sandbox["token_seconds"] - MARGIN
            texts += tokens(log, lasts, len(causes) + self.actions.counts["revoked"])
        return [Violation(0, text) for text in texts]

    def _report(self, when, found):
        self.violations += [Violation(one.invoice, f"{when}: {one.text}") for one in found]

    def _check_blocked(self, document):
        """An unknown outcome keeps its invoice from being stamped, reset and deleted."""
        before = len(self.reader.book())
        for method in (STAMP, "button_draft", "button_cancel", "unlink"):
            try:
                self._insist("b", MOVE, method, [document["move_id"]])
            except rpc.Refused as refused:
                if refused.kind == "odoo.exceptions.UserError":
                    continue
            self._report("unknown", [Violation(document["move_id"], f"{method} isn't refused")])
        if len(self.reader.book()) != before:
            self._report("unknown", [Violation(document["move_id"], "something was stamped")])

    # -- the end --------------------------------------------------------------------------------

    def _stamp_the_rest(self):
        """What has no stamp can be stamped now, whatever was done to it."""
        states = self.plant.sql("SELECT id, state FROM account_move WHERE id = ANY(%s) ORDER BY id", self.moves)
        live = {one["move_id"] for one in self._documents() if one["state"] in ("stamped", "cancel_requested")}
        states = {row["id"]: row["state"] for row in states if row["id"] not in live}
        if cancelled := [move for move, state in states.items() if state == "cancel"]:
            self._insist("a", MOVE, "button_draft", cancelled)
        if drafts := [move for move, state in states.items() if state != "posted"]:
            self._insist("a", MOVE, "action_post", drafts)
        if rest := list(states):
            answer = self._insist("a", MOVE, STAMP, rest)
            self.actions.note(f"the rest {rest}: {answer.get('params', answer)}"[:400])
            quiet(self.plant)

    def _ask_sat(self):
        """Long after the last request, so that whatever SAT shows counts, a person asks about each CFDI."""
        for _day in range(LONG_AFTER):
            self._let_time_pass(at_sat=True)
        for document in self._documents():
            if document["uuid"]:
                self._insist("a", "l10n_mx_facture.document", "action_update_sat_status", [document["id"]])
        quiet(self.plant)

    def _check_logs(self):
        """No server has logged a trace, but of a database that was away."""
        for log in self.plant.logs:
            with log.open("rb") as lines:
                lines.seek(self.traces.get(log, 0))
                text = lines.read().decode(errors="replace")
            for record in RECORD.split(text):
                expected = self.actions.counts["restarts"] and AWAY.search(record)
                if "Traceback (most recent call last)" in record and not expected:
                    self._report(f"log {Path(log).name}", [Violation(0, f"{record[:1000]} ... {record[-1500:]}")])
