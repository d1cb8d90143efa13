# Needs Python 3.11 or newer and make, nothing else. `make help` says what there is.

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
BIN := .venv/bin
# Tests wait for servers, browsers and clocks: three at a time keep two cores busy.
PARALLEL ?= -n 3
SCRIPTS := "static/**/*.js"
CATALOGUES := $(wildcard locale/*/LC_MESSAGES/*.po */locale/*/LC_MESSAGES/*.po)

# Whatever the shell says: dozens of servers and workers start during the tests, and each would compile every module again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test pytest coverage lint types drawings messages browser lock clean
.DELETE_ON_ERROR:

help: ## say what there is to run
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: .venv/runtime messages ## the page, with a cluster at work in it (HOST=127.0.0.1 PORT=8000)
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py demo --host $(HOST) --port $(PORT)
	@exec env MALLOC_ARENA_MAX=2 $(BIN)/daphne --bind $(HOST) --port $(PORT) --verbosity 0 visualizer.asgi:application

test: browser ## everything that must hold before a change is kept
	@$(MAKE) --no-print-directory --jobs=3 lint types pytest # what waits leaves a core to what computes

pytest: .venv/development messages
	@test -d tests/model/__pycache__ || $(BIN)/pytest --quiet --collect-only >/dev/null || true # compiled once, not by each worker
	$(BIN)/pytest $(PARALLEL)

coverage: .venv/development messages ## how much of the code the tests of model and web run, and at least how much they must
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest --quiet $(PARALLEL) tests/model tests/web
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --skip-covered --sort=cover

lint: .venv/development ## style, directions of imports, browser code, templates
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports
	$(BIN)/deno fmt --quiet --check $(SCRIPTS)
	$(BIN)/deno lint --quiet static
	$(BIN)/deno check --quiet $(SCRIPTS)
	$(BIN)/djlint --quiet --lint --check templates

types: .venv/development ## mypy, strict
	$(BIN)/mypy

# Browser tests drive a Chromium of the system, the headless shell before others: it draws for half the CPU. Where there is none and
# we may, it is installed.
BROWSERS := chromium-headless-shell chromium chromium-browser google-chrome
browser: .venv/development messages
	@for name in $(BROWSERS); do command -v $$name >/dev/null && exit; done; \
	  test "$$(id -u)" = 0 && apt-get update -qq \
	  && { apt-get install -y -qq --no-install-recommends chromium-headless-shell fonts-noto-cjk \
	  || apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk; } \
	  || { echo "browser tests need Chromium: install the package 'chromium-headless-shell' or 'chromium'" >&2; exit 1; }

# What docs/ shows of the code: the house of the imports, and the state machines.
drawings: .venv/development ## draw anew what the docs show of the code
	$(BIN)/python scripts/house.py
	$(BIN)/python scripts/state_machines.py
	$(BIN)/python scripts/lesson_format.py

messages: $(CATALOGUES:.po=.mo) ## compile the translations

%.mo: %.po | .venv/runtime
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@

.venv/runtime: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	@echo "Installing what the server needs into .venv"
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --no-compile --disable-pip-version-check --require-hashes --requirement requirements.txt # who imports a module compiles it
	@touch $@

.venv/development: requirements-dev.txt .venv/runtime
	@echo "Installing what the tests need into .venv"
	@$(BIN)/pip install --quiet --no-compile --disable-pip-version-check --require-hashes --requirement requirements-dev.txt
	@touch $@

LOCK := $(BIN)/pip-compile --quiet --strip-extras --generate-hashes --allow-unsafe --no-header \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options

lock: .venv/development ## pin what pyproject.toml asks for
	$(LOCK) --output-file requirements.txt pyproject.toml
	$(LOCK) --extra dev --constraint requirements.txt --output-file requirements-dev.txt pyproject.toml

clean: ## remove what was installed and written
	rm -rf .venv var staticfiles test-results
