# `make` alone lists the targets. Targets that need a database get a private one from scripts/with-services.

SHELL := /bin/bash -euo pipefail -c
.DEFAULT_GOAL := help

# Built by the project's own Go, so that everybody has the same findings.
STATICCHECK := go run honnef.co/go/tools/cmd/staticcheck@v0.8.2

# The rules that are left out, and why:
#   G115  numbers that are converted: they are fields of a fixed width, 64 bits here as there.
#   G304  files that are named by variables: the operator names them.
#   G404  numbers from math/rand: jitter and epochs. Secrets come from crypto/rand.
#   G705  text of a client in an answer: it is JSON or an event stream, by its content type and nosniff.
# The load test, the tool that includes files in documents, the contracts of the seams and the helpers of tests run in nobody's production; findings of low confidence are names of headers.
GOSEC := go run github.com/securego/gosec/v2/cmd/gosec@v2.30.0 -quiet -exclude-generated -confidence medium \
	-exclude G115,G304,G404,G705 -exclude-dir node_modules -exclude-dir cmd/loadtest -exclude-dir cmd/includes -exclude-dir internal/collabtest -exclude-dir internal/servertest -exclude-dir internal/programtest -exclude-dir internal/systemtest -exclude-dir internal/natstest -exclude-dir internal/webpushtest

# Hand-written code: neither generated, nor installed by npm.
HAND_WRITTEN := find . -name '*.go' -not -path './graph/*' -not -path '*/node_modules/*'

# The files that make generate writes, as a whole or between two lines.
GENERATED := graph schema.graphqls gqlgen.yml docs/possible-types.json README.md docs/protocol.md web/client/README.md \
	internal/collab/entities_gen.go internal/relay/entities_gen.go resolvers/entities_gen.go

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: ## Start the server (the demo, unless the environment says otherwise)
	go run .

.PHONY: build
build: ## Build the static program bin/tandem
	CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X tandem/internal/server.version=$$(git describe --always --dirty 2>/dev/null || echo devel)" -o bin/tandem .

.PHONY: generate
generate: ## Generate what follows from the entity types, then graph/ from schema.graphqls and gqlgen.yml
	go run ./cmd/entitygen
	go tool gqlgen generate
	go run ./cmd/possibletypes < schema.graphqls > docs/possible-types.json
	go run ./cmd/includes README.md docs/protocol.md web/client/README.md web/react/README.md

.PHONY: check
check: check-format check-generated check-code check-security check-imports check-scripts check-prose ## Check everything that needs no database

.PHONY: check-format
check-format: ## Check that hand-written Go is formatted
	@unformatted=$$($(HAND_WRITTEN) -exec gofmt -l {} +); \
	[ -z "$$unformatted" ] || { echo "Not formatted, run gofmt -w on: "$$unformatted >&2; exit 1; }

# The comparison is with the files as they are, and not with the last commit: a change of the schema may be checked
# before it is committed. In a fresh clone the two are the same.
.PHONY: check-generated
check-generated: ## Check that the generated code is what the entity types and the schema generate
	@before=$$(mktemp -d); trap 'rm -rf "$$before"' EXIT; tar cf - $(GENERATED) | tar xf - -C "$$before"; \
	$(MAKE) --no-print-directory generate; \
	for path in $(GENERATED); do diff -ru "$$before/$$path" $$path || failed=1; done; [ -z "$${failed:-}" ] || \
	{ echo "The generated code was not up to date; it is now, so look at it and commit it." >&2; exit 1; }

.PHONY: check-code
check-code: ## Check the code with go vet and staticcheck
	go vet ./...
	$(STATICCHECK) ./...

.PHONY: check-security
check-security: ## Check the code with gosec, and what it uses for known vulnerabilities
	$(GOSEC) ./...
	scripts/check-vulnerabilities

.PHONY: check-imports
check-imports: ## Check which package may import which
	go test ./internal/arch

