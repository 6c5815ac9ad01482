#!/bin/sh
# The main job, shown on the embedded estate: look, then change and take back; where that cannot run, a look at this machine.
set -eu
cd "$(dirname "$0")/.."
anwei=.venv/bin/anwei

as_root=
[ "$(id -u)" -eq 0 ] || as_root=sudo

may_be_root() {
    [ -z "$as_root" ] || sudo -n true 2> /dev/null || { [ -t 0 ] && sudo -v; }
}

# Says in one line why the lab cannot run and what to do, in the words of its error page.
cannot() {
    echo "$1：$2；改为只读核查本机（docs/errors/$1.md）/ $3; looking at this machine only" >&2
}

estate=local
if ! may_be_root; then
    cannot AW-lab-root '没有 root 权限，实验环境不能运行，请以 root 或可用 sudo 的用户执行' 'the lab needs root or sudo'
elif ! scripts/packages.sh lab; then
    cannot AW-lab-unfit '实验环境所需的软件没有装上，请检查软件源后执行 make lab-packages' 'its packages cannot be installed'
elif $as_root "$anwei" lab up; then
    estate=lab
else
    cannot AW-lab-unfit '实验环境没有启动，原因见上' 'the lab did not start, see above'
fi

status=0
"$anwei" check mlps --level 3 --estate "$estate" --out build/report || status=$?
[ "$status" -le 1 ] || exit "$status" # findings are what it looks for

[ "$estate" != lab ] || .venv/bin/python scripts/show_change.py
