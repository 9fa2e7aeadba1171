# make run and make test do everything on a machine that has Python 3.11+, git and make; both are instant the second time.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: help run server test check format screenshots realism schemas snippets snapshots bench bench-quick torture mutants clean

help: ## Say what each target does
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: $(VENV)/.run ## Open the console on the embedded market
	@$(BIN)/tui-trader

server: $(VENV)/.run ## Run the simulated backend alone on the documented ports
	@$(BIN)/tui-trader --server-only

test: check ## Run every check and every test
	@$(BIN)/pytest -q -n auto --dist worksteal

check: $(VENV)/.dev ## Format, lint, types and import contracts
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

format: $(VENV)/.dev ## Reformat the sources
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

screenshots: $(VENV)/.dev ## Make screenshots/ anew (SVG and PNG, deterministic)
	@$(BIN)/python -m tests.ui.screenshots screenshots

snapshots: $(VENV)/.dev ## Accept the present screens as the snapshots the UI tests compare with
	@$(BIN)/pytest -q -n auto --dist worksteal tests/ui --snapshot-update

realism: $(VENV)/.dev ## Judge the simulated market against real ones: 12 seeds, every asset class (22 minutes on two busy cores)
	@$(BIN)/python -m tests.statistics.realism

schemas: $(VENV)/.dev ## Validate the served AsyncAPI and OpenAPI documents with the official parsers (needs node and npm)
	@npm install --prefix tests/schemas --no-package-lock --no-audit --no-fund --ignore-scripts --silent
	@rm -rf build/schemas
	@$(BIN)/python -m tests.schemas.fetch_documents build/schemas
	@node tests/schemas/validate.mjs build/schemas

torture: $(VENV)/.dev ## Try hard to break everything and print figures (long)
	@$(BIN)/python -m tests.torture

mutants: $(VENV)/.dev ## Plant known bugs in a copy, one at a time, and see that each is caught
	@$(BIN)/python -m tests.mutants

snippets: $(VENV)/.dev ## Run the README's snippets for developers of clients against a server (needs node, npm, curl and openssl)
	@npm install --prefix tests/snippets --no-package-lock --no-audit --no-fund --ignore-scripts --silent
	@$(BIN)/python -m tests.snippets.run_snippets

bench: $(VENV)/.dev ## Measure ours and its anchors (installed by itself, in build/bench) in alternation; one table
	@$(BIN)/python -m tests.benchmarks.report

bench-quick: $(VENV)/.dev ## One short run of each, in about a minute: a hint, no verdict
	@$(BIN)/python -m tests.benchmarks.report --quick

clean: ## Remove the environment and every cache
	rm -rf $(VENV) tests/schemas/node_modules tests/snippets/node_modules .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "tui-trader needs Python 3.11 or newer; name one with: make PYTHON=python3.12 ..."; exit 1; }
	@echo "Setting up $(VENV) (once) ..."
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(BIN)/python pyproject.toml constraints.txt
	@$(PIP) install -c constraints.txt -e .
	@touch $@

$(VENV)/.dev: $(BIN)/python pyproject.toml constraints.txt
	@$(PIP) install -c constraints.txt -e '.[dev]'
	@touch $@ $(VENV)/.run
