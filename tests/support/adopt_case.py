"""Invoices whose CFDI another system has stamped: their XML comes from the sandbox, past this module."""

import io
import zipfile

from .cancel_case import CancelCase


class AdoptCase(CancelCase):
    """The other system uses the same service, so that SAT and the service know its CFDIs."""

    def foreign(self, move, **attributes):
        """Let the other system stamp an invoice.

        :param attributes: those of the Comprobante that it writes differently; None: it writes none
        :return: bytes of the stamped XML
        """
        built, problems = self.env["l10n_mx_facture.cfdi"]._build(move)
        self.assertFalse(problems)
        xml = built.payload.decode()
        for name, value in attributes.items():
            head, _, rest = xml.partition(f' {name}="')
            written = f' {name}="{value}"' if value is not None else ""
            xml = f'{head}{written}{rest.partition(chr(34))[2]}'
        return self.account._client().stamp(xml.encode(), self.branch.remote_id).xml

    def hang(self, move, xml, name="MX-Invoice-4.0.xml", **values):
        """:return: the file, as it hangs on an invoice"""
        vals = {"name": name, "raw": xml, "res_model": move._name, "res_id": move.id, **values}
        # sudo: a file of a removed module belongs to nobody
        return self.env["ir.attachment"].sudo().create(vals).sudo(False)

    def foreign_invoice(self, **attributes):
        """:return: an invoice on which the XML of another system hangs"""
        move = self.create_invoice()
        self.hang(move, self.foreign(move, **attributes))
        return move

    def archive(self, files):
        """:param files: dict from a name to bytes
        :return: bytes of a ZIP
        """
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        return buffer.getvalue()

    def press_in(self, context, records, method):
        """As :meth:`press`, with a context: that of a button, or of an action."""
        with self.committing() as env:
            return getattr(records.with_env(env).with_context(**context), method)()

    # -- the wizard -----------------------------------------------------------------------------

    def adopt_wizard(self, moves):
        """:return: the wizard that *Adopt CFDI* opens"""
        action = self.press(moves, "action_l10n_mx_facture_adopt")
        return self.env[action["res_model"]].browse(action["res_id"])

    def adopt(self, moves):
        """Adopt what *Adopt CFDI* proposes. :return: the action of the button"""
        return self.press(self.adopt_wizard(moves), "action_adopt")

    def adopted_invoice(self, **attributes):
        move = self.foreign_invoice(**attributes)
        self.adopt(move)
        self.assertEqual(move.l10n_mx_facture_state, "stamped")
        return move
