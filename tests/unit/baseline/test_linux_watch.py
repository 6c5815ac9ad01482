"""The Linux checks about audit, intrusion, malware, integrity and backup, on sound hosts, bad ones and odd ones."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anwei.baseline.checking import UNDECIDED
from anwei.baseline.result import Outcome
from anwei.evidence.backend import host_of
from anwei.evidence.script import Answer
from tests.unit.baseline.machine import CATALOGUE, DENIED, LINUX, MISSING, SS, SSHD, Said, assessed, result, transcript
from tests.unit.baseline.sound_linux_watch import (
    AUDITD,
    CONNECTIONS,
    DAY,
    NOW,
    PACKAGES,
    PROCESSES,
    ROTATION,
    RULES,
    SERVICES,
    TRACKING,
    ZONES,
)

MET, NOT_MET, MANUAL = Outcome.MET, Outcome.NOT_MET, Outcome.MANUAL
MODULES = {"audit", "audit_files", "clock", "firewall", "forwarding", "guards", "logs", "management", "rotation"}
MODULES |= {"shares", "software", "sources", "updates"}
OWN = [
    entry.check.id
    for each in CATALOGUE.types
    for entry in each.entries
    if each.code == "linux" and entry.function.__module__.rpartition(".")[2] in MODULES
]
NEVER_A_FINDING = {
    "LNX-TV-01": "the clause says may",
    "LNX-BRa-01": "a backup may be made from outside",
    "LNX-SMc-01": "monitoring may do without an agent",
}

PS, STATUS, LIST, SSHD_T = "ps -e -o comm=", "auditctl -s", "auditctl -l", "/usr/sbin/sshd -T"
RELEASE, OLD_RELEASE = "cat -- /etc/os-release", "cat -- /etc/system-release"
CHRONY, NTP, SYSTEM = "chronyc -h 127.0.0.1 -n tracking", "ntpq -pn", LINUX["clock_state"]
UNIT, ZONE = "systemctl show -p RefuseManualStop auditd.service", "firewall-cmd --list-all-zones"
LOGS, RECORD, ROTATE, TABLES = LINUX["log_files"], LINUX["audit_record"], LINUX["rotation"], LINUX["iptables"]
STOPPED = Answer(252, b"", b"FirewallD is not running\n", 0)
FILE_RULES = "/etc/rsyslog.conf: authpriv.* /var/log/secure\n/etc/rsyslog.conf: cron.* /var/log/cron\n"
OLD_RULES = """LIST_RULES: exit,always watch=/etc/passwd perm=wa key=identity
LIST_RULES: exit,always dir=/etc (0x4) perm=wa key=etc
LIST_RULES: exit,always watch=/var/log/wtmp perm=wa key=logins
LIST_RULES: exit,always arch=3221225534 (0xc000003e) key=time syscall=adjtimex,settimeofday
LIST_RULES: exit,always arch=3221225534 (0xc000003e) auid>=500 (0x1f4) key=mounts syscall=mount
LIST_RULES: exit,always arch=3221225534 (0xc000003e) euid=0 key=rootact syscall=execve
LIST_RULES: exit,always watch=/sbin/insmod perm=x key=modules
"""
PEERS = """     remote           refid      st t when poll reach   delay   offset  jitter
==============================================================================
*192.0.2.1       192.0.2.9        2 u   33   64  377    0.345   -0.120   0.021
 192.0.2.2       .INIT.          16 u    -   64    0    0.000    0.000   0.000
