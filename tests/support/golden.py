"""A CFDI read as facts, the Odoo invoice that has these facts, and what two CFDIs say differently.

The seal, the date and the number are left out: they belong to a stamp, not to an invoice.
"""

from decimal import Decimal, InvalidOperation

from lxml import etree

from odoo import Command

from odoo.addons.l10n_mx_facture.cfdi.places import country_code

from .read_cfdi import NS

IGNORED = {
    "Serie",
    "Folio",
    "Fecha",
    "Sello",
    "Certificado",
    "NoCertificado",
    "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation",
}
# everything else is a text or a key, which is equal or is not
NUMBERS = {
    "SubTotal",
    "Descuento",
    "TipoCambio",
    "Total",
    "Cantidad",
    "ValorUnitario",
    "Importe",
    "Base",
    "TasaOCuota",
    "TotalImpuestosTrasladados",
    "TotalImpuestosRetenidos",
    "TasadeRetencion",
    "TasadeTraslado",
    "TotaldeRetenciones",
    "TotaldeTraslados",
}
TYPES = {"001": "isr", "002": "iva", "003": "ieps"}
LOCAL_TAXES = "{http://www.sat.gob.mx/implocal}ImpuestosLocales"


class Refused(AssertionError):
    """The module finds something to object to in an invoice that has the facts of a sample."""


def obstacle(root):
    """:return: why a sample can't come from an invoice yet, None where it can"""
    if root.get("TipoDeComprobante") not in ("I", "E"):
        return "only incomes and credit notes come from invoices"
    for complement in root.findall("cfdi:Complemento/*", NS):
        if complement.tag != LOCAL_TAXES:
            return f"the complement {etree.QName(complement).localname} is not written yet"
    if root.findall(".//cfdi:Parte", NS):
        return "Parte is not written"
    return None


