"""SAT's public status service: whose turn it is to ask, the answers, and the round that asks by itself."""
