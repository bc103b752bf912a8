"""A stamped receipt of payment as these tests read it: with lxml, not with ``cfdi.read``."""

from decimal import Decimal

from .read_cfdi import NS, ReadCfdi

TRASLADO = ("Impuesto", "TasaOCuota", "Base", "Importe")
DOCTO = ("MonedaDR", "EquivalenciaDR", "NumParcialidad", "ImpSaldoAnt", "ImpPagado", "ImpSaldoInsoluto")


class ReadPagos(ReadCfdi):
    """Attributes as they are written, as texts."""

    @property
    def totals(self):
        """:return: dict of the attributes of Totales, without the words that all of them begin with"""
        return {
            name.removeprefix("TotalTraslados").removeprefix("Total"): value
            for name, value in self.node("//pago20:Totales").attrib.items()
        }

    @property
    def payments(self):
        """:return: (MonedaP, TipoCambioP, Monto) of each Pago"""
        return self.rows("//pago20:Pago", "MonedaP", "TipoCambioP", "Monto")

    @property
    def doctos(self):
        """:return: dict from IdDocumento to the values of DOCTO; of an invoice that is there twice, the last"""
        return {node.get("IdDocumento"): tuple(map(node.get, DOCTO)) for node in self._doctos()}

    def taxes_of(self, uuid=None):
        """:return: (Impuesto, TasaOCuota, Base, Importe) of the transferred taxes of an invoice, or of the payment"""
        return self._taxes("TrasladoDR" if uuid else "TrasladoP", uuid)

    def withheld_of(self, uuid=None):
        """:return: the same of withheld taxes; of the payment they have no rate and no base"""
        return self._taxes("RetencionDR" if uuid else "RetencionP", uuid)

    def sums_of(self, uuid):
        """:return: dict from (element, Impuesto, TasaOCuota) to the sums of base and tax that are printed of an
            invoice, as Decimal
        """
        found = {}
        for kind in ("TrasladoDR", "RetencionDR"):
            for impuesto, rate, base, importe in self._taxes(kind, uuid):
                before = found.get((kind, impuesto, rate), (0, 0))
                found[kind, impuesto, rate] = (before[0] + Decimal(base), before[1] + Decimal(importe or 0))
        return found

    def _taxes(self, kind, uuid):
        suffix = kind.removeprefix("Traslado").removeprefix("Retencion")
        names = [f"{name}{suffix}" for name in TRASLADO]
        if not uuid:
            return self.rows(f"//pago20:{kind}", *names)
        return [
            tuple(map(row.get, names))
            for node in self._doctos()
            if node.get("IdDocumento") == uuid
            for row in node.iterfind(f".//pago20:{kind}", NS)
        ]

    def _doctos(self):
        return self.nodes("//pago20:DoctoRelacionado")
