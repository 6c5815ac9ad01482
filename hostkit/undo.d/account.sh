
# account_now NAME FIELD: what the field is now, in the words of the state; nothing when there is no such account.
account_now() {
    case $2 in
        uid) account_word passwd "$1" 3 ;;
        group) account_group "$(account_word passwd "$1" 4)" ;;
        comment) account_word passwd "$1" 5 ;;
        home) account_word passwd "$1" 6 ;;
        shell) account_word passwd "$1" 7 ;;
        locked) case $(account_word shadow "$1" 2) in '!'*) echo True ;; *) echo False ;; esac ;;
        min_days) account_number "$1" 4 ;;
        max_days) account_number "$1" 5 ;;
        warn_days) account_number "$1" 6 ;;
        inactive_days) account_number "$1" 7 ;;
        expires) account_number "$1" 8 ;;
    esac
}

# account_word passwd|shadow NAME FIELD-NUMBER
account_word() {
    awk -F : -v name="$2" -v at="$3" '$1 == name { print $at; exit }' "/etc/$1"
}

# account_number NAME FIELD-NUMBER: of shadow; -1 where none is set.
account_number() {
    account_found=$(account_word shadow "$1" "$2")
    echo "${account_found:--1}"
}

# account_group GID: its name, or the number itself.
account_group() {
    awk -F : -v gid="$1" '$3 == gid { print $1; found = 1; exit } END { if (!found) print gid }' /etc/group
}

# account_gone NAME UID...: an account that the change made.
account_gone() {
    account_name=$1 account_uid=$(account_now "$1" uid) account_home=$(account_now "$1" home)
    account_gid=$(group_now "$1" gid)
    shift
    decide "account:$account_name" "$account_uid" "" "$@" || return 0
    userdel "$account_name" || { failed "account:$account_name"; return 0; }
    [ -z "$account_gid" ] || group_back "$account_name" "$account_gid" "" # whether it goes is said by its own line
    for account_box in "/var/mail/$account_name" "/var/spool/mail/$account_name"; do
        [ ! -f "$account_box" ] || [ -s "$account_box" ] || rm -f "$account_box"
    done
    [ "$(stat -c %u "$account_home" 2> /dev/null)" = "$account_uid" ] || return 0
    account_skel=$(sed -n 's/^SKEL=//p' /etc/default/useradd 2> /dev/null)
    if account_same "$account_home" "${account_skel:-/etc/skel}"; then
        rm -rf "$account_home"
    else
        echo "家目录已有内容，予以保留 / its home was used and stays: $account_home" >&2
    fi
}

# account_same OURS THEIRS: whether two paths hold the same, all the way down. Links are compared, never followed.
account_same() {
    if [ -L "$1" ] || [ -L "$2" ]; then
        [ -L "$1" ] && [ -L "$2" ] && [ "$(readlink "$1")" = "$(readlink "$2")" ]
    elif [ -d "$1" ] && [ -d "$2" ]; then
        [ "$(ls -A "$1")" = "$(ls -A "$2")" ] || return 1
        for account_one in "$1"/* "$1"/.[!.]* "$1"/..?*; do
            [ -e "$account_one" ] || [ -L "$account_one" ] || continue
            account_same "$account_one" "$2/${account_one##*/}" || return 1
        done
    else
        [ -f "$1" ] && [ -f "$2" ] && [ "$(sha256sum < "$1")" = "$(sha256sum < "$2")" ]
    fi
}

# account_field NAME FIELD FORMER LEFT...: one field.
account_field() {
    account_name=$1 account_of=$2 account_former=$3
    shift 2
    if [ -z "$(account_now "$account_name" uid)" ]; then
        conflict "account:$account_name" "$account_of"
        return 0
    fi
    decide "account:$account_name" "$(account_now "$account_name" "$account_of")" "$@" || return 0
    account_set "$account_name" "$account_of" "$account_former" || failed "account:$account_name"
}

# account_set NAME FIELD VALUE
account_set() {
    case $2 in
        uid) usermod -u "$3" "$1" ;;
        group) usermod -g "$3" "$1" ;;
        comment) usermod -c "$3" "$1" ;;
        home) usermod -d "$3" "$1" ;;
        shell) usermod -s "$3" "$1" ;;
        locked) if [ "$3" = True ]; then usermod -L "$1"; else account_unlock "$1"; fi ;;
        min_days) chage -m "$3" "$1" ;;
        max_days) chage -M "$3" "$1" ;;
        warn_days) chage -W "$3" "$1" ;;
        inactive_days) chage -I "$3" "$1" ;;
        expires) chage -E "$3" "$1" ;;
    esac
}

# account_unlock NAME: usermod takes one `!` away each time, and some tools write two.
account_unlock() {
    while [ "$(account_now "$1" locked)" = True ]; do
        usermod -U "$1" || return 1
    done
}
