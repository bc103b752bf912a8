"""The former forms show fields that are gone, and Odoo checks both together while it loads the first."""


def migrate(cr, _version):
    """Empty them; the update fills them again."""
    cr.execute(
        """
        UPDATE ir_ui_view SET arch_db = '{"en_US": "<data/>"}'
          FROM ir_model_data
         WHERE ir_model_data.model = 'ir.ui.view' AND ir_model_data.res_id = ir_ui_view.id
           AND ir_model_data.module = 'l10n_mx_facture'
           AND ir_model_data.name IN ('view_move_form', 'view_move_form_received')
        """
    )
