#!/bin/sh
# Makes dist/anwei-VERSION.tar.gz: this commit, the wheels that `make setup` needs, and checksums of both.
# BUNDLE_FOR names the control nodes it is for, as PYTHON:MACHINE.
set -eu
cd "$(dirname "$0")/.."
targets=${BUNDLE_FOR:-3.11:x86_64 3.12:x86_64 3.11:aarch64 3.12:aarch64}
name=anwei-$(git describe --always)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

git archive --prefix="$name/" HEAD | tar -x -C "$work"
mkdir "$work/$name/wheels"
for target in $targets; do
    python=${target%%:*}
    machine=${target##*:}
    .venv/bin/python -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes \
        --requirement requirements.lock --dest "$work/$name/wheels" --implementation cp --python-version "$python" \
        --platform "manylinux_2_17_$machine" --platform "manylinux2014_$machine" --platform "manylinux_2_28_$machine"
done
(cd "$work/$name" && find . -type f -print0 | sort -z | xargs -0 sha256sum > "$work/SHA256SUMS")
mv "$work/SHA256SUMS" "$work/$name"
mkdir -p dist
tar -C "$work" --sort=name --owner=0 --group=0 --numeric-owner -czf "dist/$name.tar.gz" "$name"
(cd dist && sha256sum "$name.tar.gz" > "$name.tar.gz.sha256")
echo "dist/$name.tar.gz"
