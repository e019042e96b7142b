# The course's commands. All need only Python 3.11+ and make; `make` alone lists them.
PYTHON ?= $(shell command -v python3 || command -v python)
BIN = .venv/bin
ifeq ($(OS),Windows_NT)
BIN = .venv/Scripts
endif

.PHONY: help python-found ready ready-test lab check test demo lint bench lock clean

help:
	@echo "make lab    set up and open the course in JupyterLab"
	@echo "make check  say what this machine has and lacks"
	@echo "make test   set up and run the tests"
	@echo "make demo   play a whole class through release, answers, grading and reports"
	@echo "make lint   check code style and notebooks"
	@echo "make bench  run the benchmarks (makes environments for the rivals; takes a while)"

python-found:
	@test -n "$(PYTHON)" || { echo "No Python found. Install Python 3.11 or newer, or name it: make lab PYTHON=/path/to/python3"; exit 1; }

ready: python-found
	@"$(PYTHON)" tools/set_up.py

ready-test: python-found
	@"$(PYTHON)" tools/set_up.py --test

lab: ready
	@$(BIN)/custlab lab

check: ready
	@$(BIN)/custlab check

test: ready-test
	@$(BIN)/python -m pytest -n 2 --dist loadfile

demo: ready
	@$(BIN)/python -m tests.demo

lint: ready-test
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports --no-cache --no-logo
	@$(BIN)/python -m tests.hygiene

bench: ready-test
	@$(BIN)/python -m tests.bench

# Maintainers: renew the pins for every platform. The lock names no index and no host.
lock:
	@$(BIN)/uv --version >/dev/null 2>&1 || $(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 \
	  --no-emit-index-url --no-emit-find-links --no-header --no-annotate --quiet --output-file requirements.lock

clean:
	@rm -rf .venv build custlab.egg-info
