"""The Linux checks of the MLPS catalogue: plain functions on a testinfra host.

Each reads the effective value where the host can compute it, and says so where only a file was read. What could not be
read is never a finding: `_output` raises, and the result is for a person to look at.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from testinfra.backend.base import CommandResult
from testinfra.host import Host

from anwei.baseline.verdict import NotReadableError, Verdict, manual, met, not_met
from anwei.texts import text

PYTHON_VERSIONS = (
    "for name in python python2 python3 /usr/libexec/platform-python; "
    'do if command -v "$name" >/dev/null; then "$name" -V 2>&1; fi; done'
)
SHELL_SETTINGS = (
    "for file in /etc/profile /etc/bashrc /etc/bash.bashrc /etc/profile.d/*.sh; "
    """do if [ -e "$file" ]; then grep -aHE '^[^#]*(TMOUT|umask)' "$file" || [ $? -eq 1 ]; fi; done"""
)
SSHD_MATCH_BLOCKS = (
    "for file in /etc/ssh/sshd_config /etc/ssh/sshd_config.d/*.conf; "
    """do if [ -e "$file" ]; then grep -aiHE '^[[:space:]]*match[[:space:]]' "$file" || [ $? -eq 1 ]; fi; done"""
)
FILE_MODES = "stat -c '%a %U %G %n' -- /etc/passwd /etc/group /etc/shadow /etc/gshadow /etc/ssh/sshd_config"
LOG_FILES = (
    'for file in /etc/rsyslog.conf /etc/rsyslog.d/*.conf; do if [ -e "$file" ]; then '
    "grep -aoE '^[[:space:]]*[A-Za-z0-9*,;.=!]+[[:space:]]+-?/[^[:space:];]+|omfile' "
    '"$file" || [ $? -eq 1 ]; fi; done'
)
MISSING = 127


def unique_accounts(host: Host) -> Verdict:
    """Names and UIDs are unique, and only root has UID 0. Accounts of a directory service are not in the file."""
    accounts = [line.split(":") for line in _lines(_output(host, "cat -- %s", "/etc/passwd")) if _is_account(line)]
    names, uids = Counter(row[0] for row in accounts), Counter(row[2] for row in accounts)
    roots = [row[0] for row in accounts if int(row[2]) == 0 and row[0] != "root"]
    doubles = [each for counts in (names, uids) for each, times in counts.items() if times > 1]
    if roots:
        return not_met("accounts.root", names=_listed(roots))
    if doubles:
        rows = [f"{row[0]}({row[2]})" for row in accounts if row[0] in doubles or row[2] in doubles]
        return not_met("accounts.double", rows=_listed(rows))
    if not accounts:
        return manual("accounts.none")
    return met("accounts.unique", count=len(accounts))


def password_age(host: Host, *, max_days: int) -> Verdict:
    """New accounts get a password age from login.defs; the last line of a key is the one that counts."""
    value = _login_defs(host).get("PASS_MAX_DAYS")
    if value is None:
        return not_met("password-age.unset")
    if not re.fullmatch(r"-?\d+", value):
        return manual("password-age.odd", value=value)
    return (met if 0 <= int(value) <= max_days else not_met)("password-age.value", value=value)


def idle_timeout(host: Host, *, max_seconds: int) -> Verdict:
    """Shells leave after idle time. Read from the files, since starting a login shell would run the site's scripts."""
    lines = _shell_settings(host, "TMOUT")
    values = [int(value) for _, line in lines for value in re.findall(r"\bTMOUT=[\"']?(\d+)", line)]
    quoted = _listed(f"{file}: {line}" for file, line in lines)
    if not values:
        return manual("idle.odd", lines=quoted) if lines else not_met("idle.unset")
    if len(set(values)) > 1:
        return manual("idle.several", lines=quoted)
    if not 1 <= values[0] <= max_seconds:
        return not_met("idle.value", lines=quoted)
    fixed = any(re.search(r"\b(readonly|(declare|typeset)\s+-\w*r)", line) for _, line in lines)
    return met("idle.value", lines=quoted) if fixed else manual("idle.changeable", lines=quoted)


def ssh_attempts(host: Host, *, max_tries: int, max_seconds: int) -> Verdict:
    """One connection has few tries and little time to log in. No limit is written as 0."""
    settings = _sshd(host)
    tries, seconds = int(_setting(settings, "maxauthtries")), int(_setting(settings, "logingracetime"))
    good = tries <= max_tries and 1 <= seconds <= max_seconds
    return (met if good else not_met)("ssh-attempts", tries=tries, seconds=seconds)


def plaintext_services(host: Host, *, ports: Sequence[int]) -> Verdict:
    """Nothing listens where telnet, rsh, rlogin, rexec and FTP would."""
    listening = _listening(host)
    found = [each for each in listening if each.protocol == "tcp" and each.port in ports and each.is_reachable]
    if found:
        return not_met("plaintext.listening", sockets=_listed(found))
    return met("plaintext.none", ports=_listed(_tcp_ports(listening)))


