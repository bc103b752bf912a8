"""The day's sales to the public: what their CFDIs tell, against what the books have."""

from . import sales
from . import causes
from . import comparison
