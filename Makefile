# Poolscope's tasks. `make` alone lists them.
#
# Variables: CONFIG (a configuration file for `make run`), ARGS (more flags for poolscope or for `swift test`),
# MINUTES (how long `make preview` watches) and DATA_SOURCE_NAME from the environment.

MINUTES ?= 5
BINARY := .build/release/poolscope
SOURCES := Package.swift Sources Tests Benchmarks Examples Previews

.DEFAULT_GOAL := help
.PHONY: help deps deps-build deps-demo deps-test run build test generate preview format lint clean

# One thing at a time: a Swift build uses every core, and apt has one lock.
.NOTPARALLEL:

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

deps: deps-test ## install what is missing to build, demo and test (apt, pip; says what and why)
	@echo 'All dependencies are there.'

deps-build deps-demo deps-test:
	@scripts/deps $(@:deps-%=%)

ifdef CONFIG
COMMAND = serve --config '$(CONFIG)'
NEEDS = build
else ifdef DATA_SOURCE_NAME
COMMAND = serve
NEEDS = build
else
COMMAND = demo
NEEDS = demo
endif

# `exec` hands the process over, so that Ctrl-C and signals reach poolscope itself.
run: deps-$(NEEDS) build ## build and run the release: CONFIG=poolscope.yml, or DATA_SOURCE_NAME, or else the demo
	@exec $(BINARY) $(COMMAND) $(ARGS)

build: deps-build ## build for release, with the Swift runtime inside: .build/release/poolscope
	@swift build --configuration release --static-swift-stdlib --product poolscope

test: deps-test ## build and run every test (ARGS='--filter ExpositionTests' for some)
	@swift build --build-tests
	@scripts/run-tests $(ARGS)

generate: deps-build ## write anew what is generated: dashboards, alert rules, docs/metrics.md, docs/checks.md
	@swift build --product poolscope
	@.build/debug/poolscope catalog files --into .
	@.build/debug/poolscope catalog metrics > .build/metrics.md && mv .build/metrics.md docs/metrics.md
	@.build/debug/poolscope catalog checks > .build/checks.md && mv .build/checks.md docs/checks.md

# The release: what it says of its own cost is drawn, too.
preview: deps-test build ## draw every dashboard from a live run into docs/previews: MINUTES=5
	@swift build --configuration release --static-swift-stdlib --product previews
	@.build/release/previews '$(MINUTES)' docs/previews

format: ## format every Swift file in place
	@swift format --in-place --parallel --recursive $(SOURCES)

lint: ## complain about every Swift file that is not formatted
	@swift format lint --strict --parallel --recursive $(SOURCES)

clean: ## remove what was built
	@swift package clean
