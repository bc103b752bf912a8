"""What a user is told when a file is no CFDI that a vendor bill can have, in the user's language."""

from ..cfdi.received import MAX_BYTES


def received_error_text(env, error):
    """:param error: :class:`~..cfdi.errors.CfdiError` of :func:`~..cfdi.received.read_received`
    :return: the end of a sentence that says that the file was not imported
    """
    types = {
        "N": env._("payroll"),
        "P": env._("receipt of a payment"),
        "T": env._("transport of goods"),
    }
    kind = error.data.get("type")
    damaged = env._("it is a CFDI that is cut off or damaged: ask the supplier to send the XML again.")
    texts = {
        "other_type": env._(
            "it is a CFDI of type %(type)s (%(meaning)s); a bill is of type I, a credit note of type E.",
            type=kind,
            meaning=types.get(kind, "-"),
        ),
        "not_cfdi": env._("it is a CFDI of another version; 3.3 and 4.0 are read."),
        "not_stamped": env._("it has no stamp (TimbreFiscalDigital): SAT doesn't know it. Ask for the stamped XML."),
        "two_stamps": env._("it has more than one stamp. Ask the supplier for the original."),
        "foreign_stamp": env._("its stamp belongs to another CFDI: it was changed. Ask the supplier for the original."),
        "too_large": env._("it is larger than %s MB.", MAX_BYTES // 2**20),
        "truncated": damaged,
        "malformed": damaged,
        "encoding": damaged,
        "dtd": env._("it carries a DTD or entities, which no CFDI has."),
    }
    return texts.get(error.code) or env._("it is no well-formed CFDI: %s", error.text)
