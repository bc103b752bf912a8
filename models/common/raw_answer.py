"""Raw answers of others, kept as text."""

import hashlib


def raw_vals(raw):
    """The values of ``raw`` and ``raw_hash`` for an answer.

    :param raw: bytes as they came; none where nothing is kept
    :return: dict; the hash is that of the text in UTF-8, which is that of the bytes where they are UTF-8
    """
    if not raw:
        return {"raw": False, "raw_hash": False}
    text = raw.decode("utf-8", "backslashreplace").replace("\0", "\\0")
    return {"raw": text, "raw_hash": hashlib.sha256(text.encode()).hexdigest()}
