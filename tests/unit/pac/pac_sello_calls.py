"""Calls of the sello_digital client."""

from pac_calls import XML, call
from pac_services import as_json, invoice

NOT_STAMPED = invoice(
    "No timbrada", None, message="No se logró timbrar la factura", error="CFDI40108 - El SubTotal no suma"
)


def asked(operation, *script, args=("17", XML), **more):
    return call(operation, *script, args=args, provider="sello_digital", **more)


def wrong(kind, data, status=200, reason=None, operation="stamp_created", args=("17", XML)):
    error = asked(operation, as_json(data, status), args=args).error
    assert type(error) is kind, repr(error)
    assert reason is None or error.reason == reason, error.reason
    assert error.text.endswith(".")
    return error
