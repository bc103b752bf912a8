"""What a Concepto is made of, where an XML says so."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Parte:
    """A Parte of a Concepto (the builder writes none; they are read from an XML)."""

    clave_prod_serv: str
    cantidad: Decimal
    valor_unitario: Decimal | None
    importe: Decimal | None
    pedimentos: tuple[str, ...] = ()
