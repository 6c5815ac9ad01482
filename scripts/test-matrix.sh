#!/bin/sh
# Lab tests with both lines of ansible-core: the pinned one, which still serves Python 2.7, and a newer one.
set -eu
cd "$(dirname "$0")/.."
.venv/bin/ansible --version | head -n 1
scripts/lab-test.sh
VENV=.venv-2.19 scripts/setup.sh requirements-2.19.lock
.venv-2.19/bin/ansible --version | head -n 1
PATH="$PWD/.venv-2.19/bin:$PATH" VENV=.venv-2.19 scripts/lab-test.sh -m 'not pinned_core'
