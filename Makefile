# Two commands on a fresh machine: `make run` and `make test`. Both need python3 (3.11+) and make, nothing else.
PYTHON ?= python3
BIN := .venv/bin
ARGS ?=

.PHONY: run test check lint types contracts docs quality bench profile lock clean

run: .venv/.run
	@$(BIN)/feedmill up $(ARGS)

test: .venv/.dev
	@$(BIN)/python -m pytest -n 2 --dist loadscope $(ARGS)

check: lint types contracts test

lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/.dev
	$(BIN)/mypy
	$(BIN)/mypy --config-file tests/mypy.ini tests

contracts: .venv/.dev
	$(BIN)/lint-imports

docs: .venv/.dev
	$(BIN)/python docs/generate.py

# Extraction beside trafilatura on the pages of ../shared/data/articles: some minutes; fails below the floors.
quality: .venv/.dev
	$(BIN)/python bench/quality/run.py --write --floor

# feedmill beside its alternatives, each installed into bench/speed/.peers: some 25 minutes. One scenario, a small size:
# make bench ARGS='--scenario cold --feeds 20'
bench: .venv/.dev
	@$(BIN)/python bench/speed/turns.py $(ARGS)

# Where the CPU of an ingest goes, for each article.
profile: .venv/.dev
	@$(BIN)/python bench/speed/profiling.py --write $(ARGS)

# Everything is pinned, so nothing is resolved: --no-deps is faster, and old versions of pip trip over extras.
.venv/.run: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "feedmill needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "Setting up .venv (once, about a minute) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/pip install -qq --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@$(BIN)/pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: .venv/.run requirements-dev.lock
	@$(BIN)/pip install -qq --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.lock
	@touch $@

# Pinned with hashes for every platform and Python; the files name no index.
LOCK := .lock/bin/uv pip compile pyproject.toml --universal --generate-hashes --no-emit-index-url --no-header --no-annotate --upgrade
lock:
	@test -x .lock/bin/uv || { $(PYTHON) -m venv .lock && .lock/bin/pip install -q uv; }
	$(LOCK) --extra build -o requirements.lock
	$(LOCK) --extra build --extra dev --constraint requirements.lock -o requirements-dev.lock

clean:
	rm -rf .venv .lock build *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
