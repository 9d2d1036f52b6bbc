# One command each; `make` alone says which. Written for GNU make 3.81 (macOS) and newer.

# Set only on the command line (make all RAW=... OUT=...), never taken from the environment.
RAW :=
OUT :=
NB :=
DEST :=

PY := .venv/bin/python
READY := .venv/.ready
# Run this checkout's own source, also after the folder was moved.
export PYTHONPATH := $(CURDIR)/src
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# A person's own matplotlib and IPython settings do not colour the results.
export MPLCONFIGDIR := $(CURDIR)/.venv/matplotlib
export IPYTHONDIR := $(CURDIR)/.venv/ipython

.PHONY: help setup all test one bench new-review lint lock clean
.DELETE_ON_ERROR:

help:
	@echo 'make all                    set up what is missing, rebuild what is stale, write the report'
	@echo 'make test                   prove it: unit tests, then every notebook and table again from raw'
	@echo 'make one NB=06              run one notebook on the tables as they stand'
	@echo 'make all RAW=dir OUT=dir    the same chain over other raw material, results into OUT'
	@echo 'make new-review DEST=dir    start a review of your own there'
	@echo 'make bench                  speed and agreement benchmarks (minutes)'
	@echo 'make lint                   ruff and mypy'
	@echo 'make lock                   renew requirements.lock from pyproject.toml'
	@echo 'make clean                  remove build/ and caches; results and .venv stay'

setup: $(READY)

# The stamp is written last, so an interrupted set-up is taken up again.
$(READY): requirements.lock pyproject.toml
	@sh .ci/setup-venv .venv
	@echo 'Installing the locked packages (a few minutes the first time) ...'
	@$(PY) -m pip install -qq --require-hashes -r requirements.lock
	@$(PY) -m pip install --quiet --no-deps --no-build-isolation --no-index -e .
	@mkdir -p $(MPLCONFIGDIR) $(IPYTHONDIR) && $(PY) -c 'import matplotlib.font_manager' # its first import says so on stderr
	@touch $@

all: $(READY)
	@$(PY) -m mscreview.run all --raw "$(RAW)" --out "$(OUT)"

one: $(READY)
	@$(PY) -m mscreview.run one "$(NB)"

test: $(READY)
	@$(PY) -m pytest --nbval --nbval-current-env tests notebooks

SHARED := $(or $(MSCREVIEW_SHARED),../shared)

bench: $(READY)
	@$(PY) benchmarks/pooling.py speed
	@if [ -d $(SHARED)/bench ]; then $(PY) benchmarks/pooling.py agree $(SHARED)/bench/pooling; \
	    $(PY) benchmarks/record_scores.py; \
	    else echo '$(SHARED)/bench is not there: agreement and extraction scores are skipped'; fi

new-review: $(READY)
	@$(PY) -m mscreview.run new-review "$(DEST)"

lint: $(READY)
	@$(PY) -m ruff check . && $(PY) -m ruff format --check . && $(PY) -m mypy

# The same versions for every Python from 3.11 on (fewest), so that results agree between them.
lock: $(READY)
	@$(PY) -m uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
	    --fork-strategy fewest --generate-hashes --no-header --no-annotate --quiet -o requirements.lock
	@echo 'requirements.lock is renewed; `make all` will install it.'

clean:
	@rm -rf build .pytest_cache .mypy_cache .ruff_cache .hypothesis .benchmarks
	@find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
