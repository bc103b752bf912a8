from ..support.build_case import BuildCase


class TestUnits(BuildCase):
    """Every unit that comes with a module of Odoo's has SAT's code."""

    def units(self):
        """:return: dict from external id to unit, of all modules in the database"""
        rows = self.env["ir.model.data"].search([("model", "=", "uom.uom")])
        named = rows.filtered(lambda row: not row.module.startswith("__"))
        return {row.complete_name: self.env["uom.uom"].browse(row.res_id) for row in named}

    def test_every_unit_has_its_code(self):
        units = self.units()
        self.assertIn("uom.product_uom_unit", units)
        self.assertIn("l10n_mx.product_uom_service_unit", units)
        # modules of other countries bring units of their own
        foreign = {name for name in units if name.startswith("l10n_") and not name.startswith("l10n_mx.")}
        without = [name for name, unit in units.items() if not unit.l10n_mx_facture_unit_code_id]
        self.assertEqual(sorted(set(without) - foreign), [])

    def test_the_code_says_the_unit(self):
        units = self.units()
        for name, code, meaning in (
            ("l10n_mx.product_uom_service_unit", "E48", "Unidad de servicio"),
            ("l10n_mx.product_uom_activity", "ACT", "Actividad"),
            ("l10n_mx.product_uom_job", "E51", "Trabajo"),
            ("uom.product_uom_kwh", "KWH", "Kilowatt hora"),
            ("uom.product_uom_pack_6", "P6", "paquete de seis"),
            ("uom.product_uom_gal", "GLL", "Galón (EUA)"),
        ):
            row = units[name].l10n_mx_facture_unit_code_id
            self.assertEqual((row.code, row.name), (code, meaning))

    def test_an_update_fills_what_is_empty_and_keeps_what_was_chosen(self):
        kwh, unit = self.env.ref("uom.product_uom_kwh"), self.env.ref("uom.product_uom_unit")
        kwh.l10n_mx_facture_unit_code_id = False
        unit.l10n_mx_facture_unit_code_id = self.sat("c_clave_unidad", "E48")
        self.env["uom.uom"]._l10n_mx_facture_fill_unit_codes()
        self.assertEqual(kwh.l10n_mx_facture_unit_code_id.code, "KWH")
        self.assertEqual(unit.l10n_mx_facture_unit_code_id.code, "E48")

    def test_an_invoice_by_the_kilowatt_hour(self):
        self.product.uom_id = self.env.ref("uom.product_uom_kwh")
        read = self.stamped(self.create_invoice([{"price_unit": 3.5, "quantity": 120}]))
        self.assertEqual(read.line().get("ClaveUnidad"), "KWH")
