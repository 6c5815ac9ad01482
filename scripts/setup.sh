#!/bin/sh
# Makes the environment .venv (or $VENV) in the checkout from a lock file: with uv where it is present, else with pip.
#   setup.sh LOCK
# Wheels beside the checkout (folder wheels/, from `make bundle`) are used instead of any index.
set -eu
cd "$(dirname "$0")/.."
lock=$1
venv=${VENV:-.venv}

fit='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))'
python=
for candidate in ${PYTHON:-python3.12 python3.11 python3}; do
    if command -v "$candidate" > /dev/null && "$candidate" -c "$fit" 2> /dev/null; then
        python=$(command -v "$candidate")
        break
    fi
done
if [ -z "$python" ]; then
    echo "AW-setup-python: 需要 Python 3.11 或 3.12 / Python 3.11 or 3.12 is needed; see docs/errors/AW-setup-python.md" >&2
    exit 2
fi

from=
[ ! -d wheels ] || from="--no-index --find-links wheels"

# shellcheck disable=SC2086 # $from is words
if command -v uv > /dev/null && [ ! -d wheels ]; then
    [ -x "$venv/bin/python" ] || uv venv --quiet --python "$python" "$venv"
    uv pip sync --quiet --compile-bytecode --require-hashes --python "$venv" "$lock"
    uv pip install --quiet --no-deps --no-build-isolation --python "$venv" --editable .
else
    # Each step looks for its own result, so a set-up that was killed is simply run again.
    "$python" -c 'import ensurepip' 2> /dev/null || [ -d wheels ] || scripts/packages.sh setup
    [ -x "$venv/bin/python" ] || "$python" -m venv --without-pip "$venv"
    if "$venv/bin/python" -m pip --version > /dev/null 2>&1; then
        :
    elif [ -d wheels ]; then
        "$venv/bin/python" "$(echo wheels/pip-*.whl)/pip" install --quiet $from pip
    else
        "$venv/bin/python" -m ensurepip > /dev/null
    fi
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check $from --require-hashes --requirement "$lock"
    "$venv/bin/python" -m pip install -qq --disable-pip-version-check $from --no-deps --no-build-isolation --editable .
fi
