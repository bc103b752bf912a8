"""Lines of an ERP made into Conceptos whose sums are the ERP's, within SAT's limits."""
