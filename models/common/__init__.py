"""What every other package may use: transactions, sealed fields, problems, actions, languages, error texts."""

from . import access
from . import problem
from . import taxpayer
