"""Every Linux check, on sound hosts, on bad ones, and on the odd ones that there are."""

import pytest

from anwei.baseline.result import Outcome
from anwei.evidence.script import Answer
from tests.unit.baseline.machine import (
    ACCOUNTS,
    CATALOGUE,
    CHECKS,
    DENIED,
    LINUX,
    MISSING,
    MODES,
    SS,
    SSHD,
    assessed,
    result,
)

MET, NOT_MET, MANUAL = Outcome.MET, Outcome.NOT_MET, Outcome.MANUAL
SETTINGS, LOGS = LINUX["shell_settings"], LINUX["log_files"]
PASSWD_FILE, LOGIN_DEFS, SSHD_T = LINUX["accounts"], "cat -- /etc/login.defs", "/usr/sbin/sshd -T"
NETSTAT = """Active Internet connections (only servers)
Proto Recv-Q Send-Q Local Address           Foreign Address         State       PID/Program name
tcp        0      0 0.0.0.0:23              0.0.0.0:*               LISTEN      812/xinetd
tcp6       0      0 ::1:873                 :::*                    LISTEN      -
udp        0      0 0.0.0.0:69              0.0.0.0:*                           812/xinetd
"""


# What no answer of a host can decide: updates, the end of support, trust in hardware, what a backup holds.
FOR_PEOPLE = {"LNX-IPe-03", "LNX-IPe-04", "LNX-TV-01", "LNX-BRa-01"}


def test_a_sound_host_has_no_finding_and_what_no_answer_decides_is_for_a_person() -> None:
    outcomes = {each.check.id: each.outcome for each in assessed().results}
    assert outcomes == {check.id: MANUAL if check.id in FOR_PEOPLE else MET for check in CHECKS}


