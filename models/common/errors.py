"""Error messages for calls to the service and to SAT, in the user's language."""




def error_text(env, error, reading=False, before_stamp=False):
    """:param error: :class:`~..pac.errors.PacError`
    :param reading: whether the call only read, so nothing can have changed
    :param before_stamp: whether this was the first of two steps, before which nothing is stamped
    :return: what is wrong and what to do, with the service's own message if it gave one
    """
    text = _texts(env, reading, before_stamp).get(error.reason, error.text)
    detail = getattr(error, "detail", "")
    if error.reason in ("rejected", "not_found") and error.code and error.code != error.reason:
        text = env._("%(text)s Code %(code)s.", text=text, code=error.code)
    return f"{text} {detail}".strip() if detail and detail not in text else text


def cancel_code_text(env, answer):
    """:param answer: :class:`~..pac.results.Cancellation`
    :return: the meaning of its code and the service's own message
    """
    meaning, detail = cancel_meaning(env, answer.code), answer.detail
    if meaning and not answer.code.isdigit():
        return f"{meaning} ({detail})" if detail else meaning
    if not meaning:
        return detail if detail.startswith(answer.code) else f"{answer.code}: {detail or answer.text}"
    return f"{answer.code}: {meaning}" + (f" ({detail})" if detail else "")


def cancel_meaning(env, code):
    """:param code: of a request to cancel: SAT's, one that the services share, or a slug of a client
    :return: a sentence, and what to do where it is a refusal; None: it is not known
    """
    return (_sat_cancel_codes(env) | _shared_cancel_codes(env) | _own_cancel_codes(env)).get(code)


def _sat_cancel_codes(env):
    """:return: dict from SAT's EstatusUUID to its meaning"""
    return {
        "201": env._("SAT received the request to cancel."),
        "202": env._("The cancellation of this UUID had been requested before."),
        "203": env._(
            "The UUID was not found or is not of this issuer. Check that the account and the branch are those of the "
            "company that issued it."
        ),
        "204": env._(
            "This UUID can't be cancelled, as valid CFDIs name it. Cancel those first: credit notes, receipts of "
            "payment, advances that were applied."
        ),
        "205": env._("SAT doesn't have this UUID yet (a new one takes up to 72 hours): try later."),
        "206": env._("The UUID is not of a CFDI of the primary sector. Ask the service how this one is cancelled."),
    }


def _shared_cancel_codes(env):
    """Beyond SAT's, the services' numbers differ in detail; they agree on what is to be looked at.

    :return: dict from the code to a sentence
    """
    reason = env._(
        "The reason or the substitute was not accepted. Only reason 01 takes a substitute, which names this CFDI with "
        "relation 04: correct it and request the cancellation again."
    )
    certificate = env._(
        "The certificate (CSD) that the service has of you can't sign the request: it has expired, was revoked, or is "
        "another company's. Load a valid one at the service."
    )
    late = env._("The time in which it could be cancelled is over. Make a credit note instead, or ask SAT.")
    return {
        **dict.fromkeys(("207", "209", "212", "311", "312"), reason),
        **dict.fromkeys(("302", "303", "304", "305", "309", "310", "711"), certificate),
        **dict.fromkeys(("210", "211"), late),
        "208": env._("The substitute was not accepted, or it is too late to cancel. Look at the service's own words."),
        "300": env._("The service did not accept its user or password. Correct them on the account."),
        "301": env._("The service could not read the request. Try again; if it is refused again, ask the service."),
        "708": env._("The service can't reach SAT: request the cancellation again later."),
        "798": env._("SAT has a request to cancel it already: wait 72 hours before another one."),
        "799": env._("SAT takes no more requests for this UUID, after five. Ask the customer to answer, or ask SAT."),
    }


