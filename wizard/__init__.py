from . import l10n_mx_facture_cancel, l10n_mx_facture_resolve
