"""Who may become root on a Linux host: by sudo, and by su."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from testinfra.host import Host

from anwei.baseline.verdict import Verdict, manual, met, not_met
from baselines.mlps.linux import pam
from baselines.mlps.reading import commands, lines, listed, output

COMMANDS = commands("linux")
MAIN = "/etc/sudoers"
FOLDER = PurePosixPath("/etc/sudoers.d")


def sudo_rights(host: Host) -> Verdict:
    """Nobody may run everything by sudo without a password. Who may run everything is quoted."""
    rules = list(_rules(host))
    free = [row for row in rules if _is_free(row)]
    if free:
        return not_met("access.sudo-free", rows=listed(free))
    everything = [row for row in rules if _has_all(row)]
    elsewhere = [row for row in rules if re.match(r"[#@]include", row)]
    if elsewhere:
        return manual("access.sudo-include", rows=listed(elsewhere))
    return met("access.sudo", rows=listed(everything) or "-") if rules else manual("access.sudo-none")


def su_limited(host: Host) -> Verdict:
    """Only members of a group can become another account by su."""
    lines_ = pam.stack(host, pam.services(host, "su")[0], "auth")
    found = [line for line in lines_ if line.module == "pam_wheel"]
    good = [line for line in found if line.is_binding and "deny" not in line.arguments]
    if not found:
        return not_met("access.su-open")
    return (met if good else not_met)("access.su", rows=listed(found))


def _rules(host: Host) -> Iterator[str]:
    """The rules that sudo reads: its main file, and the drop-ins if that includes their folder."""
    rows = [line.partition(":") for line in lines(output(host, COMMANDS["sudoers"]))]
    said = [(PurePosixPath(path), " ".join(rule.split())) for path, _, rule in rows]
    whole = re.compile(rf"[#@]includedir {FOLDER}/?")
    has_folder = any(str(path) == MAIN and whole.fullmatch(rule) for path, rule in said)
    for path, rule in said:
        if whole.fullmatch(rule):
            continue
        if str(path) == MAIN or (has_folder and path.parent == FOLDER and not re.search(r"\.|~$", path.name)):
            yield rule.partition(" #")[0] if not rule.startswith("#") else rule


def _is_free(rule: str) -> bool:
    """Whether a rule lets everything be run without a password, or takes the question away for all."""
    if rule.startswith("Defaults"):
        return bool(re.search(r"!\s*authenticate", rule))
    asks = True
    for tag, command in _commands(rule):
        asks = asks if not tag else tag != "NOPASSWD"
        if command == "ALL" and not asks:
            return True
    return False


def _has_all(rule: str) -> bool:
    """Whether a rule lets everything be run."""
    return any(command == "ALL" for _, command in _commands(rule))


def _commands(rule: str) -> Iterator[tuple[str, str]]:
    """Tag about the password, and command, of each part of a rule; a tag counts until the next one."""
    if re.match(r"(Defaults|\w+_Alias)\b", rule):
        return
    for part in re.sub(r"\([^)]*\)", "", rule.partition("=")[2]).split(","):
        tags = re.findall(r"\b(NOPASSWD|PASSWD)\s*:", part)
        yield tags[-1] if tags else "", re.sub(r"\b[A-Z_]+\s*:", "", part).strip()
