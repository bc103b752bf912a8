"""The judge: what SAT and a PAC would say against an unsigned CFDI 4.0.

Written from SAT's matrix of errors, on its own, so that a mistake of the addon is not repeated
here. Each module yields findings; the service answers with the first of them.
"""

from . import header, lines, parties, payments, sums, xsd
from .document import Document, read
from .findings import Context, Finding

__all__ = ["Context", "Document", "Finding", "judge", "read"]


def judge(root, context):
    """The findings against a parsed pre-CFDI, in the order in which a PAC would meet them.

    The arithmetic is only looked at when SAT's schema accepts the document, as the schema
    guarantees that what must be a number is one.
    """
    findings = list(xsd.check(root))
    if findings:
        return findings
    document = Document(root, context)
    receipt = document.kind == "P" or document.payments is not None
    # of a receipt of payment the complement's own rules say all about lines and totals
    for module in (payments, header, parties) if receipt else (header, parties, lines, sums):
        findings.extend(module.check(document))
    return findings
