# `make` prints what there is. Every command installs what it needs into .venv, once for each lock file.

PYTHON_HERE := .venv/bin/python
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard convoca/locale/*/LC_MESSAGES/django.po))
PYTEST := $(PYTHON_HERE) -m pytest
PARALLEL := -n auto --maxprocesses 4

.DEFAULT_GOAL := help
.PHONY: help run test check bench fmt messages screenshots lock reset

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

run: .venv/run.stamp $(CATALOGUES) ## Try Convoca: examples, web, worker and simulated vendors (PORT=8000)
	@$(PYTHON_HERE) -m convoca.config.tryout

test: .venv/dev.stamp $(CATALOGUES) ## Run all tests: core, then everything on SQLite, then on PostgreSQL
	@status=0; \
	echo "== core and providers"; $(PYTEST) -q tests/core tests/providers || status=1; \
	echo "== everything, on SQLite"; TEST_DATABASE=sqlite $(PYTEST) $(PARALLEL) || status=1; \
	echo "== what touches the database, on PostgreSQL"; TEST_DATABASE=postgres $(PYTEST) $(PARALLEL) || status=1; \
	exit $$status

check: .venv/dev.stamp $(CATALOGUES) ## Lint, types, floors, migrations, translations
	@status=0; keys=$$(.venv/bin/convoca keys); \
	.venv/bin/ruff check || status=1; \
	.venv/bin/ruff format --check || status=1; \
	env $$keys .venv/bin/mypy || status=1; \
	.venv/bin/lint-imports || status=1; \
	env $$keys DATABASE_URL=sqlite:///.venv/check.sqlite3 $(PYTHON_HERE) -m django makemigrations --check --dry-run --settings convoca.config.settings || status=1; \
	$(PYTHON_HERE) -m tools.messages check || status=1; \
	exit $$status

bench: .venv/dev.stamp $(CATALOGUES) ## Measure speed, races and memory, and print tables (PARTS="availability races")
	@$(PYTHON_HERE) -m bench $(PARTS)

fmt: .venv/dev.stamp ## Format the code
	@.venv/bin/ruff check --fix --select I
	@.venv/bin/ruff format

messages: .venv/dev.stamp ## Collect the sentences of code and templates into convoca/locale
	@$(PYTHON_HERE) -m tools.messages collect

screenshots: .venv/dev.stamp $(CATALOGUES) ## Take every page for docs/screenshots, and the pictures of the README
	@$(PYTEST) -q tests/e2e/picturing.py $(if $(PICTURES),-k every_page)

lock: ## Resolve the dependencies again (needs uv; for maintainers)
	@tools/lock

reset: ## Forget everything that `make run` has kept in var/
	@rm -rf var
	@echo "Forgotten. A \`make run\` that is still running must be ended with Ctrl-C and started again."

.venv/run.stamp: requirements.lock tools/install
	@tools/install requirements.lock
	@touch $@

.venv/dev.stamp: requirements-dev.lock tools/install
	@tools/install requirements-dev.lock
	@touch $@ .venv/run.stamp

%.mo: %.po | .venv/run.stamp
	@$(PYTHON_HERE) -m tools.messages compile
