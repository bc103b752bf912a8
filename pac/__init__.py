"""Clients of the services that stamp CFDIs, all behind one contract, and of SAT's status service.

Imports no Odoo and knows no database. providers.py has the services to choose from, contract.py what each of them does.
"""
