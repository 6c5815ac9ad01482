"""Linux accounts and the age of their passwords."""

import re
from collections import Counter
from functools import lru_cache
from pathlib import PurePosixPath
from typing import NamedTuple

from testinfra.host import Host

from anwei.baseline.verdict import Verdict, manual, met, not_met
from baselines.mlps.linux.shadow import Password, passwords
from baselines.mlps.reading import commands, lines, listed, output

COMMANDS = commands("linux")
NO_LOGIN = ("nologin", "false", "sync", "shutdown", "halt")
FIRST_PERSON = "1000"


class Account(NamedTuple):
    """A line of the passwd file. What is stored of its password is x, nothing, ! or the word hash."""

    name: str
    stored: str
    uid: int
    shell: str

    @property
    def has_shell(self) -> bool:
        """Whether a login gives a shell; none that is named means the Bourne shell."""
        return PurePosixPath(self.shell).name not in NO_LOGIN


def accounts(host: Host) -> tuple[Account, ...]:
    """The accounts of the host itself; those of a directory service are not in the file."""
    return _parsed(output(host, COMMANDS["accounts"]))


def login_accounts(host: Host) -> list[tuple[Account, Password]]:
    """The accounts that can log in with a password."""
    usable = {each.account: each for each in passwords(host) if each.is_usable}
    return [(each, usable[each.name]) for each in accounts(host) if each.has_shell and each.name in usable]


def unique_accounts(host: Host) -> Verdict:
    """Names and UIDs are unique, and only root has UID 0. Accounts of a directory service are not in the file."""
    known = accounts(host)
    names, uids = Counter(each.name for each in known), Counter(each.uid for each in known)
    roots = [each.name for each in known if each.uid == 0 and each.name != "root"]
    if roots:
        return not_met("accounts.root", names=listed(roots))
    doubles = [f"{each.name}({each.uid})" for each in known if names[each.name] > 1 or uids[each.uid] > 1]
    if doubles:
        return not_met("accounts.double", rows=listed(doubles))
    if not known:
        return manual("accounts.none")
    return met("accounts.unique", count=len(known))


def password_age(host: Host, *, max_days: int) -> Verdict:
    """New accounts get a password age from login.defs, where the last line of a key counts; others have their own."""
    value = login_defs(host).get("PASS_MAX_DAYS")
    if value is None:
        return not_met("password-age.unset")
    if not re.fullmatch(r"-?\d+", value):
        return manual("password-age.odd", value=value)
    if not 0 <= int(value) <= max_days:
        return not_met("password-age.value", value=value)
    known = login_accounts(host)
    rows = [f"{each.name}({password.longest})" for each, password in known if not _ages(password, max_days)]
    if rows:
        return not_met("access.age-exempt", value=value, rows=listed(rows))
    ages = listed(f"{each.name}({password.longest})" for each, password in known)
    return met("access.ages", value=value, rows=ages or "-")


def system_accounts(host: Host) -> Verdict:
    """Accounts below the first number of a person, root apart, get no shell."""
    first = int(login_defs(host).get("UID_MIN", FIRST_PERSON))
    own = [each for each in accounts(host) if each.uid < first and each.uid != 0]
    found = [f"{each.name}({each.uid}) {each.shell}".strip() for each in own if each.has_shell]
    if found:
        return not_met("access.system-shell", first=first, rows=listed(found))
    return met("access.system-none", first=first, count=len(own)) if own else manual("accounts.none")


def login_defs(host: Host) -> dict[str, str]:
    """The settings of login.defs; of several lines with one key the last counts, as for the programs that read it."""
    words = [line.split() for line in lines(output(host, "cat -- %s", "/etc/login.defs"))]
    return {row[0]: row[1] for row in words if len(row) > 1 and not row[0].startswith("#")}


def _ages(password: Password, max_days: int) -> bool:
    """Whether the password must be changed in time."""
    return password.longest.isdecimal() and int(password.longest) <= max_days


@lru_cache(maxsize=128)
def _parsed(printed: str) -> tuple[Account, ...]:
    """The lines that are accounts: no comment, no entry for a directory service."""
    rows = (line.split(":") for line in lines(printed) if re.match(r"[^#+:-][^:]*:[^:]*:\d+:", line))
    return tuple(Account(row[0], row[1], int(row[2]), "".join(row[6:])) for row in rows)
