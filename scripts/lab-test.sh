#!/bin/sh
# Lab tests. They never pass by being left out: without a lab they fail, unless ANWEI_NO_LAB=1 says so on purpose.
#   lab-test.sh [PYTEST-ARGUMENT...]
set -eu
cd "$(dirname "$0")/.."
[ "${ANWEI_NO_LAB:-}" != 1 ] || exit 0 # scripts/summary.sh says what was not run
scripts/packages.sh lab
exec "${VENV:-.venv}/bin/pytest" tests/lab "$@"
