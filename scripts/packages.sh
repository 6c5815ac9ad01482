#!/bin/sh
# Installs the Debian packages of the named groups, if any is missing.
#   packages.sh setup|lab|unit|test...
set -eu

group() {
    case $1 in
        setup) echo python3-venv ;;
        lab) echo systemd-container mmdebstrap iproute2 openssh-client openssl util-linux mount git ;;
        unit) echo busybox strace ;;
        test) echo chromium fonts-wqy-zenhei ;;
        *)
            echo "packages.sh: no group '$1'" >&2
            exit 2
            ;;
    esac
}

if ! command -v apt-get > /dev/null; then
    echo "packages.sh: this is not a Debian system; install by hand what it would: $*" >&2
    exit 3
fi
missing=
for name in "$@"; do
    for package in $(group "$name"); do
        dpkg-query -W -f '${Status}' "$package" 2> /dev/null | grep -q 'ok installed' || missing="$missing $package"
    done
done
[ -n "$missing" ] || exit 0

as_root=
[ "$(id -u)" -eq 0 ] || as_root=sudo
echo "installing:$missing" >&2
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get -qq update
# shellcheck disable=SC2086 # a list of package names
$as_root apt-get -qq install --yes --no-install-recommends $missing > /dev/null
