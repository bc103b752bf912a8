"""Not shipped with the addon: what fetches Odoo, runs it, tests and measures. Each package serves one end."""
