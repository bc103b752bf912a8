"""SAT's public status service: what SAT says of a CFDI, what that means, and when to ask again."""
