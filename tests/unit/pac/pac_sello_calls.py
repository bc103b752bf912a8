"""Calls of the sello_digital client."""

from pac_calls import XML, call
from pac_services import as_json, invoice

NOT_STAMPED = invoice(
    "No timbrada", None, message="No se logró timbrar la factura", error="CFDI40108 - El SubTotal no suma"
)


# what the service says of an invoice that it has not been asked to stamp
FRESH = invoice("No timbrada", None)


def asked(operation, *script, args=("17", XML), look=FRESH, **more):
    """Call an operation. `look`: the answer to the look before each stamp; None: it is the first of `script`."""
    if operation == "stamp_created" and look:
        script = (as_json({**look, "id": int(args[0] or 0) if str(args[0]).isdigit() else 17}), *script)
    return call(operation, *script, args=args, provider="sello_digital", **more)


def wrong(kind, data, status=200, reason=None, operation="stamp_created", args=("17", XML)):
    error = asked(operation, as_json(data, status), args=args).error
    assert type(error) is kind, repr(error)
    assert reason is None or error.reason == reason, error.reason
    assert error.text.endswith(".")
    return error
