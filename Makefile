# `make refresh` gathers the news, `make test` runs the tests. Needs python3 (3.11 or newer), python3-venv and make.

.DEFAULT_GOAL := help
.PHONY: help demo refresh run serve doctor container test lint docs release mutants bench quality ablate soak constraints clean
.DELETE_ON_ERROR:
unexport PYTHONDONTWRITEBYTECODE  # tests start the program hundreds of times: it is compiled once

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# The lock has a hash for every installed file; the project itself is built with locked packages.
# The constraints are for an old pip, such as 23.2: of `lxml[extra]>=4`, which a package demands, it would take
# the newest release, which has no hash here.
LOCKED = $(INSTALL) --require-hashes --requirement requirements/$(1).txt --constraint constraints.txt && $(INSTALL) --no-deps --no-build-isolation --editable .
# Level by level: few archives wait on the disk at once.
IN_STEPS = for level in $(1); do $(INSTALL) --require-hashes --requirement requirements/$$level.txt --constraint constraints.txt || exit 1; done && $(INSTALL) --no-deps --no-build-isolation --editable .
ARGS ?=
LEVEL := dev
BUILDER ?= podman
# Tests write files all the time and wait for the disk: they take memory where there is some.
IN_MEMORY = $(shell [ "$$(df -k --output=avail /dev/shm 2>/dev/null | tail -n 1)" -gt 1000000 ] 2>/dev/null && echo PYTEST_DEBUG_TEMPROOT=/dev/shm)

# Three tests on two processors, as many of them wait for a server or a limit.
WORKERS = $(shell echo $$(($$(nproc 2>/dev/null || echo 1) * 3 / 2)))

help:  ## list the targets
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

demo: $(VENV)/.mail  ## show a sample site of invented news, without a network
	$(BIN)/aggregator demo $(ARGS)

refresh: $(VENV)/.base  ## fetch, read, compare, check and publish (ARGS="--all" to add options)
	$(BIN)/aggregator refresh $(ARGS)

run: $(VENV)/.mail  ## refresh, build, mail, back up and delete old data on schedule, until stopped
	$(BIN)/aggregator run $(ARGS)

serve: $(VENV)/.mail  ## serve the site and the subscribers' pages
	$(BIN)/aggregator serve $(ARGS)

doctor: $(VENV)/.mail  ## check the installation and say how to fix problems
	$(BIN)/aggregator doctor $(ARGS)

container:  ## build the container image (BUILDER=docker, unless you have podman)
	$(BUILDER) build --file deploy/Containerfile --tag aggregator .

test: $(VENV)/.$(LEVEL)  ## run all tests, on every core (ARGS="-k words" to choose)
	$(IN_MEMORY) $(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal $(ARGS)

lint: $(VENV)/.dev  ## style, format, types, import direction, size
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tools.tokens --check

docs: $(VENV)/.dev  ## build the documentation site in build/docs-site, and check its links
	rm -rf build/demo && mkdir -p build
	$(BIN)/aggregator demo --once --into build/demo > build/demo.log 2>&1 || { cat build/demo.log >&2; exit 1; }
	$(BIN)/python -m tools.reference build/demo build/docs
	$(BIN)/zensical build --clean --strict

release: $(VENV)/.dev  ## build wheel, source archive, component list, notes and checksums in dist/
	$(BIN)/python -m tools.release $(ARGS)

mutants: $(VENV)/.dev  ## break the code in sixty places, one at a time, and check that a test notices (ARGS="--only gate" or "--random 1")
	$(IN_MEMORY) $(BIN)/python -m tools.mutants $(ARGS)

bench: $(VENV)/.dev  ## print what the work costs, beside floors, peers and goals
	$(BIN)/python -m bench $(ARGS)

quality: $(VENV)/.dev  ## measure extraction, clustering and grounding against their floors, on all the data
	$(BIN)/python -m pytest tests/quality tests/browser -m "not soak" --timeout 0 $(ARGS)

ablate: $(VENV)/.dev  ## switch each rule off in turn, and print what is lost (ARGS="--only gates")
	$(BIN)/python -m tests.quality.ablate --data ../shared/corpus $(ARGS)

soak: $(VENV)/.dev  ## run the long trials
	$(BIN)/python -m pytest -m soak --timeout 0 $(ARGS)

constraints:  ## update requirements/ and constraints.txt, for all Pythons (ARGS=--keep to add only new requirements)
	rm -rf build/constraints
	$(PYTHON) -m venv build/constraints
	build/constraints/bin/python -m pip install --quiet --disable-pip-version-check uv
	build/constraints/bin/python -m tools.lock $(ARGS)
	rm -rf build/constraints

clean:  ## remove what was installed and cached; the database and the site stay
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .import_linter_cache .hypothesis .cache *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo 'aggregator needs Python 3.11 or newer; name one with: make PYTHON=/path/to/python3 …' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' || { \
	  echo 'Python cannot make virtual environments here. On Debian: apt-get install python3-venv' >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.base: $(VENV)/.made pyproject.toml $(wildcard requirements/*.txt)
	@echo 'Installing into $(VENV), once; this takes about a minute.' >&2
	$(call LOCKED,base)
	@touch $@

$(VENV)/.mail: $(VENV)/.made pyproject.toml $(wildcard requirements/*.txt)
	@echo 'Installing into $(VENV) with mail and web app, once; this takes about a minute.' >&2
	$(call LOCKED,mail)
	@touch $@ $(VENV)/.base

$(VENV)/.dev: $(VENV)/.made pyproject.toml $(wildcard requirements/*.txt)
	@echo 'Installing into $(VENV) with what the tests need, once; this takes about two minutes.' >&2
	$(call IN_STEPS,base mail test dev)
	@touch $@ $(VENV)/.base $(VENV)/.mail $(VENV)/.test

$(VENV)/.test: $(VENV)/.made pyproject.toml $(wildcard requirements/*.txt)
	@echo 'Installing into $(VENV) with what the unit and integration tests need, once; this takes about a minute.' >&2
	$(call IN_STEPS,base mail test)
	@touch $@ $(VENV)/.base $(VENV)/.mail
