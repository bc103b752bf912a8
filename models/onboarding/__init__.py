"""From a bare company to the first stamp: the block of the settings, and what is still missing."""

from . import settings
from . import connect
from . import state
from . import checklist
