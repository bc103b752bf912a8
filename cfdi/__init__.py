"""The fiscal document: typed values to XML and back, with SAT's arithmetic and rules. Imports no Odoo."""
