"""Protected fields and records, which only our own methods write or delete: each call is granted for given records and
values.

The grant is in no context and on no record: what other addons do inside the call, with whatever environment, is refused
as ever, unless it is exactly what was granted.
"""

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass(frozen=True)
class _Grant:
    """:param vals: dict of what may be written; None: the records may be deleted"""

    model: str
    ids: frozenset
    vals: dict | None = field(default=None, hash=False)


_grants = ContextVar("l10n_mx_facture_grants", default=())


@contextmanager
def _granted(records, vals=None):
    grant = _Grant(records._name, frozenset(records.ids), vals)
    token = _grants.set((*_grants.get(), grant))
    try:
        yield
    finally:
        _grants.reset(token)


def write(records, vals):
    """Write protected fields, as superuser.

    :param records: of one model, ours or one that we guard
    :param vals: dict as ``write`` takes it
    """
    if records:
        with _granted(records, vals):
            records.sudo().write(vals)


def unlink(records):
    """Delete protected records, as superuser."""
    if records:
        with _granted(records):
            records.sudo().unlink()


def may_write(records, vals):
    """For guards in ``write``.

    :param vals: the protected ones of the written values
    :return: whether :func:`write` was called with the same values for the same records
    """
    return any(
        _covers(grant, records)
        and grant.vals is not None
        and all(name in grant.vals and grant.vals[name] == value for name, value in vals.items())
        for grant in _grants.get()
    )


def may_unlink(records):
    """For guards in ``unlink``.

    :return: whether :func:`unlink` was called with these records
    """
    return any(_covers(grant, records) and grant.vals is None for grant in _grants.get())


def _covers(grant, records):
    return bool(records.ids) and records._name == grant.model and grant.ids.issuperset(records.ids)
