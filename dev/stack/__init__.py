"""What everything runs on: Odoo's source, PostgreSQL, databases, Python environments, processes."""
