"""What a button tells at the top right, after which the view behind it is read again."""


def notification(message, title=None, kind="success", sticky=False):
    """:param kind: ``success``, ``warning`` or ``danger``
    :param sticky: it stays until it is closed
    :return: the client action that shows it
    """
    return {
        "type": "ir.actions.client",
        "tag": "display_notification",
        "params": {
            "type": kind,
            "message": message,
            "sticky": sticky,
            # without a next action the view would keep what it showed before
            "next": {"type": "ir.actions.act_window_close"},
            **({"title": title} if title else {}),
        },
    }
