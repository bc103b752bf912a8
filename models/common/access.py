"""Who may do what, and which records a user may name."""

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Command


def is_of_group(env, group):
    """:param group: the end of a group's name: ``stamp`` or ``cancel``
    :return: whether the user is of ``l10n_mx_facture.group_<group>``, or code runs as superuser
    """
    return env.su or env.user.has_group(f"l10n_mx_facture.group_{group}")


def users_of(env, group, company):
    """:param group: as in :func:`is_of_group`
    :return: the active users of the group who work in the company, as superuser
    """
    users = env.ref(f"l10n_mx_facture.group_{group}").sudo().all_user_ids
    return users.filtered(lambda user: user.active and not user.share and company in user.company_ids)


def check_group(env, group):
    """Raise unless the user belongs to the group.

    :param group: as in :func:`is_of_group`
    :raise AccessError: the user is not of the group
    """
    if is_of_group(env, group):
        return
    names = {
        "stamp": env._("stamp CFDIs"),
        "cancel": env._("cancel CFDIs"),
        "configure": env._("set up CFDI accounts"),
    }
    raise AccessError(env._("You are not allowed to %s. Ask an administrator for access.", names[group]))


def check_may_insist(env):
    """An invoice of which a person insists that it was not stamped may be stamped a second time.

    :raise AccessError: the user may not cancel what would be too much then
    """
    if not is_of_group(env, "cancel"):
        raise AccessError(
            env._(
                "Only a user who may cancel CFDIs can insist that something was not stamped, because it can be "
                "stamped a second time then. Ask one of them to look at it at the service."
            )
        )


def named_records(model, vals):
    """Yield the saved records that the relational fields of ``vals`` name.

    What commands create or change is not looked into: that goes through the same methods of its own model.

    :param vals: dict as ``create``, ``write`` and ``onchange`` take it
    """
    for name, value in vals.items():
        field = model._fields.get(name)
        if value and field is not None and field.relational:
            ids = value._ids if isinstance(value, models.BaseModel) else _ids_of(field, value)
            # a record that is not saved has no number
            if ids := [one for one in ids if one and isinstance(one, int)]:
                yield model.env[field.comodel_name].browse(ids)


def _ids_of(field, value):
    if field.type != "many2one":
        return [one for command in value for one in _ids_of_command(command)]
    if isinstance(value, dict):
        # in an onchange of a line: the form around it
        return [value.get("id")]
    return value[:1] if isinstance(value, (list, tuple)) else [value]


def _ids_of_command(command):
    if isinstance(command, dict):
        return []
    if not isinstance(command, (list, tuple)):
        return [command]
    return command[2] if command[0] == Command.SET else [command[1]]


class L10nMxFactureAccess(models.AbstractModel):
    """A model in which a user's values name no record that he may not read.

    Odoo computes related and stored fields as superuser, and shows the name of whatever a record links to. It checks
    neither the ids that a client sends for a form that is not saved (``onchange``) nor default values in the context.
    """

    _name = "l10n_mx_facture.access"
    _description = "Access to Named Records"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_named(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_named(vals)
        return super().write(vals)

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        return {name: value for name, value in defaults.items() if self._may_name({name: value})}

    def update(self, values):
        return super().update(values if any(self._ids) else self._unsaved_values(values))

    def _update_cache(self, values, validate=True):
        return super()._update_cache(values if self.id else self._unsaved_values(values), validate)

    def _unsaved_values(self, values):
        """:param values: dict for a record that is not saved, perhaps from a client
        :return: those without links that follow from other values
        :raise AccessError: one of them names a record that the user may not read
        """
        values = {name: value for name, value in values.items() if not self._is_derived_link(name)}
        self._check_named(values)
        return values

    @api.model
    def _is_derived_link(self, name):
        field = self._fields.get(name)
        return field is not None and field.relational and bool(field.compute) and field.readonly

    def _check_named(self, vals):
        if not self.env.su:
            for records in named_records(self, vals):
                records.check_access("read")

    def _may_name(self, vals):
        return self.env.su or all(records.has_access("read") for records in named_records(self, vals))