.PHONY: check-scripts
check-scripts: ## Check the shell scripts, with shellcheck where it is installed
	@for script in scripts/* .ci/run; do bash -n "$$script"; done
	@if command -v shellcheck >/dev/null; then shellcheck scripts/* .ci/run; fi

.PHONY: check-prose
check-prose: ## Check comments, texts and documents for patterns of unidiomatic English
	scripts/check-prose

.PHONY: test
test: race-detector promtool deploy-tools nats-server ## Run all tests, with a Postgres and a Redis of their own
	scripts/with-services scripts/test

.PHONY: test-go
test-go: race-detector promtool deploy-tools nats-server ## Run the Go tests only
	scripts/with-services scripts/test packages program security newentity model attack

.PHONY: e2e
e2e: ## Run the end-to-end tests only
	scripts/with-services scripts/test e2e

.PHONY: web
web: ## Check and test the packages for browsers only
	scripts/web

.PHONY: browsers
browsers: ## Run the tests in Chromium, Firefox and WebKit only
	scripts/with-services scripts/test browsers

# SEED names the first seed, and is the only one without TIME (30s, 10m, 1h). PROGRAM is a tandem that is built already.
.PHONY: model
model: ## Run the randomized model of the whole system: SEED=… TIME=… PROGRAM=…
	MODEL_SEED='$(SEED)' MODEL_TIME='$(TIME)' MODEL_PROGRAM='$(PROGRAM)' MODEL_STORIES='$(STORIES)' \
		scripts/with-services go test -v -count 1 -timeout 0 -run '^TestModel$$' ./test/model

# CHAOS names one fault; a name that does not exist prints those that do. Without it all are played, which takes some minutes. A fault builds the release before from the history, so
# this needs a clone that has it.
.PHONY: chaos
chaos: patroni nats-server ## Break every part of the system under load, and report how long each took to heal: CHAOS=…
	CHAOS='$(or $(CHAOS),all)' scripts/with-services go test -v -count 1 -timeout 30m -run '^TestChaos$$' ./test/chaos

.PHONY: chaos-short
chaos-short: nats-server ## Break the most important parts only, as the test command does
	scripts/with-services go test -v -count 1 -timeout 20m -run '^TestChaos$$' ./test/chaos

# It builds the release before from the history, so it needs a clone that has it.
.PHONY: upgrade-check
upgrade-check: ## Run this release and the one before it together on one database
	scripts/with-services go test -v -count 1 -timeout 10m ./test/upgrade

.PHONY: soak
soak: ## Watch memory, descriptors, keys and sessions under churn for 20 minutes, or TIME
	SOAK_TIME='$(or $(TIME),20m)' scripts/with-services go test -v -count 1 -timeout 0 -run '^TestSoak$$' ./test/chaos

.PHONY: bench
bench: ## Run the benchmarks, a second each
	scripts/with-services go test -run '^$$' -bench . -benchmem -benchtime 1s ./...

# It builds databases of 2 GB in the folder for temporary files, and prints a table for docs/performance.md.
.PHONY: bench-large
bench-large: ## Measure typical queries of 200,000 customers and 1,000,000 changes, some minutes
	scripts/with-services go test -tags large -run 'TestLarge$$' -timeout 60m -v ./test/bench

# Its Postgres waits for its disk. RUNS names some of the runs, and SHARE is the part of the clients and of the time.
.PHONY: capacity
capacity: ## Measure what a connection, an event, a write and a read cost, 15 minutes: RUNS=… REPEAT=… SHARE=…
	SERVICES_FLUSH=on scripts/with-services bash -c 'exec go run ./cmd/loadtest -database "$$TEST_POSTGRES_URL" -redis "$$TEST_REDIS_URL" "$$@"' \
		capacity -capacity '$(or $(RUNS),all)' -repeat '$(or $(REPEAT),3)' -share '$(or $(SHARE),1)'

# It needs Chromium; CHROMIUM names it if it is not /usr/bin/chromium.
.PHONY: picture
picture: ## Take the pictures of README.md
	cd web && npm ci --no-audit --no-fund && node demo/picture.mjs

.PHONY: image-digests
image-digests: ## Pin the images of the Dockerfile and compose.yaml to what their tags name now; needs docker
	scripts/image-digests

.PHONY: compose-check
compose-check: ## Check compose.yaml, the load balancer and the Dockerfile as far as it goes without an engine
	scripts/compose-check

# The race detector links with C.
.PHONY: race-detector
race-detector:
	@command -v "$$(go env CC)" >/dev/null || scripts/apt-install 'a C compiler for the race detector' gcc libc6-dev

# make chaos has Patroni look after a Postgres, with etcd. Debian's packages have services too, which must not start with the machine.
.PHONY: patroni
patroni:
	@command -v patroni >/dev/null && command -v etcd >/dev/null || { scripts/apt-install 'Patroni and etcd' patroni etcd-server python3-etcd && \
		{ update-rc.d patroni disable >/dev/null 2>&1; update-rc.d etcd disable >/dev/null 2>&1; true; }; }

# promtool checks the alerts. Debian's package has the server too, which must not start with the machine.
.PHONY: promtool
promtool:
	@command -v promtool >/dev/null || { scripts/apt-install 'promtool of Prometheus' prometheus && \
		{ update-rc.d prometheus disable >/dev/null 2>&1 || true; }; }

# The tests start it themselves. Go keeps the program in its cache.
.PHONY: nats-server
nats-server:
	@go -C test/natsserver tool -n nats-server >/dev/null

# The tests start the balancers of deploy/ themselves, and run the program below strace. Debian keeps both balancers in a folder that is
# not in every PATH.
.PHONY: deploy-tools
deploy-tools:
	@for program in nginx haproxy; do \
		PATH="$$PATH:/usr/sbin" command -v $$program >/dev/null || { scripts/apt-install $$program $$program && \
			{ update-rc.d $$program disable >/dev/null 2>&1 || true; }; } || exit 1; \
	done
	@command -v systemd-analyze >/dev/null || scripts/apt-install systemd-analyze systemd
	@command -v strace >/dev/null || scripts/apt-install strace strace
