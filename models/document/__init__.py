"""One CFDI: its facts and states, the ledger of calls, and its files."""
