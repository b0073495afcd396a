# The one front door: people and CI run the same recipes. `make help` lists them.
SHELL := /bin/sh
VENV ?= .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
WORKERS ?= auto
RIVAL := $(VENV)-pulumi-policy

.DEFAULT_GOAL := help
.PHONY: help setup demo test prove golden test-engine lint format bench catalogue docs lock clean

help: ## list the recipes
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(INSTALLED) ## make the virtual environment (other recipes do it by themselves)

$(INSTALLED): requirements.lock pyproject.toml
	@python=$$(for p in python3.11 python3.12 python3.13 python3.14 python3; do \
	    if $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$p; break; fi; done); \
	  if [ -z "$$python" ]; then echo "Python 3.11 or later is needed, and none is on PATH" >&2; exit 1; fi; \
	  echo "setting up $(VENV) with $$($$python --version)"; \
	  $$python -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(INSTALLED)

demo: $(INSTALLED) ## the whole story on the rehearsal cloud: judge, apply, refuse, audit, evidence
	@$(BIN)/egov-infra demo

test: $(INSTALLED) ## all tests, offline, in random order
	@$(BIN)/python -m pytest -n $(WORKERS)

prove: $(INSTALLED) ## prove the rules: what survives, and the score
	@$(BIN)/egov-infra policy prove

golden: $(INSTALLED) ## write the golden plans anew; read the difference before you commit it
	-@$(BIN)/python -m pytest -q -p no:randomly tests/plan/test_golden.py --inline-snapshot=create,fix

test-engine: $(INSTALLED) ## the tests that need the Pulumi CLI on PATH; writes build/test-engine.json
	@EGOV_ENGINE_REPORT=build/test-engine.json $(BIN)/python -m pytest -m pulumi_cli -rs -p no:randomly tests/engine

lint: $(INSTALLED) ## ruff, mypy --strict, the import contracts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(INSTALLED) ## let ruff lay out the code
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(INSTALLED) $(RIVAL)/.installed ## the benchmarks, each a ratio between two things in one run
	@for b in benchmarks/bench_*.py; do echo "== $$b"; \
	  EGOV_PULUMI_POLICY_PYTHON=$(RIVAL)/bin/python $(BIN)/python $$b || exit 1; done

# pulumi-policy wants other versions than we do: it gets an environment of its own
$(RIVAL)/.installed: benchmarks/pulumi-policy.lock
	@$(BIN)/python -m venv $(RIVAL)
	@$(RIVAL)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

catalogue: $(INSTALLED) ## read the AWS types from pulumi_aws anew
	@$(BIN)/python -m egov_infra.engine.describe_types $(TYPES)

docs: $(INSTALLED) ## write the generated schemas anew
	@$(BIN)/egov-infra schema --write docs/reference

lock: $(INSTALLED) ## resolve the dependencies anew (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
	  --extra apply --extra dev --quiet pyproject.toml -o requirements.lock

clean: ## remove what was made
	rm -rf $(VENV) $(RIVAL) .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache build dist
