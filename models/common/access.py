from odoo.exceptions import AccessError


def check_group(env, group):
    """Refuse who may not do it.

    :param group: the end of a group's name: ``stamp`` or ``cancel``
    :raise AccessError: the user is not of ``l10n_mx_facture.group_<group>``
    """
    if env.su or env.user.has_group(f"l10n_mx_facture.group_{group}"):
        return
    names = {
        "stamp": env._("stamp CFDIs"),
        "cancel": env._("cancel CFDIs"),
    }
    raise AccessError(env._("You are not allowed to %s. Ask an administrator for the group.", names[group]))
