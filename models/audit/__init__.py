"""The correction of discrepancies, the integrity of stored files, and evidence for auditors."""

from . import integrity
from . import fixes
from . import discrepancy_buttons
from . import buttons
from . import evidence
