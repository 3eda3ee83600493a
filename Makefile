# Everything a user types. `make` shows what there is.
# Each target makes what it needs first, so that all of them work from a clean clone, and again.

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

# Only what stands on make's own command line counts: shells use ENV, and programs DATA or FILE, for things of their own.
typed = $(filter command,$(firstword $(origin $(1))))
given = $(if $(call typed,$(1)),$(value $(1)))
# $(call quoted,NAME): NAME's value as one word of the shell, whatever is in it; a recipe's line must not have a line's end.
define NEWLINE


endef
export NEWLINE
quoted = '$(subst $(NEWLINE),'"$$NEWLINE"',$(subst ','\'',$(call given,$(1))))'
ENVIRONMENT = $(call quoted,ENV)
REACHED = $(if $(call typed,ENV),$(ENVIRONMENT),local)

PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && command -v $$name && break; done)
RUN := .venv/bin/python
# What the targets need installed: the project's own dependencies, or those of its tests and checks, which hold them too.
DEVELOPMENT := .venv/dev.installed
PROJECT := $(if $(wildcard $(DEVELOPMENT)),$(DEVELOPMENT),.venv/project.installed)

# Goals on one environment, checked before anything is installed for them; and the examples that are not ENV=dev.
ON_ENVIRONMENT := doctor plan apply destroy outputs drift unlock package capacity new
EXAMPLE_capacity := ENV=dev DEVICES=1000 INTERVAL=60
EXAMPLE_new := ENV=pr-123 FROM=dev
CHECKED := $(ON_ENVIRONMENT:%=check-%)
.PHONY: $(CHECKED)
$(CHECKED): check-%:
	@test -n $(ENVIRONMENT) || { echo "error: ENV is $(if $(call typed,ENV),empty,missing). For example: make $* $(or $(EXAMPLE_$*),ENV=dev)" >&2; \
	echo "environments: $$(cd envs && ls -d */ | tr -d / | grep -v '^account$$' | tr '\n' ' ')" >&2; exit 2; }
# $(call option,NAME,--flag): the flag with NAME's value, quoted for the shell, where NAME was typed. One word: a value may
# begin with a hyphen. An empty one too: it is the command that refuses it, and does not take its default or everything.
option = $(if $(call typed,$(1)),$(2)=$(call quoted,$(1)))

.PHONY: help
help: ## Show this
	@echo "make TARGET [NAME=value ...]"
	@awk -F ':.*## ' '/^## /{printf "\n%s\n", substr($$0, 4)} /^[a-z-]+:.*## /{printf "  %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv/%.installed: ops/setup/requirements/%.txt | $(filter $(MAKECMDGOALS:%=check-%),$(CHECKED))
	@test -n "$(PYTHON)" || { echo "error: Python 3.11 or later is needed; install one, or name it: make PYTHON=/path/to/python3.11" >&2; exit 2; }
	@"$(PYTHON)" -m ops.setup.environments $* $(if $(filter demo up,$(MAKECMDGOALS)),embedded)

## On this machine, without an AWS account
.PHONY: demo up down reset status send query
demo: $(PROJECT) ## Run the whole pipeline here and show each step
	@$(RUN) -m ops.local.demo
up: $(PROJECT) ## Start the embedded AWS with envs/dev applied; a second time it is quick
	@$(RUN) -m ops.local.command_line up
down: $(PROJECT) ## Stop the embedded AWS; its state is kept
	@$(RUN) -m ops.local.command_line down
reset: $(PROJECT) ## Stop the embedded AWS and delete everything that it has stored
	@$(RUN) -m ops.local.command_line reset
status: $(PROJECT) ## Show whether the embedded AWS runs
	@$(RUN) -m ops.local.command_line status
send: $(PROJECT) ## Send a reading, signed: [ENV=dev] [DEVICE=id] [DATA='{"temp": 21}'] [FILE=body.json]
	@$(RUN) -m ops.operate.send --env=$(REACHED) $(call option,DEVICE,--device) $(call option,DATA,--data) $(call option,FILE,--file)
query: $(PROJECT) ## Query a device, signed: [ENV=dev] [DEVICE=id] [DAY=2026-11-23] [TABLE=raw] [INTERVAL=PT1H] ...
	@$(RUN) -m ops.operate.query --env=$(REACHED) $(call option,DEVICE,--device) $(call option,DAY,--day) \
		$(call option,START,--start) $(call option,END,--end) $(call option,TABLE,--table) \
		$(call option,ORDER,--order) $(call option,LIMIT,--limit) $(call option,TOKEN,--token) \
		$(call option,INTERVAL,--interval) $(call option,STATISTICS,--statistics)

## On AWS, with your own credentials; ENV=local is the embedded AWS
.PHONY: bootstrap doctor plan apply destroy outputs drift unlock package
bootstrap: $(PROJECT) ## Set up the account once: the state bucket and API Gateway's logging role: [APPROVE=yes]
	@$(RUN) -m ops.deploy.commands bootstrap
doctor: $(PROJECT) ## Look for what would stop a deployment: ENV=dev
	@$(RUN) -m ops.deploy.doctor $(ENVIRONMENT)
plan: $(PROJECT) ## Show what an apply would change: ENV=dev, or ENV=local after make up
	@$(RUN) -m ops.deploy.commands plan $(ENVIRONMENT)
apply: $(PROJECT) ## Show, ask, apply, write the outputs: ENV=dev [APPROVE=yes]
	@$(RUN) -m ops.deploy.commands apply $(ENVIRONMENT)
