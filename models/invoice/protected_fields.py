"""Fields of an invoice or a line that are part of its CFDI can't change while the CFDI is, or may be, valid."""

from odoo.exceptions import UserError


def check_protected(records, field_names, vals):
    """:param records: invoices or invoice lines that are written
    :param field_names: names of the fields that are part of the CFDI
    :param vals: the values that are written; writing the same value is allowed
    :raise UserError: a field that is part of a valid CFDI would change
    """
    for name in field_names.intersection(vals):
        field = records._fields[name]
        for record in records:
            new, old = (field.convert_to_cache(one, record) for one in (vals[name], record[name]))
            move = record if record._name == "account.move" else record.move_id
            if new != old and move._l10n_mx_facture_is_live():
                raise UserError(
                    records.env._(
                        "%(field)s of %(invoice)s is part of its CFDI and can't be changed.",
                        field=field._description_string(records.env),
                        invoice=move.display_name,
                    )
                )
