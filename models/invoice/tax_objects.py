"""SAT's c_ObjetoImp, for lines and products."""

TAX_OBJECTS = [
    ("01", "01 Not subject to tax"),
    ("02", "02 Subject to tax"),
    ("03", "03 Subject to tax, no breakdown required"),
    ("04", "04 Subject to tax, none arises"),
    ("05", "05 Subject to tax, PODEBI VAT credit"),
    ("06", "06 Subject to VAT, VAT not passed on"),
    ("07", "07 VAT not passed on, IEPS broken down"),
    ("08", "08 VAT not passed on, IEPS not broken down"),
]