def ssh_algorithms(host: Host, *, weak: Sequence[str]) -> Verdict:
    """What sshd offers holds none of the weak algorithms; their names are matched in part."""
    settings = _sshd(host)
    offered = [name for key in ("ciphers", "macs", "kexalgorithms") for name in _setting(settings, key).split(",")]
    found = [name for name in offered if any(part in name for part in weak)]
    if found:
        return not_met("ssh-algorithms.weak", names=_listed(found))
    return met("ssh-algorithms.none", names=_listed(offered))


def file_modes(host: Host, *, modes: Mapping[str, str]) -> Verdict:
    """The account files and sshd_config belong to root, with no more rights than expected. They are not read."""
    result = _ran(host, FILE_MODES)
    rows = re.findall(r"^([0-7]+) (\S+) (\S+) (/\S+)\s*$", result.stdout, re.MULTILINE)
    quoted = {name: f"{mode} {user}:{group} {name}" for mode, user, group, name in rows}
    too_open = [name for mode, user, _, name in rows if int(mode, 8) & ~int(modes[name], 8) or user != "root"]
    if too_open:
        return not_met("modes.open", rows=_listed(quoted[name] for name in too_open))
    unseen = [name for name in modes if name not in quoted]
    if unseen:
        return manual("modes.unseen", names=_listed(unseen), why=_why(result))
    return met("modes.good", rows=_listed(quoted.values()))


def default_umask(host: Host, *, umask: str) -> Verdict:
    """Every umask in the shells' files takes away at least what is expected. Read from the files."""
    lines = _shell_settings(host, "umask")
    masks = [mask for _, line in lines for mask in re.findall(r"\bumask\s+0*([0-7]{1,3})\b", line)]
    quoted = _listed(f"{file}: {line}" for file, line in lines)
    lax = [mask for mask in masks if int(mask, 8) & int(umask, 8) != int(umask, 8)]
    if lax:
        return not_met("umask.lax", lines=quoted)
    if lines:
        return met("umask.good", lines=quoted) if len(masks) == len(lines) else manual("umask.odd", lines=quoted)
    value = _login_defs(host).get("UMASK")
    return manual("umask.login-defs", value=value) if value else not_met("umask.unset")


def root_login(host: Host) -> Verdict:
    """Root cannot log in over SSH. A Match block could allow it for some connections, which a person must judge."""
    value = _setting(_sshd(host), "permitrootlogin")
    if value != "no":
        return not_met("root-login.value", value=value)
    blocks = _lines(_output(host, SSHD_MATCH_BLOCKS))
    return manual("root-login.match", blocks=_listed(blocks)) if blocks else met("root-login.value", value=value)


def system_log(host: Host, *, facilities: Sequence[str]) -> Verdict:
    """Rsyslog runs and its rules write these facilities to a file."""
    running = set(_lines(_output(host, "ps -e -o comm=")))
    if "rsyslogd" not in running:
        return manual("log.other") if "syslog-ng" in running else not_met("log.stopped")
    rules = _lines(_output(host, LOG_FILES))
    files = {facility: _log_file(rules, facility) for facility in facilities}
    missing = [facility for facility, file in files.items() if not file]
    if not missing:
        return met("log.files", files=_listed(f"{facility} → {file}" for facility, file in files.items()))
    if not rules or "omfile" in rules:
        return manual("log.script", names=_listed(missing))
    return not_met("log.missing", names=_listed(missing))


def risky_ports(host: Host, *, tcp: Sequence[int], udp: Sequence[int]) -> Verdict:
    """No port known for attacks listens on an address that others can reach."""
    risky = {("tcp", port) for port in tcp} | {("udp", port) for port in udp}
    outside = [each for each in _listening(host) if each.is_reachable]
    found = [each for each in outside if (each.protocol, each.port) in risky]
    if found:
        return not_met("ports.risky", sockets=_listed(found))
    return met("ports.none", sockets=_listed(outside))


# Facts for the head of a report: one short line each, from the same evidence.


def os_name(host: Host) -> str:
    """The name that the system gives itself."""
    release = _output(host, "cat -- %s", "/etc/os-release")
    pairs = dict(line.split("=", 1) for line in _lines(release) if "=" in line)
    return pairs.get("PRETTY_NAME", "").strip("\"'")


def kernel(host: Host) -> str:
    """The running kernel."""
    return _output(host, "uname -r").strip()


def python_versions(host: Host) -> str:
    """Every Python on the path, or that there is none."""
    versions = [line.removeprefix("Python ") for line in _lines(_output(host, PYTHON_VERSIONS))]
    return _listed(dict.fromkeys(versions)) or text("facts.none")


def addresses(host: Host) -> str:
    """The addresses that others can reach."""
    return _listed(re.findall(r"\binet6? (\S+?)/", _output(host, "ip -o addr show scope global")))


