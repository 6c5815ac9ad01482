"""A sound Linux host about audit, intrusion, malware, integrity and backup, in the forms of Kylin V10 and RHEL 7."""

from anwei.evidence.script import Answer
from baselines.mlps.reading import commands

LINUX = commands("linux")
NOW = 1795240800
DAY = 86400
ABSENT = Answer(127, b"", b"sh: not found\n", 0)

RULES = """-w /etc/passwd -p wa -k identity
-w /etc/shadow -p wa -k identity
-w /etc/group -p wa -k identity
-w /etc/sudoers -p wa -k scope
-w /var/log/lastlog -p wa -k logins
-a always,exit -F arch=b64 -S adjtimex,settimeofday -F key=time-change
-a always,exit -F arch=b64 -S mount -F auid>=1000 -F auid!=-1 -F key=mounts
-a always,exit -S all -F path=/usr/bin/sudo -F perm=x -F auid>=1000 -F auid!=-1 -F key=privileged
-a always,exit -F arch=b64 -S init_module,delete_module -F key=modules
"""
AUDITD = """log_file = /var/log/audit/audit.log
max_log_file = 50
num_logs = 5
max_log_file_action = KEEP_LOGS
space_left_action = SYSLOG
"""
ROTATION = """/etc/logrotate.conf: weekly
/etc/logrotate.conf: rotate 30
/etc/logrotate.conf: include /etc/logrotate.d
/etc/logrotate.conf: /var/log/wtmp {
/etc/logrotate.conf:     monthly
/etc/logrotate.conf:     minsize 1M
/etc/logrotate.conf:     rotate 12
/etc/logrotate.conf: }
/etc/logrotate.d/syslog: /var/log/cron
/etc/logrotate.d/syslog: /var/log/maillog
/etc/logrotate.d/syslog: /var/log/messages
/etc/logrotate.d/syslog: /var/log/secure
/etc/logrotate.d/syslog: {
/etc/logrotate.d/syslog: }
"""
TRACKING = """Reference ID    : C0000201 (192.0.2.1)
Stratum         : 4
System time     : 0.000012345 seconds slow of NTP time
Leap status     : Normal
"""
CONNECTIONS = """State Recv-Q Send-Q Local Address:Port Peer Address:Port Process
ESTAB 0 0 192.0.2.10:45678 198.51.100.5:6514 users:(("rsyslogd",pid=901,fd=9))
"""
FORWARD = "/etc/rsyslog.conf: *.* @@198.51.100.5:6514\n"
PACKAGES = f"""{NOW - 90 * DAY} kernel 4.19.90-52.15.v2207.ky10
{NOW - 20 * DAY} kernel 4.19.90-52.22.v2207.ky10
{NOW - 60 * DAY} openssh-server 8.2p1-9.p15.ky10
"""
SERVICES = """active auditd.service
active sshd.service
active postfix.service
enabled sshd.service
"""
ZONES = """block
  target: %%REJECT%%
  icmp-block-inversion: no
  interfaces:
  services:
  ports:
  rich rules:

public (active)
  target: default
  icmp-block-inversion: no
  interfaces: eth0
  sources:
  services: dhcpv6-client
  ports: 8080/tcp
  rich rules:
	rule family="ipv4" source address="192.0.2.0/24" service name="ssh" accept
"""
PROCESSES = "systemd\nrsyslogd\nsshd\nauditd\nchronyd\nclamd\nwazuh-agentd\nzabbix_agentd\nmaster\nps\n"

RELEASE = 'NAME="Kylin Linux Advanced Server"\nVERSION="V10 (Lance)"\nID="kylin"\nVERSION_ID="V10"\n'
WATCH: dict[str, str | bytes | Answer] = {
    "cat -- /etc/os-release": RELEASE + 'PRETTY_NAME="Kylin Linux Advanced Server V10 (Lance)"\n',
    "ps -e -o comm=": PROCESSES,
    "auditctl -s": "enabled 1\nfailure 1\npid 801\nrate_limit 0\nbacklog_limit 8192\nlost 0\nbacklog 0\n",
    "auditctl -l": RULES,
    LINUX["auditd_settings"]: AUDITD,
    LINUX["audit_files"]: f"{NOW}\n{NOW - 10} 4000000 /var/log/audit/audit.log\n",
    LINUX["audit_record"]: " type=USER_LOGIN msg=audit(1795240700.101:411): uid=0 auid=1000 res=success\n",
    LINUX["log_modes"]: Answer(
        1,
        b"755 root root /var/log\n750 root root /var/log/audit\n600 root root /var/log/audit/audit.log\n"
        b"600 root root /var/log/messages\n600 root root /var/log/secure\n",
        b"stat: cannot stat '/var/log/syslog': No such file or directory\n",
        0,
    ),
    LINUX["journal"]: "",
    LINUX["log_files"]: "*.*;auth,authpriv.none\t-/var/log/syslog\nauth,authpriv.*\t/var/log/auth.log\n" + FORWARD,
    LINUX["rotation"]: ROTATION,
    LINUX["log_connections"]: CONNECTIONS,
    "date '+%s %Y-%m-%d %H:%M:%S %z'": f"{NOW} 2026-11-21 14:00:00 +0800\n",
    "chronyc -h 127.0.0.1 -n tracking": TRACKING,
    "ntpq -pn": ABSENT,
    LINUX["clock_state"]: "NTP synchronized: yes\n",
    LINUX["packages"]: PACKAGES,
    LINUX["services"]: SERVICES,
    LINUX["package_change"]: Answer(1, b"", b"stat: cannot stat '/var/lib/dpkg/status': No such file\n", 0),
    LINUX["pending_updates"]: Answer(1, b"", b"stat: cannot stat '/var/lib/apt/lists': No such file\n", 0),
    LINUX["exports"]: "",
    LINUX["samba_guests"]: Answer(127, b"", b"", 0),
    "firewall-cmd --list-all-zones": ZONES,
    LINUX["iptables"]: "",
    LINUX["nftables"]: "",
    LINUX["wrappers"]: "",
    "systemctl show -p RefuseManualStop auditd.service": "RefuseManualStop=yes\n",
    LINUX["audit_stoppers"]: "/etc/sudoers.d/web:web ALL=(root) NOPASSWD: /usr/bin/systemctl restart nginx\n",
    LINUX["jobs"]: "/etc/cron.d/backup: rsync\ntimer: aidecheck.timer\n",
    LINUX["aide_database"]: f"{NOW - 30 * DAY} /var/lib/aide/aide.db.gz\n",
    LINUX["signatures"]: "/var/lib/clamav/daily.cld 18 Nov 2026 03-29 -0500\n",
    LINUX["trust"]: "/sys/class/tpm/tpm0\nSecureBoot enabled\n",
}
