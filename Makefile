# Everything a user types. `make` shows what there is.
# Each target makes what it needs first, so that all of them work from a clean clone, and again.

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

# What is typed as NAME=value on make's own command line is the option --name of the command, whatever is in it: it goes
# through the environment. A variable of the user's environment does not count: shells use ENV, and programs DATA or FILE.
# make itself would export the typed variables expanded, and so run a $(shell ...) in them: unexport prevents that.
$(foreach name,$(.VARIABLES),$(if $(filter command,$(firstword $(origin $(name)))),\
	$(eval unexport $(name))$(eval export IOT_PIPELINE_$(name) = $$(value $(name)))))

PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && command -v $$name && break; done)
RUN := .venv/bin/iot-pipeline
# What the targets need installed: the project's own dependencies, or those of its tests and checks, which hold them too.
DEVELOPMENT := .venv/dev.installed
PROJECT := $(if $(wildcard $(DEVELOPMENT)),$(DEVELOPMENT),.venv/project.installed)

# The targets that are the verb of this name; each group adds its own.
VERBS :=

.PHONY: help
help: ## Show this
	@echo "make TARGET [NAME=value ...]"
	@awk -F ':.*## ' '/^## /{printf "\n%s\n", substr($$0, 4)} /^[a-z-]+:.*## /{printf "  %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv/%.installed: ops/setup/requirements/%.txt
	@test -n "$(PYTHON)" || { echo "error: Python 3.11 or later is needed; install one, or name it: make PYTHON=/path/to/python3.11" >&2; exit 2; }
	@"$(PYTHON)" -m ops.setup.environments $* $(if $(filter demo up,$(MAKECMDGOALS)),embedded)

## On this machine, without an AWS account
VERBS += demo up down reset status send query
demo: $(PROJECT) ## Run the whole pipeline here and show each step
up: $(PROJECT) ## Start the embedded AWS with envs/dev applied; a second time it is quick
down: $(PROJECT) ## Stop the embedded AWS; its state is kept
reset: $(PROJECT) ## Stop the embedded AWS and delete everything that it has stored
status: $(PROJECT) ## Show whether the embedded AWS runs
send: $(PROJECT) ## Send a reading, signed: [ENV=dev] [DEVICE=id] [DATA='{"temp": 21}'] [FILE=body.json]
query: $(PROJECT) ## Query a device, signed: [ENV=dev] [DEVICE=id] [DAY=2026-11-23] [TABLE=raw] [INTERVAL=PT1H] ...

## On AWS, with your own credentials; ENV=local is the embedded AWS
VERBS += bootstrap doctor plan apply destroy outputs unlock package
bootstrap: $(PROJECT) ## Set up the account once: the state bucket and API Gateway's logging role: [APPROVE=yes]
doctor: $(PROJECT) ## Look for what would stop a deployment: ENV=dev
plan: $(PROJECT) ## Show what an apply would change: ENV=dev, or ENV=local after make up
apply: $(PROJECT) ## Show, ask, apply, write the outputs: ENV=dev [APPROVE=yes]
destroy: $(PROJECT) ## Show, ask for the name, destroy: ENV=dev [APPROVE=dev]
outputs: $(PROJECT) ## Show the outputs and write them to build/outputs/: ENV=dev
drift: $(PROJECT) ## Show where AWS and the files differ: ENV=dev (automation: iot-pipeline drift, which exits 3 where they do)
	@$(RUN) drift || test $$? -eq 3
unlock: $(PROJECT) ## Show who holds the state's lock; with ID, lift it: ENV=dev [ID=lock-id]
package: $(PROJECT) ## Build the functions' packages, and the layer's bill of materials: ENV=dev

## Operating
VERBS += logs redrive load verify capacity scale
logs: $(PROJECT) ## Show the functions' logs: [ENV=dev] [MINUTES=15] [FUNCTION=processor] [FOLLOW=1]
redrive: $(PROJECT) ## Move dead-letter messages back: [ENV=dev] [DRY_RUN=1] [ID=a,b] [DEVICE=a,b] [REASON='text'] [LIMIT=10] [QUEUE=async [FUNCTION=query]]
load: $(PROJECT) ## Load the API and account for every reading; its readings stay: [ENV=dev] [DEVICES=20] [SECONDS=30] [BATCH=10] [CLIENTS=4]
verify: $(DEVELOPMENT) ## Test the seven integrations of a deployed environment, and print what was tried: [ENV=dev]
capacity: $(PROJECT) ## Show what a fleet costs and which limit it meets first: ENV=dev DEVICES=1000 INTERVAL=60 [BATCH=100] [PEAK=2]
scale: $(PROJECT) ## Write docs/scale.md anew, after a change of settings, prices or handlers

## Working on the project
VERBS += generate golden previous provider-schema new test prove check scan bench lock
generate: $(PROJECT) ## Write modules/ and envs/ from the settings
golden: $(DEVELOPMENT) ## Write the golden files of tests/golden/ anew; read the diff
previous: $(DEVELOPMENT) ## Keep the generated files as those of the previous version, from which an upgrade is proved
provider-schema: $(DEVELOPMENT) ## Write the slice of the provider's schema anew, after its version or the types in use changed
new: $(PROJECT) ## Start an environment from another one's settings: ENV=pr-123 FROM=dev
test: $(DEVELOPMENT) ## Run all tests but the slow proofs, with coverage
prove: $(DEVELOPMENT) ## Run all proofs, the slow ones too, and print one table: what was tried, what held
check: $(DEVELOPMENT) ## Lint, words, types, generated files, terraform validate, checkov, vulnerability audit
scan: $(DEVELOPMENT) ## Scan the files, and the plan of an applied environment, with checkov
bench: $(DEVELOPMENT) ## Measure against peers and lower bounds, and render docs/performance.md: all, or [WHAT=synthesis|cold_start|warm_path|calls|end_to_end|developing]
lock: $(PROJECT) ## Pin the newest versions that pyproject.toml and bench/requirements/*.in allow
clean: ## Remove everything that was built; a running embedded AWS is stopped first
	@test ! -x $(RUN) || $(RUN) down
	@rm -rf build .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage

.PHONY: $(VERBS) drift clean
$(VERBS):
	@$(RUN) $@
