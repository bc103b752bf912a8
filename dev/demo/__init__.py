"""`make demo`: a running Odoo with customers, invoices and the sandbox; how it ends, and its pictures."""
