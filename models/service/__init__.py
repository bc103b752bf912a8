"""The contract with a service: account, connection, branches, codes, tokens, credits, and the pause after failures."""
