# Everything that a developer does, one word each. A second run of any target starts at once.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

PORT ?= 8080
BIN := .venv/bin
PYTHON313 ?= python3.13
LOCKS := runtime manage local dev bench engine

.PHONY: help run test check quick bench corpus coverage mutants build lock clean

help: ## list the targets
	@sed -nE 's/^([a-z]+):.*## /\1\t/p' $(MAKEFILE_LIST) | while IFS=$$'\t' read -r name about; do printf 'make %-8s %s\n' "$$name" "$$about"; done

run: .venv/local.stamp .venv/engine.stamp ## start everything on http://127.0.0.1:8080 (PORT=9000 changes it, SAMPLE=workplace shows employees)
	@PORT='$(PORT)' exec $(BIN)/python -m shared.local

test: .venv/dev.stamp .venv/engine.stamp ## run all tests
	@$(BIN)/pytest -n 2 --dist loadfile

check: .venv/dev.stamp ## lint, types, import contracts, generated files
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m shared.manage.openapi --check
	@$(BIN)/python -m tests.reference --check

quick: .venv/dev.stamp ## the inner loop: lint and the fast tests, under a minute
	@$(BIN)/ruff check .
	@$(BIN)/pytest -n 2 --dist loadfile --ignore=tests/system --ignore=tests/examples --ignore=tests/properties --ignore=tests/faults --ignore=tests/store

bench: .venv/bench.stamp ## measure the engine against others
	@$(BIN)/python -m bench

corpus: .venv/dev.stamp ## make the conformance corpus and ask it: build/conformance-*.tar.gz (minutes)
	@$(BIN)/python -m tests.corpus --out build

coverage: .venv/dev.stamp ## branch coverage of the language by its own tests (minutes)
	@$(BIN)/coverage run --source=shared/rules -m pytest tests/rules tests/properties tests/test_conformance.py tests/test_corpus.py
	@$(BIN)/coverage report --fail-under=100

mutants: .venv/dev.stamp ## would the tests notice another meaning? a sample of small changes (an hour)
	@$(BIN)/python -m bench.mutants

build: .venv/dev.stamp ## pack what is deployed into build/ (needs python3.13, the one that Lambda runs)
	@"$(PYTHON313)" -c '' 2>/dev/null || { echo 'muster: needs Python 3.13, as Lambda runs it; name it: make build PYTHON313=/path/to/python3.13' >&2; exit 1; }
	@rm -rf build
	@for layer in SharedLayer AuthoringLayer; do \
	    mkdir -p "build/$$layer"; \
	    $(MAKE) -C shared "build-$$layer" ARTIFACTS_DIR="$(CURDIR)/build/$$layer" PYTHON="$(PYTHON313)"; \
	    (cd "build/$$layer" && "$(PYTHON313)" -m zipfile -c "../$$layer.zip" python); \
	done
	@for folder in functions/*/; do \
	    name=$$(basename "$$folder"); \
	    (cd "$$folder" && "$(PYTHON313)" -m zipfile -c "$(CURDIR)/build/$$name.zip" *.py); \
	done
	@$(MAKE) corpus
	@du -k build/*.zip build/*.tar.gz | while read -r size file; do echo "$$file: $$size KB"; done

lock: ## pin all dependencies anew, with hashes (needs uv)
	@for name in $(LOCKS); do $(MAKE) lock-$$name; done

lock-runtime: FROM := pyproject.toml
lock-engine: FROM := --group engine
lock-%: FROM = pyproject.toml --group $*
lock-%:
	@uv pip compile $(FROM) --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --output-file requirements/$*.txt

clean: ## remove what was made here, the local data (.local) excepted
	@rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# ── environments ────────────────────────────────────────────────────────────────────────────────────────────────

.venv/bin/python:
	@.ci/environment create .venv

.venv/engine/bin/python: .venv/bin/python
	@.ci/environment create .venv/engine

.venv/engine.stamp: requirements/engine.txt | .venv/engine/bin/python
	@.ci/environment install .venv/engine 'the local engine' requirements/engine.txt
	@touch $@

.venv/local.stamp: requirements/local.txt | .venv/bin/python
	@.ci/environment install .venv 'what the product needs' requirements/local.txt
	@touch $@

.venv/dev.stamp: requirements/dev.txt | .venv/bin/python
	@.ci/environment install .venv 'the tools for tests and checks' requirements/dev.txt
	@touch $@

.venv/bench.stamp: requirements/bench.txt .venv/dev.stamp
	@.ci/environment install .venv 'the engines to compare with' requirements/bench.txt
	@touch $@
