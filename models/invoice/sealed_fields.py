"""What a CFDI states of an invoice or of a line stays as it was stated, while the CFDI is or may be alive."""

from odoo.exceptions import UserError


def check_stated(records, stated, vals):
    """:param records: invoices, or lines of invoices, that are written
    :param stated: names of the fields that the CFDI states
    :param vals: what is written; the same value again is no change
    :raise UserError: a stated field of an invoice with a live CFDI would change
    """
    for name in stated.intersection(vals):
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