destroy: $(PROJECT) ## Show, ask for the name, destroy: ENV=dev [APPROVE=dev]
	@$(RUN) -m ops.deploy.commands destroy $(ENVIRONMENT)
outputs: $(PROJECT) ## Show the outputs and write them to build/outputs/: ENV=dev
	@$(RUN) -m ops.deploy.commands outputs $(ENVIRONMENT)
drift: $(PROJECT) ## Show where AWS and the files differ: ENV=dev (automation: python -m ops.deploy.commands drift ENV: 0 none, 3 drift, 1 unknown)
	@$(RUN) -m ops.deploy.commands drift $(ENVIRONMENT) || { code=$$?; test $$code -eq 3 || exit $$code; }
unlock: $(PROJECT) ## Show who holds the state's lock; with ID, lift it: ENV=dev [ID=lock-id]
	@$(RUN) -m ops.deploy.commands unlock $(ENVIRONMENT) $(call option,ID,--id)
package: $(PROJECT) ## Build the functions' packages, and the layer's bill of materials: ENV=dev
	@$(RUN) -m ops.packaging.packages $(ENVIRONMENT)

## Operating
.PHONY: logs redrive load verify
logs: $(PROJECT) ## Show the functions' logs: [ENV=dev] [MINUTES=15] [FUNCTION=processor] [FOLLOW=1]
	@$(RUN) -m ops.operate.logs --env=$(REACHED) $(call option,MINUTES,--minutes) $(call option,FUNCTION,--function) \
		$(call option,FOLLOW,--follow)
redrive: $(PROJECT) ## Bring dead letters back: [ENV=dev] [DRY_RUN=1] [ID=a,b] [DEVICE=a,b] [REASON='text'] [LIMIT=10] [QUEUE=async [FUNCTION=query]]
	@$(RUN) -m ops.operate.redrive --env=$(REACHED) $(call option,DRY_RUN,--dry-run) $(call option,QUEUE,--queue) \
		$(call option,ID,--id) $(call option,DEVICE,--device) $(call option,REASON,--reason) \
		$(call option,FUNCTION,--function) $(call option,LIMIT,--limit)
load: $(PROJECT) ## Load the API and account for every reading; its readings stay: [ENV=dev] [DEVICES=20] [SECONDS=30] [BATCH=10] [CLIENTS=4]
	@$(RUN) -m ops.operate.load --env=$(REACHED) $(call option,DEVICES,--devices) $(call option,SECONDS,--seconds) \
		$(call option,BATCH,--batch) $(call option,CLIENTS,--clients)
verify: $(DEVELOPMENT) ## Test the seven integrations of a deployed environment, and print what was tried: [ENV=dev]
	@$(RUN) -m pytest tests/proofs/integrations --environment=$(REACHED) --force-enable-socket -v --proofs-of integrations
.PHONY: capacity scale
capacity: $(PROJECT) ## Show what a fleet costs and which limit it meets first: ENV=dev DEVICES=1000 INTERVAL=60 [BATCH=100] [PEAK=2]
	@$(RUN) -m ops.capacity $(ENVIRONMENT) $(call option,DEVICES,--devices) $(call option,INTERVAL,--interval) \
		$(call option,BATCH,--batch) $(call option,PEAK,--peak)
scale: $(PROJECT) ## Write docs/scale.md and its chart anew, after a change of settings, prices or handlers
	@$(RUN) -m ops.capacity --document

## Working on the project
.PHONY: generate golden previous provider-schema new test prove check scan bench lock clean
generate: $(PROJECT) ## Write modules/ and envs/ from the settings
	@$(RUN) -m generate
golden: $(DEVELOPMENT) ## Write the golden files of tests/golden/ anew; read the diff
	@$(RUN) -m tests.generate.golden
previous: $(DEVELOPMENT) ## Keep the generated files as those of the previous version, from which an upgrade is proved
	@$(RUN) -m tests.proofs.upgrade.previous
provider-schema: $(DEVELOPMENT) ## Write the slice of the provider's schema anew, after its version or the types in use changed
	@$(RUN) -m ops.terraform.schema_slice
new: $(PROJECT) ## Start an environment from another one's settings: ENV=pr-123 FROM=dev
	@$(RUN) -m generate new $(ENVIRONMENT) $(call option,FROM,--from)
test: $(DEVELOPMENT) ## Run all tests but the slow proofs, with coverage
	@$(RUN) -m ops.checks.testing
prove: $(DEVELOPMENT) ## Run all proofs, the slow ones too, and print one table: what was tried, what held
	@$(RUN) -m pytest -m proof --proofs
check: $(DEVELOPMENT) ## Lint, types, generated files, terraform validate, checkov, vulnerability audit
	@$(RUN) -m ops.checks.checks
scan: $(DEVELOPMENT) ## Scan the files, and the plan of an applied environment, with checkov
	@$(RUN) -m ops.checks.scan
	@$(RUN) -m ops.local.command_line plan build/local/plan.json
	@$(RUN) -m ops.checks.scan --plan build/local/plan.json
bench: $(DEVELOPMENT) ## Measure against peers and floors, and render docs/performance.md: all, or [WHAT=synthesis|cold_start|warm_path|calls|end_to_end|developing]
	@$(RUN) -m bench $(if $(call typed,WHAT),$(call quoted,WHAT))
lock: $(PROJECT) ## Pin the newest versions that pyproject.toml and bench/requirements/*.in allow
	@$(RUN) -m ops.setup.pinning
clean: ## Remove everything that was built; a running embedded AWS is stopped first
	@test ! -x $(RUN) || $(RUN) -m ops.local.command_line down
	@rm -rf build .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage
