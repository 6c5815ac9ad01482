"""Linux accounts and the age of their passwords."""

import re
from collections import Counter

from testinfra.host import Host

from anwei.baseline.verdict import Verdict, manual, met, not_met
from baselines.mlps.reading import lines, listed, output


def unique_accounts(host: Host) -> Verdict:
    """Names and UIDs are unique, and only root has UID 0. Accounts of a directory service are not in the file."""
    accounts = [line.split(":") for line in lines(output(host, "cat -- %s", "/etc/passwd")) if _is_account(line)]
    names, uids = Counter(row[0] for row in accounts), Counter(row[2] for row in accounts)
    roots = [row[0] for row in accounts if int(row[2]) == 0 and row[0] != "root"]
    doubles = [each for counts in (names, uids) for each, times in counts.items() if times > 1]
    if roots:
        return not_met("accounts.root", names=listed(roots))
    if doubles:
        rows = [f"{row[0]}({row[2]})" for row in accounts if row[0] in doubles or row[2] in doubles]
        return not_met("accounts.double", rows=listed(rows))
    if not accounts:
        return manual("accounts.none")
    return met("accounts.unique", count=len(accounts))


def password_age(host: Host, *, max_days: int) -> Verdict:
    """New accounts get a password age from login.defs; the last line of a key is the one that counts."""
    value = login_defs(host).get("PASS_MAX_DAYS")
    if value is None:
        return not_met("password-age.unset")
    if not re.fullmatch(r"-?\d+", value):
        return manual("password-age.odd", value=value)
    return (met if 0 <= int(value) <= max_days else not_met)("password-age.value", value=value)


def login_defs(host: Host) -> dict[str, str]:
    """The settings of login.defs; of several lines with one key the last counts, as for the programs that read it."""
    words = [line.split() for line in lines(output(host, "cat -- %s", "/etc/login.defs"))]
    return {row[0]: row[1] for row in words if len(row) > 1 and not row[0].startswith("#")}


def _is_account(line: str) -> bool:
    """Whether a line of passwd is an account: no comment, no entry for a directory service."""
    return bool(re.match(r"[^#+:-][^:]*:[^:]*:\d+:", line))