def _own_cancel_codes(env):
    """:return: dict from the codes of services without numeric codes to their meanings"""
    return {
        "requested": env._("The request to cancel was received."),
        "needs_acceptance": env._("The receiver must consent to the cancellation."),
        "in_process": env._("The receiver must consent to the cancellation."),
        "cancelled": env._("The service shows it as cancelled."),
        "cancelled_before": env._("The service has it as cancelled already."),
        "not_cancellable": env._("This CFDI can't be cancelled yet: cancel the CFDIs related to it first."),
        "not_at_sat": env._("SAT doesn't have this UUID yet (a new one takes up to 72 hours): try later."),
        "refused": env._("The service refused the cancellation."),
    }


def _texts(env, reading, before_stamp):
    """:return: dict from the stable slugs of ``PacError.reason`` to a sentence"""
    unknown = env._("It is not known whether the request succeeded.")
    if reading:
        unknown = env._("Nothing was changed: try again.")
    elif before_stamp:
        unknown = env._("Nothing was stamped: try again.")
    return (
        _followed(_texts_before(env), env._("Nothing was sent."))
        | _followed(_texts_after(env), unknown)
        | _texts_to_correct(env)
        | _texts_answered(env)
    )


def _followed(texts, what_follows):
    return {slug: f"{text} {what_follows}" for slug, text in texts.items()}


def _texts_before(env):
    """Errors before anything was sent."""
    return {
        "dns": env._("The address of the service can't be found: check it on the account, and the network."),
        "connect_timeout": env._("The service did not take the connection in time: check the address and the network."),
        "refused": env._("The service refuses the connection: check the address, or whether it is running."),
        "not_connected": env._("There is no connection to the service: check the address and the network."),
        "tls": env._("There is no secure connection to the service: its certificate is not accepted."),
        "proxy": env._("The proxy of this machine did not connect to the service."),
        "bad_payload": env._("The document is not a CFDI that can be sent."),
        "stale": env._("The process was delayed before it could send: try again."),
        "not_started": env._("There was no time left to send it: try again."),
        "bad_name": env._("The document has a name that can't be sent."),
        "too_many_documents": env._("These are more documents than the service takes in one call."),
        "no_token": env._("The service gave no token, so nothing could be requested."),
        "no_remote_id": env._("It is not known under which id the service has it."),
        "not_supported": env._("This service has no such function."),
        "former_unknown": env._("The earlier attempt can't be looked up at the service."),
    }


def _texts_after(env):
    """Errors in the answer, or reported by it, that leave open what became of the request."""
    return {
        "read_timeout": env._("The service did not answer in time."),
        "deadline": env._("The answer of the service was not complete in time."),
        "connection_lost": env._("The connection was lost before the answer was complete."),
        "cut": env._("The answer of the service was cut short."),
        "too_long": env._("The answer of the service is longer than what is accepted."),
        "server_error": env._("The service had an internal error."),
        "redirected": env._("The service redirected to another address, which is not allowed."),
        "not_understood": env._("The answer of the service can't be understood."),
        "html": env._("The service answered with a web page instead of a document."),
        "empty": env._("The answer of the service is empty."),
        "no_document": env._("The answer of the service is neither XML nor JSON, or was cut."),
        "too_big": env._("The answer of the service has more parts than can be read."),
        "unclear_status": env._("The service closed the connection."),
        "service_unsure": env._("The service reports an internal failure."),
        "not_ours": env._("The service answered with something that does not belong to it."),
        "contradictory": env._("The service's answer contradicts itself."),
        "no_code": env._("The answer of the service has no cancellation code."),
        "missing": env._("The service's report does not name it, and its XML did not come."),
        "no_xml": env._("The service reports it as stamped, but its XML did not come."),
        "doubled": env._("The service's answer has it more than once."),
        "bad_entry": env._("Its XML in the service's archive can't be read."),
        "odd_encoding": env._("The answer of the service is compressed in a way that was not asked for."),
        "not_judged": env._("The answer of the service could not be examined."),
        "process_died": env._("The process that sent it ended before an answer came."),
        "pending": env._("The service has not finished with it."),
        "cancelled": env._("The service has it as cancelled."),
        "incomplete": env._("The service's list could not be read completely."),
    }


