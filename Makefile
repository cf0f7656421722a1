PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= auto
SEED ?= 0

.DEFAULT_GOAL := help
.PHONY: help run test test-full check format bench soak clean

help:  ## what there is to make
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/'

$(VENV)/runtime.stamp: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/dev.stamp: pyproject.toml $(VENV)/runtime.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

run: $(VENV)/runtime.stamp  ## the main job on the CSVs in examples/, and the gate's verdict
	$(BIN)/python cli.py run examples --all --workers $(WORKERS) --seed $(SEED)

check: $(VENV)/dev.stamp  ## ruff, strict typing, layers, the plan
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python cli.py plan

test: check  ## everything that takes seconds
	$(BIN)/python -m pytest -m "not full" --numprocesses 2 --dist loadfile --no-loadscope-reorder

test-full: $(VENV)/dev.stamp  ## the long suites: kills, faults, whole runs
	$(BIN)/python -m pytest -m full --numprocesses 2 --dist loadfile --no-loadscope-reorder

bench: $(VENV)/dev.stamp  ## measure; prints medians and ratios
	$(BIN)/python -m benchmarks.generation
	$(BIN)/python -m benchmarks.episodes
	$(BIN)/python -m benchmarks.compression
	$(BIN)/python -m benchmarks.wall
	$(BIN)/python -m benchmarks.losses
	$(BIN)/python -m benchmarks.log

soak: $(VENV)/dev.stamp  ## 20,000 sessions with faults at random; fails when anything is left of them
	$(BIN)/python -m benchmarks.soak

format: $(VENV)/dev.stamp
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:  ## remove the environment and caches, never a home
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
