"""Facture APP's `/rest/*` service: XML in, stamped XML out, ZIP files for many."""
