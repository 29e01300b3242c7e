# Everything a newcomer needs: `make run` and `make test`. Each target makes what it needs first.
.DEFAULT_GOAL := help
SHELL := /bin/bash
VENV := .venv
BIN := $(VENV)/bin
LOCK := deploy/requirements.lock
READY := $(VENV)/.ready

help: ## Say what each target does
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

# The environment: exact versions with hashes from the lock, then Errata itself, editable.
$(READY): $(LOCK) pyproject.toml
	@command -v python3 >/dev/null || { echo "Python 3.11 or newer is missing. Debian: apt-get install python3 python3-venv"; exit 1; }
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; python3 is $$(python3 --version)"; exit 1; }
	@echo "==> making the virtual environment in $(VENV) (about 1.5 GB; ClickHouse's engine is most of it)"
	@test -x $(BIN)/python || python3 -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check 'uv>=0.13'
	@$(BIN)/uv pip install --python $(BIN)/python --require-hashes -r $(LOCK)
	@$(BIN)/uv pip install --python $(BIN)/python --quiet --no-deps --editable .
	@touch $@

run: $(READY) ## Bring everything up, send a few real errors, show what came of them (ONCE=1: then stop)
	@$(BIN)/errata tour $(if $(ONCE),--once)

venv: $(READY) ## Make the virtual environment

lock: ## Resolve the dependencies again into deploy/requirements.lock
	@test -x $(BIN)/uv || { python3 -m venv $(VENV) && $(BIN)/python -m pip install --quiet 'uv>=0.13'; }
	$(BIN)/uv pip compile pyproject.toml --extra dev --python-version 3.11 --universal --generate-hashes \
	  --no-header --no-annotate --upgrade --output-file $(LOCK)

lint: $(READY) ## ruff, import directions
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

typecheck: $(READY) ## mypy, strict
	$(BIN)/mypy

test: $(READY) ## Every test, on real Kafka, Redis and ClickHouse
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder -m 'not faults and not clients'

clients: $(READY) ## Real clients of every vendor (Sentry, Rollbar, Bugsnag, Airbrake, Honeybadger, OpenTelemetry), bundlers and sentry-cli
	@command -v node >/dev/null && command -v npm >/dev/null || echo "==> node and npm are not there: what runs on Node is skipped"
	$(BIN)/pytest -q -m clients tests/clients

faults: $(READY) ## The long fault tests: kills, pauses, a wiped Redis; totals in the last line
	$(BIN)/pytest -q -m faults

bench: $(READY) ## The whole pipeline on the load set: CPU an event and process, memory, latency
	$(BIN)/python -m tests.bench.pipeline

bench-relay: $(READY) ## One relay: requests a second, CPU of each, what gets through a flood of refused ones, hostile requests
	$(BIN)/python -m tests.bench.relay
	$(BIN)/python -m tests.bench.relay_hostile

bench-processor: $(READY) ## One processor on a backlog: CPU an event, of the stages and of the shell around them
	$(BIN)/python -m tests.bench.processor

bench-stages: $(READY) ## Each stage on the load set: microseconds an event against the committed figures, cache hits, growth with size
	$(BIN)/python -m tests.bench.stages
	$(BIN)/python -m tests.bench.scaling

bench-conversion: $(READY) ## What a megabyte made to cost time takes to admit and to convert, in each client's format
	$(BIN)/python -m tests.bench.conversion

bench-symbolicate: $(READY) ## Source maps: parsing, memory, lookups, an event of 20 built frames, 500 maps in a bounded memory
	$(BIN)/python -m tests.bench.symbolicate

corpora: $(READY) ## Every score on the labelled cases as one table
	$(BIN)/python -m tests.corpora.run

format: $(READY) ## Format, and fix what ruff can
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

clean: ## Stop what runs here, remove the environment and everything a run made
	@test ! -x $(BIN)/errata || $(BIN)/errata down --wipe || true
	rm -rf .errata $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis

.PHONY: help run clients faults bench bench-relay bench-processor bench-stages bench-conversion bench-symbolicate corpora venv lock lint typecheck test format clean
