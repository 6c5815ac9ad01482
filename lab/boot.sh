#!/bin/sh
# Boots one lab host and boots it again whenever it asks for a reboot; ends when it powers off.
#   boot.sh CGROUP NSPAWN-ARGUMENT...
set -eu
group=$1
shift
echo $$ > "$group/cgroup.procs"

asked_for_reboot=133
status=$asked_for_reboot
while [ "$status" -eq "$asked_for_reboot" ]; do
    status=0
    "$(dirname "$0")/nspawn.sh" "$@" || status=$?
done
exit "$status"
