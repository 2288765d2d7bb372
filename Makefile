# Everything a person runs. `make help` lists it; each target does its own set-up on a fresh machine.
.DEFAULT_GOAL := help
BENCHMARKS := test/bench/normalise.ts test/bench/indexer.ts "test/bench/ledger.ts 100000 3" "test/bench/audit-cost.ts embedded 4"
SHELL := /bin/sh
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
.PHONY: help install demo test check up down bench clean generate goldens

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: ## install the npm packages (done by every other target when needed)
	@infra/install.sh

demo: install ## start real servers, play a recorded attack through all services, show the incident
	@bin/breakwater demo

test: install ## run all checks and tests, with real servers; the last line is the count
	@node --disable-warning=TimeoutNegativeWarning infra/ci/test.ts

check: install ## types, lint, format, dead code and conventions of the source
	@node infra/check/main.ts

up: install ## start the servers and run all services against them
	@bin/breakwater up

down: install ## stop the servers; data stays
	@bin/breakwater stack down

bench: install ## measure throughput and latency against a raw limit of the same run
	@for benchmark in $(BENCHMARKS); do echo "$$benchmark"; node $$benchmark || exit 1; done

# schemas/ecs is made from a file of the ECS release, which its README says how to get.
generate: install ## write the files that are made from others
	@for file in $$(git ls-files '*generate.ts' '*generate-*.ts' ':!schemas/ecs' ':!*.test.ts'); do echo "  $$file"; node $$file || exit 1; done

goldens: install ## write the expected events of all fixtures anew; read the difference before committing it
	@UPDATE_GOLDENS=1 vitest run --project unit $(wildcard services/*/formats/goldens.test.ts)

clean: ## stop the servers, remove their data and all output; packages and downloads stay
	@if [ -d node_modules ]; then bin/breakwater stack reset; fi
	@rm -rf .breakwater coverage out
