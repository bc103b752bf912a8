"""A customer's fiscal data: read from the Constancia de Situación Fiscal, and confirmed by the customer on a page."""

from . import values
from . import constancia
from . import link
from . import confirmed
