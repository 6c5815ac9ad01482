"""A Linux host in the shape of its answers: sound by default, each test spoils what it is about."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime

from anwei.baseline import catalogue, checking
from anwei.baseline.result import ObjectAssessment, Result
from anwei.evidence.script import Answer
from anwei.evidence.transcript import Transcript
from baselines.mlps.reading import commands
from tests.unit.baseline import sound_access
from tests.unit.baseline.sound_linux_watch import WATCH

Said = Mapping[str, str | bytes | Answer] | None

CATALOGUE = catalogue.load(3)
LINUX = commands("linux")
TAKEN = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)

CHECKS = tuple(entry.check for each in CATALOGUE.types if each.code == "linux" for entry in each.entries)

ACCOUNTS = """root:x:0:0:root:/root:/bin/bash
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
ops:x:1000:1000:,,,:/home/ops:/bin/bash
"""
SSHD = """port 22
logingracetime 30
maxauthtries 4
permitrootlogin no
permitemptypasswords no
hostbasedauthentication no
ignorerhosts yes
pubkeyauthentication yes
gssapiauthentication no
x11forwarding no
usepam yes
authenticationmethods publickey,keyboard-interactive
ciphers chacha20-poly1305@openssh.com,aes256-gcm@openssh.com
macs hmac-sha2-256-etm@openssh.com
kexalgorithms curve25519-sha256
"""
SS = """Netid State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess
udp   UNCONN 0      0          127.0.0.1:323      0.0.0.0:*    users:(("chronyd",pid=601,fd=5))
tcp   LISTEN 0      128          0.0.0.0:22       0.0.0.0:*    users:(("sshd",pid=801,fd=3))
tcp   LISTEN 0      100        127.0.0.1:111      0.0.0.0:*    users:(("rpcbind",pid=1,fd=3))
tcp   LISTEN 0      128             [::]:22          [::]:*    users:(("sshd",pid=801,fd=4))
"""
MODES = """644 root root /etc/passwd
644 root root /etc/group
0 root root /etc/shadow
640 root shadow /etc/gshadow
600 root root /etc/ssh/sshd_config
"""
SETTINGS = """/etc/profile:umask 027
/etc/profile:HISTSIZE=100
/etc/profile.d/timeout.sh:readonly TMOUT=300; export TMOUT
"""

SOUND: dict[str, str | bytes | Answer] = {
    "cat -- /etc/os-release": 'NAME="Kylin Linux"\nPRETTY_NAME="Kylin Linux Advanced Server V10 (Lance)"\n',
    LINUX["accounts"]: ACCOUNTS,
    "cat -- /etc/login.defs": "# comment\nPASS_MAX_DAYS\t90\nUMASK 027\n",
    **sound_access.ANSWERS,
    "cat -- /proc/uptime": "266400.55 1000.00\n",
    "uname -r": "4.19.90-52.22.v2207.ky10.x86_64\n",
    "ip -o addr show scope global": "2: eth0    inet 192.0.2.10/24 brd 192.0.2.255 scope global eth0\\ valid_lft\n",
    LINUX["python_versions"]: "Python 2.7.18\nPython 3.7.9\nPython 3.7.9\n",
    LINUX["shell_settings"]: SETTINGS,
    "/usr/sbin/sshd -T": SSHD,
    LINUX["match_blocks"]: "",
    "ss -lntup": SS,
    "netstat -lntup": Answer(127, b"", b"sh: netstat: not found\n", 0),
    "ps -e -o comm=": "systemd\nrsyslogd\nsshd\n",
    LINUX["modes"]: MODES,
    LINUX["log_files"]: "*.*;auth,authpriv.none\t-/var/log/syslog\nauth,authpriv.*\t/var/log/auth.log\n",
    **WATCH,
}
MISSING = Answer(127, b"", b"sh: not found\n", 0)
DENIED = Answer(1, b"", b"cat: x: Permission denied\n", 0)


def transcript(said: Said = None, *, without: Collection[str] = ()) -> Transcript:
    """What the host said, with some answers replaced (by text, bytes or a whole answer) or left out."""
    answers = {**SOUND, **(said or {})}
    whole = {text: answer(each) for text, each in answers.items() if text not in without}
    return Transcript("host1", "linux", TAKEN, "root", 0, whole, 1, 0.5)


def answer(each: str | bytes | Answer) -> Answer:
    """An answer from what a test wrote."""
    if isinstance(each, Answer):
        return each
    return Answer(0, each.encode() if isinstance(each, str) else each, b"", 0)


def assessed(said: Said = None, **options: Collection[str]) -> ObjectAssessment:
    """The host assessed by the level-3 catalogue."""
    return checking.assess(CATALOGUE, "estate", {"host1": transcript(said, **options)}, TAKEN).objects[0]


def result(check: str, said: Said = None, **options: Collection[str]) -> Result:
    """The result of one check on the host."""
    return next(each for each in assessed(said, **options).results if each.check.id == check)
