from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from ...cfdi.base_parts import cut
from ...cfdi.values import currency_decimals

CUOTA = "Cuota"
# half of the last decimal in which Odoo keeps quantities, unless somebody changed it
UNIT_OF_QUANTITIES = Decimal("0.005")


@dataclass(frozen=True)
class Part:
    """What becomes a line of the bill.

    :param amount: what it adds before taxes
    :param taxes: its account.taxes
    :param taxed: how many units a quota is on, where that is all that the line is for; None for others
    """

    amount: Decimal
    taxes: tuple
    taxed: Decimal | None = None


@dataclass(frozen=True)
class Extra:
    """A tax of the CFDI that becomes a line of the bill.

    :param amount: negative if it is withheld
    :param taxes: the account.taxes on it
    :param tax: :class:`~..cfdi.received.ReceivedTax`
    :param name: of a local tax
    """

    amount: Decimal
    taxes: tuple
    tax: object = None
    name: str | None = None


class Layout:
    """The parts of one line of a CFDI, with the bases that the CFDI gives its taxes.

    :param line: :class:`~..cfdi.received.ReceivedLine`
    :param net: its net amount
    :param taxes: :class:`~.taxes.Taxes`
    :param unit: the smallest amount of the currency
    """

    def __init__(self, line, net, taxes, unit):
        self.line, self.net, self._unit = line, net, unit
        pairs = [(tax, taxes.match(tax)) for tax in line.impuestos]
        self._levied = [(tax, found) for tax, found in pairs if found and tax.tipo_factor != CUOTA]
        self._quotas = [(tax, found) for tax, found in pairs if tax.tipo_factor == CUOTA]
        # taxes that nobody set up; those by quota become amounts
        self.missing = [tax for tax, found in pairs if not found and tax.tipo_factor != CUOTA]
        self.missing_quotas = [tax for tax, found in self._quotas if not found]
        # taxes whose base includes the quotas
        self.on_quotas = []
        # dict from tax to how far Odoo's amount may be from the CFDI's, beyond rounding
        self.slack = {}
        self.parts = self._parts()

    def _parts(self):
        bases = [(found, (tax.impuesto, tax.withheld), self._own_base(tax, found)) for tax, found in self._levied]
        # in the order of the CFDI
        order = [found for _tax, found in self._levied]
        parts = [
            Part(amount, tuple(dict.fromkeys(one for one in order if one in keys)))
            for amount, keys in cut(self.net, bases, self._unit)
        ]
        for tax, found in self._quotas:
            if found and len(parts) == 1 and self._is_on_quantity(tax, found):
                parts = [Part(parts[0].amount, (found, *parts[0].taxes))]
            elif found:
                parts.append(Part(Decimal(), (found, *self.on_quotas), tax.base))
                for other in self.on_quotas:
                    self._allow(other, Decimal() if precedes(found, other) else tax.importe * _rate(other))
        return parts

    @property
    def is_split(self):
        """Whether it becomes several lines."""
        return len(self.parts) > 1

    def _own_base(self, tax, found):
        """:return: part of the line's net amount that makes the base, as Odoo adds other taxes to it"""
        growth = 1 + sum(_rate(other) for _tax, other in self._levied if precedes(other, found))
        quota = sum(one.importe for one, _found in self._quotas if not one.withheld)
        base = tax.base / growth
        if quota and base > self.net + self._unit:
            self.on_quotas.append(found)
            base = (tax.base - quota) / growth
        if base > self.net + self._unit:
            # Odoo's taxes don't add up to this base: the CFDI's amount is taken
            self._allow(found, (base - self.net) * growth * _rate(found))
        return base

    def _is_on_quantity(self, tax, quota):
        """:return: whether the quota can be on the line itself: by its quantity, and in the bases of the right taxes"""
        right = all(precedes(quota, found) == (found in self.on_quotas) for _tax, found in self._levied)
        return right and tax.base == self.line.cantidad

    def add(self, tax):
        """Put a local tax on all that the line adds."""
        self.parts = [replace(part, taxes=(*part.taxes, tax)) if part.taxed is None else part for part in self.parts]

    def _allow(self, tax, amount):
        self.slack[tax] = self.slack.get(tax, Decimal()) + abs(amount)


class BillLines:
    """All lines of a bill, from those of a CFDI.

    :param read: :class:`~..cfdi.received.ReceivedCfdi`
    :param taxes: :class:`~.taxes.Taxes`
    """

    def __init__(self, read, taxes):
        self.read, self.taxes = read, taxes
        self.unit = Decimal(1).scaleb(-currency_decimals(read.moneda))
        self._net_amounts = read.net_amounts()
        lines = zip(read.lines, self._net_amounts, strict=True)
        self.layouts = [Layout(line, net, taxes, self.unit) for line, net in lines]
        self._local = {}
        self.extras = [*self._quota_extras(), *self._local_extras()]

    def _quota_extras(self):
        """Taxes by quota that nobody set up, which nobody credits: amounts with the taxes that are on them."""
        sums = {}
        for layout in self.layouts:
            for tax in layout.missing_quotas:
                key = (tax.key, tuple(layout.on_quotas))
                first, amount = sums.get(key, (tax, Decimal()))
                sums[key] = (first, amount + (-tax.importe if tax.withheld else tax.importe))
        return [Extra(self._rounded(amount), key[1], tax=tax) for key, (tax, amount) in sums.items()]

    def _local_extras(self):
        """Local taxes: on all lines where a purchase tax gives their amount, else amounts of their own."""
        extras = []
        for local in self.read.impuestos_locales:
            found = self.taxes.local(local)
            if found and found not in self._local and self._is_on_all_lines(local):
                self._local[found] = local.importe
                for layout in self.layouts:
                    layout.add(found)
            else:
                extras.append(Extra(local.importe, (), name=f"{local.nombre} {local.tasa.normalize():f} %"))
        return extras

    def _is_on_all_lines(self, local):
        rate = local.tasa / 100 * (1 if local.importe >= 0 else -1)
        return abs(sum(self._net_amounts) * rate - local.importe) <= self.unit * len(self.layouts)

    def _rounded(self, amount):
        return amount.quantize(self.unit, ROUND_HALF_UP)

    def sums(self):
        """:return: dict from tax to its sum in the CFDI, negative if withheld"""
        sums = dict(self._local)
        for tax in (tax for line in self.read.lines for tax in line.impuestos):
            found = self.taxes.match(tax)
            if found and tax.importe is not None:
                sums[found] = sums.get(found, Decimal()) + (-tax.importe if tax.withheld else tax.importe)
        return sums

    def allowed(self, tax):
        """:return: how far Odoo's amount of a tax may be from the CFDI's: a unit a line, and what is explained"""
        parts = [part for layout in self.layouts for part in layout.parts if tax in part.taxes]
        # a quota on a quantity that Odoo has with fewer decimals
        units = sum(abs(Decimal(str(tax.amount))) for part in parts) * UNIT_OF_QUANTITIES
        slack = sum(layout.slack.get(tax, Decimal()) for layout in self.layouts)
        extras = sum(tax in extra.taxes for extra in self.extras)
        return self.unit * (len(parts) + extras) + slack + (units if tax.amount_type == "fixed" else 0)


def precedes(tax, other):
    """:return: whether Odoo adds the amount of a tax to the base of another"""
    before = (tax.sequence, tax.id) < (other.sequence, other.id)
    return before and tax.include_base_amount and other.is_base_affected


def _rate(tax):
    return Decimal(str(tax.amount)) / 100
