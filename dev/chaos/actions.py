"""The events of a schedule of `make chaos`, done: clicks by RPC, kills, outages. Each runs in a thread of its own."""

import http.client
import threading
import time
from functools import partial

from dev.chaos.plant import wait_for
from dev.demo import rpc
from dev.demo.rpc import at_once
from dev.stack import processes
from dev.stack.console import Problem

MOVE = "account.move"
STAMP = "action_l10n_mx_facture_stamp"
DIALOG = "l10n_mx_facture_dialog"
RUN = "l10n_mx_facture.run"
# what a user sees when a server or its database dies under a click
BROKEN = (OSError, http.client.HTTPException, ValueError)
ADDRESS = "UPDATE l10n_mx_facture_account SET base_url = %s WHERE id = %s"
LINE = "SELECT id FROM account_move_line WHERE move_id = ANY(%s) AND display_type = 'product' ORDER BY id LIMIT 1"
DOCUMENTS = """
    SELECT d.*, d.move_id AS owner, m.sequence_number FROM l10n_mx_facture_document d
    JOIN account_move m ON m.id = d.move_id WHERE d.move_id = ANY(%s) ORDER BY d.id
"""


class Actions:
    """Does the events of one schedule, and keeps a log of what came of them."""

    owner_fields = ("move_id",)  # of a document, to what it may be of

    def __init__(self, plant, schedule, moves):
        self.plant, self.schedule, self.moves, self.service = plant, schedule, moves, schedule.service
        self.account = plant.account(self.service)
        self.log, self.counts = [], {"kills": 0, "restarts": 0, "revoked": 0}
        self.runs = []
        self._lock, self._one_crash, self._began = threading.Lock(), threading.Lock(), time.monotonic()

    def play(self):
        """Begin every event at its time; returns when all of them are over."""
        self._began = time.monotonic()
        threads = []
        for event in self.schedule.events:
            time.sleep(max(0.0, self._began + event.at - time.monotonic()))
            threads.append(threading.Thread(target=self._do, args=(event,), daemon=True))
            threads[-1].start()
        for thread in threads:
            thread.join()

    def note(self, text):
        """Write a line of the schedule's log."""
        with self._lock:
            self.log.append(f"{time.monotonic() - self._began:6.2f} s  {text}")

    def _do(self, event):
        try:
            outcome = getattr(self, f"_{event.kind}")(event, [self.moves[number] for number in event.moves])
        except rpc.Refused as refused:
            outcome = f"refused, {refused.kind}: {str(refused)[:160]!r}"
        except (Problem, *BROKEN) as error:
            outcome = f"broke: {error!r}"[:160]
        self.note(f"{event} -> {outcome}")

    # -- stamping -------------------------------------------------------------------------------

    def _press(self, name, button):
        """What a user sees on a server who presses it."""
        try:
            answer = button()
        except rpc.Refused as refused:
            return f"{name} refused: {str(refused)[-120:]!r}"
        except BROKEN as error:
            return f"{name} broke: {error!r}"[:120]
        if isinstance(answer, dict):
            answer = (answer.get("params") or answer).get("title") or answer.get("name")
        return f"{name}: {answer}"

    def _stamp(self, event, moves, name=None):
        return self._press_stamp(MOVE, moves, name or event.server)

    def _press_stamp(self, model, ids, name):
        context = {DIALOG: True} if len(ids) > 1 else {}
        return self._press(name, lambda: self.plant.call(name, model, STAMP, ids, **context))

    def _selection(self, event, moves):
        return self._stamp(event, moves)

    def _twice(self, event, moves):
        return self._stamp_at_once(event, moves, (event.server,) * 2)

    def _windows(self, event, moves):
        return self._stamp_at_once(event, moves, ("a", "b"))

    def _stamp_at_once(self, event, moves, names):
        return " | ".join(map(str, at_once(*(partial(self._stamp, event, moves, name) for name in names))))

    def _later(self, event, moves):
        call = partial(self.plant.call, event.server)
        dialog = call(MOVE, "action_l10n_mx_facture_stamp_later", moves)
        action = call("l10n_mx_facture.check", "action_stamp_ready", [dialog["res_id"]])
        self.runs.append(action["res_id"])
        return f"run {action['res_id']}"

    # -- users ----------------------------------------------------------------------------------

    def _on_run(self, event, method):
        if not self.runs:
            return "there is no run"
        return self.plant.call(event.server, RUN, method, [self.runs[-1]])

    def _pause(self, event, _moves):
        return self._on_run(event, "action_pause")

    def _resume(self, event, _moves):
        return self._on_run(event, "action_resume")

    def _leave_queue(self, event, _moves):
        return self._on_run(event, "action_leave_queue")

    def _reset(self, event, moves):
        return self.plant.call(event.server, MOVE, "button_draft", moves)

    def _post(self, event, moves):
        return self.plant.call(event.server, MOVE, "action_post", moves)

    def _cancel_invoice(self, event, moves):
        return self.plant.call(event.server, MOVE, "button_cancel", moves)

    def _change(self, event, moves):
        """A person corrects an invoice: another price."""
        call = partial(self.plant.call, event.server, MOVE)
        call("button_draft", moves)
        (line,) = self.plant.sql(LINE, moves)
        call("write", moves, {"invoice_line_ids": [(1, line["id"], {"price_unit": 1000 + event.value})]})
        return call("action_post", moves)

    def _unlink(self, event, moves):
        return self.plant.call(event.server, MOVE, "unlink", moves)

    def _cancel_cfdi(self, event, moves):
        answer = self.plant.call(event.server, MOVE, "l10n_mx_facture_cancel", moves, "02")
        return answer["params"].get("title")

    def _order(self, event, moves):
        """A person has many CFDIs cancelled: ordered first, then requested one by one."""
        call = partial(self.plant.call, event.server)
        dialog = call(MOVE, "action_l10n_mx_facture_cancel", moves)
        call(dialog["res_model"], "write", [dialog["res_id"]], {"reason": "02"})
        return call(dialog["res_model"], "action_cancel", [dialog["res_id"]])["params"].get("message")

    def _ask_sat(self, event, moves):
        answer = self.plant.call(event.server, MOVE, "action_l10n_mx_facture_update_sat_status", moves)
        return answer["params"].get("message")

    def _answer(self, event, moves):
        """The customer accepts or refuses a cancellation that waits at SAT."""
        for document in self._documents(moves):
            if document["uuid"] and self.plant.word(document["uuid"])["EstatusCancelacion"] == "En proceso":
                order = {"uuid": document["uuid"], "answer": "refuse" if event.value else "accept"}
                return self.plant.control("sat/answer", order)
        return "nothing waits"

    def _work(self, event, _moves):
        """A round of the scheduled actions, out of turn."""
        return work(self.plant, event.server)

    def _resolve(self, event, _moves):
        """A person looks the unknown ones up at the service, and says what is there."""
        unknown = [one for one in self._documents() if one["state"] == "unknown"]
        return ", ".join(self.settle(event.server, one) for one in unknown) or "nothing is unknown"

    def _documents(self, moves=None):
        """The CFDIs of some invoices, or of all."""
        return self.plant.sql(DOCUMENTS, self.moves if moves is None else moves)

    def _stamps(self, document):
        """What the service has of a document's number."""
        return self.plant.book(self.service, document["sequence_number"])

    def _say(self, name, document, uuid):
        """A person says of an unknown document whether it was stamped."""
        method = "l10n_mx_facture_resolve_unknown"
        self.plant.call(name, MOVE, method, [document["move_id"]], uuid, "Portal")

    def settle(self, name, document):
        """Resolve an unknown document by the service's book, unless its call may still be in process."""
        # seen twice: a call may have been on its way between two looks
        if any(self.plant.under_way() or time.sleep(0.1) for _look in range(2)):
            return "a call is under way"
        known = {one["uuid"] for one in self._documents() if one["owner"] == document["owner"]}
        stamps = [row["uuid"].upper() for row in self._stamps(document)]
        uuid = next((uuid for uuid in stamps if uuid not in known), None)
        try:
            self._say(name, document, uuid)
        except (rpc.Refused, *BROKEN) as error:
            return f"document {document['id']} not resolved: {error}"
        return f"document {document['id']} resolved: {uuid or 'not stamped'}"

    def _state_cancelled(self, event, _moves):
        """A person sees at SAT that a CFDI is cancelled, and says so."""
        for document in self._documents():
            rows = self._stamps(document)
            gone = any(row["uuid"].upper() == document["uuid"] and row["estado"] == "Cancelado" for row in rows)
            if gone and document["state"] == "cancel_requested":
                owner = {name: document[name] for name in self.owner_fields if document[name]}
                values = {**owner, "cancel_answer": "cancelled", "note": "Portal"}
                wizard = self.plant.call(event.server, "l10n_mx_facture.resolve", "create", values)
                self.plant.call(event.server, "l10n_mx_facture.resolve", "action_resolve", [wizard])
                return f"document {document['id']} is cancelled"
        return "nothing is cancelled"

    # -- machines -------------------------------------------------------------------------------

    def _kill_worker(self, event, _moves):
        killed = self.plant.kill_workers(event.server)
        self.counts["kills"] += killed
        return f"{killed} killed"

    _kill_cron = _kill_worker

    def _kill_server(self, event, _moves):
        self.plant.servers[event.server].kill()
        self.counts["kills"] += 1
        self.plant.revive()
        return "killed and started"

    def _postgres(self, _event, _moves):
        with self._one_crash:
            self.plant.cluster.crash()
        self.counts["restarts"] += 1
        return "crashed and recovered"

    def _unreachable(self, event, _moves):
        """The service's address refuses connections for a while."""
        self.plant.sql(ADDRESS, f"http://127.0.0.1:{processes.free_port()}", self.account)
        time.sleep(event.value)
        self.plant.sql(ADDRESS, self.plant.sandbox.url, self.account)
        return "reachable again"

    def _sandbox(self, event, _moves):
        """The service crashes and restarts."""
        self.plant.sandbox.kill()
        time.sleep(event.value)
        self.plant.revive()
        self.plant.control("settings", self.schedule.sandbox)
        return "killed and started"

    def _credits(self, event, _moves):
        """Somebody buys credits."""
        return self.plant.control("users", {"name": self.service.user, "credits": int(event.value)})

    def _revoke(self, _event, _moves):
        """Somebody deletes the account's tokens at the service."""
        self.counts["revoked"] += 1
        self.plant.revoke(self.service)
        return "revoked"


def work(plant, name):
    """Run both scheduled actions once on a server, as a person can; one that a cron worker has is left to it."""
    outcomes = []
    for cron in plant.crons:
        try:
            plant.call(name, "ir.cron", "method_direct_trigger", [cron])
            outcomes.append("done")
        except rpc.Refused as refused:
            outcomes.append(f"refused: {str(refused)[-60:]!r}")
    return ", ".join(outcomes)


def quiet(plant):
    """Wait until nothing is under way: no call at the service, no scheduled action in work."""
    free = "SELECT id FROM ir_cron WHERE id = ANY(%s) FOR NO KEY UPDATE SKIP LOCKED"

    def is_quiet():
        return not plant.under_way() and len(plant.sql(free, plant.crons)) == len(plant.crons)

    # seen twice: a call may have been on its way between two looks
    wait_for(lambda: is_quiet() and not time.sleep(0.15) and is_quiet(), "quiet")
