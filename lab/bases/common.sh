# shellcheck shell=sh
# Runs once in every base that has no parent: what all lab hosts have in common.
set -eu

# The account that everybody comes in with; each host's connection decides how it becomes root.
useradd --create-home --shell /bin/bash ops
usermod --password '*' ops
install -d -m 700 -o ops -g ops /home/ops/.ssh
echo 'ops ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/ops
chmod 440 /etc/sudoers.d/ops

# sshd answers only when ordinary logins are allowed: until then pam_nologin turns them away.
install -d /usr/lib/systemd/system/ssh.service.d
printf '[Unit]\nAfter=systemd-user-sessions.service\n' > /usr/lib/systemd/system/ssh.service.d/after-logins.conf

# Timers that would only disturb measurements.
systemctl mask --quiet apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer fstrim.timer dpkg-db-backup.timer man-db.timer
systemctl set-default --quiet multi-user.target