def uptime(host: Host) -> str:
    """How long ago the system was started."""
    seconds = float(_output(host, "cat -- %s", "/proc/uptime").split()[0])
    return text("facts.uptime", days=int(seconds // 86400), hours=int(seconds % 86400 // 3600))


FACTS = {"system": os_name, "kernel": kernel, "python": python_versions, "address": addresses, "uptime": uptime}


class Socket(NamedTuple):
    """A listening socket."""

    protocol: str
    address: str
    port: int
    process: str

    @property
    def is_reachable(self) -> bool:
        """Whether others than the host itself can reach it."""
        address = self.address.strip("[]").removeprefix("::ffff:")
        return address != "::1" and not address.startswith("127.")

    def __str__(self) -> str:
        """The socket as a sentence quotes it."""
        return f"{self.protocol} {self.address}:{self.port}" + (f" {self.process}" if self.process else "")


def _listening(host: Host) -> list[Socket]:
    """Listening sockets by ss, or by netstat on hosts that have no ss. Without its heading a list is no empty list."""
    command = "netstat -lntup" if host.run("ss -lntup").rc == MISSING else "ss -lntup"
    lines = _lines(_output(host, command))
    if not any(line.startswith(("Netid", "Proto")) for line in lines):
        raise NotReadableError(command, text("verdict.no-heading"))
    return [socket for line in lines if (socket := _socket(line))]


def _socket(line: str) -> Socket | None:
    """The socket in one line of ss or netstat; both name protocol first and the local address before the peer's."""
    local = re.search(r"\s(\S+):(\d+)\s", line)
    protocol = re.match(r"(tcp|udp)", line)
    if not local or not protocol:
        return None
    process = re.search(r'users:\(\("([^"]+)"|\s\d+/([^\s:]+)', line)
    name = next(filter(None, process.groups()), "") if process else ""
    return Socket(protocol[1], local[1].partition("%")[0], int(local[2]), name)


def _tcp_ports(listening: Collection[Socket]) -> list[int]:
    """The TCP ports among the sockets."""
    return sorted({each.port for each in listening if each.protocol == "tcp"})


def _sshd(host: Host) -> dict[str, str]:
    """The configuration as sshd computes it; a key's first line is the one that counts for us."""
    pairs = [line.partition(" ") for line in _lines(_output(host, "/usr/sbin/sshd -T"))]
    return {key.lower(): value for key, _, value in reversed(pairs)}


def _setting(settings: Mapping[str, str], key: str) -> str:
    """One setting of sshd; a version that does not print it cannot be judged."""
    if key not in settings:
        raise NotReadableError("/usr/sbin/sshd -T", text("verdict.not-printed", setting=key))
    return settings[key]


def _login_defs(host: Host) -> dict[str, str]:
    """The settings of login.defs; of several lines with one key the last counts, as for the programs that read it."""
    words = [line.split() for line in _lines(_output(host, "cat -- %s", "/etc/login.defs"))]
    return {row[0]: row[1] for row in words if len(row) > 1 and not row[0].startswith("#")}


def _shell_settings(host: Host, word: str) -> list[tuple[str, str]]:
    """File and line for each line of the shells' files that has `word`."""
    rows = (line.partition(":") for line in _lines(_output(host, SHELL_SETTINGS)))
    found = ((file, " ".join(line.split())) for file, _, line in rows)
    return [(file, line) for file, line in found if re.search(rf"\b{word}\b", line.partition(" #")[0])]


def _log_file(rules: Sequence[str], facility: str) -> str:
    """The file that a facility is written to by classic rules."""
    for rule in rules:
        selector, _, file = rule.strip().replace("\t", " ").partition(" ")
        if file and _selects(selector, facility):
            return file.strip().removeprefix("-")
    return ""


def _selects(selector: str, facility: str) -> bool:
    """Whether a selector such as `*.info;mail.none;authpriv.none` takes all messages of the facility, logins included.

    Within a selector the last part that names the facility decides.
    """
    chosen = False
    for part in selector.split(";"):
        names, _, priority = part.rpartition(".")
        if "*" in names.split(",") or facility in names.split(","):
            chosen = priority in ("*", "debug", "info")
    return chosen


def _output(host: Host, command: str, *arguments: str) -> str:
    """What a command printed; a missing command or one that was refused cannot be judged."""
    result = _ran(host, command, *arguments)
    if result.rc != 0 or "denied" in result.stderr:
        raise NotReadableError(result.command.decode(), _why(result))
    return str(result.stdout)


def _ran(host: Host, command: str, *arguments: str) -> CommandResult:
    """A command that was found on the host."""
    result = host.run(command, *arguments)
    if result.rc == MISSING:
        raise NotReadableError(result.command.decode(), text("verdict.missing"))
    return result


def _why(result: CommandResult) -> str:
    """Why a command gave nothing: its first words of complaint, or its exit status."""
    words = _lines(result.stderr)
    return words[0] if words else text("verdict.status", status=result.rc)


def _lines(output: str) -> list[str]:
    """The lines of an output that hold something, also of files that were edited on Windows."""
    return [line.strip() for line in output.splitlines() if line.strip()]


def _is_account(line: str) -> bool:
    """Whether a line of passwd is an account: no comment, no entry for a directory service."""
    return bool(re.match(r"[^#+:-][^:]*:[^:]*:\d+:", line))


def _listed(items: Iterable[object]) -> str:
    """Some things in a row, as a sentence lists them."""
    return "、".join(map(str, items))
