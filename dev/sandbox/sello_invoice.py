"""sello_digital: from the JSON of create_full to an unsigned CFDI 4.0.

The keys are those that are known of the service (2016, CFDI 3.2), with what 4.0 needs added by the
sandbox: see KEYS. Amounts that are given are written as they are; those that are left out are
calculated, rounded half up to the decimals of the currency. SAT's rules are the judge's, later.
"""

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal

from lxml import etree

from . import satfiles, sello_ids
from .seal import CFDI, XSI, to_bytes

LOCATION = f"{CFDI} http://www.sat.gob.mx/sitio_internet/cfd/4/cfdv40.xsd"
KEYS = {
    "invoice": "date, serie, folio (or in the branch), issuer_rfc, issuer_regime, receipt_type_id,"
               " payment_method_id, payment_form (PUE, PPD), payment_conditions, money_id,"
               " exchange_rate, export (01), relations [{type, uuids}],"
               " global {periodicity, months, year}, taxes, subtotal, discount_amount, total",
    "branch_attributes": "name or id, serie, folio, address_attributes {cp}",
    "receptor_attributes": "name, social_reason, rfc, tax_regime, cfdi_use, residence, tax_id,"
                           " address_attributes {cp}",
    "concepts_attributes": "quantity, unit, unit_key, product_key, code, description, price,"
                           " amount, discount, tax_object, iva_type_id (its IVA, on the whole amount),"
                           " taxes [{tax_type_id, base, amount}]",
}


class Invalid(Exception):
    """The JSON lacks something or names what there is not; ``errors`` is a list of texts."""

    def __init__(self, errors):
        self.errors = errors
        super().__init__("; ".join(errors))


def _sub(parent, name, **attributes):
    node = etree.SubElement(parent, f"{{{CFDI}}}{name}")
    _set(node, **attributes)
    return node


def _set(node, **attributes):
    for name, value in attributes.items():
        if value is not None:
            node.set(name, value)


