# Each target does its own set-up; what is done already costs nothing again.
PYTHON ?= python3
BIN := .venv/bin
WEB := wms/web
INSTALLED := .venv/.installed
VENDORED := .venv/.vendored

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint bench bench-planning bench-decode bench-labels bench-imports bench-campaign clean app

help:  ## list what can be made
	@echo "Pickwell, a warehouse-floor system. You can make:"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 24

setup: app  ## make .venv and fetch all that demo and test need (free when repeated)
	@.ci/system-packages test

demo: app  ## start a small warehouse with virtual workers at http://localhost:8000
	@$(BIN)/wms demo

test: setup lint  ## lint, types and every test, on SQLite and on PostgreSQL with Redis
	@$(BIN)/python -m pytest -n 2 --dist worksteal

lint: app  ## style, types and who may import whom
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports
	@$(BIN)/mypy

bench: setup  ## measure what a scan costs, as a ratio to the bare database
	@$(BIN)/python tests/benchmarks/run.py

# Other people's instances are not ours to copy: bench-planning reads them from a folder, and says which are absent.
PLANNING_SAMPLES ?= samples/planning

bench-planning: app  ## planners against published figures: make bench-planning PLANNING_SAMPLES=folder
	@$(BIN)/python -m tests.benchmarks.planning $(PLANNING_SAMPLES)

bench-labels: setup  ## every label at every density in every language, 100,000 hostile texts, labels a second
	@PICKWELL_LABELS=all $(BIN)/python -m pytest -q tests/labels/test_label_proof.py
	@$(BIN)/python -m tests.benchmarks.labels

bench-imports: setup  ## 100,000 orders from file to review, beside scans, against bare rows
	@$(BIN)/python -m tests.benchmarks.imports

bench-campaign: setup  ## 10,000 invented orders from their file to the first wave, step by step
	@$(BIN)/python -m tests.benchmarks.campaign

SAMPLES ?= samples/barcodes

bench-decode: app  ## decoding, per symbology and engine: make bench-decode SAMPLES=folder
	@$(BIN)/python -m tests.benchmarks.decode $(SAMPLES) --turned --scenes 2

clean:  ## remove everything that was made or fetched here (not your data in var/)
	rm -rf .venv dist $(WEB)/node_modules $(WEB)/static/vendor *.egg-info
	rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

app: $(INSTALLED) $(VENDORED)

$(INSTALLED): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "setup: Pickwell needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 setup"; exit 1; }
	@PYTHON=$(PYTHON) .ci/system-packages app
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "setup: installing the Python packages into .venv"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

# Without the browser libraries Pickwell runs, so a failure here is told and tried again the next time.
$(VENDORED): $(WEB)/package.json $(WEB)/package-lock.json $(WEB)/vendor.mjs | $(INSTALLED)
	@if ! command -v npm >/dev/null; then \
		echo "setup: no npm, so no browser libraries: boards refresh every 30 s, labels have no preview, handhelds no camera"; \
	elif echo "setup: installing the browser libraries"; cd $(WEB) && npm ci --loglevel=error --no-audit --no-fund >/dev/null && node vendor.mjs; then \
		touch $(CURDIR)/$@; \
	else \
		echo "setup: npm failed (see above), so no browser libraries: boards refresh every 30 s, labels have no preview, handhelds no camera"; \
	fi
