"""The client, the reading and the service's requests together, against the sandbox's SAT."""

import json
import os
import subprocess
import sys
import urllib.request
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pac_samples
import pytest
import zeep
from l10n_mx_facture.pac import providers
from l10n_mx_facture.pac.errors import PacError
from l10n_mx_facture.pac.sat.answer import Reading
from l10n_mx_facture.pac.sat.client import SatClient
from l10n_mx_facture.pac.wire.credentials import Credentials

TOOL = Path(__file__).resolve().parents[3] / "dev/tool.py"
BRANCH = "17694"
EKU = 'Rfc="EKU9003173C9" Nombre="ESCUELA KEMPER URGATE"'
ISSUERS = {
    "EKU9003173C9": EKU,
    "H&E951128469": 'Rfc="H&amp;E951128469" Nombre="HERRERIA &amp; ELECTRICOS"',
}
BIG = {"subtotal": "10000.00", "iva": "1600.00", "total": "11600.00"}


class Sandbox:
    """A started sandbox, its control interface, a service's client and SAT's."""

    def __init__(self, url):
        self.url = url
        self.service = providers.client("facture_rest", Credentials(url, login="demo", secret="demo"))
        self.sat = SatClient(zeep, url + "/sat/ConsultaCFDIService.svc", timeout=1)

    def control(self, path, data=None, method="POST"):
        body = json.dumps(data or {}).encode()
        request = urllib.request.Request(f"{self.url}/_sandbox/{path}", body, method=method)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    def stamp(self, folio="1", issuer="EKU9003173C9", related="", **amounts):
        now = datetime.now(ZoneInfo("America/Mexico_City")).strftime("%Y-%m-%dT%H:%M:%S")
        text = pac_samples.cfdi(folio=folio, **amounts).decode()
        text = text.replace("2026-05-05T10:00:00", now).replace("26015", "06000").replace(EKU, ISSUERS[issuer])
        text = text.replace("<cfdi:Emisor", related + "<cfdi:Emisor")
        return self.service.stamp(text.encode(), BRANCH)

    def cancel(self, stamped, motivo="02", substitute=None):
        return self.service.cancel(stamped.uuid, BRANCH, motivo, substitute).code

    def answered(self, stamped, answer):
        self.control("sat/answer", {"uuid": stamped.uuid, "answer": answer})

    def reading(self, stamped):
        return self.sat.ask(stamped.xml).reading


@pytest.fixture(scope="module")
def process(tmp_path_factory):
    command = [sys.executable, TOOL, "sandbox", "--port", "0", "--data", tmp_path_factory.mktemp("sandbox")]
    # the sandbox has an environment of its own: nothing of this one's path belongs in it
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    started = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, text=True, env=env)
    # building its environment may say something first
    url = next((line.split()[-1] for line in started.stdout if line.startswith("sandbox ready on")), None)
    yield url
    started.terminate()
    started.wait(10)
    started.stdout.close()
    assert url, "the sandbox did not start"


@pytest.fixture
def sandbox(process):
    sandbox = Sandbox(process)
    sandbox.control("reset", {"book": True})
    return sandbox


def test_a_fresh_stamp(sandbox):
    sandbox.control("settings", {"sat_lag": 60})
    stamped = sandbox.stamp()
    assert sandbox.reading(stamped) == Reading("not_yet_known")
    assert sandbox.cancel(stamped) == "205"
    sandbox.control("settings", {"sat_lag": 0})
    assert sandbox.reading(stamped) == Reading("live", cancellable="without_acceptance")


def test_cancelled_without_acceptance(sandbox):
    stamped = sandbox.stamp()
    sandbox.control("settings", {"sat_cancel_lag": 60})
    assert sandbox.cancel(stamped) == "201"
    # a 201 is no cancellation
    assert sandbox.reading(stamped).state == "live"
    sandbox.control("settings", {"sat_cancel_lag": 0})
    assert sandbox.reading(stamped) == Reading("cancelled", cancellation="without_acceptance")


@pytest.mark.parametrize(
    "answer, reading",
    [
        ("accept", Reading("cancelled", cancellation="with_acceptance")),
        ("expire", Reading("cancelled", cancellation="expired")),
        ("refuse", Reading("refused", cancellable="with_acceptance")),
    ],
)
def test_cancelled_with_acceptance(sandbox, answer, reading):
    stamped = sandbox.stamp(**BIG)
    assert sandbox.reading(stamped) == Reading("live", cancellable="with_acceptance")
    assert sandbox.cancel(stamped) == "201"
    assert sandbox.reading(stamped) == Reading("cancel_in_process", cancellable="with_acceptance")
    sandbox.answered(stamped, answer)
    assert sandbox.reading(stamped) == reading


