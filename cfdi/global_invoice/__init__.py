"""The global invoice: many sales to the public in one CFDI, a Concepto for each ticket (SAT's guide)."""
