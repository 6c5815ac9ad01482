"""The longer commands about logs, audit and jobs, run for real over files: what they show, what they keep back."""

import re
import subprocess
from pathlib import Path

import pytest

from anwei.baseline.result import Outcome
from tests.unit.baseline.machine import LINUX, result

NAMES = ["log_files", "rotation", "audit_record", "auditd_settings", "journal", "audit_stoppers", "jobs", "signatures"]
FILES = {
    "etc/rsyslog.conf": """# 日志
module(load="imuxsock" SysSock.Use="off")
$IncludeConfig /etc/rsyslog.d/*.conf
*.info;mail.none;authpriv.none;cron.none    /var/log/messages
authpriv.*\t\t/var/log/secure
cron.*  action(type="omfile" file="/var/log/cron")
*.* >db.example.gov,syslog,user,hunter2
*.* :ommysql:db.example.gov,syslog,user,hunter2
action(type="ommysql" server="db.example.gov" uid="user" pwd="hunter2")
input(type="imtcp" port="10514")
*.* action(
   type="omfwd" Target="198.51.100.5" port="6514" protocol="tcp"
   queue.type="LinkedList" queue.filename="fwd")
#*.* @@198.51.100.9:514
""",
    "etc/rsyslog.d/a.conf": "if $programname == 'x' then @@198.51.100.8:601;Format\r\n",
    "etc/logrotate.conf": "weekly\nrotate 30 #\ninclude /etc/logrotate.d\n/var/log/wtmp {\n\tmonthly\n rotate=12\n}\n",
    "etc/logrotate.d/syslog": """/var/log/cron
"/var/log/messages"
/var/log/secure
{
    postrotate
        mail -s x ops@example.gov -p hunter2 { rotate 1
    endscript
    # rotate 1
}
""",
    "var/log/audit/audit.log": "node=h type=USER_LOGIN msg=audit(1.2:3): pid=9 uid=0 auid=1000 msg='op=login "
    'acct="hunter2" exe="/usr/sbin/sshd" res=success\'\x1dUID="root"\ntype=EXECVE msg=audit(1.3:4): a1="-phunter2"\n',
    "etc/audit/auditd.conf": "max_log_file_action = KEEP_LOGS\nspace_left = 75\nspace_left_action = SYSLOG\n",
    "etc/systemd/journald.conf": "[Journal]\n#Storage=auto\nStorage=persistent\n",
    "etc/systemd/journald.conf.d/9.conf": "[Journal]\nStorage = volatile\n",
    "etc/sudoers": "ops ALL=(ALL) NOPASSWD: /usr/bin/systemctl\n# x systemctl\n%wheel ALL=(ALL) ALL\n",
    "etc/cron.daily/db": "#!/bin/sh\n# aide\nmysqldump -uroot -phunter2 db > /srv/x\n",
    "var/spool/cron/root": "30 2 * * * /usr/bin/rsync --password-file=hunter2 /data 192.0.2.1::x\n",
    "var/lib/clamav/daily.cvd": "ClamAV-VDB:18 Nov 2026 03-29 -0500:26931:2036863:90:x:y:z:1763454567\n",
}


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the commands print of the files, with the names that the files have on a host."""
    root = tmp_path_factory.mktemp("host")
    for name, words in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(words.encode("gbk"))
    return {name: _run(LINUX[name], root) for name in NAMES}


def _run(command: str, root: Path) -> str:
    """A command over the tree: every path of the host in it is one of the tree."""
    elsewhere = re.sub(r"(?<![\w/$])/(etc|var|usr/lib|run)/", rf"{root}/\1/", command)
    done = subprocess.run(["sh", "-c", elsewhere], capture_output=True, check=True, env={"PATH": "/usr/bin:/bin"})
    return done.stdout.decode("utf-8", errors="backslashreplace").replace(str(root), "")


def test_no_command_prints_what_could_be_a_password(printed: dict[str, str]) -> None:
    assert all(said.strip() for said in printed.values())
    assert not [name for name, said in printed.items() if "hunter2" in said]


@pytest.mark.parametrize(
    ("check", "names", "outcome", "quoted"),
    [
        ("LNX-AUa-02", ["log_files"], Outcome.MET, "authpriv → /var/log/secure、cron → /var/log/cron"),
        ("LNX-AUc-02", ["log_files"], Outcome.MET, "tcp 198.51.100.5:6514"),
        ("LNX-AUc-03", ["rotation"], Outcome.MET, "/var/log/messages 210、/var/log/secure 210"),
        ("LNX-AUc-03", ["rotation"], Outcome.MET, "/var/log/wtmp 360"),
        ("LNX-AUc-04", ["auditd_settings"], Outcome.MET, "keep_logs"),
        ("LNX-AUb-02", ["audit_record"], Outcome.MET, "uid=0 auid=1000 res=success"),
        ("LNX-AUd-01", ["audit_stoppers"], Outcome.NOT_MET, "ops ALL"),
        ("LNX-BRa-01", ["jobs"], Outcome.MANUAL, "/etc/cron.daily/db: mysqldump、/var/spool/cron/root: rsync"),
        ("LNX-MC-01", ["signatures"], Outcome.MET, "2026-11-18"),
    ],
)
def test_the_checks_understand_what_the_commands_print(
    printed: dict[str, str], check: str, names: list[str], outcome: Outcome, quoted: str
) -> None:
    found = result(check, {LINUX[name]: printed[name] for name in names})
    assert (found.outcome, quoted in found.observed) == (outcome, True), found.observed


def test_settings_of_the_journal_come_with_their_files(printed: dict[str, str]) -> None:
    assert printed["journal"].splitlines()[:2] == [
        "/etc/systemd/journald.conf:Storage=persistent",
        "/etc/systemd/journald.conf.d/9.conf:Storage = volatile",
    ]
