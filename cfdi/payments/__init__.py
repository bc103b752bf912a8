"""Receipts of payment (REP): CFDI of type P with the complement Pagos 2.0 (SAT's Pagos20.xsd, matrix CRP20xxx).

From the stamped XML of invoices (`invoice`) and what earlier receipts printed (`printed`) to a receipt (`receipt`) or
to findings of the rules (`..rules.pago` and its neighbours).

>>> receipt = build_receipt(header, [Payment(..., settlements=(Settlement(invoice, amount),))])
"""
