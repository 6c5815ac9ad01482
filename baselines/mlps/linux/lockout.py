"""Locking after failed logins on a Linux host, as the stacks of PAM really do it."""

import re
from collections.abc import Sequence
from math import inf
from typing import NamedTuple

from testinfra.host import Host

from anwei.baseline.verdict import Verdict, manual, met, not_met
from baselines.mlps.linux import pam
from baselines.mlps.linux.security_conf import settings
from baselines.mlps.linux.sshd import sshd
from baselines.mlps.reading import listed

SERVICES = ("sshd", "login")
TALLIES = ("pam_tally2", "pam_tally")
# What pam_faillock does where nothing is set.
DENY, UNLOCK = "3", "600"


class Lock(NamedTuple):
    """How a service locks an account: after how many failures, for how long, and root too."""

    service: str
    module: str
    deny: int
    unlock: float
    has_root: bool
    forgets: bool

    def holds(self, max_deny: int, min_unlock: int) -> bool:
        """Whether it locks as expected. Zero tries is no lock."""
        return 1 <= self.deny <= max_deny and self.unlock >= min_unlock

    def __str__(self) -> str:
        """The lock as a sentence quotes it."""
        seconds = "never" if self.unlock == inf else int(self.unlock)
        root = " even_deny_root" if self.has_root else ""
        return f"{self.service}: {self.module} deny={self.deny} unlock_time={seconds}{root}"


def failed_logins(host: Host, *, max_deny: int, min_unlock: int) -> Verdict:
    """Logins over SSH and at the console lock an account, also root's; sshd must use PAM for it."""
    stacks = pam.of_passwords(host, "auth", *SERVICES)
    locks = {name: _lock(host, name, lines) for name, lines in stacks.items()}
    without = [name for name, lock in locks.items() if lock is None]
    if without:
        return not_met("access.no-lock", names=listed(without))
    found = [lock for lock in locks.values() if lock]
    rows = listed(found)
    if not all(lock.holds(max_deny, min_unlock) for lock in found):
        return not_met("access.lock", rows=rows)
    if sshd(host).get("usepam") == "no":
        return not_met("access.no-pam", rows=rows)
    if not all(lock.has_root for lock in found):
        return manual("access.lock-root", rows=rows)
    return (met if all(lock.forgets for lock in found) else manual)("access.lock", rows=rows)


def _lock(host: Host, service: str, stack: Sequence[pam.Line]) -> Lock | None:
    """How a service locks, or None where it does not: no module, one part of it missing, or one that is passed by."""
    lines = _in_force(stack)
    account = {line.module for line in pam.stack(host, service, "account")}
    for line in lines:
        if line.module in TALLIES and line.is_binding:
            return _tally(service, line, forgets=line.module in account)
    parts = [line for line in stack if line.module == "pam_faillock"]
    words = {word for line in parts for word in line.arguments}
    before = any(line in lines for line in parts if "preauth" in line.arguments)
    if (before or _is_reached(stack, "authsucc")) and "authfail" in words:
        return _faillock(host, service, parts, forgets="pam_faillock" in account or "authsucc" in words)
    return None


def _in_force(lines: Sequence[pam.Line]) -> list[pam.Line]:
    """The lines before a right password may end the stack: what stands after them cannot lock anybody out."""
    found = []
    for line in lines:
        if line.module == "pam_unix" and line.may_end:
            break
        found.append(line)
    return found


def _is_reached(lines: Sequence[pam.Line], word: str) -> bool:
    """Whether a right password leads to the line with this word, instead of ending the stack or going past it."""
    places = [place for place, line in enumerate(lines) if word in line.arguments]
    for place, line in enumerate(lines):
        if line.module == "pam_unix" and line.may_end:
            steps = re.search(r"success=(\d+)", line.control)
            return bool(steps and places and place + int(steps[1]) < places[-1])
    return bool(places)


def _tally(service: str, line: pam.Line, *, forgets: bool) -> Lock:
    """The older modules, which are told everything; without unlock_time they lock for good."""
    said = line.settings
    root = bool({"even_deny_root", "even_deny_root_account", "root_unlock_time"} & set(said))
    return Lock(service, line.module, int(said.get("deny", "0")), _seconds(said.get("unlock_time", "0")), root, forgets)


def _faillock(host: Host, service: str, parts: list[pam.Line], *, forgets: bool) -> Lock:
    """The newer module, whose arguments count before its file; the laxest of its lines decides."""
    said = [{**settings(host, "faillock.conf").values, **line.settings} for line in parts]
    deny = [int(each.get("deny", DENY)) for each in said]
    unlock = min(_seconds(each.get("unlock_time", UNLOCK)) for each in said)
    root = all({"even_deny_root", "root_unlock_time"} & set(each) for each in said if "authsucc" not in each)
    return Lock(service, "pam_faillock", 0 if 0 in deny else max(deny), unlock, root, forgets)


def _seconds(value: str) -> float:
    """How long an account stays locked."""
    return inf if value in ("never", "0") else int(value)
