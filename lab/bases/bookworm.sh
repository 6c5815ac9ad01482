# shellcheck shell=sh
# Installed, but quiet until a host asks for it.
systemctl disable --quiet nginx apache2 mariadb redis-server tomcat10 firewalld nftables
