
# service_link SERVICE PATH FORMER LEFT...: put one link back; an empty word stands for no link.
service_link() {
    service_item="service:$1 $2" service_path=$2
    shift 2
    service_now=$(readlink "$service_path")
    [ -L "$service_path" ] || [ ! -e "$service_path" ] || service_now="a file"
    decide "$service_item" "$service_now" "$@" || return 0
    service_put "$service_path" "$1" || failed "$service_item"
}

# service_put PATH TARGET: the link, in one step. A file is never replaced by a link.
service_put() {
    service_folder=${1%/*}
    if [ -z "$2" ]; then
        rm -f "$1" || return 1
        case $service_folder in *.wants | *.requires | *.upholds) rmdir "$service_folder" 2> /dev/null ;; esac
        return 0
    fi
    [ -L "$1" ] || [ ! -e "$1" ] || return 1
    service_new=$service_folder/.${1##*/}.anwei
    mkdir -p "$service_folder" && rm -f "$service_new" && ln -s "$2" "$service_new" && mv -fT "$service_new" "$1"
}

# service_active SERVICE FORMER LEFT...: start or stop it again. yes: it runs.
service_active() {
    service_name=$1
    shift
    [ "$booting" = 0 ] || return 0
    service_reread
    service_now=no
    service_runs "$service_name" && service_now=yes
    decide "service:$service_name" "$service_now" "$@" || return 0
    case $1 in
        yes) service_do start "$service_name" ;;
        *) service_do stop "$service_name" ;;
    esac || failed "service:$service_name"
}

# service_reload SERVICE, service_restart SERVICE: let a running service read what was put back.
service_reload() {
    service_reread
    service_runs "$1" || return 0
    service_do reload "$1" 2> /dev/null || service_do restart "$1"
}

service_restart() {
    service_reread
    service_runs "$1" || return 0
    service_do restart "$1"
}

# service_reread: units and links that were put back count once systemd has read them again.
service_reread() {
    [ ! -d /run/systemd/system ] || systemctl daemon-reload
}

service_runs() {
    if [ -d /run/systemd/system ]; then systemctl is-active --quiet "$1"; else "/etc/init.d/$1" status > /dev/null 2>&1; fi
}

# service_do VERB SERVICE: and see that it lives on. A script's daemon must not hold on to our output.
service_do() {
    if [ -d /run/systemd/system ]; then
        # Earlier failures shall not count against this start.
        case $1 in *start) systemctl reset-failed "$2" 2> /dev/null ;; esac
        systemctl "$1" "$2" || return 1
    else
        "/etc/init.d/$2" "$1" < /dev/null > /dev/null 2>&1 || return 1
    fi
    [ "$1" != stop ] || return 0
    sleep 1
    service_runs "$2"
}
