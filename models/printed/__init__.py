from . import customer_pdf
from . import document
from . import move
from . import portal
from . import report
