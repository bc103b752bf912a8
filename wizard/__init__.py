from . import l10n_mx_facture_adopt
from . import l10n_mx_facture_anticipo
from . import l10n_mx_facture_anticipo_apply
from . import l10n_mx_facture_cancel
from . import l10n_mx_facture_cancel_many
from . import l10n_mx_facture_check
from . import l10n_mx_facture_evidence
from . import l10n_mx_facture_resolve
