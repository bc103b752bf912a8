"""No secret leaves a client, in whatever field of an answer and in whatever spelling a service echoes it."""

import base64
import dataclasses
import html
import inspect
import json
import re
from urllib.parse import quote, quote_plus

import pytest
from l10n_mx_facture.pac import door, providers, results
from l10n_mx_facture.pac.contract import Pac
from l10n_mx_facture.pac.errors import RAW_LIMIT, PacError, UnknownOutcome
from l10n_mx_facture.pac.wire.credentials import MASK, Credentials, scrub, scrubbed_start
from pac_bulk import STAMPED, bulk_call, refused, report, row
from pac_calls import SECRET
from pac_samples import UUID, archive

REST = archive({name: xml for name, xml in STAMPED.items() if name != "1.xml"})

ODD = 's3cr3t-Contraseña/&"9 <\'\\😀'
SPELLINGS = {
    "in clear": str,
    "percent": lambda text: quote(text, safe=""),
    "percent, slashes kept": quote,
    "percent, in small letters": lambda text: re.sub("%..", lambda one: one.group().lower(), quote(text, safe="")),
    "percent, with plus": quote_plus,
    "percent of all": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()),
    "JSON": lambda text: json.dumps(text)[1:-1],
    "JSON, not ASCII": lambda text: json.dumps(text, ensure_ascii=False)[1:-1].replace("/", "\\/"),
    "JSON in JSON": lambda text: json.dumps(json.dumps(text))[3:-3],
    "JSON of all": lambda text: "".join(f"\\u{ord(one):04X}" if ord(one) < 2**16 else one for one in text),
    "entities": html.escape,
    "entities of all": lambda text: "".join(f"&#{ord(one)};" for one in text),
    "hexadecimal entities": lambda text: "".join(f"&#x{ord(one):X};" for one in text),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("secret", [SECRET, ODD])
def test_a_secret_is_found_however_it_is_written(secret, spelling):
    credentials = Credentials("https://x.example", login="ana", secret=secret)
    written = SPELLINGS[spelling](secret)
    assert scrub(credentials, f"<a>{written}</a>") == f"<a>{MASK}</a>"
    assert scrub(credentials, f"<a>{written}</a>".encode()) == f"<a>{MASK}</a>".encode()


def test_bytes_of_windows():
    credentials = Credentials("https://x.example", login="ana", secret=SECRET)
    assert scrub(credentials, SECRET.encode("cp1252")) == MASK.encode()


def test_a_secret_at_the_cut_of_a_kept_answer_is_hidden():
    credentials = Credentials("https://x.example", login="ana", secret=SECRET)
    for at in range(RAW_LIMIT - 25, RAW_LIMIT):
        kept = scrubbed_start(credentials, b"x" * at + SECRET.encode() + b"y" * 100)
        assert len(kept) <= RAW_LIMIT and SECRET[:4].encode() not in kept


def test_what_is_no_secret_stays():
    credentials = Credentials("https://x.example", login="ana", secret=SECRET)
    text = "\\" * 50_000 + "&#0000000000000" * 1000 + "s3cr3t"
    assert scrub(credentials, text) == text


def test_a_password_that_is_the_login_is_shown_with_it():
    credentials = Credentials("https://x.example", login="demo", secret="demo")
    assert scrub(credentials, "demo") == "demo"
    basic = base64.b64encode(b"demo:demo").decode()
    assert scrub(credentials, f"Basic {basic}") == f"Basic {MASK}"


# -- the door ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("provider", providers.PROVIDERS)
def test_each_operation_of_each_service_is_behind_it(provider):
    service = providers.PROVIDERS[provider]
    own = [
        name
        for one in service.__mro__[: service.__mro__.index(Pac)]
        for name, method in vars(one).items()
        if inspect.isfunction(method) and hasattr(Pac, name) and not name.startswith("_")
    ]
    assert len(own) > 5
    assert all(hasattr(getattr(service, name), "__wrapped__") for name in own)


RESULTS = [one for one in vars(results).values() if inspect.isclass(one) and one.__module__ == results.__name__]


def filled(result, text):
    """A result with `text` in each field that can hold one."""
    return result(**{one.name: text.encode() if one.name == "raw" else text for one in dataclasses.fields(result)})


@pytest.mark.parametrize("result", RESULTS)
def test_each_field_of_each_result_is_scrubbed(result):
    credentials = Credentials("https://x.example", login="ana", secret=SECRET)
    clean = door.scrubbed(credentials, {"one": [filled(result, SECRET)]})["one"][0]
    for field in dataclasses.fields(result):
        if field.name not in door.DOCUMENTS:
            assert getattr(clean, field.name) in (MASK, MASK.encode()), field.name


def test_a_document_an_id_and_a_uuid_stay_whatever_digits_the_secret_has():
    digits = UUID.split("-")[0]
    credentials = Credentials("https://x.example", login="ana", secret=digits)
    stamped = results.Stamped(UUID.encode(), UUID, 200)
    assert door.scrubbed(credentials, stamped) is stamped
    created = results.Created("4711", 201)
    assert door.scrubbed(Credentials("https://x.example", login="ana", secret="4711"), created) is created


def test_each_part_of_an_error_is_scrubbed():
    class Echoing(Pac):
        def find(self, uuid, remote_id=None):
            raise UnknownOutcome(SECRET, SECRET, raw=SECRET.encode(), reason=SECRET, detail=SECRET)

        account_status = fetch_xml = fetch_pdf = cancel = None

    with pytest.raises(PacError) as caught:
        Echoing(Credentials("https://x.example", login="ana", secret=SECRET)).find(UUID)
    error = caught.value
    assert {error.code, error.text, error.reason, error.detail, str(error), error.raw.decode()} == {MASK}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_bulk_report_that_quotes_the_password(spelling):
    words = SPELLINGS[spelling](SECRET)
    written = words if "entit" in spelling else html.escape(words, quote=False)
    outcome = bulk_call(report(refused("1.xml", words=f"Clave {written}"), row("2.xml"), row("3.xml")), REST)
    entry = outcome.value.entries["1.xml"]
    assert (entry.outcome, entry.detail) == ("rejected", f"Clave {MASK}")
    shown = json.dumps(dataclasses.asdict(outcome.value), default=repr, ensure_ascii=False)
    assert words not in shown and SECRET not in shown
