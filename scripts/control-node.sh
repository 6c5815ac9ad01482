#!/bin/sh
# Makes this machine a control node whose guard-rail is a control (docs/control.md): a service account that nobody can
# log in to owns the control folder and the host credentials; people reach it by one launcher, through sudo.
#   control-node.sh [--check] [FROM]     set up, or bring up to date, from a checkout or an unpacked bundle of root's
#   control-node.sh [--check] --remove [--with-home]      take all away; a control folder that is in use only when told
# It may be run again at any time, and then does what is missing. With --check it only says what it would do.
set -eu
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
umask 022
account=anwei
group=anwei-operators
home=/var/lib/anwei-control
programs=/opt/anwei
launcher=/usr/local/sbin/anwei-runner
rules=/etc/sudoers.d/anwei
work=

refuse() {
    echo "AW-control-setup: $1 / $2; see docs/errors/AW-control-setup.md" >&2
    exit 2
}

# Does a step, or only says that it would.
act() {
    echo "+ $*"
    [ -n "$check" ] || "$@"
}

sudoers() {
    cat << SUDOERS
# Written by control-node.sh: the operators may run this one program as the service account, and nothing else.
Defaults!$launcher env_reset, !setenv, !requiretty, umask=0077, umask_override
Defaults!$launcher env_keep += "ANWEI_LANG"
%$group ALL = ($account) NOPASSWD: NOSETENV: $launcher
SUDOERS
}

# Which version lies in FROM: what a bundle's folder is called after, or the commit.
version() {
    if [ -f "$from/SHA256SUMS" ]; then
        basename "$from" | sed 's/^anwei-//'
    else
        git -C "$from" rev-parse HEAD
    fi
}

# What others could have edited must not be installed as root's.
source_of_roots() {
    [ -f "$from/scripts/anwei-runner.sh" ] || refuse "$from 不是代码库或安装包" "$from is no checkout and no bundle"
    foreign=$(find "$from" \( ! -user root -o ! -group root -o -perm /002 ! -type l \) -print | head -n 1)
    place=$from
    while [ -z "$foreign" ] && [ "$place" != / ]; do
        place=$(dirname "$place")
        foreign=$(find "$place" -prune \( ! -user root -o -perm /022 ! -perm -1000 \) -print)
    done
    [ -z "$foreign" ] || refuse "$foreign 不是只有 root 能改" "$foreign can be changed by others than root"
}

unpack() { # TREE
    if [ -f "$from/SHA256SUMS" ]; then
        (cd "$from" && sha256sum --quiet --check SHA256SUMS) || refuse "安装包损坏" 'the bundle is damaged'
        cp -R "$from/." "$1"
    else
        git -C "$from" archive HEAD | tar -x -C "$1"
        [ ! -d "$from/wheels" ] || cp -R "$from/wheels" "$1"
    fi
}

# The program with its packages, root's alone; the mark at the end tells a whole one from one that was cut short.
install_program() { # TREE
    rm -rf "$1"
    mkdir -p "$1"
    unpack "$1"
    (cd "$1" && scripts/setup.sh requirements.lock)
    "$1/.venv/bin/python" -m compileall -q "$1/anwei" "$1/hostkit" "$1/lab"
    chown -R -h root:root "$1"
    chmod -R go-w "$1"
    touch "$1/.installed"
}

make_current() { # TREE
    ln -sfn "$1" "$programs/.current"
    mv -T "$programs/.current" "$programs/current"
}

# Written beside, and given its name once it is whole: sudo refuses to work at all with a broken file.
install_rules() {
    visudo -c -q -f "$work/rules" || refuse 'sudoers 规则没有通过 visudo' 'visudo refuses the rules'
    install -m 0440 -o root -g root "$work/rules" "$rules.new~"
    mv "$rules.new~" "$rules"
}

owned_by_us() {
    [ "$(getent passwd "$account" | cut -d: -f6)" = "$home" ]
}

# Connections that are kept open, mostly. An account that has processes cannot be removed.
end_processes() {
    pkill -KILL -u "$account" || true
    tries=50
    while [ "$tries" -gt 0 ] && pgrep -u "$account" > /dev/null; do
        tries=$((tries - 1))
        sleep 0.1
    done
}

set_up() {
    source_of_roots
    tree=$programs/$(version)
    sudoers > "$work/rules"
    nologin=$(command -v nologin)

    getent group "$group" > /dev/null || act groupadd --system "$group"
    if ! getent passwd "$account" > /dev/null; then
        act useradd --system --user-group --home-dir "$home" --no-create-home --shell "$nologin" "$account"
    fi
    [ -d "$home/tmp" ] || act install -d -m 0700 -o "$account" -g "$account" "$home" "$home/tmp"
    [ -f "$tree/.installed" ] || act install_program "$tree"
    [ "$(readlink "$programs/current" || true)" = "$tree" ] || act make_current "$tree"
    cmp -s "$from/scripts/anwei-runner.sh" "$launcher" ||
        act install -m 0755 -o root -g root "$from/scripts/anwei-runner.sh" "$launcher"
    cmp -s "$work/rules" "$rules" || act install_rules
}

take_away() {
    if [ -d "$home" ] && [ -n "$(find "$home" -type f -print | head -n 1)" ] && [ -z "$with_home" ]; then
        refuse "$home 里有密钥和记录：备份后加 --with-home" "$home holds keys and records: back it up, then add --with-home"
    fi
    ! pgrep -u "$account" -f anwei.change.started > /dev/null 2>&1 || refuse '有变更正在执行' 'a change is running'
    [ ! -e "$rules" ] || act rm -f "$rules"
    [ ! -e "$launcher" ] || act rm -f "$launcher"
    [ ! -e "$programs" ] || act rm -rf "$programs"
    if owned_by_us; then
        ! pgrep -u "$account" > /dev/null || act end_processes
        act userdel "$account"
    fi
    [ ! -e "$home" ] || act rm -rf "$home"
    ! getent group "$account" > /dev/null || act groupdel "$account"
    ! getent group "$group" > /dev/null || act groupdel "$group"
}

check=
with_home=
remove=
from=
for word in "$@"; do
    case $word in
        --check) check=yes ;;
        --remove) remove=yes ;;
        --with-home) with_home=yes ;;
        -*) refuse "没有选项 $word" "there is no option $word" ;;
        *) from=$word ;;
    esac
done
from=$(cd "${from:-$(dirname "$0")/..}" && pwd)

[ -n "$check" ] || [ "$(id -u)" -eq 0 ] || refuse '要以 root 运行' 'run it as root'
for tool in sudo visudo useradd groupadd runuser git python3 ssh-keygen; do
    [ -n "$remove" ] || command -v "$tool" > /dev/null || refuse "没有 $tool" "$tool is not installed"
done
if getent passwd "$account" > /dev/null && ! owned_by_us; then
    refuse "账户 $account 已有别的用途" "the account $account is somebody else's"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ -n "$remove" ]; then take_away; else set_up; fi
