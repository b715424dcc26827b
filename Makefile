# Everything that a developer or the CI does. Needs Go, make and bash.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

GO ?= go
TOOL := $(GO) tool -modfile=internal/tools/tools.mod
SUMMARY := bin/summary

# For one run: make test PACKAGES=./flow/... ARGS='-run Gather'
PACKAGES ?= ./...
ARGS ?=
BENCH ?= .
FUZZ ?= ^Fuzz
FUZZTIME ?= 20s

.PHONY: help build run demo test race cover lint fuzz bench generate deps clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build bin/bxmlflow
	CGO_ENABLED=0 $(GO) build -trimpath -o bin/ ./cmd/bxmlflow

run: build ## build and serve the sample flows with a simulated carrier (ARGS='--help')
	bin/bxmlflow serve --simulate $(ARGS)

demo: build ## build and show two calls with an agent, from the first ring to the hang-up
	bin/bxmlflow demo $(ARGS)

# Nothing may be skipped here: what a test needs, deps installs.
test: export BXMLFLOW_TEST_REQUIRE = 1
test: deps $(SUMMARY) ## run every test (PACKAGES=./flow ARGS='-run Name')
	@$(GO) test -json $(ARGS) $(PACKAGES) | $(SUMMARY)

race: deps $(SUMMARY) ## run every test with the race detector (needs a C compiler)
	@CGO_ENABLED=1 $(GO) test -race -json $(ARGS) $(PACKAGES) | $(SUMMARY)

cover: ## show how much of each package its own and other tests run
	@mkdir -p bin
	@$(GO) test -coverprofile=bin/cover.out -coverpkg=./... $(ARGS) $(PACKAGES) > bin/cover.log || { cat bin/cover.log; exit 1; }
	@$(GO) tool cover -func=bin/cover.out | tail -n 1
	@echo 'line by line: $(GO) tool cover -html=bin/cover.out'

lint: ## gofmt, vet, staticcheck, actionlint, go.mod and module sums
	@unformatted=$$(gofmt -l .); test -z "$$unformatted" || { printf 'not formatted with gofmt:\n%s\n' "$$unformatted"; exit 1; }
	$(GO) vet ./...
	$(TOOL) staticcheck ./...
	$(TOOL) actionlint .github/workflows/*.yml
	$(GO) mod tidy -diff
	$(GO) mod verify

fuzz: ## run every fuzz target for FUZZTIME (20s) each (FUZZ=Name)
	@targets=$$($(GO) test -list '$(FUZZ)' $(PACKAGES) | awk '/^Fuzz/ { names[n++] = $$1 } /^ok/ { for (i = 0; i < n; i++) print $$2, names[i]; n = 0 }'); \
	test -n "$$targets" || { echo 'no fuzz targets'; exit 1; }; \
	while read -r package target; do \
		echo "$$package $$target"; \
		$(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1x $(ARGS) "$$package"; \
	done <<< "$$targets"

bench: ## run the benchmarks, compare the engine with a handler by hand (BENCH=Name, ARGS='-count 5')
	@packages=$$($(GO) list -f '{{$$p := .}}{{range .TestGoFiles}}{{$$p.Dir}}/{{.}} {{end}}{{range .XTestGoFiles}}{{$$p.Dir}}/{{.}} {{end}}' $(PACKAGES) \
		| xargs -r grep -l '^func Benchmark' | xargs -r dirname | sort -u || true); \
	test -n "$$packages" || { echo 'no benchmarks'; exit 1; }; \
	$(GO) test -run '^$$' -bench '$(BENCH)' -benchmem $(ARGS) $$packages
	@.ci/instructions

generate: ## write generated code and documents again
	$(GO) generate ./...

deps: ## install what the tests need and the machine lacks
	@.ci/deps

clean: ## remove what was built
	rm -rf bin

# Always asked for: the go command knows best whether it is up to date.
.PHONY: $(SUMMARY)
$(SUMMARY):
	@$(GO) build -o $@ ./internal/tools/summary
