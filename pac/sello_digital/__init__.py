"""Sello Digital's JSON service: an invoice is created first and stamped then."""
