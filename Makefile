PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= auto
SEED ?= 0
TORCH := 2.13.0
DEMO_HOME := $(or $(TRACEGATE_HOME),.tracegate)
DEMO := $(BIN)/python cli.py train --home $(DEMO_HOME)
DEMO_MODEL := $(DEMO_HOME)/training/demo-sft/model

.DEFAULT_GOAL := help
.PHONY: help run train-demo test test-full check format bench soak clean

help:  ## what there is to make
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/'

$(VENV)/runtime.stamp: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/dev.stamp: pyproject.toml $(VENV)/runtime.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

$(VENV)/export.stamp: pyproject.toml $(VENV)/dev.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,export,inspect]' 'datasets>=5'
	@touch $@

$(VENV)/train.stamp: pyproject.toml $(VENV)/runtime.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check torch==$(TORCH)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[train]'
	@touch $@

run: $(VENV)/runtime.stamp  ## the main job on the CSVs in examples/, and the gate's verdict
	$(BIN)/python cli.py run examples --all --workers $(WORKERS) --seed $(SEED)

train-demo: $(VENV)/train.stamp  ## after `make run`: a tiny model trained by every method, on the CPU
	$(DEMO) sft --from-scratch tiny --name demo-sft --easiest 1 --steps 130 --batch 2 --learning-rate 0.005
	$(DEMO) dpo --model $(DEMO_MODEL) --name demo-dpo --easiest 8 --steps 6 --batch 2
	$(DEMO) prm --model $(DEMO_MODEL) --name demo-prm --easiest 8 --steps 20 --batch 4 --learning-rate 0.001
	$(DEMO) grpo --model $(DEMO_MODEL) --name demo-grpo --easiest 1 --steps 3 --batch 1 --learning-rate 0.0001 \
	  --workers $(WORKERS)
	$(BIN)/python -m benchmarks.trained $(DEMO_HOME)
	$(BIN)/python cli.py evaluate --home $(DEMO_HOME) --teacher local --model $(DEMO_HOME)/training/demo-grpo/model \
	  --split train --limit 4 --workers $(WORKERS)

check: $(VENV)/dev.stamp  ## ruff, strict typing, layers, the plan
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python cli.py plan

test: check  ## everything that takes seconds
	$(BIN)/python -m pytest -m "not full and not train" --numprocesses 2 --dist loadfile --no-loadscope-reorder

test-full: $(VENV)/dev.stamp $(VENV)/export.stamp $(VENV)/train.stamp  ## the long suites: kills, faults, whole runs
	$(BIN)/python -m pytest -m "full or train" --numprocesses 2 --dist loadfile --no-loadscope-reorder

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