"""
NTPD = PROCESSES.replace("chronyd", "ntpd")
NETSTAT = """Active Internet connections (w/o servers)
Proto Recv-Q Send-Q Local Address           Foreign Address         State       PID/Program name
tcp        0      0 192.0.2.10:45678        198.51.100.5:6514       ESTABLISHED 901/rsyslogd
"""
IPTABLES = """-P INPUT ACCEPT
-P FORWARD DROP
-A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT
-A INPUT -p icmp -j ACCEPT
-A INPUT -i lo -j ACCEPT
-A INPUT -s 192.0.2.0/24 -p tcp -m state --state NEW -m tcp --dport 22 -m comment --comment "ops net" -j ACCEPT
-A INPUT -p tcp -m multiport --dports 80,443 -j ACCEPT
-A INPUT -j REJECT --reject-with icmp-host-prohibited
"""
CHAINED = """-P INPUT DROP
-N SSH
-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A INPUT -p tcp -m tcp --dport 22 -j SSH
-A SSH -s 192.0.2.0/24 -j ACCEPT
-A SSH -j LOG --log-prefix "ssh "
-A SSH -j RETURN
"""
NFT = """table inet filter {
	set admin {
		type ipv4_addr
		elements = { 192.0.2.5 }
	}
	chain input {
		type filter hook input priority filter; policy drop;
		ct state established,related accept
		iif "lo" accept
		ip saddr @admin tcp dport 22 counter packets 5 bytes 300 accept comment "ops"
		tcp dport { 80, 443 } accept
	}
	chain output {
		type filter hook output priority filter; policy accept;
	}
}
"""
DPKG = "install ok installed linux-image-6.1.0-18-amd64 6.1.76-1\ndeinstall ok config-files telnetd 0.17-44\n"
APT = f"""lists {NOW - 3 * DAY}
Inst base-files  (12.4+deb12u15 Debian:12.15/oldstable [amd64])
1 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.
"""
DEBIAN: Said = {
    RELEASE: 'ID=debian\nVERSION_ID="12"\n',
    LINUX["packages"]: DPKG,
    LINUX["package_change"]: f"{NOW - 10 * DAY}\n",
}
NFS = PROCESSES + "nfsd\n"
SMB = PROCESSES + "smbd\n"
FULL = {
    LINUX["auditd_settings"]: AUDITD.replace("KEEP_LOGS", "ROTATE").replace("num_logs = 5", "num_logs = 2"),
    LINUX["audit_files"]: f"{NOW}\n{NOW} 1 /var/log/audit/audit.log\n{NOW - 9 * DAY} 1 /var/log/audit/audit.log.1\n",
}
BARE = "systemd\nsshd\nps\n"


def _exports(*words: str) -> Said:
    """A host that serves NFS with these lines."""
    return {PS: NFS, LINUX["exports"]: "".join(f"/etc/exports: {line}\n" for line in words)}


def _filter(rules: str, name: str = "iptables", **others: str) -> Said:
    """A host without firewalld that has these rules."""
    return {ZONE: STOPPED, LINUX[name]: rules, **{LINUX[key]: said for key, said in others.items()}}


CASES: list[tuple[str, Said, Outcome, str]] = [
    # audit on
    ("LNX-AUa-01", {}, MET, "enabled 为 1"),
    ("LNX-AUa-01", {STATUS: "AUDIT_STATUS: enabled=2 flag=1 pid=3105 rate_limit=0 lost=0 backlog=0\n"}, MET, "2"),
    ("LNX-AUa-01", {STATUS: "AUDIT_STATUS: enabled=0 flag=1 pid=3105\n"}, NOT_MET, "0"),
    ("LNX-AUa-01", {STATUS: "enabled 0\r\nfailure 1\r\n"}, NOT_MET, "0"),
    ("LNX-AUa-01", {PS: BARE + "kauditd\n"}, NOT_MET, "auditd 没有运行"),
    ("LNX-AUa-01", {STATUS: Answer(4, b"", b"You must be root to run this program.\n", 0)}, MANUAL, "must be root"),
    ("LNX-AUa-01", {STATUS: MISSING}, MANUAL, "没有这个命令"),
    ("LNX-AUa-01", {PS: "systemd\nauditd\n"}, MANUAL, "不完整"),
    # audit rules
    ("LNX-AUa-03", {}, MET, "9 条规则"),
    ("LNX-AUa-03", {LIST: OLD_RULES}, MET, "7 条规则"),
    ("LNX-AUa-03", {LIST: RULES.replace("-w /etc/passwd -p wa", "-w /etc/ -p wa")}, MET, "账户文件"),
    (
        "LNX-AUa-03",
        {LIST: RULES.replace("-w /etc/passwd -p wa", "-a always,exit -S open,openat -F path=/etc/passwd -F perm=wa")},
        MET,
        "9 条规则",
    ),
    ("LNX-AUa-03", {LIST: RULES + "-a never,task\n"}, NOT_MET, "never,task"),
    ("LNX-AUa-03", {LIST: RULES + "-a never,task -F auid=-1\n"}, MET, "9 条规则"),
    ("LNX-AUa-03", {LIST: "No rules\n"}, NOT_MET, "没有审计规则"),
    ("LNX-AUa-03", {LIST: RULES.replace("/etc/shadow -p wa", "/etc/shadow -p r")}, NOT_MET, "账户文件（/etc/shadow）"),
    ("LNX-AUa-03", {LIST: RULES.replace("/etc/shadow", "/etc/shadow2")}, NOT_MET, "/etc/shadow"),
    ("LNX-AUa-03", {LIST: RULES.replace("-S mount", "-S umount2")}, NOT_MET, "挂载（mount）"),
    (
        "LNX-AUa-03",
        {LIST: RULES.replace("always,exit -F arch=b64 -S init", "never,exit -F arch=b64 -S init")},
        NOT_MET,
        "内核模块",
    ),
    ("LNX-AUa-03", {LIST: "-a always,exclude -F msgtype=CWD -F key=none\n"}, MANUAL, "无法判断"),
    ("LNX-AUa-03", {LIST: RULES.replace("-k identity", "-k never,user")}, MET, "9 条规则"),
    # system log
    ("LNX-AUa-02", {LOGS: FILE_RULES}, MET, "authpriv → /var/log/secure"),
    ("LNX-AUa-02", {PS: BARE}, NOT_MET, "没有运行"),
    ("LNX-AUa-02", {PS: BARE + "syslogd\n"}, MANUAL, "syslogd"),
    (
        "LNX-AUa-02",
        {PS: BARE + "systemd-journal\n", LINUX["journal"]: "/etc/systemd/journald.conf:Storage=persistent\n"},
        MANUAL,
        "journald",
    ),
    ("LNX-AUa-02", {PS: BARE + "systemd-journal\n", LINUX["journal"]: "/var/log/journal\n"}, MANUAL, "journald"),
    (
        "LNX-AUa-02",
        {
            PS: BARE + "systemd-journal\n",
            LINUX["journal"]: "/etc/systemd/journald.conf:Storage=persistent\n"
            "/usr/lib/systemd/journald.conf.d/50.conf:Storage=none\n/etc/systemd/journald.conf.d/90.conf:Storage=volatile\n",
        },
        NOT_MET,
        "没有运行",
    ),
    (
        "LNX-AUa-02",
        {
            PS: BARE + "systemd-journal\n",
            LINUX["journal"]: "/etc/systemd/journald.conf.d/50.conf:Storage=persistent\n"
            "/usr/lib/systemd/journald.conf.d/50.conf:Storage=none\n",
        },
        MANUAL,
        "journald",
    ),
    (
        "LNX-AUa-02",
        {
            LOGS: '/etc/rsyslog.conf: auth,authpriv.* action(\n/etc/rsyslog.conf: type="omfile"\n'
            '/etc/rsyslog.conf: file="/var/log/auth.log"\n/etc/rsyslog.conf: cron.*  -/var/log/cron.log\n'
        },
        MET,
        "authpriv → /var/log/auth.log、cron → /var/log/cron.log",
    ),
    (
        "LNX-AUa-02",
        {
            LOGS: '/etc/rsyslog.conf: *.* action(\n/etc/rsyslog.conf: Type="omfile"\n/etc/rsyslog.conf: input(\n'
            '/etc/rsyslog.conf: type="imtcp"\n/etc/rsyslog.conf: port="514"\n'
        },
        MANUAL,
        "authpriv",
    ),
    (
        "LNX-AUa-02",
        {
            LOGS: "/etc/rsyslog.d/50.conf: if \n/etc/rsyslog.d/50.conf: action(\n"
            '/etc/rsyslog.d/50.conf: type="omfile"\n/etc/rsyslog.d/50.conf: file="/var/log/x"\n'
            "/etc/rsyslog.conf: IncludeConfig /etc/rsyslog.d/*.conf\n"
        },
        MANUAL,
        "authpriv",
    ),
    (
        "LNX-AUa-02",
        {LOGS: "/etc/rsyslog.conf: *.emerg /var/log/e\n/etc/rsyslog.d/a.conf: *.* /var/log/all\n"},
        NOT_MET,
        "authpriv、cron",
    ),
    (
        "LNX-AUa-02",
        {LOGS: '/etc/rsyslog.conf: include(file="/etc/rsyslog.d/*.conf"\n/etc/rsyslog.d/a.conf: *.* /var/log/all\n'},
        MET,
        "/var/log/all",
    ),
    (
        "LNX-AUa-02",
        {LOGS: "/etc/rsyslog.conf: IncludeConfig /opt/site/*.conf\n/etc/rsyslog.conf: *.emerg /var/log/e\n"},
        MANUAL,
        "authpriv",
    ),
    # clock
    ("LNX-AUb-01", {}, MET, "0.000012 秒"),
    ("LNX-AUb-01", {CHRONY: TRACKING.replace("0.000012345", "73.5")}, NOT_MET, "73.5"),
    ("LNX-AUb-01", {CHRONY: TRACKING.replace("Normal", "Not synchronised")}, NOT_MET, "没有同步"),
    ("LNX-AUb-01", {CHRONY: Answer(1, b"506 Cannot talk to daemon\n", b"", 0)}, MET, "系统表示"),
    ("LNX-AUb-01", {CHRONY: MISSING, SYSTEM: MISSING}, MANUAL, "chronyd"),
    ("LNX-AUb-01", {CHRONY: TRACKING.replace("Leap", "Deep")}, MET, "系统表示"),
    ("LNX-AUb-01", {CHRONY: MISSING, SYSTEM: "NTP synchronized: no\n"}, MANUAL, "读不出同步状态"),
    ("LNX-AUb-01", {PS: NTPD, NTP: PEERS}, MET, "0.000120 秒"),
    ("LNX-AUb-01", {PS: NTPD, NTP: PEERS.replace("*192", " 192")}, NOT_MET, "ntpd"),
    ("LNX-AUb-01", {PS: NTPD, NTP: PEERS.replace("-0.120", "-9120.5")}, NOT_MET, "9.1205"),
    ("LNX-AUb-01", {PS: BARE, SYSTEM: "System clock synchronized: no\n"}, NOT_MET, "没有同步（-）"),
    ("LNX-AUb-01", {PS: BARE, SYSTEM: MISSING}, MANUAL, "定时任务"),
    (
        "LNX-AUb-01",
        {PS: BARE, SYSTEM: "NTP synchronized: no\n", LINUX["jobs"]: "/etc/crontab: ntpdate\n"},
        MANUAL,
        "定时任务",
    ),
    (
        "LNX-AUb-01",
        {PS: BARE + "systemd-timesyn\n", SYSTEM: "System clock synchronized: yes\n"},
        MET,
        "systemd-timesyncd",
    ),
    # audit records
    ("LNX-AUb-02", {}, MET, "type=USER_LOGIN"),
    ("LNX-AUb-02", {RECORD: " type=USER_LOGIN msg=audit(1.1:1): uid=0\n"}, NOT_MET, "auid、res"),
    ("LNX-AUb-02", {RECORD: "\n"}, MANUAL, "没有登录记录"),
    ("LNX-AUb-02", {RECORD: Answer(0, b"\n", b"tail: audit.log: Permission denied\n", 0)}, MANUAL, "denied"),
    # modes of logs
    ("LNX-AUc-01", {}, MET, "/var/log/audit"),
    ("LNX-AUc-01", {LINUX["log_modes"]: "777 root root /var/log\n"}, NOT_MET, "777"),
    ("LNX-AUc-01", {LINUX["log_modes"]: "775 root syslog /var/log\n640 syslog adm /var/log/syslog\n"}, MET, "syslog"),
    ("LNX-AUc-01", {LINUX["log_modes"]: "755 root root /var/log\n644 root root /var/log/messages\n"}, NOT_MET, "644"),
    ("LNX-AUc-01", {LINUX["log_modes"]: "755 root root /var/log\n600 ops ops /var/log/secure\n"}, NOT_MET, "ops"),
    ("LNX-AUc-01", {LINUX["log_modes"]: Answer(1, b"755 root root /var/log\n", b"stat: no\n", 0)}, MANUAL, "/var/log"),
    # forwarding
    ("LNX-AUc-02", {}, MET, "tcp 198.51.100.5:6514"),
    ("LNX-AUc-02", {LINUX["log_connections"]: NETSTAT}, MET, "已连接"),
    ("LNX-AUc-02", {LINUX["log_connections"]: CONNECTIONS.replace("ESTAB", "SYN-SENT")}, MANUAL, "没有看到"),
    ("LNX-AUc-02", {LINUX["log_connections"]: CONNECTIONS.replace("100.5:", "100.77:")}, MANUAL, "没有看到"),
    ("LNX-AUc-02", {LOGS: FILE_RULES}, NOT_MET, "没有向外发送"),
    ("LNX-AUc-02", {LOGS: FILE_RULES, PS: PROCESSES + "filebeat\n"}, MANUAL, "filebeat"),
    ("LNX-AUc-02", {LOGS: FILE_RULES + "/etc/rsyslog.conf: *.* @198.51.100.5\n"}, MET, "udp 198.51.100.5:514"),
    ("LNX-AUc-02", {LOGS: "/etc/rsyslog.conf: *.*\t@@(z9,o)[2001:db8::5]:601\n"}, MANUAL, "tcp 2001:db8::5:601"),
    ("LNX-AUc-02", {LOGS: "/etc/rsyslog.conf: local7.* @@198.51.100.5:6514\n"}, MANUAL, "authpriv"),
    ("LNX-AUc-02", {LOGS: FILE_RULES + "/etc/rsyslog.conf: *.* @127.0.0.1:514\n"}, NOT_MET, "没有向外"),
    ("LNX-AUc-02", {LOGS: FILE_RULES + "/etc/rsyslog.conf: & @@log.example.gov:6514\n"}, MANUAL, "authpriv"),
    (
        "LNX-AUc-02",
        {LOGS: "/etc/rsyslog.conf: authpriv.* /x\n/etc/rsyslog.conf: & @@log.example.gov:6514\n"},
        MET,
        "log",
    ),
    (
        "LNX-AUc-02",
        {
            LOGS: '/etc/rsyslog.conf: action(\n/etc/rsyslog.conf: type="omfwd"\n'
            '/etc/rsyslog.conf: type="LinkedList"\n'
            '/etc/rsyslog.conf: Target="198.51.100.5"\n'
            '/etc/rsyslog.conf: port="6514"\n/etc/rsyslog.conf: protocol="TCP"\n'
        },
        MET,
        "tcp 198.51.100.5:6514",
    ),
    (
        "LNX-AUc-02",
        {LOGS: '/etc/rsyslog.conf: action(\n/etc/rsyslog.conf: type="omrelp"\n/etc/rsyslog.conf: target="192.0.2.9"\n'},
        MANUAL,
        "relp 192.0.2.9:514",
    ),
    ("LNX-AUc-02", {LOGS: FILE_RULES + "/etc/rsyslog.d/x.conf: if \n"}, NOT_MET, "没有向外"),
    (
        "LNX-AUc-02",
        {LOGS: FILE_RULES + "/etc/rsyslog.conf: if \n/etc/rsyslog.conf:  @@192.0.2.9:601;Fmt\n"},
        MANUAL,
        "tcp 192.0.2.9:601",
    ),
    (
        "LNX-AUc-02",
        {
            LOGS: FILE_RULES + '/etc/rsyslog.conf: action(\n/etc/rsyslog.conf: type="omother"\n'
            '/etc/rsyslog.conf: target="192.0.2.9"\n'
        },
        NOT_MET,
        "没有向外",
    ),
    ("LNX-AUc-02", {LOGS: "/etc/rsyslog.conf: *.* @@192.0.2.9\n/etc/rsyslog.conf: *.* @192.0.2.8\n"}, MET, "UDP"),
    ("LNX-AUc-02", {LOGS: "/etc/rsyslog.conf: if \n"}, MANUAL, "authpriv"),
    ("LNX-AUc-02", {PS: BARE + "syslog-ng\n"}, MANUAL, "syslog-ng"),
    ("LNX-AUc-02", {PS: BARE}, NOT_MET, "没有已知的"[0:2]),
    ("LNX-SMd-01", {}, MET, "198.51.100.5"),
    ("LNX-SMd-01", {LOGS: FILE_RULES}, NOT_MET, "没有向外"),
    # rotation of the system's logs
    ("LNX-AUc-03", {}, MET, "/var/log/messages 210"),
    ("LNX-AUc-03", {ROTATE: ROTATION.replace("rotate 30", "rotate 4")}, MANUAL, "198.51.100.5"),
    ("LNX-AUc-03", {ROTATE: ROTATION.replace("rotate 30", "rotate 4"), LOGS: FILE_RULES}, NOT_MET, "28"),
    ("LNX-AUc-03", {ROTATE: ROTATION.replace("rotate 30", "rotate 4\r"), LOGS: FILE_RULES}, NOT_MET, "28"),
    ("LNX-AUc-03", {ROTATE: ROTATION.replace("rotate 30", "#rotate 30"), LOGS: FILE_RULES}, NOT_MET, "messages 0"),
    ("LNX-AUc-03", {ROTATE: ROTATION.replace("minsize", "size")}, MANUAL, "wtmp ?"),
    (
        "LNX-AUc-03",
        {ROTATE: ROTATION.replace("syslog: {", "syslog: { maxage 30"), LOGS: FILE_RULES},
        NOT_MET,
        "secure 30",
    ),
    (
        "LNX-AUc-03",
        {ROTATE: "/etc/logrotate.d/a: /var/log/*.log { daily\n/etc/logrotate.d/a: rotate 200 }\n"},
        MET,
        "200",
    ),
    (
        "LNX-AUc-03",
        {
            ROTATE: '/etc/logrotate.d/a: "/var/log/secure" /var/log/x {\n/etc/logrotate.d/a: rotate -1\n'
            "/etc/logrotate.d/a: }\n"
        },
        MET,
        "ever",
    ),
    ("LNX-AUc-03", {ROTATE: "/etc/logrotate.d/a: /srv/app.log {\n/etc/logrotate.d/a: }\n"}, MANUAL, "没有列出的日志"),
    (
        "LNX-AUc-03",
        {
            ROTATE: ROTATION.replace(
                "/etc/logrotate.conf: include",
                "/etc/logrotate.conf: /var/log/btmp {\n"
                "/etc/logrotate.conf: rotate 1\n/etc/logrotate.conf: }\n/etc/logrotate.conf: include",
            )
        },
        MET,
        "messages 210",
    ),
    ("LNX-AUc-03", {ROTATE: ""}, MANUAL, "没有列出的日志"),
    # rotation of the audit
    ("LNX-AUc-04", {}, MET, "keep_logs"),
    ("LNX-AUc-04", {LINUX["auditd_settings"]: AUDITD.replace("SYSLOG", "ignore")}, NOT_MET, "ignore"),
    ("LNX-AUc-04", {LINUX["auditd_settings"]: AUDITD.replace("KEEP_LOGS", "ROTATE")}, MANUAL, "1 个审计日志文件"),
    ("LNX-AUc-04", {**FULL, LOGS: FILE_RULES}, NOT_MET, "9 天前；另发送到 -"),
    ("LNX-AUc-04", FULL, MANUAL, "9 天前；另发送到 tcp 198.51.100.5:6514"),
    (
        "LNX-AUc-04",
        {
            LINUX["auditd_settings"]: AUDITD.replace("KEEP_LOGS", "ROTATE"),
            LINUX["audit_files"]: f"{NOW}\n{NOW - 200 * DAY} 1 /var/log/audit/audit.log.4\n",
        },
        MET,
        "200 天前",
    ),
    ("LNX-AUc-04", {LINUX["auditd_settings"]: AUDITD.replace("KEEP_LOGS", "SUSPEND")}, MANUAL, "action 为 suspend，"),
    ("LNX-AUc-04", {LINUX["auditd_settings"]: "space_left_action = email\n"}, MANUAL, "action 为 ?，"),
    ("LNX-AUc-04", {LINUX["auditd_settings"]: "max_log_file_action = keep_logs\n"}, NOT_MET, "action 为 ?，"),
    ("LNX-AUc-04", {LINUX["auditd_settings"]: Answer(2, b"", b"grep: No such file\n", 0)}, MANUAL, "No such file"),
    # who can stop the audit
    ("LNX-AUd-01", {}, MET, "RefuseManualStop"),
    (
        "LNX-AUd-01",
        {LINUX["audit_stoppers"]: "/etc/sudoers:ops ALL=(ALL) NOPASSWD: /usr/bin/systemctl\n"},
        NOT_MET,
        "ops",
    ),
    (
        "LNX-AUd-01",
        {LINUX["audit_stoppers"]: "/etc/sudoers:ops ALL=/sbin/service auditd stop, /bin/ls\n"},
        NOT_MET,
        "ops",
    ),
    ("LNX-AUd-01", {LINUX["audit_stoppers"]: "/etc/sudoers:ops ALL=ALL, !/usr/bin/systemctl\n"}, MET, "sudo"),
    ("LNX-AUd-01", {LINUX["audit_stoppers"]: "/etc/sudoers:root ALL=(ALL) /bin/kill\n"}, MET, "sudo"),
    (
        "LNX-AUd-01",
        {LINUX["audit_stoppers"]: "/etc/sudoers:Cmnd_Alias P = /bin/kill, /usr/bin/killall\n"},
        MANUAL,
        "别名",
    ),
    ("LNX-AUd-01", {LINUX["audit_stoppers"]: "/etc/polkit-1/rules.d/9.rules:manage-units\n"}, MANUAL, "9.rules"),
    ("LNX-AUd-01", {UNIT: MISSING}, MANUAL, "手工停止"),
    ("LNX-AUd-01", {UNIT: MISSING, STATUS: "enabled 2\n"}, MET, "锁定"),
    ("LNX-AUd-01", {UNIT: "RefuseManualStop=no\n"}, MANUAL, "手工停止"),
    ("LNX-AUd-01", {PS: BARE}, NOT_MET, "auditd 没有运行"),
    # packages
    ("LNX-IPa-01", {}, MET, "3 个软件包"),
    ("LNX-IPa-01", {LINUX["packages"]: PACKAGES + f"{NOW} telnet-server 0.17-65.el7\n"}, NOT_MET, "telnet-server 0.17"),
    ("LNX-IPa-01", {LINUX["packages"]: DPKG}, MET, "1 个软件包"),
    ("LNX-IPa-01", {LINUX["packages"]: DPKG + "install ok installed vsftpd 3.0.3\n"}, NOT_MET, "vsftpd"),
    ("LNX-IPa-01", {LINUX["packages"]: ""}, MANUAL, "没有输出"),
    ("LNX-IPa-01", {LINUX["packages"]: MISSING}, MANUAL, "没有这个命令"),
    # services
    ("LNX-IPb-01", {}, MET, "3 个服务"),
    ("LNX-IPb-01", {LINUX["services"]: SERVICES + "active cups.service\n"}, NOT_MET, "cups"),
    ("LNX-IPb-01", {LINUX["services"]: SERVICES + "enabled telnet.socket\n"}, NOT_MET, "telnet enabled"),
    ("LNX-IPb-01", {LINUX["services"]: "enabled auditd\nenabled avahi-daemon\n"}, NOT_MET, "avahi-daemon"),
    (
        "LNX-IPb-01",
        {"ss -lntup": SS + 'tcp LISTEN 0 9 0.0.0.0:25 *:* users:(("master",pid=9,fd=3))\n'},
        NOT_MET,
        "postfix",
    ),
    ("LNX-IPb-01", {LINUX["services"]: Answer(127, b"", b"", 0)}, MANUAL, "没有这个命令"),
    ("LNX-IPb-01", {LINUX["services"]: Answer(0, b"", b"Failed to connect to bus\n", 0)}, MANUAL, "没有输出"),
    # shares
    ("LNX-IPb-03", {}, MET, "没有运行"),
    ("LNX-IPb-03", _exports("/srv/data *(rw,sync)"), NOT_MET, "/srv/data *(rw,sync)"),
    ("LNX-IPb-03", _exports("/srv/data 192.0.2.0/24(rw,no_root_squash)"), NOT_MET, "no_root_squash"),
    ("LNX-IPb-03", _exports('"/srv/my data" 192.0.2.5(rw)', "# /x *(rw)", ""), MET, "nfsd"),
    ("LNX-IPb-03", _exports("/srv/data (ro)"), NOT_MET, "(ro)"),
    ("LNX-IPb-03", _exports("/srv/data"), NOT_MET, "/srv/data *"),
    ("LNX-IPb-03", _exports("/srv/data -no_root_squash 192.0.2.5 192.0.2.6(ro)"), NOT_MET, "192.0.2.5"),
    ("LNX-IPb-03", _exports("/srv/data 192.0.2.5(rw) \\", "   *(ro)"), NOT_MET, "*(ro)"),
    ("LNX-IPb-03", {PS: SMB, LINUX["samba_guests"]: "[global]\n[pub]\n\tguest ok = Yes\n"}, NOT_MET, "[pub]"),
    ("LNX-IPb-03", {PS: SMB, LINUX["samba_guests"]: "[global]\n\tmap to guest = Bad User\n[own]\n"}, MET, "smbd"),
    ("LNX-IPb-03", {PS: SMB, LINUX["samba_guests"]: ""}, MANUAL, "没有输出"),
    ("LNX-IPb-03", {PS: SMB}, MANUAL, "没有这个命令"),
    ("LNX-IPb-03", {PS: PROCESSES + "ganesha.nfsd\n"}, MANUAL, "ganesha"),
    # where management comes from
    ("LNX-IPc-01", {}, MET, "firewalld：public"),
    ("LNX-IPc-01", {ZONE: ZONES.replace("dhcpv6-client", "dhcpv6-client ssh")}, NOT_MET, "端口 22"),
    ("LNX-IPc-01", {ZONE: ZONES.replace("8080/tcp", "20-30/tcp")}, NOT_MET, "22"),
    ("LNX-IPc-01", {ZONE: ZONES.replace("target: default", "target: ACCEPT")}, NOT_MET, "22"),
    ("LNX-IPc-01", {ZONE: ZONES.replace(' source address="192.0.2.0/24"', "")}, MANUAL, "rule family"),
    ("LNX-IPc-01", {SSHD_T: SSHD + "port 2222\n", ZONE: ZONES.replace("8080", "2222")}, NOT_MET, "22、2222"),
    ("LNX-IPc-01", _filter(IPTABLES), MET, "iptables"),
    ("LNX-IPc-01", _filter(IPTABLES.replace("-s 192.0.2.0/24 ", "")), NOT_MET, "没有限制"),
    (
        "LNX-IPc-01",
        _filter(IPTABLES.replace("-A INPUT -j REJECT --reject-with icmp-host-prohibited\n", "")),
        NOT_MET,
        "22",
    ),
    ("LNX-IPc-01", _filter(IPTABLES.replace("--dports 80,443", "--dports 20:80")), NOT_MET, "22"),
    (
        "LNX-IPc-01",
        _filter(IPTABLES.replace("--dports 80,443", "--dports 22 -m limit --limit 3/min")),
        MANUAL,
        "iptables",
    ),
    (
        "LNX-IPc-01",
        _filter("-P INPUT ACCEPT\n-A INPUT ! -s 192.0.2.0/24 -p tcp -m tcp --dport 22 -j DROP\n"),
        MANUAL,
        "ipt",
    ),
    (
        "LNX-IPc-01",
        _filter("-P INPUT DROP\n-A INPUT -p tcp -m set --match-set admin src --dport 22 -j ACCEPT\n"),
        MET,
        "ip",
    ),
    ("LNX-IPc-01", _filter(CHAINED), MET, "iptables"),
    (
        "LNX-IPc-01",
        {
            ZONE: STOPPED,
            SSHD_T: SSHD + "port 2222\n",
            TABLES: IPTABLES.replace("--dports 80,443", "--dports 80,2222"),
        },
        NOT_MET,
        "22、2222",
    ),
    ("LNX-IPc-01", _filter(CHAINED.replace("-A SSH -j RETURN", "-A SSH -j ACCEPT")), NOT_MET, "22"),
    ("LNX-IPc-01", _filter(NFT, "nftables"), MET, "nft"),
    ("LNX-IPc-01", _filter(NFT.replace("ip saddr @admin ", ""), "nftables"), NOT_MET, "22"),
    ("LNX-IPc-01", _filter(NFT.replace("policy drop", "policy accept"), "nftables"), NOT_MET, "22"),
    ("LNX-IPc-01", _filter(NFT.replace("ip saddr @admin", 'iifname "eth0"'), "nftables"), MANUAL, "nft"),
    ("LNX-IPc-01", {ZONE: MISSING}, NOT_MET, "没有限制"),
    ("LNX-IPc-01", {ZONE: MISSING, SSHD_T: SSHD + "allowusers ops@192.0.2.*\n"}, MET, "AllowUsers"),
    ("LNX-IPc-01", {ZONE: MISSING, SSHD_T: SSHD + "allowusers ops@192.0.2.5\nallowusers dba\n"}, NOT_MET, "22"),
    ("LNX-IPc-01", {ZONE: MISSING, SSHD_T: SSHD + "allowusers ops@*\n"}, NOT_MET, "22"),
    (
        "LNX-IPc-01",
        {ZONE: MISSING, LINUX["match_blocks"]: "/etc/ssh/sshd_config:Match Address 192.0.2.0/24\n"},
        MANUAL,
        "M",
    ),
    (
        "LNX-IPc-01",
        {
            ZONE: MISSING,
            LINUX[
                "wrappers"
            ]: "libwrap\n/etc/hosts.allow: sshd: 192.0.2.\n/etc/hosts.deny: # x\n/etc/hosts.deny: ALL: ALL\n",
        },
        MET,
        "hosts.allow 192.0.2.",
    ),
    (
        "LNX-IPc-01",
        {ZONE: MISSING, LINUX["wrappers"]: "libwrap\n/etc/hosts.allow: ALL : ALL\n/etc/hosts.deny: sshd : ALL\n"},
        NOT_MET,
        "22",
    ),
    (
        "LNX-IPc-01",
        {ZONE: MISSING, LINUX["wrappers"]: "libwrap\n/etc/hosts.allow: sshd: ALL: deny\n/etc/hosts.deny: ALL: ALL\n"},
        MANUAL,
        "hosts.deny",
    ),
    ("LNX-IPc-01", {ZONE: Answer(253, b"", b"Authorization failed.\n", 0)}, MANUAL, "253"),
    ("LNX-IPc-01", {ZONE: MISSING, LINUX["nftables"]: MISSING}, MANUAL, "没有这个命令"),
    ("LNX-IPc-01", {SSHD_T: MISSING}, MANUAL, "没有这个命令"),
    # updates
    ("LNX-IPe-01", {}, MET, "20 天"),
    ("LNX-IPe-01", {LINUX["packages"]: f"{NOW - 400 * DAY} bash 4.2-46.el7\n"}, NOT_MET, "400 天"),
    ("LNX-IPe-01", DEBIAN, MET, "10 天"),
    ("LNX-IPe-01", {LINUX["packages"]: DPKG}, MANUAL, "No such file"),
    ("LNX-IPe-02", {}, MET, "52.22"),
    ("LNX-IPe-02", {"uname -r": "4.19.90-52.15.v2207.ky10.x86_64\n"}, NOT_MET, "最新内核 4.19.90-52.22"),
    (
        "LNX-IPe-02",
        {
            "uname -r": "4.18.0-553.el8.x86_64\n",
            LINUX["packages"]: "1 kernel-uek 5.4.17-1.el8\n2 kernel 4.18.0-553.el8\n",
        },
        MET,
        "4.18.0-553",
    ),
    ("LNX-IPe-02", {"uname -r": "5.10.0-own\n"}, MANUAL, "5.10.0-own"),
    ("LNX-IPe-02", {LINUX["packages"]: f"{NOW} bash 5.0\n"}, MANUAL, "（-）"),
    ("LNX-IPe-02", {**DEBIAN, "uname -r": "6.1.0-18-amd64\n"}, MET, "6.1.0-18"),
    (
        "LNX-IPe-02",
        {
            "uname -r": "6.1.0-9-amd64\n",
            LINUX["packages"]: DPKG + "install ok installed linux-image-6.1.0-9-amd64 6.1\n",
        },
        NOT_MET,
        "6.1.0-18",
    ),
    ("LNX-IPe-03", {}, MANUAL, "dnf"),
    ("LNX-IPe-03", {**DEBIAN, LINUX["pending_updates"]: APT}, MET, "3 天前"),
    (
        "LNX-IPe-03",
        {
            **DEBIAN,
            LINUX["pending_updates"]: APT + "Inst liblzma5  (5.4.1 Debian-Security:12/oldstable-security [amd64])\n",
        },
        NOT_MET,
        "liblzma5",
    ),
    (
        "LNX-IPe-03",
        {**DEBIAN, LINUX["pending_updates"]: APT.replace(str(NOW - 3 * DAY), str(NOW - 90 * DAY))},
        MANUAL,
        "90 天前",
    ),
    ("LNX-IPe-03", {**DEBIAN, LINUX["pending_updates"]: f"lists {NOW}\n"}, MANUAL, "没有输出"),
    (
        "LNX-IPe-03",
        {**DEBIAN, RELEASE: "ID=kylin\nVERSION_ID=V10\n", LINUX["pending_updates"]: APT},
        MANUAL,
        "没有标明",
    ),
    ("LNX-IPe-04", {}, MANUAL, "kylin V10"),
    ("LNX-IPe-04", {RELEASE: 'ID="centos"\nVERSION_ID="7"\n'}, NOT_MET, "2024-06-30"),
    ("LNX-IPe-04", {RELEASE: "ID=debian\r\nVERSION_ID='12'\r\n"}, MET, "2028-06-30"),
    ("LNX-IPe-04", {RELEASE: 'ID="rhel"\nVERSION_ID="7.9"\n'}, NOT_MET, "rhel 7"),
    (
        "LNX-IPe-04",
        {RELEASE: Answer(1, b"", b"cat: No such file\n", 0), OLD_RELEASE: "CentOS release 6.10 (Final)\n"},
        NOT_MET,
        "centos 6",
    ),
    (
        "LNX-IPe-04",
        {RELEASE: Answer(1, b"", b"cat: No such file\n", 0), OLD_RELEASE: "NeoKylin release 6\n"},
        MANUAL,
        "Neo",
    ),
    # guards
    ("LNX-IPf-01", {}, MET, "wazuh-agentd"),
    ("LNX-IPf-01", {PS: BARE}, MET, "aidecheck.timer"),
    ("LNX-IPf-01", {PS: BARE, LINUX["jobs"]: ""}, NOT_MET, "定时检查：-"),
    ("LNX-IPf-01", {PS: BARE, LINUX["aide_database"]: ""}, NOT_MET, "没有建库"),
    ("LNX-IPf-01", {PS: DENIED}, MANUAL, "denied"),
    ("LNX-MC-01", {}, MET, "2026-11-18"),
    ("LNX-MC-01", {LINUX["signatures"]: "/var/lib/clamav/daily.cvd 07 Jun 2023 03-29 -0400\n"}, NOT_MET, "2023-06-07"),
    ("LNX-MC-01", {LINUX["signatures"]: ""}, NOT_MET, "没有特征库"),
    ("LNX-MC-01", {LINUX["signatures"]: "/var/lib/clamav/daily.cld \n"}, MANUAL, "已知格式"),
    ("LNX-MC-01", {PS: BARE + "freshclam\n"}, MANUAL, "freshclam"),
    ("LNX-MC-01", {PS: BARE}, NOT_MET, "没有已知的防恶意代码产品"),
    ("LNX-MC-01", {PS: BARE + "AliYunDun\n"}, MANUAL, "AliYunDun"),
    ("LNX-TV-01", {}, MANUAL, "tpm0"),
    ("LNX-TV-01", {LINUX["trust"]: ""}, MANUAL, "没有可信验证"),
    # integrity, backup, management centre
    ("LNX-DI-01", {}, MET, "sshd"),
    ("LNX-DI-01", {"ss -lntup": SS + "tcp LISTEN 0 5 *:23 *:*\n"}, NOT_MET, "23"),
    ("LNX-DI-01", {"ss -lntup": SS.replace("sshd", "other")}, MANUAL, "sshd"),
    ("LNX-SMb-01", {}, MET, "sshd"),
    ("LNX-SMb-01", {"ss -lntup": SS + "tcp LISTEN 0 5 *:513 *:*\n"}, NOT_MET, "513"),
    ("LNX-DI-02", {}, MET, "aide.db.gz（2026-10-22）"),
    ("LNX-DI-02", {LINUX["aide_database"]: ""}, MANUAL, "wazuh-agentd"),
    ("LNX-DI-02", {LINUX["aide_database"]: "", PS: BARE}, NOT_MET, "没有建库"),
    ("LNX-DI-02", {LINUX["jobs"]: "/etc/cron.daily/x: rsync\n"}, NOT_MET, "定时检查：-"),
    ("LNX-BRa-01", {}, MANUAL, "rsync"),
    ("LNX-BRa-01", {LINUX["jobs"]: ""}, MANUAL, "没有备份任务"),
    ("LNX-SMc-01", {}, MET, "zabbix_agentd"),
    ("LNX-SMc-01", {PS: BARE}, MANUAL, "没有已知的监测代理"),
    ("LNX-SMc-01", {PS: BARE + "prometheus-node\n"}, MET, "prometheus-node-exporter"),
]


@pytest.mark.parametrize(("check", "said", "outcome", "quoted"), CASES)
def test_the_verdict_is_right_and_quotes_what_was_seen(check: str, said: Said, outcome: Outcome, quoted: str) -> None:
    found = result(check, said)
    assert (found.outcome, quoted in found.observed) == (outcome, True), found.observed


def test_a_sound_host_has_no_finding_and_few_results_for_a_person() -> None:
    outcomes = {each.check.id: each.outcome for each in assessed().results if each.check.id in OWN}
    assert {check for check, outcome in outcomes.items() if outcome is not MET} == {
        "LNX-IPe-03",  # dnf and yum cannot be asked without writing
        "LNX-IPe-04",  # the maker's dates of Kylin are not known here
        "LNX-TV-01",
        "LNX-BRa-01",
    }
    assert NOT_MET not in outcomes.values()


@pytest.mark.parametrize("check", OWN)
def test_every_check_is_shown_in_both_directions(check: str) -> None:
    outcomes = {outcome for id_, _, outcome, _ in CASES if id_ == check}
    assert NOT_MET in outcomes or check in NEVER_A_FINDING
    assert outcomes & {MET, MANUAL}


@pytest.mark.parametrize("check", OWN)
@pytest.mark.parametrize(
    "spoilt", [MISSING, DENIED, Answer(0, b"\xff\x00garbage:::\n %s {0}\n", b"", 0), Answer(0, b"", b"", 0)]
)
def test_what_cannot_be_read_or_understood_is_never_met(check: str, spoilt: Answer) -> None:
    found = result(check, dict.fromkeys(result(check).commands, spoilt))
    assert found.outcome is not MET, found.observed


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(alphabet=st.sampled_from(' \n\t"{}=:@-/*,.()0129aelmnoprstu*[]#\\!'), max_size=200))
def test_no_reading_of_odd_text_ends_in_anything_but_a_verdict_or_a_reason(words: str) -> None:
    odd = dict.fromkeys({command for check in OWN for command in result(check).commands} - {PS, "uname -r"}, words)
    kind = next(each for each in CATALOGUE.types if each.code == "linux")
    host, _ = host_of(transcript(odd), CATALOGUE.declarations("linux"))
    for entry in kind.entries:
        if entry.check.id in OWN:
            try:
                entry.run(host)
            except UNDECIDED:
                continue
