"""`make test` and what counts, spreads and repeats tests; `make property`, `make i18n`."""
