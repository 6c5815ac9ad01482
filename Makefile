# make run     the main job on the embedded estate
# make test    everything that must hold: lint, types, unit, browser and lab tests
# make help    all targets
SHELL := /bin/sh
.DELETE_ON_ERROR:
.PHONY: help setup run test lint types unit browser lab-test lab-packages test-matrix soak bench bundle lock clean

bin := .venv/bin
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export ANSIBLE_CONFIG := $(CURDIR)/ansible.cfg
export PYTHONDONTWRITEBYTECODE := 1

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-13s %s\n", $$1, $$2}'

setup: .venv/ready ## the environment .venv, and nothing else

.venv/ready: requirements.lock pyproject.toml scripts/setup.sh
	@scripts/setup.sh requirements.lock
	@touch $@

.venv/ready-dev: requirements-dev.lock .venv/ready
	@scripts/setup.sh requirements-dev.lock
	@touch $@

run: setup ## bring the embedded estate up, look at every host, change one and take it back
	@scripts/run.sh

test: lint types unit browser lab-test ## everything that must hold
	@scripts/summary.sh

lint: .venv/ready-dev ## style of everything that is text
	$(bin)/ruff check --quiet
	$(bin)/ruff format --quiet --check
	$(bin)/yamllint --strict .
	$(bin)/ansible-lint --offline --profile production --strict
	$(bin)/shellcheck scripts/*.sh lab/*.sh lab/bases/*.sh anwei/evidence/*.sh hostkit/*.sh hostkit/deadman.init .ci/run
	$(bin)/shellcheck --shell=sh --exclude=SC2154,SC2034 hostkit/undo.d/*.sh # variables of undo.sh

types: .venv/ready-dev ## types of anwei/, hostkit/ and lab/
	$(bin)/mypy

unit: .venv/ready-dev ## what needs no lab
	@scripts/packages.sh unit
	$(bin)/pytest --numprocesses=$$(($$(nproc) + 1)) tests/unit # many of them wait for processes of their own

browser: .venv/ready-dev ## pages in headless Chromium
	@scripts/packages.sh test
	$(bin)/pytest tests/browser

lab-packages: ## what the lab needs from Debian
	@scripts/packages.sh lab

lab-test: .venv/ready-dev ## what needs real hosts
	@scripts/lab-test.sh

test-matrix: .venv/ready-dev ## lab tests with both ansible-core lines
	@scripts/test-matrix.sh

soak: .venv/ready-dev ## long runs that `make test` has no time for: 1,000 kills of hostkit, 200 of `lab up`
	@ANWEI_SOAK=1 scripts/lab-test.sh -k killed --numprocesses=0

bench: .venv/ready-dev ## measure, and write build/bench.json and docs/bench.md
	PYTHONPATH=. $(bin)/python scripts/bench.py

bundle: .venv/ready-dev ## one archive with which `make setup` works without a network
	@scripts/bundle.sh

lock: .venv/ready-dev ## renew the three lock files from pyproject.toml
	@scripts/lock.sh

clean: ## remove what was built; the lab must be down
	rm -rf .venv .venv-* .ansible build dist
