#!/bin/sh
# Takes this change back on this host. Needs sh and coreutils: no Python, no network, nobody else.
#   sh undo           what somebody changed since is named and left alone
#   sh undo --over    that too is put back
# Exit status 0: all is as before. 5: something is left, and named above.
export LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin
# shellcheck disable=SC2034 # undo.d reads the copies from there
here=$(cd "$(dirname "$0")" && pwd) || exit 5
newline='
'
over=0 booting=${booting:-0} left=0 restored=
[ "${1:-}" != --over ] || over=1

# conflict ITEM FIELD: somebody changed it since; it stays.
conflict() {
    echo "已被他人改动，未恢复（加 --over 强制恢复） / changed since, left alone: $1 $2" >&2
    left=1
}

# failed ITEM: it could not be put back.
failed() {
    echo "恢复失败，请人工处理 / could not be put back: $1" >&2
    left=1
}

# decide ITEM NOW FORMER LEFT...: whether there is something to put back that this change left.
decide() {
    decide_item=$1 decide_now=$2
    [ "$2" != "$3" ] || return 1
    shift 3
    for decide_left; do
        [ "$decide_now" != "$decide_left" ] || return 0
    done
    [ "$over" = 0 ] || return 0
    conflict "$decide_item" "$decide_now"
    return 1
}

# follow reload|restart SERVICE PATH...: let a service read what was put back.
follow() {
    follow_action=$1 follow_service=$2
    shift 2
    [ "$booting" = 0 ] || return 0
    for follow_path; do
        case $follow_path in */) follow_end='' ;; *) follow_end=$newline ;; esac
        case $restored$newline in
            *"$newline$follow_path$follow_end"*)
                service_"$follow_action" "$follow_service" || failed "service:$follow_service"
                return 0
                ;;
        esac
    done
}

finish() {
    case $restored in */systemd/* | */init.d/*) service_reread ;; esac
    [ "$left" = 0 ] && echo "已恢复 / taken back" && exit 0
    exit 5
}
