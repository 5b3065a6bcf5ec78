SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup demo test check dev bench vendor
PORT ?= 8000
export PORT

help: ## list these commands
	@grep -E '^[a-z]+:.*## ' Makefile | while IFS= read -r line; do printf '  make %-8s %s\n' "$${line%%:*}" "$${line#*## }"; done

setup: ## install the portal into .venv
	@tools/install demo

demo: ## make a sample organisation, start everything and print the address (PORT=8000)
	@tools/install demo
	@exec .venv/bin/portal demo

test: ## run every test on SQLite and PostgreSQL (ARGS goes to pytest)
	@tools/test $(ARGS)

check: ## check format, lint, imports, types, templates and the rules of the house
	@tools/install dev
	@tools/check

dev: ## install the tools of a developer and start everything on your own data
	@tools/install dev
	@exec .venv/bin/portal up

bench: ## run the benchmarks
	@tools/install dev
	@exec .venv/bin/python -m bench $(ARGS)

vendor: ## fetch the pinned front-end files and cut the icons (needs npm)
	@tools/vendor
