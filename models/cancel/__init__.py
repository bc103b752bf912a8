"""From the button Cancel CFDI to SAT's answer: requests, orders, notices, receipts, and what becomes of the invoice."""
