from odoo import fields, models

from ..models.common.actions import notification, open_dialog


class L10nMxFactureAssignCode(models.TransientModel):
    """*Assign SAT code*: one code for the products that were chosen in a list."""

    _name = "l10n_mx_facture.assign_code"
    _inherit = ["l10n_mx_facture.access"]
    _description = "Assign SAT Code"

    product_ids = fields.Many2many("product.template", string="Products")
    code_id = fields.Many2one("l10n_mx_catalogs.c_clave_prod_serv", "SAT product code")
    replace = fields.Boolean("Replace other codes", help="Else only products without a code of their own get it.")

    def action_assign(self):
        """Give the code to the products; the user's own rights on products apply."""
        self.ensure_one()
        products = self.product_ids
        if not self.replace:
            products = products.filtered(lambda product: not product.l10n_mx_facture_product_code_id)
        products.write({"l10n_mx_facture_product_code_id": self.code_id.id})
        text = self.env._("%(count)s of %(all)s products have it now.", count=len(products), all=len(self.product_ids))
        return notification(text, self.code_id.display_name)


class ProductTemplate(models.Model):
    """The action of the lists."""

    _inherit = "product.template"

    def action_l10n_mx_facture_assign_code(self):
        """Ask which code these products get."""
        self.check_access("write")
        wizard = self.env["l10n_mx_facture.assign_code"].create(
            {"product_ids": [fields.Command.set(self.ids)], "code_id": self._l10n_mx_facture_likely_code().id}
        )
        return open_dialog(wizard, self.env._("Assign SAT code to %s products", len(self)))

    def _l10n_mx_facture_likely_code(self):
        """:return: the code that most other products of the same categories have; may be none"""
        domain = [("categ_id", "in", self.categ_id.ids), ("l10n_mx_facture_product_code_id", "!=", False)]
        groups = self._read_group(
            domain, ["l10n_mx_facture_product_code_id"], order="__count desc", limit=1
        )
        return groups[0][0] if groups else self.env["l10n_mx_catalogs.c_clave_prod_serv"]
