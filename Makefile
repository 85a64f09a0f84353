# Lyceum: `make chat` talks to an open model, `make test` runs every test, `make check` format, lint, types and layers.
PYTHON ?= python3.11
BIN := .venv/bin

.PHONY: chat run setup test check bench lock

.venv/runtime: requirements/runtime.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install -q --require-hashes -r requirements/runtime.txt
	$(BIN)/pip install -q --no-deps --no-build-isolation -e .
	touch $@
