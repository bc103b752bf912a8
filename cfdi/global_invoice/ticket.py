"""A ticket: what a sale to the public says of itself, with one row for each of its taxes."""

from dataclasses import dataclass, replace
from decimal import Decimal

from ..amounts.arithmetic import ZERO, exact_sum
from ..errors import CfdiError
from ..fuels import FUELS
from ..values import EXENTO

IVA, IEPS = "002", "003"
TAXED, NOT_TAXED = "02", "01"
# c_ClaveProdServ of a ticket, but for fuels
ANY_GOODS = "01010101"
# how far two roundings of one amount may lie apart
_APART = Decimal("0.02")


@dataclass(frozen=True, slots=True)
class TicketTax:
    """A transferred tax of a whole ticket.

    :param base: of all of its lines; of a Cuota the quantity
    :param tasa_o_cuota, importe: None of Exento
    """

    impuesto: str
    tipo_factor: str
    tasa_o_cuota: Decimal | None
    base: Decimal
    importe: Decimal | None

    @property
    def key(self):
        """What rows of one ticket have in common that are one row."""
        return self.impuesto, self.tipo_factor, self.tasa_o_cuota


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket, in pesos and cents.

    :param number: printed on it, unique in its CFDI (NoIdentificacion)
    :param sub_total: of its lines before discounts and taxes
    :param descuento: their discounts; 0 where there are none
    :param taxes: tuple of TicketTax
    :param objeto_imp: of a ticket without any tax row
    :param forma_pago: code of c_FormaPago of its largest payment
    :param clave_prod_serv: that of the fuel, where it sells one
    """

    number: str
    sub_total: Decimal
    descuento: Decimal = ZERO
    taxes: tuple[TicketTax, ...] = ()
    objeto_imp: str = NOT_TAXED
    forma_pago: str | None = None
    clave_prod_serv: str = ANY_GOODS

    @property
    def is_fuel(self):
        """Whether it sells a fuel."""
        return self.clave_prod_serv != ANY_GOODS

    @property
    def net(self):
        """What is sold, before taxes."""
        return self.sub_total - self.descuento

    @property
    def total(self):
        """What the customer pays."""
        return self.net + self.tax

    @property
    def untaxed(self):
        """What has no tax row of its own. IEPS is in the base of IVA; negative: it is not in all of them."""
        bases = exact_sum(row.base for row in self.taxes if row.impuesto == IVA)
        return self.net - bases + exact_sum(row.importe or ZERO for row in self.taxes if row.impuesto == IEPS)

    @property
    def tax(self):
        """The sum of its taxes."""
        return exact_sum(row.importe for row in self.taxes if row.importe is not None)

    def less(self, other):
        """Return what is left of it after a part of it was returned.

        :param other: Ticket of what was returned
        :raises CfdiError: ``more_than_ticket``: more was returned than was sold, of the net amount or of a tax
        """
        rows = {row.key: row for row in self.taxes}
        for row in other.taxes:
            mine = rows.get(row.key)
            if mine is None or row.base > mine.base or (row.importe or ZERO) > (mine.importe or ZERO):
                raise self._too_much(other)
            importe = None if mine.tipo_factor == EXENTO else mine.importe - row.importe
            rows[row.key] = replace(mine, base=mine.base - row.base, importe=importe)
        # nothing is left to be taxed; a cent that the two were rounded apart goes with it
        left = tuple(row for row in rows.values() if row.base or row.importe)
        if other.net > self.net or any(not row.base for row in left):
            raise self._too_much(other)
        # a discount of what is returned is in its own net amount
        net = self.net - other.net
        descuento = min(self.descuento, self.sub_total - net) if net else ZERO
        return replace(self, sub_total=net + descuento, descuento=descuento, taxes=left)

    def snapped_to(self, rest):
        """Return it with the rows of `rest` where all that is left of a tax is returned: rounded by itself, tax and
        base may lie a cent apart there. Its total stays.

        :param rest: Ticket: what is left of the one that this is a part of
        """
        left = {row.key: row for row in rest.taxes}
        taxes = tuple(left[row.key] if _is_all(row, left.get(row.key)) else row for row in self.taxes)
        moved = exact_sum(row.importe or ZERO for row in taxes) - self.tax
        return replace(self, taxes=taxes, sub_total=self.sub_total - moved) if taxes != self.taxes else self

    def _too_much(self, other):
        data = {"ticket": self.number, "total": str(self.total), "returned": str(other.total)}
        text = f"Of the ticket {self.number} ({self.total}) more was returned than was sold: {other.total}."
        return CfdiError("more_than_ticket", text, data=data)

    def to_json(self):
        """Return its amounts as JSON-able values; number and form of payment are kept elsewhere."""
        return {
            **({"clave_prod_serv": self.clave_prod_serv} if self.is_fuel else {}),
            "sub_total": str(self.sub_total),
            "descuento": str(self.descuento),
            "objeto_imp": self.objeto_imp,
            "taxes": [
                [one.impuesto, one.tipo_factor, *map(_text, (one.tasa_o_cuota, one.base, one.importe))]
                for one in self.taxes
            ],
        }

    @classmethod
    def from_json(cls, number, values, forma_pago=None):
        """Return the Ticket of what `to_json` has returned."""
        taxes = tuple(TicketTax(one, factor, *map(_decimal, more)) for one, factor, *more in values["taxes"])
        sub_total, descuento = Decimal(values["sub_total"]), Decimal(values["descuento"])
        clave = values.get("clave_prod_serv", ANY_GOODS)
        return cls(number, sub_total, descuento, taxes, values["objeto_imp"], forma_pago, clave)

    @classmethod
    def from_lines(cls, number, conceptos, totals, forma_pago=None):
        """Return the Ticket of an invoice that has no CFDI of its own, or of a credit note: its lines in one.

        :param conceptos: its Concepto lines
        :param totals: their Totals
        :raises CfdiError: ``fuel_and_more``: a fuel stands beside something else
        """
        taxes = tuple(
            TicketTax(row.impuesto, row.tipo_factor, row.tasa_o_cuota, row.base, row.importe)
            for row in totals.traslados
        )
        objects = {one.objeto_imp for one in conceptos}
        objeto_imp = objects.pop() if len(objects) == 1 and not taxes else NOT_TAXED
        claves = {one.clave_prod_serv for one in conceptos}
        clave = next(iter(claves & FUELS), ANY_GOODS)
        if clave in FUELS and len(claves) > 1:
            text = f"The ticket {number} has the fuel {clave} and something else."
            raise CfdiError("fuel_and_more", text, data={"ticket": number})
        return cls(number, totals.sub_total, totals.descuento or ZERO, taxes, objeto_imp, forma_pago, clave)


def _is_all(row, left):
    """Whether a row returns all that is left of its tax, base and tax together, rounded a cent apart."""
    if left is None or row.tipo_factor == EXENTO or row.base == left.base:
        return left is not None and row.base == left.base and _near(row.importe, left.importe)
    return row.base + row.importe == left.base + left.importe and _near(row.base, left.base)


def _near(one, other):
    return one == other or (None not in (one, other) and abs(one - other) <= _APART)


def _text(value):
    return None if value is None else str(value)


def _decimal(value):
    return None if value is None else Decimal(value)
