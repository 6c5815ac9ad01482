#!/bin/sh
# Boots one lab host and boots it again whenever it asks for a reboot; ends when it powers off.
#   boot.sh CGROUP NSPAWN-ARGUMENT...
# Runs in a mount namespace of its own, which shows nspawn nothing but the unified control groups: on a hybrid
# machine it would otherwise offer version 1 to the guest.
set -eu
group=$1
shift
echo $$ > "$group/cgroup.procs"
umount -R /sys/fs/cgroup
mount -t cgroup2 cgroup2 /sys/fs/cgroup

asked_for_reboot=133
status=$asked_for_reboot
while [ "$status" -eq "$asked_for_reboot" ]; do
    status=0
    systemd-nspawn "$@" || status=$?
done
exit "$status"
