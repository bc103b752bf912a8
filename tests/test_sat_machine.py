import random

from .sat_case import SatCase

SEED, LIVES, LONGEST = 20261120, 14, 12
FAULTS = ("reset_before", "reset_after", "error_500_after", "html", "cut")
# Estado and EstatusCancelacion that contradict each other, or that nobody foresaw
ODD = (("Cancelado", ""), ("Cancelado", "En proceso"), ("Vigente", "Cancelado sin aceptación"), ("Suspendido", "201"))
# what service, SAT, customer and people do: how often, and with what
ACTIONS = {
    "ask": (4, (None,)),
    "request": (3, (None, None, *FAULTS)),
    "receiver": (3, ("accept", "refuse", "refuse", "expire")),
    "round": (2, (None,)),
    "state": (2, (True, False)),
    "receipt": (1, (None,)),
    "odd": (1, ODD),
    "down": (1, FAULTS),
    "lag": (1, (0, 3600)),
    "elsewhere": (1, ("cancelled", "in_process")),
}


class TestSatMachine(SatCase):
    """The real models, the sandbox's service and its SAT: whatever happens, only SAT or a person cancels a CFDI."""

    def test_only_sat_or_a_person_cancels(self):
        chance, self.reached = random.Random(SEED), set()
        weights = [often for often, _with in ACTIONS.values()]
        for life in range(LIVES):
            steps = [("request", None)]
            for name in chance.choices(list(ACTIONS), weights, k=LONGEST - 1):
                steps.append((name, chance.choice(ACTIONS[name][1])))
            with self.subTest(life=life, steps=steps):
                self.live(steps)
        # otherwise nothing was tried
        self.assertEqual(self.reached, {"by SAT", "by a person", "refused"})

    def live(self, steps):
        self.sandbox.reset()
        self.sandbox.settings(cancel_state="En proceso")
        move = self.stamped_invoice()
        self.idle()
        document = self.document(move)
        for name, value in steps:
            before = document.state
            getattr(self, f"do_{name}")(document, value)
            self.env.invalidate_all()
            self.check(document, before, name, value)

    def check(self, document, before, name, value):
        self.assertIn(document.state, ("stamped", "cancel_requested", "cancelled"))
        if before == "cancelled":
            self.assertEqual(document.state, "cancelled", "it is the end")
        elif document.state == "cancelled" and (name, value) != ("state", True):
            self.assertIn(name, ("ask", "round"))
            self.assertEqual(self.at_sat.about(document.uuid)["word"]["Estado"], "Cancelado")
            self.assertEqual(document.sat_reading, "cancelled")
            self.reached.add("by SAT")
        elif document.state == "cancelled":
            self.reached.add("by a person")
        if document.state != "cancelled":
            self.assertEqual(document.move_id.state, "posted")
        if (before, document.state) == ("cancel_requested", "stamped") and name != "state":
            self.assertEqual(document.sat_reading, "refused")
            self.reached.add("refused")

    # -- what happens ------------------------------------------------------------------------------

    def do_request(self, document, fault):
        if fault:
            self.sandbox.fail("cancel", fault)
        if document.state == "stamped":
            self.cancel(document.move_id)
        self.sandbox._call("DELETE", "faults")

    def do_receiver(self, document, answer):
        about = self.at_sat.about(document.uuid)
        waits = about["word"]["EstatusCancelacion"] == "En proceso" and "Cancelado" not in str(about["estado"])
        if waits and (answer != "expire" or about["requests"] == 1):
            self.at_sat.receiver(document.uuid, answer)

    def do_elsewhere(self, document, what):
        words = {"cancelled": ("Cancelado", "Cancelado sin aceptación"), "in_process": ("Vigente", "En proceso")}[what]
        if self.at_sat.about(document.uuid)["word"]["Estado"] != "Cancelado":
            self.at_sat.elsewhere(document.uuid, *words)

    def do_odd(self, document, words):
        self.at_sat.says(document.uuid, Estado=words[0], EstatusCancelacion=words[1])
        before = document.state
        self.press(document, "_sat_ask")
        self.assertEqual(document.state, before)
        self.at_sat.truth()

    def do_down(self, document, fault):
        self.sandbox.fail("sat_status", fault)
        self.assertIsNone(self.press(document, "_sat_ask"))

    def do_lag(self, document, seconds):
        self.sandbox.settings(sat_cancel_lag=seconds)

    def do_state(self, document, cancelled):
        if document.state == "cancel_requested":
            self.press(document, "_state_cancelled", cancelled, "Seen in SAT's portal")

    def do_ask(self, document, _value):
        self.press(document, "_sat_ask")
        if self.at_sat.about(document.uuid)["word"]["Estado"] == "Cancelado":
            self.assertEqual(document.state, "cancelled")

    def do_round(self, document, _value):
        self.due(document)
        self.gate_open()
        self.round()

    def gate_open(self):
        """What SAT failed at before is over."""
        self.env["l10n_mx_facture.sat_gate"]._get().write({"failures": 0, "hold_until": False})
        self.env.flush_all()

    def do_receipt(self, document, _value):
        before = document.state
        if before == "cancel_requested":
            self.press(document.move_id, "action_l10n_mx_facture_fetch_receipt")
            self.env.invalidate_all()
            self.assertEqual(document.state, before)
