# Two commands do everything on a fresh machine with Python 3.11, git and make:
#   make demo    install, make a small example of the PIPC case, audit it, say where the report is
#   make test    install, lint, type-check, run the tests
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := demo
.PHONY: demo test lint types imports format model wording install-dev install-user clean

PYTHON ?= python3
TOOLS := .uv
UV := $(TOOLS)/bin/uv
export UV_PYTHON_DOWNLOADS := never
# Compiled once here, not at every start: a command starts in half the time.
export UV_COMPILE_BYTECODE := 1

# uv itself, pinned, in a folder of its own: the only thing that plain pip installs.
$(UV):
	$(PYTHON) -m venv $(TOOLS)
	$(TOOLS)/bin/pip install --quiet --disable-pip-version-check "uv==0.13.9"

install-user: $(UV)
	$(UV) sync --frozen --quiet --no-dev

install-dev: $(UV)
	$(UV) sync --frozen --quiet --all-extras --no-extra embeddings

demo: install-user
	rm -rf demo
	.venv/bin/haechi example pipc --out demo/pipc
	.venv/bin/haechi audit demo/pipc --out demo/report --as-of 2022-04-01 --turnover KRW:1900000000000 --fail-on never

lint: install-dev
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .

imports: install-dev
	.venv/bin/lint-imports

types: install-dev
	.venv/bin/mypy

test: lint imports types
	.venv/bin/pytest -n 3 --dist loadfile --no-loadscope-reorder

# To be called after every change of the knowledge files; a test holds the two together.
model: install-dev
	.venv/bin/python -m haechi.sensitivity.learn training src/haechi/knowledge/model/words-1.bin

# To be called after every change of training/ad-texts or chat-texts; a test holds texts and models together.
MODELS := src/haechi/knowledge/model
wording: install-dev
	.venv/bin/python -m haechi.review.learn_wording scam-wording training/ad-texts $(MODELS)/scam-wording-1.npz
	.venv/bin/python -m haechi.review.learn_wording inviting training/chat-texts $(MODELS)/inviting-1.npz

format: install-dev
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

clean:
	rm -rf demo .venv $(TOOLS) .mypy_cache .ruff_cache .pytest_cache .hypothesis
