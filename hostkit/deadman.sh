#!/bin/sh
# Takes back every change whose deadline has passed. Decides with sh alone; Python is used only where it still works.
#
#   deadman.sh boot     before logins are possible: what was not confirmed when the host went down
#   deadman.sh watch    until nothing is armed
#   deadman.sh retire   remove the service, if nothing is armed
#
# A change is armed while its folder holds `deadline`, and owed while it holds `expired`: only a finished way back
# removes that, so a kill or a power cut at any point is followed by another try. `returned` says how it ended.
set -u
PATH=/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C
export PATH LC_ALL
umask 077

store=$(cd "${0%/*}" && pwd) || exit 1
this_boot=$(cat /proc/sys/kernel/random/boot_id)
GRACE=5           # seconds that a running change has to end by itself
LONGEST=90        # seconds for one try of the way back
TRIES=3           # of a way back that ends but leaves something; one that does not even end is tried for ever

say() {
    logger -p auth.warning -t anwei-deadman -- "$*" 2>/dev/null
    echo "$*"
}

# read_deadline FILE: sets boot, due, python and hostkit.
read_deadline() {
    boot='' due='' python='' hostkit=''
    while read -r name value; do
        case $name in
            boot) boot=$value ;;
            due) due=$value ;;
            python) python=$value ;;
            hostkit) hostkit=$value ;;
        esac
    done <"$1"
}

# is_due FILE: a deadline of another boot, or one that nobody can read, is due. The wall clock has no say.
is_due() {
    read_deadline "$1"
    case $due in '' | *[!0-9]*) return 0 ;; esac
    [ "$boot" = "$this_boot" ] || return 0
    [ "$(uptime)" -ge "$due" ]
}

# uptime: whole seconds since the boot.
uptime() {
    read -r seconds _ </proc/uptime
    echo "${seconds%%.*}"
}

# nap: a moment; a whole second where sleep knows no fractions.
nap() {
    sleep 0.2 2>/dev/null || sleep 1
}

armed() {
    for file in "$store"/*/deadline "$store"/*/expired; do
        [ -f "$file" ] && return 0
    done
    return 1
}

# started PID: prints when a living process was started; fails for a dead one.
started() {
    { read -r line <"/proc/$1/stat"; } 2>/dev/null || return 1
    # The name in brackets may hold blanks; behind it comes field 3, the state, so that field 22 is the 20th.
    # shellcheck disable=SC2086
    set -- ${line##*) }
    case $1 in Z | X) return 1 ;; esac
    echo "${20}"
}

