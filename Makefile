# Needs Python 3.11 or newer and make, nothing else. The two commands of every day:
#   make demo    the page, with a cluster at work in it        (HOST=127.0.0.1 PORT=8000)
#   make test    everything that must hold before a change is kept

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
BIN := .venv/bin
SCRIPTS := "static/**/*.js"
CATALOGUES := $(wildcard locale/*/LC_MESSAGES/*.po */locale/*/LC_MESSAGES/*.po)

.PHONY: demo test lint types drawings messages browser lock clean
.DELETE_ON_ERROR:

demo: .venv/runtime messages
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py demo --host $(HOST) --port $(PORT)
	@exec $(BIN)/daphne --bind $(HOST) --port $(PORT) --verbosity 0 visualizer.asgi:application

test: lint types browser
	$(BIN)/pytest

lint: .venv/development
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports
	$(BIN)/deno fmt --quiet --check $(SCRIPTS)
	$(BIN)/deno lint --quiet static
	$(BIN)/deno check --quiet $(SCRIPTS)
	$(BIN)/djlint --quiet --lint --check templates

types: .venv/development
	$(BIN)/mypy

# Browser tests drive the Chromium of the system; where there is none and we may, it is installed.
browser: .venv/development messages
	@command -v chromium chromium-browser google-chrome >/dev/null || { test "$$(id -u)" = 0 \
	  && apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk; } \
	  || { echo "browser tests need Chromium: install the package 'chromium'" >&2; exit 1; }

# What docs/ shows of the code: the house of the imports, and the state machines.
drawings: .venv/development
	$(BIN)/python scripts/house.py
	$(BIN)/python scripts/state_machines.py

messages: $(CATALOGUES:.po=.mo)

%.mo: %.po | .venv/runtime
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@

.venv/runtime: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	@echo "Installing what the server needs into .venv"
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.txt
	@touch $@

.venv/development: requirements-dev.txt .venv/runtime
	@echo "Installing what the tests need into .venv"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-dev.txt
	@touch $@

LOCK := $(BIN)/pip-compile --quiet --strip-extras --generate-hashes --allow-unsafe --no-header \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options

lock: .venv/development
	$(LOCK) --output-file requirements.txt pyproject.toml
	$(LOCK) --extra dev --constraint requirements.txt --output-file requirements-dev.txt pyproject.toml

clean:
	rm -rf .venv var staticfiles test-results
