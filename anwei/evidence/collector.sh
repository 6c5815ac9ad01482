# Runs the read-only commands that `main` (below) lists, each within its time and its size, and prints what each
# printed as framed and encoded lines, so that banners and terminals in between cannot change it.
# `nonce`, `bytes` and PATH are set by the lines before this one; `list` too, where the answer is carried by a person:
# then it holds checksums, so that a file that was cut off or edited on its way is noticed.
# Needs a POSIX shell and head, sed, wc; base64 or od; setsid where there is one. Nothing of it stays on the host.

# shellcheck shell=sh disable=SC2046,SC2086,SC2154

umask 077
unset CDPATH ENV BASH_ENV
export PATH LC_ALL=C

say() {
    printf '@anwei-%s %s\n' "$nonce" "$*"
    [ -z "$list" ] || printf '%s\n' "$*" >>"$folder/ledger"
}

# Outputs wait in a file until their command is over: one that nobody can kill (a dead NFS server) holds no pipe of ours.
# Memory first, because a full disk is one of the things one comes to look at.
make_folder() {
    for parent in /dev/shm /run /tmp /var/tmp; do
        folder=$parent/.anwei-$nonce-$$
        mkdir "$folder" 2>/dev/null && return
    done
    list=
    say - nowhere
    exit 1
}

# The checksum of standard input, by the best tool that the host has.
choose_checksum() {
    for tool in sha256sum sha1sum md5sum; do
        ! command -v "$tool" >/dev/null || return 0
    done
    echo "no sha256sum, sha1sum or md5sum" >&2
    exit 1
}
checksum() { "$tool" | sed 's/[^0-9a-f].*//'; }

# encoded NUMBER STREAM FILE
encoded() {
    if command -v base64 >/dev/null; then
        base64 <"$3" | sed "s/^/@anwei-$nonce $1 $2 b /"
    else
        od -An -v -tx1 <"$3" | sed "s/^/@anwei-$nonce $1 $2 x/"
    fi
}

# asks NUMBER KEY: which command of the list the number stands for
asks() { say "$1" asks "$2"; }

# report NUMBER STATUS SECONDS: in a subshell, so that the clock's signals meet no writing process
report() (
    for stream in out err; do
        [ ! -s "$folder/$1.$stream" ] || encoded "$1" "$stream" "$folder/$1.$stream"
    done
    sum=
    [ -z "$list" ] || sum=$(cat "$folder/$1.out" "$folder/$1.err" | checksum)
    number=$1 ended="$2 $3"
    set -- $(wc -c "$folder/$1.out" "$folder/$1.err")
    say "$number" end "$ended" "$1" "$3" $sum
    : >"$folder/$number.out" # the names go at the end: a process for each command would be for nothing
    : >"$folder/$number.err"
)

# The command, its two outputs cut at the limit, and its exit status. Runs in a session of its own: it can ask
# nothing of the terminal, and one signal ends all of it.
# shellcheck disable=SC2016
job='{ { sh -c "$1" 3>&-; echo $? >"$2.status"; } 2>&3 | head -c "$3" >"$2.out"; } 3>&1 | head -c "$3" >"$2.err"'

# stop PROCESS: it and its descendants, for hosts on which it has no session of its own
stop() {
    for child in $(ps -e -o pid= -o ppid= | while read -r id parent; do [ "$parent" != "$1" ] || echo "$id"; done); do
        stop "$child"
    done
    kill -9 "$1"
}

# What runs at the moment does not outlive us.
stop_job() { [ -z "$job_id" ] || kill -9 -"$job_id" 2>/dev/null || stop "$job_id"; }

# run NUMBER SECONDS COMMAND
run() {
    : >"$folder/$1.out"
    : >"$folder/$1.err"
    $session sh -c "$job" sh "$3" "$folder/$1" "$((bytes + 1))" </dev/null >/dev/null 2>&1 &
    job_id=$!
    ticks=0
    while kill -0 "$job_id" 2>/dev/null; do
        wait "$job_id" && break
        ticks=$((ticks + 1))
        [ "$ticks" -lt "$2" ] || break
    done
    status=lost
    if [ "$ticks" -ge "$2" ]; then
        status=limit
        stop_job
    elif [ -s "$folder/$1.status" ]; then
        read -r status <"$folder/$1.status"
    fi
    job_id=
    report "$1" "$status" "$ticks"
}

# A tick a second: it wakes `wait`, which knows no time limit of its own.
start_clock() {
    trap : ALRM
    (while sleep 1 && kill -ALRM $$; do :; done) </dev/null >/dev/null 2>&1 &
    clock=$!
}

begin() {
    make_folder
    trap 'rm -rf "$folder"' EXIT
    job_id=
    trap 'stop_job; exit 1' HUP INT TERM
    session=
    ! command -v setsid >/dev/null || session=setsid
    if [ -n "$list" ]; then
        choose_checksum
        say - list "$list" "$tool"
        say - host "$(uname -n)"
    fi
    say - clock "$(date -u +%s)"
    say - login "${SUDO_USER:--}"
    say - account "$(id -u)" "$(id -un)"
    start_clock
}

finish() {
    kill "$clock"
    sum=
    [ -z "$list" ] || sum=$(checksum <"$folder/ledger")
    say - finished $sum
}
