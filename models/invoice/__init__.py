"""The fiscal fields of an invoice and its lines, their defaults, and what an invoice with a CFDI refuses."""