class Builder:
    """Makes the records of a sample; ``case`` is a FactureCase, whose company becomes the issuer."""

    def __init__(self, case, xml):
        self.case = case
        self.env = case.env
        self.root = etree.fromstring(xml)
        precisions = self.env["decimal.precision"].search([("name", "in", ("Discount", "Product Unit"))])
        precisions.digits = 10

    def rebuilt(self):
        """:return: the XML that the module makes of the invoice, as an element; None where Odoo's total is another"""
        move = self.move()
        move.action_post()
        if move.currency_id.compare_amounts(move.amount_total, float(self.root.get("Total"))):
            return None
        built, problems = self.env["l10n_mx_facture.cfdi"]._build(move)
        if problems:
            raise Refused("; ".join(problem.text for problem in problems))
        return etree.fromstring(built.payload)

    def move(self):
        root, sat = self.root, self.case.sat
        self._issuer()
        return self.env["account.move"].create(
            {
                "move_type": "out_refund" if root.get("TipoDeComprobante") == "E" else "out_invoice",
                "partner_id": self._receiver().id,
                "journal_id": self.case.journal.id,
                "currency_id": self._currency().id,
                "invoice_date": self.case.today(self._branch().tz),
                "invoice_payment_term_id": False,
                "name": f"{self.case.prefix}/{next(self.case.numbers):05d}",
                "l10n_mx_facture_branch_id": self._branch().id,
                "l10n_mx_facture_usage_id": sat("c_uso_cfdi", root.find("cfdi:Receptor", NS).get("UsoCFDI")).id,
                "l10n_mx_facture_payment_policy": root.get("MetodoPago"),
                "l10n_mx_facture_payment_form_id": sat("c_forma_pago", root.get("FormaPago")).id,
                "l10n_mx_facture_relation_ids": [
                    Command.create(
                        {
                            "relation_type_id": sat("c_tipo_relacion", group.get("TipoRelacion")).id,
                            "uuid": related.get("UUID"),
                        }
                    )
                    for group in root.findall("cfdi:CfdiRelacionados", NS)
                    for related in group
                ],
                "l10n_mx_facture_export": root.get("Exportacion"),
                **self._global(),
                "invoice_line_ids": [
                    Command.create(self._line(number, concept))
                    for number, concept in enumerate(root.findall("cfdi:Conceptos/*", NS))
                ],
            }
        )

    def _global(self):
        node = self.root.find("cfdi:InformacionGlobal", NS)
        if node is None:
            return {}
        return {
            "l10n_mx_facture_global_periodicity_id": self.case.sat("c_periodicidad", node.get("Periodicidad")).id,
            "l10n_mx_facture_global_months_id": self.case.sat("c_meses", node.get("Meses")).id,
            "l10n_mx_facture_global_year": int(node.get("Año")),
        }

    def _issuer(self):
        issuer = self.root.find("cfdi:Emisor", NS)
        company = self.case.company
        company.write({"name": issuer.get("Nombre"), "vat": issuer.get("Rfc")})
        regime = self.case.sat("c_regimen_fiscal", issuer.get("RegimenFiscal"))
        company.partner_id.l10n_mx_facture_tax_regime_id = regime

    def _receiver(self):
        receiver = self.root.find("cfdi:Receptor", NS)
        residence = receiver.get("ResidenciaFiscal")
        if not residence and receiver.get("Rfc") != "XEXX010101000":
            residence = "MEX"
        countries = self.env["res.country"].search([])
        country = countries.filtered(lambda c: residence and country_code(c.code) == residence)
        return self.env["res.partner"].create(
            {
                "name": receiver.get("Nombre"),
                "vat": receiver.get("NumRegIdTrib") or receiver.get("Rfc"),
                "zip": receiver.get("DomicilioFiscalReceptor"),
                "country_id": country.id,
                "l10n_mx_facture_tax_regime_id": self.case.sat(
                    "c_regimen_fiscal", receiver.get("RegimenFiscalReceptor")
                ).id,
            }
        )

    def _branch(self):
        place = self.root.get("LugarExpedicion")
        found = self.env["l10n_mx_facture.branch"].search(
            [("zip", "=", place), ("account_id", "=", self.case.account.id)], limit=1
        )
        # users can't create branches of this service
        return found or self.env["l10n_mx_facture.branch"].sudo().create(
            {
                "name": "Sample",
                "remote_id": f"sample-{place}",
                "zip": place,
                "account_id": self.case.account.id,
            }
        )

    def _currency(self):
        code, rate = self.root.get("Moneda"), self.root.get("TipoCambio")
        if code == "MXN":
            return self.env.ref("base.MXN")
        return self.case.worth(code, float(rate))

    def _line(self, number, concept):
        unit = self.env["uom.uom"].create(
            {
                "name": f"Unit {number}",
                "l10n_mx_facture_unit_code_id": self.case.sat("c_clave_unidad", concept.get("ClaveUnidad")).id,
            }
        )
        product = self.env["product.product"].create(
            {
                "name": f"Product {number}",
                "type": "consu",
                "default_code": concept.get("NoIdentificacion"),
                "uom_id": unit.id,
                "l10n_mx_facture_product_code_id": self.case.sat("c_clave_prod_serv", concept.get("ClaveProdServ")).id,
            }
        )
        discount = 100 * Decimal(concept.get("Descuento", "0")) / Decimal(concept.get("Importe"))
        values = {
            "product_id": product.id,
            "product_uom_id": unit.id,
            "name": concept.get("Descripcion"),
            "sequence": number,
            "quantity": float(concept.get("Cantidad")),
            "price_unit": float(concept.get("ValorUnitario")),
            "discount": float(discount),
            "tax_ids": [Command.set([tax.id for tax in [*self._line_taxes(concept), *self._local_taxes()]])],
        }
        tax_object = concept.get("ObjetoImp")
        if tax_object not in ("01", "02"):
            values["l10n_mx_facture_tax_object"] = tax_object
        return {**values, **self._extras(concept)}

    def _extras(self, concept):
        """:return: dict of what the line says of imports, real estate and a third party"""
        customs = [node.get("NumeroPedimento") for node in concept.findall("cfdi:InformacionAduanera", NS)]
        accounts = [node.get("Numero") for node in concept.findall("cfdi:CuentaPredial", NS)]
        third_party = concept.find("cfdi:ACuentaTerceros", NS)
        return {
            "l10n_mx_facture_customs_numbers": ", ".join(customs),
            "l10n_mx_facture_predial": ", ".join(accounts),
            "l10n_mx_facture_third_party_id": third_party is not None and self._third_party(third_party).id,
        }

    def _third_party(self, node):
        regime = self.case.sat("c_regimen_fiscal", node.get("RegimenFiscalACuentaTerceros"))
        return self.env["res.partner"].create(
            {
                "name": node.get("NombreACuentaTerceros"),
                "vat": node.get("RfcACuentaTerceros"),
                "zip": node.get("DomicilioFiscalACuentaTerceros"),
                "country_id": self.env.ref("base.mx").id,
                "l10n_mx_facture_tax_regime_id": regime.id,
            }
        )

    def _line_taxes(self, concept):
        net = Decimal(concept.get("Importe")) - Decimal(concept.get("Descuento", "0"))
        rows = concept.findall("cfdi:Impuestos/*/*", NS)
        affected = [Decimal(row.get("Base")) != net for row in rows]
        for row, joined in zip(rows, affected, strict=True):
            is_quota = row.get("TipoFactor") == "Cuota"
            yield self._tax(row, joined and not is_quota, any(affected) and row.get("Impuesto") == "003")

    def _local_taxes(self):
        """A CFDI doesn't say which lines have a local tax: all of them, if the sample is to come out."""
        for row in self.root.iterfind(f"cfdi:Complemento/{LOCAL_TAXES}/*", NS):
            withheld = row.get("ImpLocRetenido")
            rate = float(row.get("TasadeRetencion") or row.get("TasadeTraslado"))
            amount = -rate if withheld else rate
            name = withheld or row.get("ImpLocTrasladado")
            known = [("name", "=", name), ("amount", "=", amount), ("company_id", "=", self.case.company.id)]
            yield self.env["account.tax"].search(known) or self.case.create_tax(
                name, amount, "local", sequence=30, is_base_affected=False
            )

    def _tax(self, row, is_base_affected, joins):
        """:return: the Odoo tax of a Traslado or a Retencion, one for all of its kind"""
        withheld = row.tag.endswith("Retencion")
        names = ("Impuesto", "TipoFactor", "TasaOCuota")
        key = (*(row.get(name) for name in names), withheld, is_base_affected, joins)
        name = f"Sample {key}"
        known = [("name", "=", name), ("company_id", "=", self.case.company.id)]
        tax = self.env["account.tax"].search(known)
        if not tax:
            quota = row.get("TipoFactor") == "Cuota"
            rate = Decimal(row.get("TasaOCuota", "0")) * (1 if quota else 100)
            tax = self.case.create_tax(
                name,
                float(-rate if withheld else rate),
                TYPES[row.get("Impuesto")],
                row.get("TipoFactor"),
                amount_type="fixed" if quota else "percent",
                is_base_affected=is_base_affected,
                include_base_amount=joins,
                # what joins a base comes before it
                sequence=1 if joins else 20 if withheld else 10,
            )
        return tax


