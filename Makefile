# Everything that a person or CI does with this project. `make` lists it.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# Bytecode is made when a module is first imported: compiling 500 MB of pulumi-aws ahead is waste.
# Where the environment forbids bytecode, as in many container images, every start would compile all
# that it imports again.
unexport PYTHONDONTWRITEBYTECODE
# $(call install,WHAT,BIN): into the environment of that bin/; without one, into $(VENV).
into = $(or $(2),$(BIN))/python
PIP = $(BIN)/python -m pip --quiet --disable-pip-version-check --python $(into) install --no-compile
# uv takes seconds for what takes pip a minute. pip does it where uv cannot be had, or does not know
# an index that only pip's own configuration names; what is wrong with both, pip says.
UV = $(BIN)/python -m uv pip install --quiet --python $(into)
# A dot every two seconds shows that it is at work: neither says anything.
install = while sleep 2 >/dev/null 2>&1; do printf .; done & dots=$$!; \
  { $(UV) $(1) 2>/dev/null || $(PIP) $(1); }; code=$$?; kill $$dots; echo; exit $$code
LOCALAWS := $(BIN)/python -m localaws
EXECUTOR ?= auto
STACK ?= local
# More arguments for pulumi, e.g. PULUMI_ARGS=--diff.
PULUMI_ARGS ?=
# What takes minutes more, CI runs too: pytest -m "" runs all.
LONG := airflow or deployments or distribution or engine_suite or every_case or every_key or foreign_clients or moto_suite or real_provider or scanners or server_life or survival
# Two workers more than the two processors of CI: some tests wait most of the time.
PYTEST_ARGS ?= -n 4 --dist loadfile --no-loadscope-reorder -m "not ($(LONG))"

.DEFAULT_GOAL := help
.PHONY: help setup demo test up preview policy destroy check format docs pictures site release pulumi lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.local ## Make the Python environment in .venv (first time: about a minute)

demo: $(VENV)/.local ## Deploy the local stack and run the whole job scenario, about 20 s (EXECUTOR=process|container)
	@$(BIN)/python -m examples.demo --executor $(EXECUTOR)

test: $(VENV)/.dev ## Run the tests (up to 5 minutes on 2 cores)
	@$(BIN)/python -m pytest $(PYTEST_ARGS)

# Costs nothing to speak of where no engine was killed.
RECOVER := --first "python -m batch_platform.recovery --stack $(STACK) --yes"

up: engine ## Deploy STACK to the local AWS with the real Pulumi engine (it goes on running)
	@$(LOCALAWS) run --stack $(STACK) $(RECOVER) -- pulumi up --yes --skip-preview $(PULUMI_ARGS)

preview: engine ## Show what `make up` would do
	@$(LOCALAWS) run --stack $(STACK) -- pulumi preview $(PULUMI_ARGS)

# Any Python language host will do for this one; `policy` itself wants that of an official release.
policy: engine ## Preview STACK on the local AWS, judged by the policy pack
	@PATH="$(CURDIR)/tools/pulumi/policy:$$PATH" \
	  $(LOCALAWS) run --stack $(STACK) -- \
	  pulumi preview --policy-pack tools/pulumi/policy $(PULUMI_ARGS)

destroy: engine ## Take STACK off the local AWS
	@$(LOCALAWS) run --stack $(STACK) $(RECOVER) -- pulumi destroy --yes $(PULUMI_ARGS)

.PHONY: engine
engine: $(VENV)/.local
	@$(BIN)/python tools/pulumi/install.py >/dev/null
	@$(LOCALAWS) status >/dev/null || $(LOCALAWS) start --detach

check: $(VENV)/.dev ## Lint, types and import rules (first time: a minute or two)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(VENV)/.dev ## Format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

docs: $(VENV)/.dev ## Write docs/api.md, docs/reference.md, the JSON Schema, instance sizes and stubs/
	@$(BIN)/python tools/api_reference.py
	@$(BIN)/python tools/config_reference.py
	@$(BIN)/python tools/instance_sizes.py
	@$(BIN)/python tools/provider_stubs.py

pictures: $(VENV)/.local ## Make the pictures of the pages, docs/pictures/ (needs Chromium)
	@$(BIN)/python tools/pictures.py

# SITE_ARGS="--version 1.0 --folder /tmp/site" names another version, or another folder.
SITE_ARGS ?=
site: $(VENV)-site/.made ## Build the documentation site in site/ (first time: half a minute)
	@$(VENV)-site/bin/python tools/site/build.py $(SITE_ARGS)

# RELEASE_ARGS="--python python3.13" tries it on that one alone.
RELEASE_ARGS ?=
release: $(VENV)/.dev ## Build the wheel and the sdist, check both, and try them on every Python here
	@$(BIN)/python tools/release/release.py $(RELEASE_ARGS)

pulumi: $(VENV)/.local ## Get the Pulumi engine, if it is not on PATH
	@$(BIN)/python tools/pulumi/install.py

lock = $(BIN)/uv pip compile --quiet --universal $(LOCK_ARGS) --python-version 3.11 --generate-hashes \
  --no-emit-index-url --custom-compile-command "make lock"

LOCK_ARGS ?= --upgrade
lock: $(VENV)/.dev ## Lock the requirements anew (LOCK_ARGS= keeps the versions that still fit)
	@$(lock) pyproject.toml --extra functions --extra pulumi --extra yaml -o requirements.txt
	@$(lock) pyproject.toml --extra local -c requirements.txt -o requirements-local.txt
	@$(lock) requirements-uv.in -o requirements-uv.txt
	@$(lock) requirements-dev.in -o requirements-dev.txt
	@$(lock) requirements-site.in -o requirements-site.txt

clean: ## Remove the environment and caches
	rm -rf $(VENV) $(VENV)-site site .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

# The environment: made once, and again when a requirement changes.

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "batch-platform needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1)." \
	         "Name another: make PYTHON=python3.12 ..." >&2; exit 1; }
	@echo "making the Python environment in $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) -r requirements-uv.txt || echo "uv cannot be installed here: pip takes its place"
	@touch $@

$(VENV)/.local: $(VENV)/.python requirements.txt requirements-local.txt pyproject.toml
	@printf 'installing Pulumi and what the local AWS needs (a minute, more on a slow line) '
	@$(call install,-r requirements.txt -r requirements-local.txt)
	@printf 'installing this project '
	@$(call install,--no-deps --editable .)
	@# The first deployment would compile it otherwise.
	@echo "compiling what a deployment imports"
	@$(BIN)/python -c "import batchsdk.cli, localaws.cli, localaws.embedded, localaws.server"
	@touch $@

$(VENV)/.dev: $(VENV)/.local requirements-dev.txt
	@printf 'installing the tools of tests and checks (half a minute) '
	@$(call install,-r requirements-dev.txt)
	@touch $@

# Sphinx and what it needs come first; the project and what it imports, from the environment above.
$(VENV)-site/.made: $(VENV)/.local requirements-site.txt
	@printf 'installing what builds the site '
	@$(BIN)/python -m venv --clear --without-pip $(VENV)-site
	@$(call install,-r requirements-site.txt,$(VENV)-site/bin)
	@$(BIN)/python -c 'import site; print(*site.getsitepackages(), sep="\n")' \
	  >"$$($(VENV)-site/bin/python -c 'import site; print(site.getsitepackages()[0])')/project.pth"
	@touch $@
