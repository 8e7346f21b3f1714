# Everything a newcomer types. `make` alone lists the targets.

SHELL := /bin/bash
.DEFAULT_GOAL := help
BIN := .venv/bin
WORKERS ?= 2
# Lanes that `make test` leaves to `make test-all`.
SLOW := --ignore=tests/conformance --ignore=tests/fault --ignore=tests/bench \
	-m "not conformance and not fault and not browser"
PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile

.PHONY: help up test test-all foreign lint types fmt bench fault app app-budget shots drill docs lock clean env

help: ## List the targets
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile
	@printf '\n  ARGS="..." is passed on, as in  make up ARGS="--data DIR --port 8421"\n'
	@printf '  PYTHON=... names the interpreter (3.11 or newer) for a new .venv\n'

up: ## Start everything; prints the address. Ctrl-C stops it cleanly
	@.ci/environment runtime
	@.ci/app --try
	@exec $(BIN)/holdfast up $(ARGS)

test: env lint types ## Lint, types and the tests that every change must pass
	@$(PYTEST) $(SLOW) $(ARGS)

test-all: env lint types app ## The same, with the conformance, browser and fault lanes
	@$(PYTEST) $(ARGS)

foreign: env ## Run the test suites of other people's clients: make foreign [SUITE=toot or mastodon.py]
	@for suite in $(or $(SUITE),toot mastodon.py); do \
		$(BIN)/python -m tests.conformance.foreign $$suite $(ARGS) || failed=1; done; exit $${failed:-0}

lint: env ## Style, format and the import contracts
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet || { echo 'not formatted: run make fmt' >&2; exit 1; }
	@PYTHONPATH=src $(BIN)/lint-imports --no-logo || exit 1

types: env ## mypy, strict
	@$(BIN)/mypy

fmt: env ## Format and fix what can be fixed by itself
	@$(BIN)/ruff check --fix --quiet || true
	@$(BIN)/ruff format

bench: env ## Run a benchmark: make bench NAME=home
	@test -n "$(NAME)" || { echo 'which one? make bench NAME=home, public, verify, publish, media, oauth, search, import, screening, streams, ledger, mirror or moderation' >&2; exit 2; }
	@exec $(BIN)/holdfast bench $(NAME) $(ARGS)

fault: env ## Kill processes and fail ports on purpose
	@$(PYTEST) tests/fault $(ARGS)

app: ## Build the app of web/, when its sources are newer
	@.ci/app

app-budget: env app ## Measure the app in a browser against its budgets: size, paint, shift, scrolling, memory
	@$(BIN)/python web/scripts/measure.py $(ARGS)

shots: env app ## Pictures of every page of the app, into web/shots
	@$(BIN)/python web/scripts/shots.py $(ARGS)

drill: ## Restore from a mirror into a scratch folder and compare
	@echo 'the drill is not available yet: it needs the mirror, which this version does not have' >&2; exit 1

docs: env ## Check that settings, commands, routes and links are documented and whole
	@$(BIN)/python -m pytest -q tests/tidy -k "documented or links" $(ARGS)

lock: env ## Pin the dependencies again (ARGS=--upgrade for newer ones)
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python .ci/lock $(ARGS)

clean: ## Remove the environment and caches; never the data folder
	@rm -rf web/node_modules src/holdfast/edge/public/app_files .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist build
	@find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

env:
	@.ci/environment dev
