
# group_now NAME gid|members: what the field is now; members sorted, with commas.
group_now() {
    case $2 in
        gid) awk -F : -v name="$1" '$1 == name { print $3; exit }' /etc/group ;;
        members)
            awk -F : -v name="$1" '$1 == name { print $4; exit }' /etc/group |
                tr ',' '\n' | sort -u | awk 'NF { printf "%s%s", comma, $0; comma = "," }'
            ;;
    esac
}

# group_gone NAME GID...: a group that the change made.
group_gone() {
    group_name=$1
    shift
    decide "group:$group_name" "$(group_now "$group_name" gid)" "" "$@" || return 0
    groupdel "$group_name" || failed "group:$group_name"
}

# group_back NAME GID MEMBERS: a group that the change removed.
group_back() {
    [ -z "$(group_now "$1" gid)" ] || return 0
    if ! groupadd -g "$2" "$1" || ! group_set_members "$1" "$3"; then failed "group:$1"; fi
}

# group_field NAME gid|members FORMER LEFT...: one field.
group_field() {
    group_name=$1 group_of=$2 group_former=$3
    shift 2
    decide "group:$group_name" "$(group_now "$group_name" "$group_of")" "$@" || return 0
    group_set_"$group_of" "$group_name" "$group_former" || failed "group:$group_name"
}

group_set_gid() {
    groupmod -g "$2" "$1"
}

# group_set_members NAME MEMBERS: one by one, as far as they still exist.
group_set_members() {
    group_has=$(group_now "$1" members) group_done=0
    for group_member in $(echo "$group_has" | tr ',' ' '); do
        case ",$2," in *",$group_member,"*) ;; *) gpasswd -d "$group_member" "$1" > /dev/null || group_done=1 ;; esac
    done
    for group_member in $(echo "$2" | tr ',' ' '); do
        case ",$group_has," in *",$group_member,"*) ;; *) gpasswd -a "$group_member" "$1" > /dev/null || group_done=1 ;; esac
    done
    return "$group_done"
}
