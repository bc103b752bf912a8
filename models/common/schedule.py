def wake(env, *actions, at=None):
    """Have scheduled actions look now, not at their next round.

    :param actions: ends of their XML ids; copies of one, with the same code, are woken too: each is one more worker
    :param at: UTC datetime, instead of now
    """
    known = (env.ref(f"l10n_mx_facture.{action}", raise_if_not_found=False) for action in actions)
    codes = [cron.sudo().code for cron in known if cron]
    for cron in env["ir.cron"].sudo().search([("code", "in", codes)]):
        cron._trigger(at)


def wake_queue(env, at=None):
    """Have the workers of the queue look, now or ``at`` a UTC datetime."""
    wake(env, "cron_stamp", "cron_queue", at=at)
