# Everything starts here; the work is done by the package dev/ (standard library only until the environments are built).
# Variables: ODOO_PORT SANDBOX_PORT DEMO_DB DETACH FRESH ODOO_DIR CACHE_DIR DEBIAN_MIRROR PYTHON; for test: PART TAGS JOBS;
# for property: N SEED JOBS PART; for chaos: N SEED PROVIDER
PYTHON ?= python3

# Given on make's command line or by the environment: handed to the scripts as environment variables.
export ODOO_PORT SANDBOX_PORT DEMO_DB DETACH FRESH ODOO_DIR CACHE_DIR DEBIAN_MIRROR PART TAGS JOBS N SEED PROVIDER

.PHONY: help demo stop test lint i18n screenshots bench property chaos clean
.DEFAULT_GOAL := help

help:
	@echo "make demo    a running Odoo 19 with the module, customers and invoices (DETACH=1: returns when ready)"
	@echo "make stop    end what make demo started for this DEMO_DB"
	@echo "make test    everything there is (PART=lint|unit|tools|sandbox|odoo|system, TAGS=odoo test tags)"
	@echo "make lint    ruff and pylint-odoo"
	@echo "make i18n    bring i18n/*.po up to date with the terms of the code"
	@echo "make screenshots  take the pictures of the README and of doc/ from the running demo"
	@echo "make bench   ratios of speed, measured side by side (PART=build|bulk|receipts|global|core: only that)"
	@echo "make property N=10000  that many random invoices, posted, built and judged, paid to the last cent,"
	@echo "             and as many days of tickets, each in one global invoice"
	@echo "             (SEED=: the same ones again; PART=carts|lives|tickets: only those)"
	@echo "make chaos   seeded clicks, faults, kills and crashes: book against database, 1000 schedules of facture_rest and"
	@echo "             100 of each other service (sat: what becomes of the CFDIs there afterwards;"
	@echo "             receipts: of the payments of invoices on credit;"
	@echo "             global: of tickets, by two nightly runs); N=, SEED=,"
	@echo "             PROVIDER=facture_rest|sello_digital|facture_api|sat|receipts|global: only that one"
	@echo "make clean   remove the cache: fetched programs, private PostgreSQL cluster, demo database"

demo: python
	@$(PYTHON) -m dev.demo.start

stop: python
	@$(PYTHON) -m dev.demo.stop

screenshots: python
	@$(PYTHON) -m dev.demo.screenshots

test: python
	@$(PYTHON) -m dev.checks.run

lint: python
	@PART=lint $(PYTHON) -m dev.checks.run

property: python
	@$(PYTHON) -m dev.checks.property

i18n: python
	@$(PYTHON) dev/tool.py i18n

bench: python
	@$(PYTHON) -m dev.bench.run

chaos: python
	@$(PYTHON) -m dev.chaos.run

clean: python
	@$(PYTHON) -m dev.clean

.PHONY: python
python:
	@command -v $(PYTHON) >/dev/null || { echo "Error: $(PYTHON) is not on this machine. On Debian and Ubuntu: apt-get install python3 python3-venv." >&2; exit 1; }
