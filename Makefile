# make app    open the app in a browser                  (what a bare `make` does)
# make test   lint, types and every test, as CI does
# make fast   the tests without the slow ones and the browser
# make clean  remove what make and the tests made here; the user's cache directory stays (see README.md)
#
# Needs make and Python 3.11, 3.12 or 3.13 (newer ones are not tried): `make PYTHON=python3.13 app` chooses one. All else is set up on first use.

# Tests start Python many times, and read modules that are compiled already
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= python3
BIN    := .venv/bin
# What the app runs on; with what the tests need; with machine code
RUNS   := .venv/.runs
INSTALLED := .venv/.installed
READY  := .venv/.ready
# What Python never imports need not be compiled: the rest is at its first import
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile -c constraints.txt
# File by file on all cores, in the order that tests/conftest.py gives them: what takes long comes first, not last
SPREAD := -n auto --dist loadfile --no-loadscope-reorder

app: $(READY)
	$(BIN)/dxnet app

# The machine code is made while pip still installs what only tests need; types need the other core for a minute
test:
	$(MAKE) --jobs=2 types tests

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: lint
	$(BIN)/mypy

tests: $(READY) lint
	@$(FIND_BROWSER); $(BIN)/pytest $(SPREAD)

fast: $(READY) $(INSTALLED)
	$(BIN)/pytest $(SPREAD) -m "not slow and not browser"

# All that the others need, and nothing run: for CI, which fetches its browser meanwhile
setup: $(READY) $(INSTALLED)

clean:
	rm -rf .venv .hypothesis .mypy_cache .pytest_cache .ruff_cache build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(RUNS): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "dxnet needs Python 3.11 or newer: make PYTHON=...")'
	$(PYTHON) -m venv .venv
	$(INSTALL) -e '.[text]'
	@touch $@

$(INSTALLED): $(RUNS)
	$(INSTALL) -e '.[dev]'
	@touch $@

$(READY): $(RUNS)
	$(BIN)/python -m dxnet.inference.backends
	@touch $@

# Sets DXNET_BROWSER for the browser tests: what the caller chose, else a browser of this machine, else the word
# `playwright` for playwright's own download; unset, they are skipped, unless REQUIRE_BROWSER=1 forbids it.
define FIND_BROWSER
found=$$DXNET_BROWSER; \
[ -n "$$found" ] || for b in chromium chromium-browser google-chrome google-chrome-stable \
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" \
    "/Applications/Chromium.app/Contents/MacOS/Chromium"; \
do found=$$(command -v "$$b") && break; done; \
if [ -z "$$found" ] && $(GET_BROWSER) >/dev/null 2>&1; then found=playwright; fi; \
if [ -n "$$found" ]; then export DXNET_BROWSER="$$found"; \
elif [ "$$REQUIRE_BROWSER" = 1 ]; then echo "no browser found, and REQUIRE_BROWSER=1" >&2; exit 1; \
else unset DXNET_BROWSER; echo "no browser found: browser tests skipped (install Chromium, or set DXNET_BROWSER to a browser's path)"; fi
endef
GET_BROWSER = $(BIN)/python -c 'import subprocess, sys; \
    subprocess.run([sys.executable, "-m", "playwright", "install", "--only-shell", "chromium"], timeout=180, check=True)'

.PHONY: app test lint types tests fast clean setup
