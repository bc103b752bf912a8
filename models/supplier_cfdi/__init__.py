"""What a supplier's CFDI is: its file and seal, and which lines and purchase taxes of a bill express it."""

from . import file
from . import parts
from . import taxes
