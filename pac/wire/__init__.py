"""The way to a service: one HTTP exchange, credentials that nobody reads, tokens. Knows no service."""
