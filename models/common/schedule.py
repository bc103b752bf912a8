def wake(env, *methods, at=None):
    """Have scheduled actions look now, not at their next round; a duplicated one is one more worker.

    :param methods: names of methods that the actions' code calls
    :param at: UTC datetime, instead of now
    """
    crons = env["ir.cron"].sudo().search([("model_id.model", "=like", "l10n_mx_facture.%")])
    for cron in crons.filtered(lambda cron: any(method in (cron.code or "") for method in methods)):
        cron._trigger(at)


def wake_queue(env, at=None):
    """Have the workers of the queue look, now or ``at`` a UTC datetime."""
    wake(env, "_cron_stamp", "_work_queue", at=at)
