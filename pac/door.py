"""The one door of a client: whatever it returns or raises leaves without its secrets.

A service may echo a password anywhere: in a code, a holder's name, the message on one file of a bulk report. So the
contract puts every operation of a subclass behind this door, and no client has to remember it.
"""

import dataclasses
import functools

from . import arguments
from .errors import PacError
from .wire.credentials import scrub

# byte for byte
DOCUMENTS = ("xml", "pdf", "root")
# what the service is asked for later: kept where it has their form, whatever digits the secret has
IDS = ("uuid", "remote_id")


def behind_door(operation):
    """`operation`, a method of a client, with its result or its PacError scrubbed."""

    @functools.wraps(operation)
    def guarded(self, *args, **kwargs):
        try:
            return scrubbed(self._secrets(), operation(self, *args, **kwargs))
        except PacError as error:
            _scrub_error(self._secrets(), error)
            raise

    return guarded


def scrubbed(credentials, value):
    """`value` without the secrets: texts, PacErrors, what is in containers and in results, but no documents."""
    if isinstance(value, str):
        return scrub(credentials, value)
    if isinstance(value, PacError):
        _scrub_error(credentials, value)
    elif isinstance(value, dict):
        return {key: scrubbed(credentials, one) for key, one in value.items()}
    elif isinstance(value, list | tuple):
        return type(value)(scrubbed(credentials, one) for one in value)
    elif dataclasses.is_dataclass(value):
        return _scrub_result(credentials, value)
    return value


def _scrub_result(credentials, result):
    changes = {}
    for field in dataclasses.fields(result):
        value = getattr(result, field.name)
        if field.name in DOCUMENTS or (field.name in IDS and _is_id(value)):
            continue
        clean = scrub(credentials, value) if field.name == "raw" else scrubbed(credentials, value)
        if clean != value:
            changes[field.name] = clean
    return dataclasses.replace(result, **changes) if changes else result


def _is_id(value):
    return arguments.is_uuid(value or "") or (value or "").isdigit()


def _scrub_error(credentials, error):
    for name in ("code", "text", "reason", "detail", "raw"):
        setattr(error, name, scrub(credentials, getattr(error, name)))
    error.args = (error.text,)
