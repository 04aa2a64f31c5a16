# Everything is run from here. `make run` is all that a stranger needs; `make help` tells the rest.
SHELL := /bin/bash
PYTHON3 ?= python3
PY := .venv/bin/python
TEST_PROCESSES ?= auto
.DEFAULT_GOAL := help
.PHONY: help install install-dev assets run test check shots bench demo messages access-table query-counts lock migrations format

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "  Variables: PORT=8000 HOST=127.0.0.1 DATA_DIR=var DEMO=0 DEMO_PASSWORD=… DATABASE_URL=… REDIS_URL=…"

install:
	@$(PYTHON3) pmo_portal/operation/install.py base

install-dev:
	@$(PYTHON3) pmo_portal/operation/install.py base dev

assets: install ## build the pages' assets into static/dist (skipped when nothing changed)
	@$(PY) pmo_portal/operation/assets.py

run: assets ## install what is missing, make the demo office, start the portal on PORT
	@exec $(PY) manage.py runstack

test: install-dev assets ## every test, browser tests included; ARGS="-k name" chooses
	@$(PY) -m pytest -n $(TEST_PROCESSES) --dist loadfile $(ARGS)

check: install-dev ## lint, format, types, templates, import contracts, migrations, messages
	@fail=0; step() { echo "== $$1"; shift; "$$@" || { fail=1; echo "!! failed: $$*"; }; }; \
	step "lint" .venv/bin/ruff check . ; \
	step "format" .venv/bin/ruff format --check . ; \
	step "types" .venv/bin/mypy pmo_portal projects administration expertise governance ; \
	step "templates" .venv/bin/djlint templates --lint --quiet ; \
	step "import contracts" .venv/bin/lint-imports --no-logo ; \
	step "system checks" $(PY) manage.py check ; \
	step "missing migrations" $(PY) manage.py makemigrations --check --dry-run ; \
	step "messages" $(PY) manage.py messages --check ; \
	exit $$fail

format: install-dev ## rewrite the code as ruff wants it
	@.venv/bin/ruff check --fix . ; .venv/bin/ruff format .

shots: install-dev assets ## screenshots of the demo office into shots/
	@$(PY) manage.py shots $(ARGS)

bench: install-dev assets ## measure speed on PostgreSQL; the table goes into docs/performance.md
	@$(PY) manage.py bench $(ARGS)

demo: install ## fill an empty office with the demo people and projects
	@$(PY) manage.py migrate --verbosity 0 && $(PY) manage.py demo_office

messages: install ## collect, compare and compile the Japanese catalogue
	@$(PY) manage.py messages --unused

access-table: install-dev ## rewrite tests/house/access.csv; read the diff
	@PMO_REWRITE=1 $(PY) -m pytest tests/house -k access_table $(ARGS)

query-counts: install-dev ## rewrite tests/house/query_counts.json; read the diff
	@PMO_REWRITE=1 $(PY) -m pytest tests/house/test_query_counts.py $(ARGS)

migrations: install ## make the migrations that the models lack
	@$(PY) manage.py makemigrations

lock: install ## resolve requirements/*.in again into hashed locks
	@for name in base dev uv node; do echo "requirements/$$name.txt"; \
	.venv/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header \
	  --no-emit-index-url requirements/$$name.in -o requirements/$$name.txt || exit 1; done
