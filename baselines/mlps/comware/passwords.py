"""Password rules of H3C devices: `password-control`, which does nothing until it is switched on."""

import re
from collections.abc import Iterator

from testinfra.host import Host

from anwei.baseline.verdict import Verdict, manual, not_met
from baselines.mlps.device.central import remote
from baselines.mlps.device.configuration import Configuration
from baselines.mlps.device.reading import configuration
from baselines.mlps.device.weighing import Rows, by_default

DEFAULTS = {"length": 10, "types": 1, "aging": 90, "history": 4}
PATTERNS = {
    "length": r"password-control length (\d+)",
    "types": r"password-control composition type-number (\d+).*",
    "aging": r"password-control aging (\d+)",
    "history": r"password-control history (\d+)",
}
FEATURES = {"length": "length", "types": "composition", "aging": "aging", "history": "history"}
ATTEMPT = r"password-control login-attempt (\d+)(?: exceed (lock-time|lock|unlock)(?: (\d+))?)?"


def password_policy(host: Host, *, min_length: int, types: int, max_days: int, history: int) -> Verdict:
    """Length, kinds of characters, age and history; for some users or groups it may be laxer than for all."""
    found = configuration(host)
    wanted = {"length": min_length, "types": types, "aging": max_days, "history": history}
    if not _is_on(found):
        return not_met("unset", what="password-control enable")
    rows = Rows()
    for key, value, row in _values(found):
        rows.put(row, fits=0 < value <= wanted[key] if key == "aging" else value >= wanted[key])
    server = remote(found)
    return manual("device.remote", rows=server) if server and not rows.bad else rows.verdict("password-control")


def lockout(host: Host, *, max_tries: int, min_minutes: int) -> Verdict:
    """An account is locked for some minutes after some failures; three and one minute unless written."""
    found = configuration(host)
    if not _is_on(found):
        blocked = [match[0] for match in found.found(r"attack-defense login .*")]
        return Rows(unclear=blocked).verdict("login") if blocked else not_met("unset", what="password-control enable")
    whole = found.found(ATTEMPT)
    rows = Rows(bad=[] if whole else [by_default("login-attempt 3 exceed lock-time 1")])
    for match in whole:
        rows.put(match[0], fits=_locks(match, max_tries, min_minutes))
    for view, _ in found.views(r"(?:local-user|user-group) \S+.*"):
        for match in view.found(ATTEMPT):
            rows.put(f"{view.line}: {match[0]}", fits=_locks(match, max_tries, min_minutes))
    server = remote(found)
    return manual("device.remote", rows=server) if server and not rows.bad else rows.verdict("password-control")


def _is_on(found: Configuration) -> bool:
    """Whether password-control is on at all."""
    return bool(found.is_on("password-control enable", default=False))


def _values(found: Configuration) -> Iterator[tuple[str, int, str]]:
    """Each rule for all, where a part may be switched off, and what users and groups have of their own."""
    for key, pattern in PATTERNS.items():
        off = found.is_on(f"password-control {FEATURES[key]} enable") is False
        value = 0 if off else int(found.value(pattern) or DEFAULTS[key])
        yield key, value, f"{FEATURES[key]} {'off' if off else value}"
        for view, _ in found.views(r"(?:local-user|user-group) \S+.*"):
            if own := view.value(pattern):
                yield key, int(own), f"{view.line}: {FEATURES[key]} {own}"


def _locks(match: re.Match[str], max_tries: int, min_minutes: int) -> bool:
    """Whether a setting locks soon enough and long enough; `lock` is for good."""
    tries, action, minutes = match[1], match[2], match[3]
    if int(tries) > max_tries or action == "unlock":
        return False
    return action == "lock" or int(minutes or 1) >= min_minutes
