"""What every other package may use: transactions, protected fields, problems, actions, languages, error texts."""

from . import access
from . import owners
from . import problem
from . import taxpayer
