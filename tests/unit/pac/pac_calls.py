"""A call of the client to a scripted server: what came of it, and what the server received."""

import traceback
from dataclasses import dataclass
from pathlib import Path

import pac_samples
import pac_server
from l10n_mx_facture import pac
from l10n_mx_facture.pac import providers
from l10n_mx_facture.pac.errors import PacError
from l10n_mx_facture.pac.wire.credentials import Credentials

SECRET = 's3cr3t-Contraseña/&"9'
XML = pac_samples.cfdi()
PAC = str(Path(pac.__file__).resolve().parent)


@dataclass
class Outcome:
    """`value` is what the call returned, `error` the PacError that it raised."""

    value: object
    error: object
    server: pac_server.Server

    @property
    def request(self):
        assert len(self.server.received) == 1, "exactly one request"
        return self.server.received[0]


def credentials(url, **changes):
    """Credentials for a test: short time-outs."""
    values = {"login": "ana", "secret": SECRET, "connect_timeout": 2, "read_timeout": 2, **changes}
    return Credentials(url, **values)


def call(operation, *script, tls=False, args=None, provider="facture_rest", token_store=None, **changes):
    """Call `operation` of a client (facture_rest unless told otherwise) on a Server of `script`."""
    given = (
        args
        if args is not None
        else {
            "stamp": (XML, "17"),
            "stamp_many": ({"a.xml": XML}, "17"),
            "cancel": (pac_samples.UUID, "17", "02"),
            "account_status": (),
            "branches": (),
        }.get(operation, (pac_samples.UUID,))
    )
    with pac_server.Server(*script, tls=tls) as server:
        client = providers.client(provider, credentials(changes.pop("url", server.url), **changes), token_store)
        try:
            return Outcome(getattr(client, operation)(*given), None, server)
        except PacError as error:
            return Outcome(None, error, server)


def traceback_of(error):
    """The traceback of `error` with local variables, of the client's own frames: those of the tests hold the secret."""
    shown = traceback.TracebackException.from_exception(error, capture_locals=True)
    shown.stack[:] = [frame for frame in shown.stack if str(Path(frame.filename).resolve()).startswith(PAC)]
    return shown


def returned(operation, *script, **kwargs):
    """The value of a call that must succeed."""
    outcome = call(operation, *script, **kwargs)
    if outcome.error is not None:
        raise AssertionError(f"{operation} raised {outcome.error!r} ({outcome.error.code})")
    return outcome.value


def raised(kind, operation, *script, **kwargs):
    """The error of a call that must raise exactly `kind`."""
    outcome = call(operation, *script, **kwargs)
    assert type(outcome.error) is kind, f"got {outcome.value!r} / {outcome.error!r}"
    assert outcome.error.text == str(outcome.error)
    assert outcome.error.text.strip().endswith("."), outcome.error.text
    return outcome.error
