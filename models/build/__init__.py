"""From an invoice to the values of its CFDI, with everything that SAT would refuse."""
