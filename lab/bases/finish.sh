# shellcheck shell=sh
# Runs last in every base.
set -eu

# Nothing is fetched from a lab host: their networks have no mirror.
: > /etc/apt/sources.list
rm -rf /etc/apt/sources.list.d/* /var/lib/apt/lists/* /var/cache/apt/archives/*.deb

# Every host gets an identity of its own when it is brought up.
rm -f /etc/ssh/ssh_host_* /var/lib/dbus/machine-id
: > /etc/machine-id
