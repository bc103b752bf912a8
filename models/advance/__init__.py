"""Advances (anticipos, SAT's procedure A)."""
