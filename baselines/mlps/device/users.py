"""The local users of a device: Huawei keeps them as lines of the `aaa` view, H3C each as a view of its own."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from testinfra.host import Host

from anwei.baseline.verdict import Verdict, manual, met, not_met
from baselines.mlps.device.central import remote
from baselines.mlps.device.configuration import Configuration, Section
from baselines.mlps.device.reading import configuration, family
from baselines.mlps.device.weighing import Rows, some, unset

# Ways in that give no command line: users of the network, not managers of the device.
NETWORK = frozenset(
    ("8021x", "dot1x", "ppp", "web", "portal", "lan-access", "sslvpn", "ipsec", "hdlc", "bind", "advpn", "ike")
)
TOP_ROLES = frozenset(("network-admin", "level-15", "mdc-admin", "context-admin", "system-admin", "vsys-admin"))


@dataclass(frozen=True)
class User:
    """One local user: ways in, level or roles, and how the password is kept."""

    name: str
    ways: frozenset[str] = frozenset()
    level: str = ""
    password: str = ""

    @property
    def manages(self) -> bool:
        """Whether the user manages the device; one with no way in is counted, as releases differ in what that means."""
        return not self.ways or bool(self.ways - NETWORK)

    def top(self, top_level: int) -> bool:
        """Whether the user may do everything."""
        return any(word in TOP_ROLES or (word.isdecimal() and int(word) >= top_level) for word in self.level.split())

    def __str__(self) -> str:
        """The user as a sentence quotes it."""
        return f"{self.name}({' '.join(filter(None, (self.level, *sorted(self.ways))))})"


def managers(found: Configuration) -> list[User]:
    """The local users that manage the device."""
    return [each for each in users(found) if each.manages]


def users(found: Configuration) -> list[User]:
    """All local users."""
    views = found.views(r"local-user (\S+)(?: class (\w+))?")
    if views:
        return [_of_view(view, match[1]) for view, match in views if match[2] != "network"]
    known: dict[str, User] = {}
    for view, _ in found.views("aaa"):
        for match in view.found(r"local-user (\S+) (password|privilege level|level|service-type|user-group) ?(.*)"):
            user = known.get(match[1], User(match[1]))
            known[match[1]] = _with(user, match[2], match[3])
    return list(known.values())


def service_types(host: Host, *, plaintext: Sequence[str]) -> Verdict:
    """No manager may come in by a way that shows the password on the wire, and each has a way at all."""
    rows = managers(configuration(host))
    if not rows:
        return manual("device.no-users")
    bad = [str(each) for each in rows if each.ways & set(plaintext)]
    unclear = [f"{each.name}: {unset('service-type')}" for each in rows if not each.ways]
    return Rows([str(each) for each in rows], bad, unclear).verdict("local-user")


def passwords_set(host: Host, *, weak_length: int) -> Verdict:
    """Every manager has a password, none that is readable and weak. Key logins need none.

    H3C shows no passwords while password-control is on.
    """
    found = configuration(host)
    if family(found).code == "comware" and found.is_on("password-control enable"):
        return manual("device.passwords-hidden")
    keys = {match[1] for match in found.found(r"ssh user (\S+) .*authentication-type (?:publickey|rsa|dsa|ecc)\b.*")}
    rows = managers(found)
    without = [each for each in rows if not each.password]
    bad = [str(each) for each in without if each.name not in keys]
    bad += [f"{each.name}: {each.password}" for each in rows if _is_weak(each.password, weak_length)]
    unclear = [str(each) for each in without if each.name in keys]
    return Rows([f"{each.name}: {each.password}" for each in rows], bad, unclear).verdict("password")


def default_names(host: Host, *, names: Sequence[str]) -> Verdict:
    """No manager has a name from the manuals."""
    rows = managers(configuration(host))
    bad = [str(each) for each in rows if each.name.partition("@")[0].lower() in names]
    if bad:
        return not_met("device.default-users", rows=some(bad))
    return met("seen", what="local-user", rows=some(map(str, rows))) if rows else manual("device.no-users")


def listed_users(host: Host) -> Verdict:
    """The users, to be held against the list of persons."""
    rows = users(configuration(host))
    return manual("seen", what="local-user", rows=some(map(str, rows))) if rows else manual("device.no-users")


def separation(host: Host) -> Verdict:
    """Not every manager may do everything. With a server that gives the roles, the device says nothing of them."""
    found = configuration(host)
    rows, level = managers(found), family(found).top_level
    shown = some(map(str, rows))
    if not rows:
        return manual("device.no-users")
    if server := remote(found):
        return manual("seen", what="local-user", rows=f"{shown}；{server}")
    if all(each.top(level) for each in rows):
        return not_met("device.all-top", rows=shown)
    return met("seen", what="local-user", rows=shown)


def _is_weak(password: str, weak_length: int) -> bool:
    """Whether a readable password is short, or known from the manuals; only length and that are in the evidence."""
    plain = re.search(r"<plain:(\d+)(:known)?>", password)
    return bool(plain and (plain[2] or int(plain[1]) <= weak_length))


def _of_view(view: Section, name: str) -> User:
    """A user of H3C; a role that is taken away is not counted."""
    ways = " ".join(match[1] for match in view.found(r"service-type (.+)"))
    roles = [
        match[1] for match in view.found(r"authorization-attribute (?:user-role|level) (\S+).*|level (\d)") if match[1]
    ]
    levels = [match[1] for match in view.found(r"level (\d)")]
    ways = re.sub(r"\blevel (\d)", "", ways)
    password = view.value(r"password (\S+ \S+|\S+)")
    return User(name, frozenset(ways.split()), " ".join(dict.fromkeys([*roles, *levels])), password)


def _with(user: User, key: str, value: str) -> User:
    """A user of Huawei with one more line."""
    if key == "service-type":
        return replace(user, ways=frozenset(value.split()))
    if key in ("privilege level", "level"):
        return replace(user, level=value)
    if key == "user-group":
        return replace(user, level=user.level or ("3" if value == "manage-ug" else value))
    return replace(user, password=value)
