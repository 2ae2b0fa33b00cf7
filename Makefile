# Two commands for a newcomer: `make run` (the report on the bundled snapshot) and `make test`.
# Python 3.11 or newer and make are all that is needed; everything is installed into .venv, from the hash-locked
# files in requirements/. Choose another interpreter with `make run PYTHON=python3.13`.

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
# Installation talks on stderr, so that the last line of stdout is what a target made. The locked files are whole, so
# nothing is resolved: pip 23 wants `name[extra]` of a dependency pinned too, and fails on the day that a newer one is out.
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps

.PHONY: run test soak benchmark test-bigquery lint lab dictionary picture lock upgrade clean clean-data
.DEFAULT_GOAL := run

run: $(VENV)/.run  ## the adoption report on the bundled snapshot; prints its path
	@$(BIN)/pypi-adoption run

test: $(VENV)/.dev  ## all tests
	@$(BIN)/python -m pytest -n auto --dist loadfile

SEED ?=
soak: $(VENV)/.dev  ## 50 refreshes with readers and faults at random places; `make soak SEED=1` repeats one
	@PYTHONPATH=. $(BIN)/python tests/soak/soak.py --refreshes 50 $(if $(SEED),--seed $(SEED))

SCALE ?= 1
benchmark: $(VENV)/.dev  ## docs/performance.md: an index of PyPI's size built, asked, and held beside polars and pandas
	@PYTHONPATH=. $(BIN)/python tests/benchmarks/full_scale.py --scale $(SCALE)

test-bigquery: $(VENV)/.dev $(VENV)/.emulators  ## the BigQuery source against emulators of the service, over the wire
	@WITH_EMULATORS=yes $(BIN)/python -m pytest tests/sources/bigquery/test_emulator.py

lint: $(VENV)/.dev  ## ruff, mypy, sqlfluff
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/sqlfluff lint --processes 2 --disable-progress-bar pipeline

lab: $(VENV)/.notebooks  ## JupyterLab with the notebooks
	@$(BIN)/jupyter lab notebooks

dictionary: $(VENV)/.run  ## docs/data-dictionary.md out of the cards of the tables
	@$(BIN)/python -m pipeline.documents.dictionary > docs/data-dictionary.md

picture: run  ## docs/evidence-by-tier.svg out of the published file
	@$(BIN)/python -m pipeline.documents.picture data/adoption.duckdb > docs/evidence-by-tier.svg

lock: $(VENV)/.dev  ## add what pyproject.toml names anew to the locked files, with hashes and without addresses
	@$(BIN)/python requirements/lock.py

upgrade: $(VENV)/.dev  ## the same, with the newest version of everything
	@$(BIN)/python requirements/lock.py --upgrade

clean:  ## remove the environment and the reports; what was fetched and published stays
	rm -rf $(VENV) reports/2* reports/simulated-* reports/benchmark reports/index.html reports/*.xml

clean-data:  ## remove what was fetched and published: paid BigQuery days are paid again, and the history of months is gone
	rm -rf data/landing data/*.duckdb data/.*.duckdb.*

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; name it with: make $(MAKECMDGOALS) PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) >&2

$(VENV)/.run: requirements/run.txt pyproject.toml | $(BIN)/python
	@echo "Installing into $(VENV) (once)" >&2
	@$(INSTALL) -r requirements/run.txt >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable . >&2
	@touch $@

$(VENV)/.notebooks: requirements/notebooks.txt $(VENV)/.run
	@echo "Installing JupyterLab into $(VENV) (once)" >&2
	@$(INSTALL) -r requirements/notebooks.txt >&2
	@touch $@

$(VENV)/.dev: requirements/dev.txt requirements/oldest-duckdb.txt $(VENV)/.run
	@echo "Installing the tools for development into $(VENV) (once)" >&2
	@$(INSTALL) -r requirements/dev.txt >&2
	@rm -rf $(VENV)/oldest-duckdb
	@$(INSTALL) --target $(VENV)/oldest-duckdb -r requirements/oldest-duckdb.txt >&2
	@touch $@

# Emulators hold other versions of the libraries, so each has an environment of its own. One of them runs on Python 3.13
# only, and is left out, with a word, where there is none.
PYTHON313 ?= $(shell for python in $(BIN)/python python3.13 $(HOME)/.pyenv/versions/3.13*/bin/python3.13; do \
	$$python -c 'import sys, venv; sys.exit(sys.version_info[:2] != (3, 13))' 2>/dev/null && echo $$python && break; done)

$(VENV)/.emulators: requirements/emulator-bqemulator.txt requirements/emulator-local-bigquery.txt | $(BIN)/python
	@echo "Installing the emulators into $(VENV)/emulator (once)" >&2
	@rm -rf $(VENV)/emulator
	@$(BIN)/python -m venv $(VENV)/emulator/bqemulator >&2
	@$(VENV)/emulator/bqemulator/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements/emulator-bqemulator.txt >&2
	@if [ -n "$(PYTHON313)" ]; then \
		$(PYTHON313) -m venv $(VENV)/emulator/local-bigquery >&2 && \
		$(VENV)/emulator/local-bigquery/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements/emulator-local-bigquery.txt >&2; \
	else echo "Without Python 3.13, local-bigquery (the Storage Read API on results) is left out" >&2; fi
	@touch $@
