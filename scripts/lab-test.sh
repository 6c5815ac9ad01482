#!/bin/sh
# Lab tests. They never pass by being left out: without a lab they fail, unless ANWEI_NO_LAB=1 says so on purpose.
#   lab-test.sh [PYTEST-ARGUMENT...]
set -eu
cd "$(dirname "$0")/.."
[ "${ANWEI_NO_LAB:-}" != 1 ] || exit 0 # scripts/summary.sh says what was not run
scripts/packages.sh lab
alone=tests/lab/test_lifecycle.py # looks at the whole machine: no other lab may be up
pytest=${VENV:-.venv}/bin/pytest
"$pytest" "$alone" "$@" || [ $? -eq 5 ] # 5: none of these was asked for
# In the order of the files: the long tests of changes come early, and at the end no process is left alone with them.
exec "$pytest" --numprocesses=4 --dist=loadfile --no-loadscope-reorder tests/lab --ignore="$alone" "$@"
