# Two commands: `make run` sets everything up and opens the console, `make test` runs every test.
# Another Python: make PYTHON=python3.12 run

PYTHON ?= python3
BIN := .venv/bin
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help run test lint bench screenshots installer deb clean
.NOTPARALLEL:

help:  ## Show this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST)

run:  ## Set up what is missing and open the console
	@$(PYTHON) tools/set_up.py run
	@exec $(BIN)/callconsole $(ARGS)

test:  ## Set up what is missing and run every test (ARGS="-k tunnel" runs some)
	@$(PYTHON) tools/set_up.py test
	@QT_QPA_PLATFORM=offscreen exec $(BIN)/python -m pytest $(ARGS)

lint:  ## Style, types and import rules
	@$(PYTHON) tools/set_up.py lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench:  ## Measure the voice path; asserts nothing
	@$(PYTHON) tools/set_up.py test
	@for script in audio_figures gemini_messages onset_figures answer_figures history_figures \
		window_start; do \
		echo "== $$script"; $(BIN)/python bench/$$script.py || exit 1; done
	@echo "== voice_path, the quick way; see docs/performance.md for the whole"
	@$(BIN)/python bench/voice_path.py --quick

screenshots:  ## Draw docs/screenshots anew
	@$(PYTHON) tools/set_up.py test
	@$(BIN)/python tools/screenshots.py

installer:  ## Build the program that needs no Python into dist/, and try it
	@$(PYTHON) tools/set_up.py installer
	@echo "Building (two minutes or more)"
	@$(BIN)/python -m PyInstaller build_installer.spec --noconfirm --log-level WARN
	@$(BIN)/python tools/smoke_installer.py dist/callconsole

deb: installer  ## The same, packed for Debian and Ubuntu
	@$(BIN)/python tools/make_deb.py dist/callconsole

clean:  ## Remove the virtual environment, caches and build results
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find callconsole tests bench tools -name __pycache__ -type d -prune -exec rm -rf {} +
