"""SAT's reasons for a cancellation (motivo, c_Motivo of the cancellation service since 2022): one row each."""

CANCEL_REASONS = [
    ("01", "01 Issued with errors, with relation"),
    ("02", "02 Issued with errors, without relation"),
    ("03", "03 The operation did not take place"),
    ("04", "04 Sale to a named customer that is part of a global invoice"),
]
# the only reason with a substitute (FolioSustitucion)
WITH_REPLACEMENT = "01"
