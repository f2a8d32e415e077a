# Aduan: `make run` starts it, `make test` proves it. `make help` lists everything.

VENV := .venv
BIN := $(VENV)/bin
PO := $(wildcard translations/*/LC_MESSAGES/messages.po)
MO := $(PO:.po=.mo)
ARGS ?=
WORKERS ?= 2

# The first Python on this machine that is new enough; `make PYTHON=/path/to/python` chooses another.
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(firstword $(foreach p,python3.11 python3.12 python3.13 python3.14 python3,$(shell $(p) -c '$(NEW_ENOUGH)' >/dev/null 2>&1 && command -v $(p))))

# One institution, one set of data: another profile gets an instance folder of its own.
ifdef INSTITUTION
export PORTAL_INSTITUTION := $(INSTITUTION)
export PORTAL_INSTANCE ?= instance/$(INSTITUTION)
endif

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help run test check format bench lock translations catalogues clean

help:  ## show this list
	@echo 'make run INSTITUTION=…  another profile, with data of its own'
	@echo 'make test ARGS=…        arguments for pytest, for example ARGS="tests/intake -x"'
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "make %-18s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

run: $(VENV)/run.done catalogues  ## the portal with demo data and a worker on http://127.0.0.1:8000
	@$(BIN)/flask --app wsgi migrate
	@$(BIN)/flask --app wsgi demo
	@exec $(BIN)/python -m portal.serve

test: $(VENV)/test.done catalogues  ## all tests: both databases, and in a browser
	$(BIN)/python -m tests.browser.chromium
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

check: $(VENV)/test.done  ## format, lint, types, floors, catalogues
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python translations --check

format: $(VENV)/test.done  ## put the code into its format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/test.done catalogues  ## what a request costs, as shares of bare Flask
	$(BIN)/python -m tests.bench $(ARGS)

translations: $(VENV)/test.done  ## bring the catalogues up to what code and templates say
	$(BIN)/python translations

lock: $(VENV)/test.done  ## choose all versions anew and write the locks
	$(LOCK) --extra postgres --output-file requirements.txt
	$(LOCK) --extra dev --constraints requirements.txt --output-file requirements-test.txt

clean:  ## remove the environment and what tests and tools made; data stay
	rm -rf $(VENV) build .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache $(MO)
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# ── how it is done ───────────────────────────────────────────────────────────────────────────────

# Hashes for every platform, wheels only, and no registry's address: each machine uses its own.
LOCK := $(BIN)/uv pip compile pyproject.toml --no-config --universal --python-version 3.11 --upgrade \
	--generate-hashes --only-binary :all: --no-emit-index-url --no-annotate --quiet \
	--custom-compile-command "make lock"

catalogues: $(MO)

%.mo: %.po | $(VENV)/run.done
	@$(BIN)/python translations --compile

# A stamp is written only after a whole install. `unfinished` lies there meanwhile: an environment
# that still has it was cut short, and is made from nothing again.
define install
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: install it, or name it with PYTHON=…" >&2; exit 1; }
	@$(PYTHON) -c '$(NEW_ENOUGH)' || { echo "$(PYTHON) is older than Python 3.11" >&2; exit 1; }
	@if [ -e $(VENV)/unfinished ] || ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
		rm -rf $(VENV) && mkdir $(VENV) && touch $(VENV)/unfinished && \
		{ $(PYTHON) -m venv $(VENV) || { echo "On Debian: apt-get install python3-venv" >&2; exit 1; }; } \
	fi
	@touch $(VENV)/unfinished
	@echo "Installing $< into $(VENV): the first time takes a minute or two"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes --only-binary :all: -r $<
	@rm $(VENV)/unfinished && touch $@
endef

$(VENV)/run.done: requirements.txt
	$(install)

$(VENV)/test.done: requirements-test.txt
	$(install)
	@touch $(VENV)/run.done
