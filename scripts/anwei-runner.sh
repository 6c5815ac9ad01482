#!/bin/sh
# The one way to the service account: control-node.sh installs this as /usr/local/sbin/anwei-runner (docs/control.md).
#   sudo -u anwei anwei-runner change run|rehearse CHANGE --checkout DIR [--limit PATTERN] [--json]
#   sudo -u anwei anwei-runner change rollback CHANGE --checkout DIR [--limit PATTERN] [--over] [--rehearsal] [--json]
#   sudo -u anwei anwei-runner change show CHANGE --checkout DIR [--json]
#   sudo -u anwei anwei-runner record list | show RECORD | verify [RECORD] [--json]
#   sudo -u anwei anwei-runner record page RECORD html|xlsx|docx > FILE
#   sudo -u anwei anwei-runner trust show [--json]
#   sudo -u anwei anwei-runner doctor [--estate ESTATE] [--json]
# What is not written here does not reach the program. Root may use every word of anwei; the service account runs it too.
set -eu
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
umask 077
account=anwei
home=/var/lib/anwei-control
anwei=/opt/anwei/current/.venv/bin/anwei

refuse() {
    echo "AW-control-words: 不能这样使用：$1 / not allowed: $1; see docs/errors/AW-control-words.md" >&2
    exit 2
}

# A name: of a change, a record or an estate. It begins with no mark, so it is no option and no other folder.
name() {
    case $1 in
        '' | [!A-Za-z0-9]* | *[!A-Za-z0-9._-]*) refuse "$1" ;;
    esac
}

# check OPTIONS NAMES WORD...: every word is one of the options, or one of as many names as there may be.
check() {
    options=" $1 "
    names=$2
    placed=
    shift 2
    while [ $# -gt 0 ]; do
        case $1 in
            -*)
                case $options in *" $1 "*) ;; *) refuse "$1" ;; esac
                option=$1
                case $option in
                    --checkout | --limit | --estate)
                        [ $# -gt 1 ] || refuse "$option"
                        shift
                        ;;
                esac
                case $option in
                    --checkout)
                        case $1 in /*) placed=yes ;; *) refuse "$option $1" ;; esac
                        ;;
                    # Ansible reads a file where a pattern says @file, and tells what stands in it.
                    --limit)
                        case $1 in -* | *@*) refuse "$option $1" ;; esac
                        ;;
                    --estate) name "$1" ;;
                esac
                ;;
            *)
                [ "$names" -gt 0 ] || refuse "$1"
                names=$((names - 1))
                name "$1"
                ;;
        esac
        shift
    done
}

permitted() {
    noun=${1-}
    verb=${2-}
    shift $(($# < 2 ? $# : 2))
    case "$noun $verb" in
        'change run' | 'change rehearse') check '--checkout --limit --json' 1 "$@" ;;
        'change rollback') check '--checkout --limit --over --rehearsal --json' 1 "$@" ;;
        'change show') check '--checkout --json' 1 "$@" ;;
        'record list' | 'trust show') check --json 0 "$@" ;;
        'record show' | 'record verify') check --json 1 "$@" ;;
        'record page')
            check '' 2 "$@"
            case ${2-} in html | xlsx | docx) ;; *) refuse "record page ${2-}" ;; esac
            ;;
        'doctor '*)
            [ -z "$verb" ] || set -- "$verb" "$@"
            check '--estate --json' 0 "$@"
            ;;
        *) refuse "$noun $verb" ;;
    esac
    [ "$noun" != change ] || [ -n "$placed" ] || refuse "$noun $verb (--checkout /DIR)"
}

# Become the program. This is everything that it finds in its environment.
launch() {
    case ${ANWEI_LANG-} in en) ;; *) ANWEI_LANG=zh ;; esac
    case ${TERM-} in '' | *[!A-Za-z0-9._-]*) TERM=dumb ;; esac
    # ANWEI_LAB_DIR: the lab of an operator's checkout must not count, as its ssh_config can name programs to run.
    set -- env -i PATH="$PATH" HOME="$home" LANG=C.UTF-8 TERM="$TERM" TMPDIR="$home/tmp" SUDO_USER="${SUDO_USER:-root}" \
        ANWEI_HOME="$home" ANWEI_LAB_DIR="$home/lab" ANWEI_LANG="$ANWEI_LANG" ANSIBLE_HOME="$home/ansible" \
        PYTHONDONTWRITEBYTECODE=1 "$anwei" "$@"
    [ "$(id -u)" -ne 0 ] || set -- runuser -u "$account" -- "$@"
    exec "$@"
}

# A page of a record on standard output: the account writes nothing where an operator says.
page() {
    draft=$(mktemp -d "$home/tmp/page.XXXXXX")
    trap 'rm -rf "$draft"' EXIT
    status=0
    (launch record show "$1" --format "$2" --out "$draft") >&2 || status=$?
    [ "$status" -gt 1 ] || cat "$draft/$1.$2"
    exit "$status"
}

cd /
if [ "$(id -u)" -ne 0 ]; then
    [ "$(id -un)" = "$account" ] || refuse "$(id -un), sudo -u $account"
    permitted "$@"
elif [ "${1-} ${2-}" = 'record page' ]; then
    exec runuser -u "$account" -- "$0" "$@"
fi
[ "${1-} ${2-}" != 'record page' ] || page "$3" "$4"
launch "$@"
