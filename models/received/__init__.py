"""Suppliers' CFDIs on vendor bills: upload, filling, comparison, and SAT's word."""
