"""Facture's current API: OAuth2, JSON, 1 to 25 documents a call."""
