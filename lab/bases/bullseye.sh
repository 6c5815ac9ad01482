# shellcheck shell=sh
ln -s python2.7 /usr/bin/python2
systemctl disable --quiet nftables
if command -v python3 > /dev/null; then
    echo 'a package has pulled Python 3 in: this base must have 2.7 only' >&2
    exit 1
fi