def test_a_substitution_and_a_credit_note_in_the_way(sandbox):
    def naming(stamped, kind):
        return (
            f'<cfdi:CfdiRelacionados TipoRelacion="{kind}"><cfdi:CfdiRelacionado UUID="{stamped.uuid}"/>'
            "</cfdi:CfdiRelacionados>"
        )

    old = sandbox.stamp()
    note = sandbox.stamp("2", related=naming(old, "02"))
    new = sandbox.stamp("3", related=naming(old, "04"))
    assert sandbox.reading(old).cancellable == "not_cancellable"
    assert sandbox.cancel(old, "01", new.uuid) == "204"
    assert sandbox.cancel(note) == "201"
    assert sandbox.reading(old).cancellable == "without_acceptance"
    assert sandbox.cancel(old, "01", new.uuid) == "201"
    assert sandbox.reading(old).state == "cancelled"
    assert sandbox.reading(new).state == "live"


@pytest.mark.parametrize("taken", ["escaped", "raw"])
def test_an_ampersand_in_the_issuers_rfc_in_whichever_form_sat_takes_it(sandbox, taken):
    sandbox.control("settings", {"sat_ampersand": taken})
    stamped = sandbox.stamp(issuer="H&E951128469")
    assert sandbox.reading(stamped).state == "live"
    asked = sandbox.control("requests?operation=sat_status", method="GET")
    assert len(asked) == (1 if taken == "escaped" else 2)


def test_the_issuer_is_on_the_list_of_article_69_b(sandbox):
    stamped = sandbox.stamp()
    assert sandbox.sat.ask(stamped.xml).efos == "clean"
    sandbox.control("sat/efos", {"rfc": "EKU9003173C9", "code": "100"})
    assert sandbox.sat.ask(stamped.xml).efos == "listed"


def test_another_program_cancelled_it(sandbox):
    stamped = sandbox.stamp()
    state = {"uuid": stamped.uuid, "estado": "Cancelado", "estatus_cancelacion": "Plazo vencido"}
    sandbox.control("sat/state", state)
    assert sandbox.reading(stamped) == Reading("cancelled", cancellation="expired")


def test_a_word_that_nobody_foresaw_changes_nothing(sandbox):
    stamped = sandbox.stamp()
    for order in ({"Estado": "Cancelado"}, {"EstatusCancelacion": "Cancelado de oficio"}, {"EsCancelable": "Quizá"}):
        sandbox.control("sat/say", {"uuid": stamped.uuid, **order})
        assert sandbox.reading(stamped) == Reading("unknown")
    sandbox.control("sat/say", {"uuid": stamped.uuid, "omit": ["ValidacionEFOS"], "EsCancelable": None, "Nuevo": "x"})
    assert sandbox.reading(stamped) == Reading("live")


@pytest.mark.parametrize(
    "fault, reason",
    [
        ("slow", "sat_no_answer"),
        ("slow_before", "sat_no_answer"),
        ("reset_before", "sat_broken_answer"),
        ("reset_after", "sat_broken_answer"),
        ("no_answer_after", "sat_broken_answer"),
        ("cut", "sat_broken_answer"),
        ("huge", "sat_broken_answer"),
        ("error_500_before", "sat_fault"),
        ("refuse", "sat_fault"),
        ("error_200", "sat_fault"),
        ("error_502", "sat_failed"),
        ("not_found_404", "sat_fault"),
        ("html", "sat_not_understood"),
        ("empty", "sat_not_understood"),
        ("garbage_xml", "sat_not_understood"),
        ("garbage_json", "sat_not_understood"),
    ],
)
def test_every_fault_is_no_word(sandbox, fault, reason):
    stamped = sandbox.stamp()
    sandbox.cancel(stamped)
    sandbox.control("faults", {"operation": "sat_status", "fault": fault})
    with pytest.raises(PacError) as error:
        sandbox.sat.ask(stamped.xml)
    assert error.value.reason == reason
    assert sandbox.reading(stamped).state == "cancelled"
