"""The lines of a stamped global invoice, page by page, as its printed form lists them."""

from .line import SALE, UNIT
from .ticket import ANY_GOODS

# lines of text on a sheet of the size Letter between Odoo's margins; the first one has the parties and the header too
FIRST_PAGE, NEXT_PAGES = 34, 60
# of NoIdentificacion in one line of text
NUMBER_WIDTH = 22


def is_of_tickets(printed):
    """Return whether each line of a CFDI is a ticket, as SAT's guide of the CFDI global asks.

    :param printed: ``printed.PrintedCfdi``
    """
    doc = printed.cfdi.comprobante
    return bool(doc.informacion_global and not printed.partes and all(map(_is_ticket, doc.conceptos)))


def _is_ticket(line):
    words = line.clave_prod_serv, line.clave_unidad, line.descripcion
    others = line.retenciones or line.pedimentos or line.cuentas_prediales or line.a_cuenta_terceros
    # of a fuel the code has to be read, too
    return words == (ANY_GOODS, UNIT, SALE) and bool(line.no_identificacion) and not line.unidad and not others


def pages_of(lines):
    """Yield lists of Conceptos, each of which fits on a page: some programs that print repeat no head of a table."""
    page, room = [], FIRST_PAGE
    for line in lines:
        height = max(1, len(line.traslados), -(-len(line.no_identificacion) // NUMBER_WIDTH))
        if page and height > room:
            yield page
            page, room = [], NEXT_PAGES
        page.append(line)
        room -= height
    if page:
        yield page