def differences(sample, ours, path="Comprobante"):
    """:return: list of sentences: attribute by attribute, child by child; numbers by value"""
    found = []
    for name in sorted({*sample.keys(), *ours.keys()} - IGNORED):
        theirs, mine = sample.get(name), ours.get(name)
        if _value(name, theirs) != _value(name, mine):
            found.append(f"{path}/@{name}: {theirs!r} in the sample, {mine!r} in ours")
    theirs, mine = _children(sample), _children(ours)
    if [child.tag for child in theirs] != [child.tag for child in mine]:
        return [*found, f"{path}: {_names(theirs)} in the sample, {_names(mine)} in ours"]
    for number, (one, other) in enumerate(zip(theirs, mine, strict=True), 1):
        found += differences(one, other, f"{path}/{etree.QName(one).localname}[{number}]")
    return found


def _value(name, text):
    if name not in NUMBERS or text is None:
        return text
    try:
        return Decimal(text)
    except InvalidOperation:
        return text


def _children(node):
    """The child elements; the rows of taxes have no order."""
    children = [child for child in node if isinstance(child.tag, str)]
    if etree.QName(node).localname in ("Traslados", "Retenciones"):
        children.sort(key=lambda c: [c.get(n, "") for n in ("Impuesto", "TipoFactor", "TasaOCuota")])
    return children


def _names(nodes):
    return [etree.QName(node).localname for node in nodes]
