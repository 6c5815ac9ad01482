# shellcheck shell=sh
systemctl disable --quiet nginx nftables