def _texts_to_correct(env):
    """Errors before anything was sent whose sentence says what to do."""
    return {
        "bad_address": env._(
            "The address of the service is not usable: it starts with https:// and carries no user or password. "
            "Correct it on the account."
        ),
        "bad_credentials": env._("User, password or token are missing or not usable: correct them on the account."),
        "bad_timeout": env._("The time-out is not a positive number of seconds: correct it on the account."),
        "bad_header": env._("The id of the branch can't be sent: sync the branches."),
        "bad_uuid": env._("This is not a UUID: it has 36 characters."),
        "bad_motivo": env._("SAT's reason for a cancellation is 01, 02, 03 or 04; only 01 takes a substitute."),
        "bad_branch": env._("The id of the branch is not one of this service: choose another branch, or sync them."),
        "nothing_to_send": env._("There is nothing to send."),
        "not_saved": env._("The account is not saved yet, so that its token could not be kept: save it first."),
        "missing_ids": env._("The service's ids are missing: fill in these rows of the table on the account:"),
        "not_expressible": env._("The service can't take this as it is:"),
        "refused_here": env._("The service can't be asked from this database."),
        "former_stamped": env._("The earlier attempt has since been stamped at the service."),
        "bad_provider": env._("The service of the account is not known to this module."),
        "credentials_refused": env._(
            "The service does not accept the credentials of the account (user and password, token, client id and "
            "secret): correct them there. Nothing was done."
        ),
        "too_many_requests": env._("The service asks to wait: too many requests. Nothing was done."),
    }


def _texts_answered(env):
    """What a service has answered that is no stamp, and what follows from it."""
    return {
        "stamped_before": env._("The service says that it stamped it before: find its UUID there and press Resolve."),
        "not_stored": env._("It was stamped, but could not be stored: its XML is in the calls to the service."),
        "rejected": env._("The service refused it."),
        "no_credits": env._("The service has no credits left for this account: buy some. Nothing was stamped."),
        "not_found": env._("The service answered that it has nothing of the kind under this UUID or id."),
        "temporary": env._(
            "The service can't stamp it at the moment. It is not stamped and is tried again automatically."
        ),
        "not_looked_up": env._(
            "The service did not say whether it has stamped it already, so it was not asked to stamp it. Try again "
            "later."
        ),
        "total_differs": env._(
            "The service would stamp another total, so it was not asked to: check the ids of the taxes in the "
            "account's table."
        ),
        "not_this_service": env._(
            "Something answers at this address, and not as this service does. Check the address on the account."
        ),
        "try_again": env._("The service has not stamped it yet and may still do so: wait some minutes."),
        "stamped_twice": env._("The service has it more than once: check these there and cancel the extra ones."),
        "others_there": env._("The service has other CFDIs with its series and folio: check them there."),
    }


def sat_error_text(env, error):
    """:param error: :class:`~..pac.errors.PacError` of :class:`~..pac.sat.client.SatClient`
    :return: what is wrong and what to do, with SAT's own message if it gave one
    """
    asked_again = {
        "sat_unreachable": env._("SAT's status service can't be reached: check the network."),
        "sat_no_answer": env._("SAT's status service did not answer in time."),
        "sat_broken_answer": env._("SAT's answer was lost or damaged on its way."),
        "sat_failed": env._("SAT's status service has a failure."),
        "sat_fault": env._("SAT's status service failed on the question."),
        "sat_redirected": env._("SAT's status service redirected to another address, which is not allowed."),
        "sat_not_understood": env._("SAT's answer was not understood; it is kept."),
    }
    texts = {
        **_followed(asked_again, env._("Nothing was changed. SAT is asked again automatically.")),
        "sat_bad_xml": env._(
            "SAT was not asked: the stored XML lacks data for the query, or was changed. See CFDI discrepancies: a "
            "changed file can be restored from the service or from a backup."
        ),
        "sat_bad_address": env._(
            "The address of SAT's status service is not usable: it starts with https://. Correct the system parameter "
            "l10n_mx_facture.sat_status_url."
        ),
        "sat_busy": env._("SAT is asked at most once a second and many queries wait: try again in a moment."),
    }
    text, detail = texts.get(error.reason, error.text), getattr(error, "detail", "")
    return f"{text} {detail}".strip() if detail and detail not in text else text
