# What people type. Every target installs what it needs itself; the second call of each is quick.
.DEFAULT_GOAL := help
SHELL := /bin/bash
BIN := target/release/bangui
PAGE := web/dist/index.html
PAGE_SOURCES := $(shell find web/src web/scripts -type f 2>/dev/null) web/index.html web/package.json web/package-lock.json web/vite.config.ts web/tsconfig.json web/lingui.config.ts
RUST_SOURCES := $(shell find crates -type f \( -name '*.rs' -o -name '*.toml' -o -name '*.sql' -o -name '*.md' \) 2>/dev/null) Cargo.toml Cargo.lock
# The networks that are packed into the binary.
GEO_DATA := crates/geo/data/node_modules/.installed
# What `make run` remembers: a folder of this checkout, so that nothing on the machine is touched.
RUN_DATA := target/run

.PHONY: help run build geo-data test check generate bench coverage screenshots setup clean
help: ## Say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: build ## Build and start BanGUI on 127.0.0.1:8000, over this machine's fail2ban or a lab
	@BANGUI_DATA_DIR=$${BANGUI_DATA_DIR:-$(RUN_DATA)} $(BIN) serve --lab auto

build: $(BIN) ## Build the page and the release binary

$(BIN): $(PAGE) $(GEO_DATA) $(RUST_SOURCES) | .make/run-packages
	cargo build --release --locked -p bangui
	@touch $@

$(PAGE): $(PAGE_SOURCES) web/node_modules/.installed
	cd web && npm run --silent build
	@touch $@

# Not `npm ci`: the lock holds the native packages of the platform that wrote it, and `ci` takes the missing ones of others for a fault.
web/node_modules/.installed: web/package-lock.json
	cd web && npm install --no-save --silent
	@touch $@

geo-data: $(GEO_DATA) ## Fetch the data of networks that the binary brings with it

$(GEO_DATA): crates/geo/data/package-lock.json
	cd crates/geo/data && npm install --no-save --silent
	@touch $@

e2e/node_modules/.installed: e2e/package-lock.json
	cd e2e && npm install --no-save --silent
	@touch $@

.make/run-packages: scripts/install.sh
	@mkdir -p .make && scripts/install.sh run && touch $@

.make/test-packages: scripts/install.sh
	@mkdir -p .make && scripts/install.sh test && touch $@

test: .make/test-packages $(PAGE) $(GEO_DATA) e2e/node_modules/.installed ## Run everything: format, lints, unit, router, contract, page, end to end
	scripts/test.sh

check: $(PAGE) $(GEO_DATA) ## The quick part: format and lints
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	cd web && npm run --silent check

generate: $(PAGE) $(GEO_DATA) ## Regenerate what is made from code: the OpenAPI document, the page's types, .env.example
	scripts/generate.sh

bench: build .make/test-packages e2e/node_modules/.installed ## Measure against peers and limits; prints ratios
	bench/run.sh

coverage: .make/test-packages $(PAGE) $(GEO_DATA) ## Measure which lines the Rust tests reach
	scripts/coverage.sh

screenshots: build .make/test-packages e2e/node_modules/.installed ## Take the pictures in docs/screenshots
	cd e2e && node screenshots.mjs

setup: ## Install the git hook that runs `make check` before a commit
	git config core.hooksPath scripts/hooks

clean: ## Remove what was built
	rm -rf target .make web/dist web/node_modules crates/geo/data/node_modules e2e/node_modules e2e/out
