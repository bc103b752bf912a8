from . import fiscal_data
from . import portal
