def wake(env, *actions, at=None):
    """Trigger scheduled actions now instead of at their next run.

    :param actions: ends of their XML ids; copies with the same code are triggered too, as each is one more worker
    :param at: UTC datetime to run at instead of now
    """
    known = (env.ref(f"l10n_mx_facture.{action}", raise_if_not_found=False) for action in actions)
    codes = [cron.sudo().code for cron in known if cron]
    for cron in env["ir.cron"].sudo().search([("code", "in", codes)]):
        cron._trigger(at)


def wake_queue(env, at=None):
    """Trigger the workers of the queue, now or ``at`` a UTC datetime."""
    wake(env, "cron_stamp", "cron_queue", at=at)
