"""Authentication and access of a sound Linux host (openEuler-like), in the shape of its answers."""

from baselines.mlps.reading import commands

LINUX = commands("linux")

SHADOW = """root:$6$:20700:0:90:7::
daemon:!none:19000:0:99999:7::
ops:$6$:20750:0:90:7::
"""
PAM = """/etc/pam.d/system-auth:auth        required      pam_env.so
/etc/pam.d/system-auth:auth        required      pam_faillock.so preauth silent
/etc/pam.d/system-auth:auth        sufficient    pam_unix.so nullok try_first_pass
/etc/pam.d/system-auth:auth        [default=die] pam_faillock.so authfail
/etc/pam.d/system-auth:auth        required      pam_deny.so
/etc/pam.d/system-auth:account     required      pam_faillock.so
/etc/pam.d/system-auth:account     required      pam_unix.so
/etc/pam.d/system-auth:password    requisite     pam_pwquality.so try_first_pass local_users_only
/etc/pam.d/system-auth:password    required      pam_pwhistory.so use_authtok remember=5 enforce_for_root
/etc/pam.d/system-auth:password    sufficient    pam_unix.so sha512 shadow try_first_pass use_authtok
/etc/pam.d/system-auth:password    required      pam_deny.so
/etc/pam.d/system-auth:-session    optional      pam_systemd.so
/etc/pam.d/password-auth:auth        required      pam_faillock.so preauth silent
/etc/pam.d/password-auth:auth        sufficient    pam_unix.so nullok try_first_pass
/etc/pam.d/password-auth:auth        [default=die] pam_faillock.so authfail
/etc/pam.d/password-auth:auth        required      pam_deny.so
/etc/pam.d/password-auth:account     required      pam_faillock.so
/etc/pam.d/password-auth:account     required      pam_unix.so
/etc/pam.d/password-auth:password    requisite     pam_pwquality.so try_first_pass local_users_only
/etc/pam.d/password-auth:password    required      pam_pwhistory.so use_authtok remember=5 enforce_for_root
/etc/pam.d/password-auth:password    sufficient    pam_unix.so sha512 shadow try_first_pass use_authtok
/etc/pam.d/sshd:auth       substack     password-auth
/etc/pam.d/sshd:auth       include      postlogin
/etc/pam.d/sshd:account    include      password-auth
/etc/pam.d/sshd:password   include      password-auth
/etc/pam.d/login:auth       substack     system-auth
/etc/pam.d/login:account    include      system-auth
/etc/pam.d/login:password   include      system-auth
/etc/pam.d/passwd:auth       include      system-auth
/etc/pam.d/passwd:password   substack     system-auth
/etc/pam.d/passwd:-password   optional   pam_gnome_keyring.so
/etc/pam.d/postlogin:session     optional      pam_umask.so
/etc/pam.d/su:auth            sufficient      pam_rootok.so
/etc/pam.d/su:auth            required        pam_wheel.so use_uid
/etc/pam.d/su:auth            substack        system-auth
"""
RULES = """/etc/security/pwquality.conf:# minlen = 8
/etc/security/pwquality.conf:minlen = 8
/etc/security/pwquality.conf:minclass = 3
/etc/security/pwquality.conf:# dcredit = 0
/etc/security/faillock.conf:deny = 3
/etc/security/faillock.conf:unlock_time = 300
/etc/security/faillock.conf:even_deny_root
"""
# 20 November 2026, and logins of the days before.
NOW = 1795132800
LASTLOG = """Username         Port     From             Latest
root             tty1                      Mon Jun  1 09:00:00 +0800 2026
daemon                                     **Never logged in**
ops              pts/0    192.0.2.20       Thu Nov 19 10:15:00 +0800 2026
"""
SUDOERS = """/etc/sudoers:root\tALL=(ALL) \tALL
/etc/sudoers:%wheel  ALL=(ALL)       ALL
/etc/sudoers:#includedir /etc/sudoers.d
/etc/sudoers.d/ops:ops ALL=(root) NOPASSWD: /usr/bin/systemctl restart nginx
"""
PROCESSES = """0 systemd
0 kthreadd
0 sshd
0 nginx
990 nginx
27 mysqld
1000 java .jar
"""
SCRIPTS = """644 root root /etc/crontab
755 root root /etc/cron.d
644 root root /etc/cron.d/0hourly
644 root root /etc/profile
755 root root /etc/profile.d
644 root root /etc/profile.d/lang.sh
"""
MANDATORY = "asked\ngetenforce Enforcing\nSELINUX=enforcing\nSELINUXTYPE=targeted\n"

ANSWERS = {
    LINUX["shadow"]: SHADOW,
    LINUX["pam"]: PAM,
    LINUX["password_rules"]: RULES,
    "lastlog": LASTLOG,
    "date +%s": f"{NOW}\n",
    LINUX["installed"]: "1780000000\n1780000003\n",
    LINUX["sudoers"]: SUDOERS,
    LINUX["processes"]: PROCESSES,
    LINUX["consoles"]: "",
    LINUX["script_modes"]: SCRIPTS,
    LINUX["world_writable"]: "/usr/bin/find\n",
    LINUX["unowned"]: "/usr/bin/find\n",
    LINUX["setuid"]: "/usr/bin/rpm\n",
    LINUX["policy_writers"]: "seen 412\n",
    LINUX["key_modes"]: "640 root ssh_keys /etc/ssh/ssh_host_rsa_key\n600 root root /etc/ssh/ssh_host_ed25519_key\n",
    LINUX["mandatory_access"]: MANDATORY,
    LINUX["file_systems"]: "/ xfs\n/proc proc\n/boot/efi vfat\n/data ext4\n",
    "cat -- /proc/sys/fs/suid_dumpable": "0\n",
    "cat -- /proc/sys/kernel/core_pattern": "core\n",
}
