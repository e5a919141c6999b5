# Every target explains itself: `make` lists them. Everything runs in .venv, made on first use.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help demo test test-deep check format messages documents parts screenshots benchmark browser clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(VENV)/ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[test]'
	touch $@

demo: $(VENV)/ready ## make and serve a whole county to try the software on
	$(BIN)/petitions demo

browser: ## install Chromium and Chinese fonts where there is none (Debian, needs root)
	@command -v chromium >/dev/null 2>&1 || (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-cjk >/dev/null)

test: $(VENV)/ready ## everything a change must hold: both databases, browser, structure
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadgroup -m 'not deep'

test-deep: $(VENV)/ready ## the long fault, fuzz and scale runs, with their figures
	$(BIN)/python -m pytest -q -m deep -s

check: $(VENV)/ready ## style, types, arrows, templates
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint templates --lint --quiet

format: $(VENV)/ready ## put the code into its usual form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

messages: $(VENV)/ready ## collect the words of the screens into the English catalogue
	$(BIN)/python tools/messages.py

documents: $(VENV)/ready ## write docs/workflow.md, settings.md, permissions.md and limits.md from the code
	$(BIN)/python tools/workflow.py
	$(BIN)/python tools/settings.py
	$(BIN)/python tools/permissions.py
	$(BIN)/python tools/limits.py

parts: $(VENV)/ready ## write the inventory of parts (CycloneDX) to dist/ and print their licences
	$(BIN)/python tools/parts.py

screenshots: $(VENV)/ready ## take the pictures of the README from a fresh demo
	PYTHONPATH=. $(BIN)/python tools/screenshots.py

benchmark: $(VENV)/ready ## print the tables of benchmarks/ (takes a while)
	$(BIN)/python -m benchmarks.pages
	$(BIN)/python -m benchmarks.protection
	$(BIN)/python -m benchmarks.papers
	$(BIN)/python -m benchmarks.outage

clean: ## remove what was made here
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache dist build
