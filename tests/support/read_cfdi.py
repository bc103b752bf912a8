"""A stamped CFDI as these tests read it: with lxml and their own paths, not with ``cfdi.read``."""

from decimal import Decimal

from lxml import etree

NS = {
    "cfdi": "http://www.sat.gob.mx/cfd/4",
    "tfd": "http://www.sat.gob.mx/TimbreFiscalDigital",
    "implocal": "http://www.sat.gob.mx/implocal",
    "pago20": "http://www.sat.gob.mx/Pagos20",
}


class ReadCfdi:
    """Attributes as they are written; paths start at the Comprobante."""

    def __init__(self, xml):
        self.root = etree.fromstring(xml)

    def __getitem__(self, name):
        """:return: an attribute of the Comprobante, None where it has none"""
        return self.root.get(name)

    def nodes(self, path):
        return self.root.xpath(path, namespaces=NS)

    def node(self, path):
        """:return: the only node there"""
        (found,) = self.nodes(path)
        return found

    def rows(self, path, *names):
        """:return: list of tuples, the named attributes of each node"""
        return [tuple(node.get(name) for name in names) for node in self.nodes(path)]

    def line(self, number=1):
        return self.node(f"cfdi:Conceptos/cfdi:Concepto[{number}]")

    def transfers(self, number=None):
        """:return: (Impuesto, TipoFactor, TasaOCuota, Base, Importe) of a line, or of the summary"""
        return self.rows(
            f"{self._taxes(number)}/cfdi:Traslados/cfdi:Traslado",
            "Impuesto",
            "TipoFactor",
            "TasaOCuota",
            "Base",
            "Importe",
        )

    def withholdings(self, number=None):
        """:return: (Impuesto, TasaOCuota, Base, Importe) of a line; (Impuesto, Importe) of the summary"""
        names = ("Impuesto", "TasaOCuota", "Base", "Importe") if number else ("Impuesto", "Importe")
        return self.rows(f"{self._taxes(number)}/cfdi:Retenciones/cfdi:Retencion", *names)

    def _taxes(self, number):
        line = f"cfdi:Conceptos/cfdi:Concepto[{number}]/" if number else ""
        return f"{line}cfdi:Impuestos"

    def local_taxes(self):
        """:return: (name, rate, amount) of each local tax, withheld ones with a negative amount"""
        taxes = "cfdi:Complemento/implocal:ImpuestosLocales/implocal"
        withheld = self.rows(f"{taxes}:RetencionesLocales", "ImpLocRetenido", "TasadeRetencion", "Importe")
        return [
            *self.rows(f"{taxes}:TrasladosLocales", "ImpLocTrasladado", "TasadeTraslado", "Importe"),
            *((name, rate, f"-{amount}") for name, rate, amount in withheld),
        ]

    def relations(self):
        """:return: list of (TipoRelacion, [UUID, …])"""
        return [
            (group.get("TipoRelacion"), group.xpath("cfdi:CfdiRelacionado/@UUID", namespaces=NS))
            for group in self.nodes("cfdi:CfdiRelacionados")
        ]

    def recomputed_total(self):
        """:return: the total as the lines give it: per rate summed, then rounded (half up)"""
        unit = Decimal(1).scaleb(-len(self["Total"].partition(".")[2]))
        amounts, rates = {}, {}
        for line in self.nodes("cfdi:Conceptos/cfdi:Concepto"):
            for name, sign in (("Importe", 1), ("Descuento", -1)):
                amounts[name] = amounts.get(name, 0) + sign * Decimal(line.get(name, "0"))
            for tax in line.xpath("cfdi:Impuestos/*/*", namespaces=NS):
                withheld = tax.tag.endswith("Retencion")
                key = (withheld, tax.get("Impuesto"))
                if not withheld:
                    key += (tax.get("TipoFactor"), tax.get("TasaOCuota"))
                sign = -1 if withheld else 1
                rates[key] = rates.get(key, 0) + sign * Decimal(tax.get("Importe", "0"))
        return sum(
            amount.quantize(unit, "ROUND_HALF_UP") if amount >= 0 else -(-amount).quantize(unit, "ROUND_HALF_UP")
            for amount in [*amounts.values(), *rates.values()]
        ) + sum(Decimal(amount) for _name, _rate, amount in self.local_taxes())
