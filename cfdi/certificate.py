"""The certificate (CSD) in a stamped CFDI."""

import base64

from cryptography.x509 import InvalidVersion, load_der_x509_certificate

from .read import read_cfdi


def certificate_end(xml):
    """The day on which the certificate that sealed a CFDI ends.

    :param xml: bytes of the stamped CFDI
    :return: date in UTC; None where the XML carries no certificate, or none that can be read
    :raises CfdiError: as `read_cfdi`
    """
    certificate = read_cfdi(xml).certificado
    if not certificate:
        return None
    try:
        read = load_der_x509_certificate(base64.b64decode(certificate))
    except (ValueError, InvalidVersion):
        return None
    # before cryptography 42 it has no time zone, and is in UTC too
    end = getattr(read, "not_valid_after_utc", None) or read.not_valid_after
    return end.date()
