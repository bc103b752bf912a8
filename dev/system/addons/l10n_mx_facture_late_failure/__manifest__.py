{
    "name": "Late failures for the system tests",
    "summary": "The request of a stamp fails after the stamp: the test says how",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "author": "l10n_mx_facture contributors",
    "website": "https://github.com/l10n-mx-facture/l10n_mx_facture",
    "depends": ["l10n_mx_facture"],
}
