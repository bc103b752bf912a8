"""What a user is told when SAT's status service could not be asked, in the user's language."""


def sat_error_text(env, error):
    """:param error: :class:`~..pac.errors.PacError` of :class:`~..pac.sat.client.SatClient`
    :return: what is wrong and what to do; SAT's own words where it gave some
    """
    again = env._("Nothing was changed; it is asked again by itself.")
    texts = {
        "sat_bad_xml": env._(
            "SAT was not asked: the stored XML lacks what SAT is asked by, or was changed since it came. Look at CFDI "
            "divergences: a changed file is put back from the service, or from a backup."
        ),
        "sat_bad_address": env._(
            "The address of SAT's status service is not usable: it starts with https://. Correct the system parameter "
            "l10n_mx_facture.sat_status_url."
        ),
        "sat_unreachable": env._("SAT's status service can't be reached: check the network.") + f" {again}",
        "sat_no_answer": env._("SAT's status service did not answer in time.") + f" {again}",
        "sat_broken_answer": env._("SAT's answer was lost or spoiled on its way.") + f" {again}",
        "sat_failed": env._("SAT's status service has a failure.") + f" {again}",
        "sat_fault": env._("SAT's status service failed on the question.") + f" {again}",
        "sat_redirected": env._("SAT's status service points to another address, which is not followed.") + f" {again}",
        "sat_not_understood": env._("SAT's answer was not understood; it is kept.") + f" {again}",
        "sat_busy": env._("SAT is asked once a second at most, and many questions wait: try again in a moment."),
    }
    text, detail = texts.get(error.reason, error.text), getattr(error, "detail", "")
    return f"{text} {detail}".strip() if detail and detail not in text else text