CASES = [
    # unique accounts
    ("LNX-IAa-02", {PASSWD_FILE: ACCOUNTS + "toor:x:0:0::/root:/bin/sh\n"}, NOT_MET, "toor"),
    ("LNX-IAa-02", {PASSWD_FILE: ACCOUNTS + "backup:x:1000:1::/:/bin/sh\n"}, NOT_MET, "backup(1000)"),
    ("LNX-IAa-02", {PASSWD_FILE: ACCOUNTS + "ops:x:1001:1::/:/bin/sh\n"}, NOT_MET, "ops(1001)"),
    ("LNX-IAa-02", {PASSWD_FILE: ACCOUNTS + "# old\n\n+::::::\n-bad::::::\n"}, MET, "3"),
    ("LNX-IAa-02", {PASSWD_FILE: ACCOUNTS.replace("\n", "\r\n")}, MET, "3"),
    ("LNX-IAa-02", {PASSWD_FILE: ACCOUNTS.encode() + "网管:x:1001:1:网管:/:/bin/sh\n".encode("gbk")}, MET, "4"),
    ("LNX-IAa-02", {PASSWD_FILE: "+::::::\n"}, MANUAL, "passwd"),
    ("LNX-IAa-02", {PASSWD_FILE: DENIED}, MANUAL, "Permission denied"),
    # password age
    ("LNX-IAa-04", {}, MET, "PASS_MAX_DAYS 为 90"),
    ("LNX-IAa-04", {LOGIN_DEFS: "PASS_MAX_DAYS 99999\n"}, NOT_MET, "99999"),
    ("LNX-IAa-04", {LOGIN_DEFS: "PASS_MAX_DAYS -1\n"}, NOT_MET, "-1"),
    ("LNX-IAa-04", {LOGIN_DEFS: "PASS_MAX_DAYS 90\nPASS_MAX_DAYS 365\n"}, NOT_MET, "365"),
    ("LNX-IAa-04", {LOGIN_DEFS: "#PASS_MAX_DAYS 90\nPASS_MIN_DAYS 1\n"}, NOT_MET, "未设置"),
    ("LNX-IAa-04", {LOGIN_DEFS: "PASS_MAX_DAYS 60\r\n"}, MET, "60"),
    ("LNX-IAa-04", {LOGIN_DEFS: "PASS_MAX_DAYS ninety\n"}, MANUAL, "ninety"),
    ("LNX-IAa-04", {LOGIN_DEFS: "# 口令\n".encode("gbk") + b"PASS_MAX_DAYS 99999 # \xff\n"}, NOT_MET, "99999"),
    ("LNX-IAa-04", {LOGIN_DEFS: DENIED}, MANUAL, "Permission denied"),
    # idle timeout
    ("LNX-IAb-02", {SETTINGS: ""}, NOT_MET, "未设置"),
    ("LNX-IAb-02", {SETTINGS: "/etc/profile:export TMOUT=0\n"}, NOT_MET, "TMOUT=0"),
    ("LNX-IAb-02", {SETTINGS: "/etc/profile:readonly TMOUT=3600\n"}, NOT_MET, "3600"),
    ("LNX-IAb-02", {SETTINGS: "/etc/profile:\tTMOUT=300\r\n"}, MANUAL, "TMOUT=300"),
    ("LNX-IAb-02", {SETTINGS: "/etc/bashrc:typeset -xr TMOUT=900\n"}, NOT_MET, "900"),
    ("LNX-IAb-02", {SETTINGS: "/etc/bashrc:declare -xr TMOUT='300'\n"}, MET, "/etc/bashrc"),
    ("LNX-IAb-02", {SETTINGS: "/etc/profile:TMOUT=300\n/etc/bashrc:TMOUT=600\n"}, MANUAL, "600"),
    ("LNX-IAb-02", {SETTINGS: "/etc/profile:TMOUT=$SITE_TIMEOUT\n"}, MANUAL, "$SITE_TIMEOUT"),
    ("LNX-IAb-02", {SETTINGS: "/etc/profile:umask 022 # TMOUT=300\n"}, NOT_MET, "未设置"),
    ("LNX-IAb-02", {SETTINGS: Answer(1, b"", b"grep: /etc/profile: Permission denied\n", 0)}, MANUAL, "denied"),
    ("LNX-IAb-02", {SETTINGS: Answer(0, b"", b"grep: /etc/profile: Permission denied\n", 0)}, MANUAL, "denied"),
    # sshd
    ("LNX-IAb-03", {}, MET, "maxauthtries 为 4"),
    ("LNX-IAb-03", {SSHD_T: SSHD.replace("tries 4", "tries 6")}, NOT_MET, "6"),
    ("LNX-IAb-03", {SSHD_T: SSHD.replace("time 30", "time 120")}, NOT_MET, "120"),
    ("LNX-IAb-03", {SSHD_T: SSHD.replace("time 30", "time 0")}, NOT_MET, "0 秒"),
    ("LNX-IAb-03", {SSHD_T: MISSING}, MANUAL, "没有这个命令"),
    ("LNX-IAb-03", {SSHD_T: Answer(1, b"", b"sshd: no hostkeys available -- exiting.\n", 0)}, MANUAL, "no hostkeys"),
    ("LNX-IAb-03", {SSHD_T: "permitrootlogin no\n"}, MANUAL, "maxauthtries"),
    ("LNX-IAb-03", {SSHD_T: SSHD.replace("tries 4", "tries many")}, MANUAL, "many"),
    ("LNX-IAc-02", {}, MET, "curve25519-sha256"),
    ("LNX-IAc-02", {SSHD_T: SSHD.replace("ciphers ", "ciphers aes128-cbc,")}, NOT_MET, "aes128-cbc"),
    ("LNX-IAc-02", {SSHD_T: SSHD.replace("macs ", "macs hmac-sha1-96,")}, NOT_MET, "hmac-sha1-96"),
    ("LNX-IAc-02", {SSHD_T: SSHD.replace("algorithms ", "algorithms diffie-hellman-group1-sha1,")}, NOT_MET, "group1"),
    ("LNX-IAc-02", {SSHD_T: MISSING}, MANUAL, "没有这个命令"),
    ("LNX-ACb-02", {SSHD_T: SSHD.replace("login no", "login yes")}, NOT_MET, "yes"),
    ("LNX-ACb-02", {SSHD_T: SSHD.replace("login no", "login without-password")}, NOT_MET, "without-password"),
    ("LNX-ACb-02", {LINUX["match_blocks"]: "/etc/ssh/sshd_config:Match LocalPort 22\n"}, MANUAL, "LocalPort 22"),
    ("LNX-ACb-02", {SSHD_T: MISSING}, MANUAL, "没有这个命令"),
    # listening sockets
    ("LNX-IAc-01", {}, MET, "22"),
    (
        "LNX-IAc-01",
        {"ss -lntup": SS + 'tcp LISTEN 0 5 *:23 *:* users:(("in.telnetd",pid=9,fd=3))\n'},
        NOT_MET,
        "in.telnetd",
    ),
    ("LNX-IAc-01", {"ss -lntup": SS + "tcp LISTEN 0 5 127.0.0.1:21 0.0.0.0:*\n"}, MET, "21"),
    ("LNX-IAc-01", {"ss -lntup": MISSING, "netstat -lntup": NETSTAT}, NOT_MET, "0.0.0.0:23 xinetd"),
    ("LNX-IAc-01", {"ss -lntup": MISSING}, MANUAL, "netstat"),
    ("LNX-IPb-02", {}, MET, "0.0.0.0:22"),
    ("LNX-IPb-02", {"ss -lntup": SS + "tcp LISTEN 0 5 [::]:111 [::]:*\n"}, NOT_MET, "[::]:111"),
    ("LNX-IPb-02", {"ss -lntup": SS + "udp UNCONN 0 0 192.0.2.10%eth0:137 0.0.0.0:*\n"}, NOT_MET, "udp 192.0.2.10:137"),
    ("LNX-IPb-02", {"ss -lntup": SS + "tcp LISTEN 0 5 [::ffff:127.0.0.1]:445 *:*\n"}, MET, "22"),
    ("LNX-IPb-02", {"ss -lntup": SS + "udp UNCONN 0 0 0.0.0.0:514 0.0.0.0:*\n"}, MET, "514"),
    ("LNX-IPb-02", {"ss -lntup": MISSING, "netstat -lntup": NETSTAT}, NOT_MET, "udp 0.0.0.0:69"),
    ("LNX-IPb-02", {"ss -lntup": Answer(1, b"", b"Cannot open netlink socket\n", 0)}, MANUAL, "netlink"),
    # modes
    ("LNX-ACa-02", {}, MET, "600 root:root /etc/ssh/sshd_config"),
    (
        "LNX-ACa-02",
        {LINUX["modes"]: MODES.replace("0 root root /etc/shadow", "644 root root /etc/shadow")},
        NOT_MET,
        "644",
    ),
    (
        "LNX-ACa-02",
        {LINUX["modes"]: MODES.replace("644 root root /etc/group", "644 ops root /etc/group")},
        NOT_MET,
        "ops",
    ),
    (
        "LNX-ACa-02",
        {LINUX["modes"]: Answer(1, MODES.replace("/etc/gshadow", "").encode(), b"stat: no /etc/gshadow\n", 0)},
        MANUAL,
        "/etc/gshadow",
    ),
    (
        "LNX-ACa-02",
        {LINUX["modes"]: Answer(1, b"666 root root /etc/passwd\n", b"stat: no /etc/gshadow\n", 0)},
        NOT_MET,
        "666",
    ),
    ("LNX-ACa-02", {LINUX["modes"]: MISSING}, MANUAL, "没有这个命令"),
    # umask
    ("LNX-ACa-03", {SETTINGS: "/etc/profile:umask 022\n"}, NOT_MET, "022"),
    ("LNX-ACa-03", {SETTINGS: "/etc/profile:umask 027\n/etc/bashrc:       umask 002\n"}, NOT_MET, "002"),
    ("LNX-ACa-03", {SETTINGS: "/etc/profile:umask 0077\r\n"}, MET, "0077"),
    ("LNX-ACa-03", {SETTINGS: "/etc/profile:umask u=rwx,g=rx,o=\n"}, MANUAL, "u=rwx"),
    ("LNX-ACa-03", {SETTINGS: "/etc/profile:TMOUT=300 # umask 077\n"}, MANUAL, "pam_umask"),
    ("LNX-ACa-03", {SETTINGS: "", LOGIN_DEFS: "PASS_MAX_DAYS 90\n"}, NOT_MET, "未设置"),
    # logging
    ("LNX-AUa-02", {}, MET, "authpriv → /var/log/auth.log、cron → /var/log/syslog"),
    ("LNX-AUa-02", {"ps -e -o comm=": "systemd\nsshd\nps\n"}, NOT_MET, "没有运行"),
    ("LNX-AUa-02", {"ps -e -o comm=": "systemd\nsyslog-ng\nps\n"}, MANUAL, "syslog-ng"),
    ("LNX-AUa-02", {"ps -e -o comm=": Answer(1, b"", b"ps: invalid option -- 'e'\n", 0)}, MANUAL, "invalid option"),
    ("LNX-AUa-02", {LOGS: "*.info;mail.none;authpriv.none;cron.none /var/log/messages\n"}, NOT_MET, "authpriv、cron"),
    ("LNX-AUa-02", {LOGS: "*.emerg /var/log/emergency\n"}, NOT_MET, "authpriv、cron"),
    ("LNX-AUa-02", {LOGS: "authpriv.* /var/log/secure\ncron.* /var/log/cron\n"}, MET, "/var/log/secure"),
    ("LNX-AUa-02", {LOGS: "omfile\nomfile\n"}, MANUAL, "authpriv"),
    ("LNX-AUa-02", {LOGS: ""}, MANUAL, "authpriv"),
]


