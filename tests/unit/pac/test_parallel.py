"""A service without bulk: single calls, several at once, each with its own outcome."""

import threading
import time

from l10n_mx_facture.pac import parallel
from l10n_mx_facture.pac.contract import Pac
from l10n_mx_facture.pac.errors import NotFound, NotSent, Rejected, UnknownOutcome
from l10n_mx_facture.pac.results import Stamped
from l10n_mx_facture.pac.wire.credentials import Credentials


class Service(Pac):
    """Answers by name of the file; counts how many calls are in work at once."""

    def __init__(self, answers, seconds=0.0, read_timeout=60):
        self.answers, self.seconds = answers, seconds
        self.lock, self.now, self.most = threading.Lock(), 0, 0
        super().__init__(Credentials("https://service.example", "basic", "u", "s", 1, read_timeout))

    def stamp(self, xml, branch):
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(self.seconds)
        with self.lock:
            self.now -= 1
        answer = self.answers.get(xml)
        if isinstance(answer, Exception):
            raise answer
        return Stamped(xml + branch.encode(), f"UUID-{xml.decode()}", 200)

    account_status = branches = find = fetch_xml = fetch_pdf = cancel = receipt = None


def test_each_gets_its_own_outcome_in_the_order_that_was_sent():
    answers = {
        b"b": Rejected("CFDI40108", "No.", http_status=400, raw=b"<no/>"),
        b"c": NotSent("refused", "Nobody there."),
        b"d": UnknownOutcome("read_timeout", "Silence.", raw=b"half"),
        b"e": NotFound("404", "Not here."),
    }
    files = {f"{letter}.xml": letter.encode() for letter in "abcde"}
    result = Service(answers).stamp_many(files, "17")
    assert list(result.entries) == list(files)
    outcomes = [(entry.outcome, entry.code, entry.http_status) for entry in result.entries.values()]
    assert outcomes == [
        ("stamped", None, 200),
        ("rejected", "CFDI40108", 400),
        ("not_sent", "refused", None),
        ("unknown", "read_timeout", None),
        ("rejected", "404", None),
    ]
    first = result.entries["a.xml"]
    assert (first.xml, first.uuid) == (b"a17", "UUID-a")
    assert result.entries["d.xml"].raw == b"half"


def test_calls_run_at_once_but_not_more_than_the_bound():
    service = Service({}, seconds=0.02)
    result = service.stamp_many({f"{number}.xml": b"%d" % number for number in range(40)}, "1")
    assert len(result.entries) == 40
    assert 1 < service.most <= parallel.AT_ONCE


def test_a_defect_of_ours_loses_no_other_answer():
    result = Service({b"a": ZeroDivisionError()}).stamp_many({"a.xml": b"a", "b.xml": b"b"}, "1")
    assert [entry.outcome for entry in result.entries.values()] == ["unknown", "stamped"]


def test_what_has_no_turn_in_time_is_not_sent():
    service = Service({}, seconds=0.05, read_timeout=0.04)
    result = service.stamp_many({f"{number}.xml": b"%d" % number for number in range(40)}, "1")
    outcomes = [entry.outcome for entry in result.entries.values()]
    assert outcomes.count("stamped") >= parallel.AT_ONCE
    assert outcomes.count("not_sent") >= 1
    assert {entry.reason for entry in result.entries.values() if entry.outcome == "not_sent"} == {"not_started"}


def test_nothing_to_send_is_nothing_done():
    assert Service({}).stamp_many({}, "1").entries == {}
