# Всё, что нужно, — python3 с модулем venv и make. Остальное цели ставят сами, в .venv.
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
# Compiled modules are kept: every worker and every process that a test starts would compile anew.
unexport PYTHONDONTWRITEBYTECODE

VENV := .venv
BIN := $(VENV)/bin
AUDIT := $(VENV)/audit
# `python -m tool` outlives a moved directory; the scripts in bin do not.
PY := $(BIN)/python
CANDIDATES := python3 python3.14 python3.13 python3.12 python3.11
PYTHON ?= $(shell for p in $(CANDIDATES); do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$p"; break; }; done)

# pip takes wheels only, each of them by its hash.
PIP := $(PY) -m pip --disable-pip-version-check --no-input
INSTALL := $(PIP) install --quiet --require-hashes --only-binary=:all:
LINK := $(PIP) install --quiet --no-deps --no-build-isolation --editable .
COMPILE := CUSTOM_COMPILE_COMMAND="make lock" $(PY) -m piptools compile --quiet --generate-hashes \
	--build-deps-for=editable --strip-extras --allow-unsafe --no-emit-options \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links

.PHONY: help run test check bench crash audit secrets lock

help: ## этот список
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

run: $(VENV)/run.stamp ## поставить что нужно и открыть журнал с показательной школой (Ctrl+C — остановить)
	$(PY) -m api up --demo school $(ARGS)

test: $(VENV)/dev.stamp ## все тесты на встроенном PostgreSQL; ARGS="-k слово" — часть
	$(PY) -m pytest --quiet --numprocesses=auto --maxprocesses=4 --dist=loadfile \
		--no-loadscope-reorder $(ARGS)

check: $(VENV)/dev.stamp ## ruff, mypy --strict, этажи
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy --strict .
	$(PY) -c 'from importlinter.cli import lint_imports_command as lint; lint(["--no-logo"])'

bench: $(VENV)/dev.stamp ## замеры рядом с пределом того же прогона; ARGS=append — один из них
	$(PY) -m api bench $(ARGS)

crash: $(VENV)/dev.stamp ## kill -9 под нагрузкой, сверка после каждого; ARGS="--rounds 200 --seed 7"
	$(PY) -m tests.crash $(ARGS)

# pip-audit lives apart, so that what it brings never mixes with what is pinned.
audit: $(VENV)/dev.stamp ## известные уязвимости того, что закреплено; без ответа службы — ошибка
	@test -x $(AUDIT)/bin/python || $(PY) -m venv $(AUDIT)
	@$(AUDIT)/bin/python -m pip --disable-pip-version-check --no-input install --quiet --only-binary=:all: \
		'pip-audit==2.10.1'
	@$(PY) -m tests.house.vulnerabilities $(AUDIT)/bin/python requirements.txt requirements-dev.txt

# The directory is closed to others on this machine; the files are read by the container's account.
secrets: ## секреты для docker compose, один раз, в ./secrets
	@mkdir -m 700 secrets 2>/dev/null || { echo "Каталог secrets уже есть: секреты не меняю." >&2; exit 1; }
	@python3 -c 'import pathlib, secrets; \
	write = lambda name, text: pathlib.Path("secrets", name).write_text(text + "\n"); \
	password = secrets.token_hex(24); \
	write("postgres_password", password); \
	write("database_url", f"postgresql://postgres:{password}@postgres:5432/letopis"); \
	write("letopis_secret", secrets.token_hex(32))'
	@chmod 644 secrets/*

lock: $(VENV)/dev.stamp ## заново записать requirements*.txt по pyproject.toml
	$(PIP) install --quiet 'pip-tools==7.6.2'
	$(COMPILE) --output-file=requirements.txt pyproject.toml
	$(COMPILE) --extra=dev --constraint=requirements.txt --output-file=requirements-dev.txt pyproject.toml

$(BIN)/python:
	@[ -n "$(PYTHON)" ] || { echo "Нужен Python 3.11 или новее; не найден ни один из: $(CANDIDATES)." \
		"Можно указать: make run PYTHON=/путь/к/python" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "$(PYTHON) не годится: нужен Python 3.11 или новее с модулем venv" \
		"(в Debian и Ubuntu — пакет python3-venv)." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# A stamp is younger than what it was made from: the second run installs nothing.
$(VENV)/run.stamp: requirements.txt pyproject.toml | $(BIN)/python
	$(INSTALL) --requirement requirements.txt
	$(LINK)
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt pyproject.toml | $(BIN)/python
	$(INSTALL) --requirement requirements-dev.txt
	$(LINK)
	@touch $@ $(VENV)/run.stamp
