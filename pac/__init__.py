"""Clients of stamping services, one contract for all. Imports no Odoo, knows no database."""
