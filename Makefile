# The commands of the house. `make run` and `make test` each set up everything they need, and start at once the next time.

CONFIG := $(wildcard config.toml)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test check fmt image lock clean

help: ## say what there is
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 8

run: .venv/runtime ## start Ownup: on config.toml if you have one, else on the sample mail host
	@$(if $(CONFIG),exec .venv/bin/ownup run --config $(CONFIG),exec .venv/bin/ownup run --config config.example.toml --sample)

test: .venv/dev ## check everything and run every test, on real servers
	.ci/peers
	$(MAKE) --no-print-directory check
	.venv/bin/pytest -n auto

check: .venv/dev ## what can be said without running: style, format, types, import borders
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/lint-imports

fmt: .venv/dev ## put the code into its form
	.venv/bin/ruff format
	.venv/bin/ruff check --fix

image: ## build the container image
	docker build --tag ownup .

lock: ## pin every dependency anew, with hashes (needs uv)
	$(LOCK) --group build --output-file .lock/build.txt
	$(LOCK) --group dev --output-file .lock/dev.txt pyproject.toml
	$(LOCK) --extra postgres --extra apprise --constraint .lock/dev.txt --output-file .lock/runtime.txt pyproject.toml

clean: ## throw away what can be made again; your data in .ownup stays
	rm -rf .venv .cache dist

LOCK = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--custom-compile-command "make lock"

# The stamps below are newer than what they were made from, so that a second start has nothing to do.

.venv/runtime: .lock/runtime.txt .lock/build.txt pyproject.toml | .venv/bin/python
	@echo "installing what Ownup needs to run (once)"
	@.venv/bin/pip install -qq --require-hashes -r .lock/runtime.txt -r .lock/build.txt
	@.venv/bin/pip install -qq --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev: .lock/dev.txt .venv/runtime
	@echo "installing what its tests need (once)"
	@.venv/bin/pip install -qq --require-hashes -r .lock/dev.txt
	@touch $@

.venv/bin/python:
	@.ci/venv
