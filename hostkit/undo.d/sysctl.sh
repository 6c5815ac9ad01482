
# sysctl_value KEY PATH FORMER LEFT...: set a kernel setting back.
sysctl_value() {
    sysctl_key=$1 sysctl_path=$2
    shift 2
    decide "sysctl:$sysctl_key" "$(sysctl_now "$sysctl_path")" "$@" || return 0
    sysctl_redirects=/proc/sys/net/ipv4/conf/all/accept_redirects
    sysctl_kept=$(sysctl_now "$sysctl_redirects")
    sysctl_put "$sysctl_path" "$1" || failed "sysctl:$sysctl_key"
    case $sysctl_key in # the kernel changes the other one along with these
        net.ipv4.ip_forward | net.ipv4.conf.all.forwarding)
            sysctl_put "$sysctl_redirects" "$sysctl_kept" || failed "sysctl:$sysctl_key"
            ;;
    esac
}

# sysctl_now PATH: its value, with one blank between the words.
sysctl_now() {
    tr -s '\t\n ' '   ' < "$1" | sed 's/^ //; s/ $//'
}

# sysctl_put PATH VALUE: set it, unless it is so, and see what the kernel made of it.
sysctl_put() {
    [ "$(sysctl_now "$1")" != "$2" ] || return 0
    printf '%s\n' "$2" > "$1"
    [ "$(sysctl_now "$1")" = "$2" ]
}
