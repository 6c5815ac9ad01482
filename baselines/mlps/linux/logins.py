"""Accounts that nobody uses, and root's password since the installation."""

import re
from datetime import UTC, datetime

from testinfra.host import Host

from anwei.baseline.verdict import NotReadableError, Verdict, manual, met, not_met
from anwei.texts import text
from baselines.mlps.linux.accounts import login_accounts
from baselines.mlps.linux.owners import owners
from baselines.mlps.linux.shadow import passwords
from baselines.mlps.reading import commands, lines, listed, output

COMMANDS = commands("linux")
DAY = 86400
LATEST = re.compile(r"(\S+)\s.*?(\w{3} \w{3} +\d+ \d\d:\d\d:\d\d [+-]\d{4} \d{4})")


def unused_accounts(host: Host, *, max_days: int) -> Verdict:
    """Each account with a password logged in or got its password lately, or owns a process.

    Root is left out: whoever becomes root leaves no login of root's.
    """
    today = int(output(host, "date +%s")) // DAY
    latest, busy = _latest(output(host, "lastlog")), owners(host)
    never = text("verdict.access.never")
    found = {
        f"{account.name}({latest.get(account.name, never)})"
        for account, password in login_accounts(host)
        if account.uid != 0 and account.uid not in busy
        if today - max(_day(latest.get(account.name, "")), _number(password.changed)) > max_days
    }
    if found:
        return not_met("access.unused", days=max_days, rows=listed(sorted(found)))
    known = [account.name for account, _ in login_accounts(host)]
    return met("access.used", days=max_days, names=listed(known) or "-")


def default_password(host: Host) -> Verdict:
    """Root's password is later than the installation. One as old as the system may be the one it came with."""
    root = next(each for each in passwords(host) if each.account == "root")
    if root.kind == "none" and not root.is_locked:
        return not_met("access.empty", names="root")
    if not root.is_usable:
        return met("access.root-locked")
    installed = min(int(line) for line in lines(output(host, COMMANDS["installed"]))) // DAY
    changed = _number(root.changed)
    rows = {"changed": _date(changed), "installed": _date(installed)}
    return (met if changed > installed else manual)("access.root-changed", **rows)


def _latest(printed: str) -> dict[str, str]:
    """When each account logged in last; those that never did are not in it."""
    rows = lines(printed)
    if not rows or not rows[0].startswith("Username"):
        raise NotReadableError("lastlog", text("verdict.no-heading"))
    return {found[1]: found[2] for row in rows[1:] if (found := LATEST.match(row))}


def _day(written: str) -> int:
    """The day of a login as lastlog writes it, since 1970; never is long ago."""
    if not written:
        return 0
    return int(datetime.strptime(" ".join(written.split()), "%a %b %d %H:%M:%S %z %Y").timestamp()) // DAY


def _number(days: str) -> int:
    """A day of the shadow file; nothing and 0 (to be changed at once) are long ago."""
    return int(days) if days.isdecimal() else 0


def _date(day: int) -> str:
    """A day since 1970 as people write it."""
    return datetime.fromtimestamp(day * DAY, UTC).date().isoformat() if day else "-"
