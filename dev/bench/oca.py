"""OCA's l10n_mx_cfdi_account, measured by `make bench` on invoices that it knows nothing of: set up, then built.

What is measured is what its own *Generate CFDI* does before it gives the document to a service (`create_invoice_cfdi`):
its checks, its mapping to a Comprobante of satcfdi, and the XML that its services send (`xml_bytes`). Sealing is
not measured, here as with ours: there the service does it.
"""


def set_up(env, moves):
    """Give the invoices, their customer, product and company what OCA's modules keep in fields of their own."""
    row = _rows(env)
    issuer = env["l10n_mx_cfdi.issuer"].create(
        {
            "partner_id": env.company.partner_id.id,
            "fiscal_name": env.company.name,
            "tax_regime": row("c_regimen_fiscal", "601"),
            "registered": True,
        }
    )
    moves.partner_id.tax_regime = row("c_regimen_fiscal", "601")
    for product in moves.invoice_line_ids.product_id:
        product.l10n_mx_cfdi_product_code_id = product.l10n_mx_facture_product_code_id
        product.l10n_mx_cfdi_product_measurement_unit_id = product.uom_id.l10n_mx_facture_unit_code_id
    for move in moves:
        move.write(
            {
                "issuer_id": issuer.id,
                "receiver_id": move.partner_id.id,
                "cfdi_use_id": move.l10n_mx_facture_usage_id.id,
                "payment_method_id": row("c_metodo_pago", move.l10n_mx_facture_payment_policy),
                "payment_form_id": move.l10n_mx_facture_payment_form_id.id,
            }
        )


def build(move):
    """:return: the Comprobante of satcfdi and its XML, by OCA's own methods"""
    move._validate_invoice_cfdi_required_fields()
    move._validate_cfdi_relation_fields()
    comprobante = move._gather_invoice_cfdi_data()
    return comprobante, comprobante.xml_bytes()


def _rows(env):
    """A function from the name of a catalogue and a code to the row's id; each is searched once."""
    found = {}

    def row(catalogue, code):
        key = catalogue, code
        if key not in found:
            found[key] = env[f"l10n_mx_catalogs.{catalogue}"].search([("code", "=", code)], limit=1).id
        return found[key]

    return row
