
# signature PATH: what is there now, as far as sh can see it.
signature() {
    if [ -L "$1" ]; then
        printf 'link %s\n' "$(readlink "$1")"
    elif [ -d "$1" ]; then
        echo "directory $(signature_owners "$1")"
    elif [ -f "$1" ]; then
        echo "file $(signature_owners "$1") $(sha256sum < "$1" | cut -d ' ' -f 1)"
    elif [ -e "$1" ]; then
        echo other
    else
        echo absent
    fi
}

# signature_owners PATH: owner, group and mode; whoever has no name has a number.
signature_owners() {
    stat -c '%U %u %G %g %a' "$1" | {
        read -r owner uid group gid mode
        [ "$owner" != UNKNOWN ] || owner=$uid
        [ "$group" != UNKNOWN ] || group=$gid
        echo "$owner $group $mode"
    }
}

# file FLAGS PATH FORMER LEFT...: put one file, folder or link back. FLAGS: `-`, or `i`, `a` as chattr has them;
# with a `+` in front, also what only a copy can tell (ACL, label, attributes) is put back.
file() {
    file_flags=$1 file_path=$2 file_former=$3
    shift 3
    file_now=$(signature "$file_path")
    case $file_flags in
        +*) [ "$file_now" = "$file_former" ] || decide "file:$file_path" "$file_now" "$file_former" "$@" || return 0 ;;
        *) decide "file:$file_path" "$file_now" "$file_former" "$@" || return 0 ;;
    esac
    file_put "$file_path" "$file_former" "$file_now" || failed "file:$file_path"
    case $file_flags in
        *[ia]*) chattr "+${file_flags#[+-]}" "$file_path" || failed "file:$file_path" ;;
    esac
    restored="$restored
$file_path"
}

# file_put PATH FORMER NOW: the copy replaces what is there in one step, if it is still what was kept.
file_put() {
    file_new=${1%/*}/.$(printf '%.240s' "${1##*/}").anwei
    chattr -ia "$1" 2> /dev/null
    case $2 in
        absent) case $3 in directory*) rmdir "$1" ;; *) rm -f "$1" ;; esac ;;
        link*) rm -f "$file_new" && ln -s -- "${2#link }" "$file_new" && mv -fT "$file_new" "$1" ;;
        file*)
            [ "$(signature "$here/former$1")" = "$2" ] && rm -f "$file_new" &&
                cp -a "$here/former$1" "$file_new" && mv -fT "$file_new" "$1"
            ;;
        directory*)
            mkdir -p "$1" && chown --reference="$here/former$1" "$1" && chmod --reference="$here/former$1" "$1" &&
                file_attributes "$here/former$1" "$1"
            ;;
        *) false ;;
    esac
}

# file_attributes FROM TO: ACL and label of a folder, by the host's own tools; without them it is not as it was.
file_attributes() {
    if command -v getfacl > /dev/null && command -v setfacl > /dev/null; then
        getfacl -p "$1" 2> /dev/null | setfacl -b -M - "$2" || return 1
    else
        case $file_flags in +*) return 1 ;; esac
    fi
    if command -v chcon > /dev/null && [ -e /sys/fs/selinux/enforce ]; then chcon --reference="$1" "$2"; fi
}
