#!/bin/sh
# The main job, shown on the embedded estate; where that cannot run, the read-only part on this machine.
set -eu
cd "$(dirname "$0")/.."
anwei=.venv/bin/anwei
estate=local

as_root=
[ "$(id -u)" -eq 0 ] || as_root=sudo
if [ -n "$as_root" ] && ! command -v sudo > /dev/null; then
    echo 'AW-lab-root: 没有 root 权限也没有 sudo，实验环境不能运行；改为只读检查本机 / no root and no sudo: looking at this machine only' >&2
elif ! command -v apt-get > /dev/null; then
    echo 'AW-lab-unfit: 这不是 Debian 系统，实验环境不能运行；改为只读检查本机 / not a Debian system: looking at this machine only' >&2
elif scripts/packages.sh lab && $as_root "$anwei" lab up; then
    estate=lab
fi

status=0
"$anwei" check mlps --level 3 --estate "$estate" --out build/report || status=$?
[ "$status" -le 1 ] || exit "$status" # findings are what it looks for
