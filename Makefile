PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
READY_DEV := $(VENV)/.ready-dev
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
EXAMPLE := assets/example/study.json
PRESET := quick

.DEFAULT_GOAL := help
.PHONY: help run setup test lint study bench clean

help:  ## Say what there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/make \1\t\2/' | expand -t 14

run: $(READY)  ## Set up if needed and serve the dashboard on http://127.0.0.1:8501
	$(BIN)/streamlit run app.py

setup: $(READY)  ## Create .venv with all that the product needs

test: $(READY_DEV)  ## Run all tests and linters
	$(BIN)/python -m pytest -n 2 --dist loadfile

lint: $(READY_DEV)  ## Run the linters only
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

study: $(READY)  ## Run the quick study headless, from a cold cache, and record it as the example; PRESET=search adds a search and seeds (as the example was made), SERVER_S=90 the Server scenario
	home=$$(mktemp -d) && DISTILL_ROI_HOME=$$home $(BIN)/python -m core study run --task snippets --preset $(PRESET) \
	  --name "Film reviews" --volume-per-day 300000000 --p99-ms 50 --margin 5 --set case.engineering_hours=80 \
	  $(if $(filter search,$(PRESET)),--set search.seeds=6 --set curve.points=5 --set curve.share=0.6 --set curve.student=depth-1) \
	  $(if $(SERVER_S),--set measure.server_seconds=$(SERVER_S)) \
	  --set case.engineering_usd_per_hour=100 --set case.teacher_terms_allow=true --json $(EXAMPLE); \
	  status=$$?; rm -rf "$$home"; exit $$status

bench: $(READY_DEV)  ## Run the benchmarks; writes build/bench.json and fails on a missed target
	$(BIN)/python -m tests.benchmarks build/bench.json

clean:  ## Remove .venv and caches; studies stay
	rm -rf $(VENV) build .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed, this is " + sys.version.split()[0])'
	$(PYTHON) -m venv $(VENV)

$(READY): requirements.txt requirements-data.txt | $(BIN)/python
	$(PIP) -r requirements.txt
	$(PIP) --no-deps --require-hashes -r requirements-data.txt
	@touch $@

$(READY_DEV): requirements-dev.txt $(READY)
	$(PIP) -r requirements-dev.txt
	@touch $@
