#!/bin/sh
# Renews the lock files from pyproject.toml: hashes of every artefact, and no address of any index.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if ! command -v uv > /dev/null; then
    python3 -m venv "$work/uv"
    "$work/uv/bin/pip" install --quiet --disable-pip-version-check uv
    PATH="$work/uv/bin:$PATH"
fi

lock() { # PYPROJECT OUTPUT [OPTION...]
    input=$1
    output=$2
    shift 2
    uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate --no-header \
        --python-version 3.11 "$input" "$@" --output-file "$output"
}

lock pyproject.toml requirements.lock
lock pyproject.toml requirements-dev.lock --group dev
sed 's/"ansible-core>=[^"]*"/"ansible-core==2.19.14"/' pyproject.toml > "$work/pyproject.toml"
cp README.md "$work"
(cd "$work" && lock pyproject.toml newer.lock --group dev)
cp "$work/newer.lock" requirements-2.19.lock
