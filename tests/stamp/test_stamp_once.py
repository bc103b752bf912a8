from collections import Counter
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

from odoo.addons.l10n_mx_facture.cfdi import build, write, xml
from odoo.addons.l10n_mx_facture.cfdi.amounts import fit, totals

from ..support.stamp_case import StampCase

STAMP = b"TimbreFiscalDigital"


class TestStampOnce(StampCase):
    """A stamp makes each result once: a second writing, parsing or summing is time that nobody needs."""

    def test_one_invoice(self):
        move = self.create_invoice()
        with self.counting() as counts:
            self.stamp(move)
        self.assertEqual(move.l10n_mx_facture_state, "stamped")
        self.assertEqual(counts, {"written": 1, "summed": 1, "sent parsed": 1, "stamped parsed": 1, "asked": 4})

    def test_several_in_one_call(self):
        moves = self.create_invoice() | self.create_invoice() | self.create_invoice()
        with self.counting() as counts:
            self.stamp(moves)
        self.assertEqual(set(moves.mapped("l10n_mx_facture_state")), {"stamped"})
        # whether the account may be used: before it is built, for the call, and for the credits afterwards
        self.assertEqual(counts, {"written": 3, "summed": 3, "sent parsed": 3, "stamped parsed": 3, "asked": 3})

    @contextmanager
    def counting(self):
        """:return: Counter of what is made while the block runs"""
        counts = Counter()

        def parsed(data, *_args):
            if b"<cfdi:Comprobante" in data:
                counts["stamped parsed" if STAMP in data else "sent parsed"] += 1

        account = type(self.env["l10n_mx_facture.account"])
        watched = (
            (build, "write", "written"),
            (write, "write", "written"),
            (fit, "totals_of_lines", "summed"),
            (totals, "totals_of_lines", "summed"),
            (account, "_call_refusal", "asked"),
            (xml.etree, "fromstring", parsed),
        )
        with ExitStack() as stack:
            for owner, name, note in watched:
                stack.enter_context(patch.object(owner, name, self.noting(counts, getattr(owner, name), note)))
            yield counts

    def noting(self, counts, function, note):
        def noted(*args, **kwargs):
            if callable(note):
                note(*args)
            else:
                counts[note] += 1
            return function(*args, **kwargs)

        return noted