# children PID
children() {
    for stat in /proc/[0-9]*/stat; do
        { read -r line <"$stat"; } 2>/dev/null || continue
        rest=${line##*) }
        rest=${rest#* }
        [ "${rest%% *}" = "$1" ] && echo "${line%% *}"
    done
}

# end PID: it and all that it started. Stopped first, so that it starts nothing more meanwhile.
end() {
    kill -STOP "$1" 2>/dev/null
    for child in $(children "$1"); do
        (end "$child")
    done
    kill -KILL "$1" 2>/dev/null
}

# holder: prints the living process that holds the host's lock, if there is one.
holder() {
    [ -s "$store/lock" ] || return 1
    pid=$(sed -n 's/.*"pid": *\([0-9][0-9]*\).*/\1/p' "$store/lock")
    since=$(sed -n 's/.*"started": *\([0-9][0-9]*\).*/\1/p' "$store/lock")
    [ -n "$pid" ] && [ "$(started "$pid")" = "$since" ] && echo "$pid"
}

# free_lock: a change that hangs must not keep its own way back waiting.
free_lock() {
    latest=$(($(uptime) + GRACE))
    while running=$(holder); do
        if [ "$(uptime)" -ge "$latest" ]; then
            say "ending process $running: it holds the lock and a deadline has passed"
            end "$running"
        fi
        nap
    done
}

# limited COMMAND...: its status; what takes too long is ended with all that it started.
limited() {
    "$@" &
    job=$!
    latest=$(($(uptime) + LONGEST))
    while started "$job" >/dev/null; do
        [ "$(uptime)" -lt "$latest" ] || end "$job"
        nap
    done
    wait "$job"
}

# python_back FOLDER WORD...
python_back() {
    change=${1##*/}
    shift
    [ -x "$python" ] && limited "$python" -SE "$hostkit" back "$change" "$@"
}

# all_admitted FOLDER: fails when somebody who could log in before the change cannot now.
all_admitted() {
    cd "$hostkit" && exec "$python" -SE -m hostkit.logins "$1"
}

# way_back FOLDER BOOTING: hostkit's way back, or the plain script where that does not end as it should. Sets status, by.
# What others changed since is left alone, unless somebody who could log in before the change cannot now.
way_back() {
    free_lock
    by=nothing
    status=0
    [ -f "$1/undo" ] || return # it is there before the first write
    by=hostkit
    if [ "$2" = 1 ]; then python_back "$1" --booting; else python_back "$1"; fi
    status=$?
    if [ "$status" = 5 ] && ! limited all_admitted "$1"; then
        by='hostkit --over'
        if [ "$2" = 1 ]; then python_back "$1" --over --booting; else python_back "$1" --over; fi
        status=$?
    fi
    case $status in 0 | 5) return ;; esac
    free_lock
    by=undo
    booting=$2 limited sh "$1/undo"
    status=$?
}

# take_back FOLDER BOOTING
take_back() {
    read_deadline "$1/expired"
    tries=$(sed -n 's/^tries //p' "$1/returned" 2>/dev/null)
    tries=$((${tries:-0} + 1))
    way_back "$1" "$2" >>"$1/returned.log" 2>&1
    printf 'at %s\nstatus %s\nby %s\ntries %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$status" "$by" "$tries" \
        >"$1/returned.new"
    mv "$1/returned.new" "$1/returned"
    if [ "$status" = 0 ] || { [ "$status" = 5 ] && [ "$tries" -ge "$TRIES" ]; }; then
        rm -f "$1/expired"
        say "${1##*/}: taken back by $by, status $status"
    elif [ "$tries" -le "$TRIES" ]; then
        say "${1##*/}: way back by $by ended with $status; it is tried again"
    fi
}

# pass BOOTING: each change once. The rename decides between this and a confirmation: one of the two finds no file.
pass() {
    for folder in "$store"/*/; do
        folder=${folder%/}
        if [ -f "$folder/deadline" ] && is_due "$folder/deadline"; then
            rm -f "$folder/returned"
            mv "$folder/deadline" "$folder/expired" 2>/dev/null &&
                say "${folder##*/}: not confirmed in time, it is taken back"
        fi
        if [ -f "$folder/expired" ]; then take_back "$folder" "$1"; fi
    done
}

# boot: once in a boot; a service that is started again later must not take the host for a booting one.
boot() {
    [ "$(cat "$store/.deadman-booted" 2>/dev/null)" = "$this_boot" ] && return 0
    echo "$this_boot" >"$store/.deadman-booted"
    pass 1
}

watch() {
    while armed; do
        : >"$store/.deadman-watching"
        pass 0
        sleep 1
    done
    retire
}

# retire: the list `deadman` names what arming made, in the order in which it goes.
retire() {
    armed && return 0
    [ -f "$store/deadman" ] || return 0
    manager=''
    while read -r word path; do
        [ "$word" = made ] || continue
        case $path in *.service) manager=systemctl ;; esac
        if [ -d "$path" ] && [ ! -L "$path" ]; then rmdir "$path" 2>/dev/null; else rm -f "$path"; fi
    done <"$store/deadman"
    rm -f "$store/deadman" "$store/.deadman-watching"
    [ -z "$manager" ] || "$manager" daemon-reload
}

case ${1-} in
    boot | watch | retire) "$1" ;;
    *)
        echo "usage: deadman.sh boot | watch | retire" >&2
        exit 2
        ;;
esac
