#!/bin/sh
# systemd-nspawn in a mount namespace that shows it nothing but the unified control groups: on a hybrid machine it
# would otherwise offer version 1 to the guest, and leave groups of its own there.
#   nspawn.sh NSPAWN-ARGUMENT...
set -eu
# shellcheck disable=SC2016 # the inner shell expands it
exec unshare --mount --propagation slave /bin/sh -ec '
    umount -R /sys/fs/cgroup
    mount -t cgroup2 cgroup2 /sys/fs/cgroup
    exec systemd-nspawn "$@"
' nspawn "$@"
