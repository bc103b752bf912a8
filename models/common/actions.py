"""Actions that buttons return to the web client."""

# key of an action's context: the field that the form shows
FIELD = "l10n_mx_facture_field"


def open_record(record, **more):
    """:param more: other keys of the action
    :return: the action that opens the form of a record
    """
    return {**_window(record, "form"), "res_id": record.id, **more}


def open_at(record, field=None):
    """Open the place where something is corrected: of a company, its settings.

    :param field: the form shows the tab of this field, and marks it (static/src/open_at)
    :return: the action
    """
    at = {FIELD: field} if field else {}
    if record._name == "res.company":
        context = {"module": "account", "bin_size": False, **at}
        window = _window(record.env["res.config.settings"], "form")
        return {**window, "name": record.env._("Settings"), "context": context}
    return open_record(record, context=at)


def open_list(model, name, domain, views=("list", "form"), **more):
    """:param model: a recordset; its model is listed
    :param more: other keys of the action
    :return: the action that lists what fits ``domain``
    """
    return {**_window(model, *views), "name": name, "domain": domain, **more}


def open_all(records, name):
    """:param name: title of the list
    :return: the action that opens the form of one record, or the list of several
    """
    if len(records) == 1:
        return open_record(records)
    return open_list(records, name, [("id", "in", records.ids)])


def open_dialog(wizard, name, wide=False, **defaults):
    """:param wizard: a wizard; without a record a new one is opened
    :param defaults: default values of a new one
    :return: the action that opens it as a dialog
    """
    action = {**_window(wizard, "form"), "name": name, "target": "new"}
    if wizard:
        action["res_id"] = wizard.id
    context = {f"default_{field}": value for field, value in defaults.items()}
    if wide:
        context["dialog_size"] = "extra-large"
    return {**action, "context": context}


def _window(records, *views):
    views = [(False, view) for view in views]
    return {"type": "ir.actions.act_window", "res_model": records._name, "views": views}


def close_dialog():
    """:return: the action that closes the dialog; the view behind it is reloaded"""
    return {"type": "ir.actions.act_window_close"}


def download(path):
    """:param path: below ``/web/content/``
    :return: the action that downloads it
    """
    return {"type": "ir.actions.act_url", "url": f"/web/content/{path}?download=true", "target": "download"}


def notification(message, title=None, kind="success", sticky=False):
    """:param kind: ``success``, ``warning`` or ``danger``
    :param sticky: it stays until it is closed
    :return: the action that shows the notification
    """
    params = {"type": kind, "message": message, "sticky": sticky}
    if title:
        params["title"] = title
    # without a next action the view would keep showing the old values
    params["next"] = close_dialog()
    return {"type": "ir.actions.client", "tag": "display_notification", "params": params}
