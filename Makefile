# The front door. `make` lists what there is; CI runs `make test`.
# Everything made here lives below the checkout in .venv, .data, dist and .tmp (in memory where there is
# room: then .tmp is a link), and `make clean` removes it.

.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

VENV := .venv
INSTALLED := $(VENV)/.installed

# `make test PYTHON=/some/venv/bin/python` uses that environment and installs nothing.
ifneq ($(origin PYTHON),command line)
PYTHON := $(VENV)/bin/python
ENVIRONMENT := $(INSTALLED)
endif

# Options for the command behind a target: make test PYTEST_ARGS="-k reserve", make simulate ARGS=--help
PYTEST_ARGS ?=
ARGS ?=
# One LNbits per worker is the cost of a test run, so workers are few.
PYTEST_FLAGS ?= -n logical --maxprocesses 4 --no-loadscope-reorder

# Folders with Python in them; those that are still empty are left out.
CODE := extensions tests $(patsubst %/,%,$(sort $(dir $(wildcard benchmarks/*.py simulator/*.py tools/*.py))))
JS_TESTS := $(sort $(shell find tests/unit/js -name '*test*.*js' 2>/dev/null))

# read by the demo: make demo PORT=5001 DB=postgres
ifdef PORT
export PORT
endif
ifdef DB
export DB
endif

.PHONY: help install test test-long test-fast lint format types js demo demo-reset screenshots simulate screen bench zips clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' Makefile

install: $(ENVIRONMENT) ## make .venv with LNbits and the tools, anew when requirements/ change

test: $(ENVIRONMENT) ## check style, types and JavaScript, then run all tests (PYTEST_ARGS=...)
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy $(CODE)
	@$(MAKE) js
	@command -v hledger >/dev/null 2>&1 || echo "NOT RUN for want of hledger: what it makes of our journals"
	@$(PYTHON) -m pytest $(PYTEST_FLAGS) $(PYTEST_ARGS)

test-long: $(ENVIRONMENT) ## run the tests that take minutes: crashes, load, endurance
	@$(PYTHON) -m pytest -m long --timeout 3600 $(PYTEST_ARGS)

test-fast: $(ENVIRONMENT) ## run the unit tests only: no server, less than a minute
	@$(PYTHON) -m pytest tests/unit $(PYTEST_ARGS)

lint: $(ENVIRONMENT) ## check style and formatting
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .

format: $(ENVIRONMENT) ## format the Python files and fix what can be fixed
	@$(PYTHON) -m ruff check --fix .
	@$(PYTHON) -m ruff format .

types: $(ENVIRONMENT) ## check the types
	@$(PYTHON) -m mypy $(CODE)

js: ## run the JavaScript tests, where there is a node
	@if [ -z "$(JS_TESTS)" ]; then echo "no JavaScript tests"; \
	elif command -v node >/dev/null 2>&1; then node --test $(JS_TESTS); \
	else echo "NOT RUN for want of node: $(JS_TESTS)"; fi

demo: $(ENVIRONMENT) ## start an LNbits with both extensions and a machine to touch (PORT= DB=postgres)
	@$(PYTHON) -m tools.demo $(ARGS)

demo-reset: $(ENVIRONMENT) ## forget the demo's data, then start it anew
	@$(PYTHON) -m tools.demo --reset $(ARGS)

screenshots: $(ENVIRONMENT) ## take the pictures in docs/images anew, of a demo that a test starts (a minute and a half)
	@SCREENSHOTS=$(CURDIR)/docs/images $(PYTHON) -m pytest tests/e2e/test_demo.py -k sqlite

simulate: $(ENVIRONMENT) ## the simulated bitSpire machine on the command line (ARGS=--help)
	@$(PYTHON) -m simulator $(ARGS)

screen: $(ENVIRONMENT) ## the screen of a paired machine as a page to touch (ARGS=--help)
	@$(PYTHON) -m simulator screen $(ARGS)

bench: $(ENVIRONMENT) ## measure how fast settlements are paid (ARGS=--help)
	@$(PYTHON) -m benchmarks $(ARGS)

# Needs no environment: Python's standard library is enough.
zips: ## build both extensions for LNbits into dist (BASE=address of the folder they will lie in, ARGS=--help)
	@$(or $(wildcard $(PYTHON)),python3) -m tools.packages $(if $(BASE),--base "$(BASE)") $(ARGS)

clean: ## remove everything that was made: .venv, .data, .tmp, dist and caches
	@[ ! -L .tmp ] || rm -rf "$$(readlink .tmp)"
	@rm -rf .venv .data .tmp dist .pytest_cache .mypy_cache .ruff_cache .hypothesis node_modules
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(INSTALLED): requirements/host.txt requirements/host-constraints.txt requirements/dev.txt
	@python=$$(sh tools/find_python.sh) || exit 1; \
	echo "Installing LNbits and the tools into $(VENV) with $$python (about a minute) ..."; \
	"$$python" -m venv --clear $(VENV)
	@$(VENV)/bin/python -m pip install --quiet --quiet --disable-pip-version-check \
		-r requirements/host.txt -r requirements/dev.txt -c requirements/host-constraints.txt
	@touch $@
