#!/bin/sh
# The last lines of `make test`: what was not run, if anything.
set -eu
[ -z "${ANWEI_WITHOUT:-}" ] || echo "not run: tests of hosts on base $ANWEI_WITHOUT (ANWEI_WITHOUT)"
if [ "${ANWEI_NO_LAB:-}" = 1 ]; then
    echo 'not run: lab tests (ANWEI_NO_LAB=1); nothing was shown on a real host'
else
    echo 'make test: lint, types, unit, browser and lab tests have passed'
fi
