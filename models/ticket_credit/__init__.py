"""Credit notes of tickets that other modules have brought: a CFDI of type E without an entry."""

from . import credit
from . import build
from . import give_back