@pytest.mark.parametrize(("check", "said", "outcome", "quoted"), CASES)
def test_the_verdict_is_right_and_quotes_what_was_seen(
    check: str, said: dict[str, str | bytes | Answer], outcome: Outcome, quoted: str
) -> None:
    found = result(check, said)
    assert (found.outcome, quoted in found.observed) == (outcome, True), found.observed


@pytest.mark.parametrize("check", sorted({each[0] for each in CASES}))
def test_every_check_is_shown_in_both_directions(check: str) -> None:
    outcomes = {outcome for id_, _, outcome, _ in CASES if id_ == check}
    assert NOT_MET in outcomes
    assert outcomes & {MET, MANUAL}


@pytest.mark.parametrize("check", [check.id for check in CHECKS])
@pytest.mark.parametrize(
    "spoilt", [MISSING, DENIED, Answer(0, b"\xff\x00garbage:::\n %s {0}\n", b"", 0), Answer(0, b"", b"", 0)]
)
def test_what_cannot_be_read_or_understood_is_never_met(check: str, spoilt: Answer) -> None:
    commands = result(check).commands
    found = result(check, dict.fromkeys(commands, spoilt))
    assert found.outcome is not MET, found.observed


def test_facts_come_from_the_same_evidence() -> None:
    assert assessed().facts == {
        "system": "Kylin Linux Advanced Server V10 (Lance)",
        "kernel": "4.19.90-52.22.v2207.ky10.x86_64",
        "python": "2.7.18、3.7.9",
        "address": "192.0.2.10",
        "uptime": "已运行 3 天 2 小时",
        "account": "root",
    }


def test_a_host_without_python_says_so_and_a_fact_that_cannot_be_read_is_left_out() -> None:
    facts = assessed({LINUX["python_versions"]: "", "cat -- /etc/os-release": MISSING, "cat -- /proc/uptime": ""}).facts
    assert facts["python"] == "无"
    assert not {"system", "uptime"} & set(facts)


def test_no_program_is_looked_for_by_a_name_that_systemd_itself_has_when_it_is_cut() -> None:
    entries = [entry for each in CATALOGUE.types for entry in each.entries]
    names = [name for entry in entries for key in ("agents", "products") for name in entry.thresholds.get(key, ())]
    assert len(names) > 50
    assert not {name[:15] for name in names} & {
        "systemd-journal",
        "systemd-network",
        "systemd-resolve",
        "systemd-timesyn",
    }
