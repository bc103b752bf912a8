"""What Odoo, the service, SAT and the stored files tell differently, what mends it, and the evidence for an auditor."""