class Builder:
    """Builds one invoice. ``branches`` and ``issuers`` are the account's, as accounts has them."""

    def __init__(self, invoice, settings, branches, issuers):
        self.invoice = invoice
        self.errors = invoice.errors
        self.settings = settings
        self.branch_data = invoice.one("branch_attributes", "branch", required=True)
        self.branch = self._branch(branches)
        self.issuer = issuers.get(invoice.text("issuer_rfc", required=True))
        if self.issuer is None:
            invoice.complain("issuer_rfc", "no es un emisor de esta cuenta")
        self.serie = invoice.text("serie") or self.branch_data.text("serie", required=True)
        self.folio = invoice.number("folio") or self.branch_data.number("folio", required=True)
        self.currency = self._id("moneys", invoice, "money_id")
        self.places = satfiles.currency_decimals(self.currency) if self.currency else None

    def _branch(self, branches):
        wanted, name = self.branch_data.text("id"), self.branch_data.text("name", required=True)
        found = {str(row["id"]): row for row in branches}.get(wanted)
        if found:
            return found
        for row in branches:
            if name and row["name"].upper() == name.strip().upper():
                return row
        self.branch_data.complain("name", f"no es una sucursal activa de esta cuenta: {name}")
        return None

    def _id(self, table, reader, key):
        number = reader.number(key, required=True)
        row = number and sello_ids.find(self.settings, table, number)
        if number and row is None:
            reader.complain(key, f"no existe: {number}")
        return row

    def _round(self, value):
        places = 2 if self.places is None else self.places
        return str(value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))

    def build(self):
        """The unsigned CFDI as bytes; Invalid with all errors at once."""
        invoice = self.invoice
        root = etree.Element(f"{{{CFDI}}}Comprobante", nsmap={"cfdi": CFDI, "xsi": XSI})
        root.set(f"{{{XSI}}}schemaLocation", LOCATION)
        _set(
            root, Version="4.0", Serie=self.serie, Folio=self.folio,
            Fecha=(invoice.text("date", required=True) or "")[:19],
            FormaPago=self._id("payment_methods", invoice, "payment_method_id"),
            CondicionesDePago=invoice.text("payment_conditions"), Moneda=self.currency,
            TipoCambio=invoice.number("exchange_rate"),
            TipoDeComprobante=self._id("receipt_types", invoice, "receipt_type_id"),
            Exportacion=invoice.text("export") or "01",
            MetodoPago=invoice.text("payment_form", required=True),
            LugarExpedicion=self.branch_data.one("address_attributes").text("cp")
            or (self.branch and self.branch["zip"]),
        )
        self._relations(root)
        self._issuer(root)
        self._receptor(root)
        self._concepts(root)
        if self.errors:
            raise Invalid(self.errors)
        return to_bytes(root)

    def _relations(self, root):
        node = self.invoice.one("global")
        if node.data:
            _sub(root, "InformacionGlobal", Periodicidad=node.text("periodicity"),
                 Meses=node.text("months"), Año=node.text("year"))
        for relation in self.invoice.many("relations"):
            node = _sub(root, "CfdiRelacionados", TipoRelacion=relation.text("type", required=True))
            for uuid in relation.value("uuids", required=True) or []:
                _sub(node, "CfdiRelacionado", UUID=str(uuid))

    def _issuer(self, root):
        issuer = self.issuer or {"rfc": None, "name": None, "regime": None}
        _sub(root, "Emisor", Rfc=issuer["rfc"], Nombre=issuer["name"],
             RegimenFiscal=self.invoice.text("issuer_regime") or issuer["regime"])

    def _receptor(self, root):
        data = self.invoice.one("receptor_attributes", "receptor", required=True)
        name = data.text("name", required=True)
        _sub(root, "Receptor", Rfc=data.text("rfc", required=True),
             Nombre=data.text("social_reason") or name,
             DomicilioFiscalReceptor=data.one("address_attributes", required=True).text(
                 "cp", required=True),
             ResidenciaFiscal=data.text("residence"), NumRegIdTrib=data.text("tax_id"),
             RegimenFiscalReceptor=data.text("tax_regime", required=True),
             UsoCFDI=data.text("cfdi_use", required=True))

    # --- concepts, taxes, sums ------------------------------------------------------------------

    def _concepts(self, root):
        parent, sums = _sub(root, "Conceptos"), defaultdict(lambda: [Decimal(0), Decimal(0)])
        subtotal, discounts, discounted = Decimal(0), Decimal(0), False
        for concept in self.invoice.many("concepts_attributes", "concepts", required=True):
            amount, discount = self._concept(parent, concept, sums)
            subtotal += amount
            discounted |= discount is not None
            discounts += discount or 0
        given = self._taxes(self.invoice)
        total = self._summary(root, given or [
            (row, self._round(base), None if row[3] is None else self._round(amount))
            for row, (base, amount) in sums.items()])
        subtotal = self.invoice.number("subtotal") or self._round(subtotal)
        written = self.invoice.number("discount_amount") or self._round(discounts)
        if discounted or Decimal(written):
            root.set("Descuento", written)
        total += Decimal(subtotal) - Decimal(written)
        _set(root, SubTotal=subtotal, Total=self.invoice.number("total") or self._round(total))

    def _concept(self, parent, concept, sums):
        quantity = concept.number("quantity", required=True)
        price = concept.number("price", required=True)
        amount = concept.number("amount") or self._round(
            Decimal(quantity or 0) * Decimal(price or 0))
        discount = concept.number("discount")
        if discount and not Decimal(discount):
            discount = None
        node = _sub(
            parent, "Concepto", ClaveProdServ=concept.text("product_key", required=True),
            NoIdentificacion=concept.text("code"), Cantidad=quantity,
            ClaveUnidad=concept.text("unit_key", required=True), Unidad=concept.text("unit"),
            Descripcion=concept.text("description", required=True), ValorUnitario=price,
            Importe=amount, Descuento=discount)
        base = self._round(Decimal(amount) - Decimal(discount or 0))
        taxes = self._taxes(concept, base)
        node.set("ObjetoImp", concept.text("tax_object") or ("02" if taxes else "01"))
        self._tax_nodes(node, taxes, with_base=True)
        for row, tax_base, tax_amount in taxes:
            sums[row][0] += Decimal(tax_base)
            sums[row][1] += Decimal(tax_amount or 0)
        return Decimal(amount), Decimal(discount) if discount else None

    def _taxes(self, reader, base=None):
        """[(row of the id, base, amount)] of an object's taxes, without those that are unknown."""
        rows = []
        if base is not None and reader.value("iva_type_id"):
            row = self._id("taxes", reader, "iva_type_id")
            if row:
                row = tuple(row)
                rows.append((row, base, None if row[3] is None else self._round(Decimal(base) * Decimal(row[3]))))
        for tax in reader.many("taxes"):
            row = self._id("taxes", tax, "tax_type_id")
            if row:
                row = tuple(row)
                its = tax.number("base") or base or "0"
                amount = None if row[3] is None else (
                    tax.number("amount") or self._round(Decimal(its) * Decimal(row[3])))
                rows.append((row, its, amount))
        return rows

    def _tax_nodes(self, parent, taxes, with_base):
        """Impuestos under a node; of Concepto (withheld ones have a base) or of Comprobante."""
        if not taxes:
            return None
        node = _sub(parent, "Impuestos")
        # In a Concepto the transferred ones come first, in the Comprobante the withheld ones.
        for kind, plural in (("Traslado", "Traslados"), ("Retencion", "Retenciones"))[
                ::1 if with_base else -1]:
            chosen = [tax for tax in taxes if tax[0][0] == kind]
            group = _sub(node, plural) if chosen else None
            for (_kind, tax, factor, rate), base, amount in chosen:
                short = kind == "Retencion" and not with_base
                _sub(group, kind, Base=None if short else base, Impuesto=tax,
                     TipoFactor=None if short else factor, TasaOCuota=None if short else rate,
                     Importe=amount)
        return node

    def _summary(self, root, taxes):
        """The Comprobante's Impuestos; returns transferred less withheld."""
        withheld = defaultdict(Decimal)
        transferred = [tax for tax in taxes if tax[0][0] == "Traslado"]
        for row, _base, amount in taxes:
            if row[0] == "Retencion":
                withheld[row[1]] += Decimal(amount)
        rows = [(("Retencion", tax, None, None), None, str(amount))
                for tax, amount in withheld.items()]
        node = self._tax_nodes(root, transferred + rows, with_base=False)
        plus = [Decimal(amount) for _row, _base, amount in transferred if amount is not None]
        if withheld:
            node.set("TotalImpuestosRetenidos", self._round(sum(withheld.values())))
        if plus:
            node.set("TotalImpuestosTrasladados", self._round(sum(plus)))
        return sum(plus, Decimal(0)) - sum(withheld.values(), Decimal(0))
