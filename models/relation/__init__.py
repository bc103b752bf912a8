"""Which CFDI relates to which: where an invoice comes from, substitution, and one live CFDI for each sale."""
