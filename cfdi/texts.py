"""The one form in which a text stands in a CFDI, however it was typed or pasted."""

import unicodedata
from functools import lru_cache

# controls and format characters: a bell, a zero width space, a soft hyphen
_UNSEEN = ("Cc", "Cf")


@lru_cache(4096)
def one_form(text):
    """Return a text composed (NFC), its white space folded, without characters that no screen shows.

    A pasted Ñ may be two characters (N and U+0303), which look the same and are another name to SAT.
    """
    folded = " ".join(text.split())
    if folded.isascii() and folded.isprintable():
        return folded
    # white space was folded before: some of it (a line break) is a control character too
    if not folded.isprintable():
        folded = "".join(c for c in folded if unicodedata.category(c) not in _UNSEEN)
    # what stood on both sides of a dropped character has come together
    return " ".join(unicodedata.normalize("NFC", folded).split())


def forbidden_character(text):
    """Return (position from 1, ``U+FFFE``) of the first character that no XML can hold; None if there is none."""
    for position, character in enumerate(text, 1):
        if character < " " or "\ud800" <= character <= "\udfff" or character in "\ufffe\uffff":
            return position, f"U+{ord(character):04X}"
    return None
