from . import customer_pdf
