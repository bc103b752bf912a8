"""What a user is told when a call to the service doesn't succeed, in the user's language."""


def error_text(env, error, reading=False):
    """:param error: :class:`~..pac.contract.PacError`
    :param reading: whether the call only read, so that nothing can have happened
    :return: what is wrong and what to do, with the service's own words where it gave some
    """
    text = _texts(env, reading).get(error.reason, error.text)
    detail = getattr(error, "detail", "")
    if error.reason in ("rejected", "not_found") and error.code and error.code != error.reason:
        text = env._("%(text)s Code %(code)s.", text=text, code=error.code)
    return f"{text} {detail}".strip() if detail and detail not in text else text


def cancel_code_text(env, answer):
    """:param answer: :class:`~..pac.contract.Cancellation`
    :return: the meaning of its code and the service's own words
    """
    meanings = {
        "201": env._("SAT received the request to cancel."),
        "202": env._("The cancellation of this UUID had been requested before."),
        "203": env._("The UUID was not found or is not of this issuer."),
        "204": env._("This UUID can't be cancelled."),
        "205": env._("SAT doesn't know this UUID (a new one takes up to 72 hours to be known there): try later."),
        "206": env._("The UUID is not of a CFDI of the primary sector."),
    }
    meaning, detail = meanings.get(answer.code), answer.detail
    if not meaning:
        return detail if detail.startswith(answer.code) else f"{answer.code}: {detail or answer.text}"
    return f"{answer.code}: {meaning}" + (f" ({detail})" if detail else "")


def _texts(env, reading):
    """:return: dict from the stable slugs of ``PacError.reason`` to a sentence"""
    unknown = (
        env._("Nothing was changed: try again.") if reading else env._("It is not known what came of the request.")
    )
    return _texts_before(env, env._("Nothing was sent.")) | _texts_after(env, unknown)


def _texts_before(env, nothing):
    """What went wrong before a byte of the request had left."""
    return {
        "dns": env._("The address of the service can't be found: check it on the account, and the network.")
        + f" {nothing}",
        "connect_timeout": env._("The service did not take the connection in time: check the address and the network.")
        + f" {nothing}",
        "refused": env._("The service refuses the connection: check the address, or whether it is running.")
        + f" {nothing}",
        "not_connected": env._("There is no connection to the service: check the address and the network.")
        + f" {nothing}",
        "tls": env._("There is no secure connection to the service: its certificate is not accepted.") + f" {nothing}",
        "proxy": env._("The proxy of this machine did not connect to the service.") + f" {nothing}",
        "bad_address": env._(
            "The address of the service is not usable: it starts with https:// and carries no user or password. "
            "Correct it on the account."
        ),
        "bad_credentials": env._("User, password or token are missing or not usable: correct them on the account."),
        "bad_timeout": env._("The time-out is not a positive number of seconds: correct it on the account."),
        "bad_header": env._("The id of the branch can't be sent: sync the branches."),
        "bad_payload": env._("The document is not a CFDI that can be sent.") + f" {nothing}",
        "stale": env._("The process was held up before it could send: try again.") + f" {nothing}",
        "not_started": env._("There was no time left to send it: try again.") + f" {nothing}",
        "bad_uuid": env._("This is not a UUID: it has 36 characters."),
        "bad_provider": env._("The service of the account is not known to this module."),
        "credentials_refused": env._(
            "The service does not accept user and password (or token): correct them on the account. Nothing was done."
        ),
        "too_many_requests": env._("The service asks to wait: too many requests. Nothing was done."),
    }


def _texts_after(env, unknown):
    """What went wrong with the answer, or what it says."""
    return {
        "read_timeout": env._("The service did not answer in time.") + f" {unknown}",
        "deadline": env._("The answer of the service was not complete in time.") + f" {unknown}",
        "connection_lost": env._("The connection was lost before the answer was complete.") + f" {unknown}",
        "cut": env._("The answer of the service was cut short.") + f" {unknown}",
        "too_long": env._("The answer of the service is longer than what is accepted.") + f" {unknown}",
        "server_error": env._("The service had an internal error.") + f" {unknown}",
        "redirected": env._("The service pointed to another address, which is not followed.") + f" {unknown}",
        "not_understood": env._("The answer of the service can't be understood.") + f" {unknown}",
        "html": env._("The service answered with a web page instead of a document.") + f" {unknown}",
        "empty": env._("The answer of the service is empty.") + f" {unknown}",
        "stamped_before": env._(
            "The service says that it has stamped this invoice before: find its UUID there and resolve."
        ),
        "no_document": env._("The answer of the service is neither XML nor JSON, or was cut.") + f" {unknown}",
        "too_big": env._("The answer of the service has more parts than can be read.") + f" {unknown}",
        "unclear_status": env._("The service broke off.") + f" {unknown}",
        "service_unsure": env._("The service speaks of a failure of its own.") + f" {unknown}",
        "not_ours": env._("The service answered with something that does not belong to this invoice.") + f" {unknown}",
        "contradictory": env._("The service says contradictory things.") + f" {unknown}",
        "no_code": env._("The answer of the service has no cancellation code.") + f" {unknown}",
        "missing": env._("The service's report does not name it, and its XML did not come.") + f" {unknown}",
        "no_xml": env._("The service reports it as stamped, but its XML did not come.") + f" {unknown}",
        "doubled": env._("The service's answer has it more than once.") + f" {unknown}",
        "bad_entry": env._("Its XML in the service's archive can't be read.") + f" {unknown}",
        "odd_encoding": env._("The answer of the service is compressed in a way that was not asked for.")
        + f" {unknown}",
        "not_judged": env._("The answer of the service could not be examined.") + f" {unknown}",
        "process_died": env._("The process that sent it ended before an answer came.") + f" {unknown}",
        "not_stored": env._("It came back stamped, but could not be stored: its XML is in the ledger."),
        "rejected": env._("The service refused it."),
        "no_credits": env._("The service has no credits left for this account: buy some. Nothing was stamped."),
        "not_found": env._("The service doesn't have it."),
    }
