"""Who may manage Tomcat: users and their passwords, roles, lock-out, timeout, and who runs it."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from testinfra.host import Host

from anwei.baseline.verdict import Verdict, manual, not_applicable
from baselines.mlps.tomcat.instances import Instance, instances, is_local, is_tls, running, shown
from baselines.mlps.tomcat.xml import kind, text_of
from baselines.mlps.web.processes import privilege
from baselines.mlps.web.seen import Seen, quoted

OWN_REALMS = ("", "LockOutRealm", "CombinedRealm", "UserDatabaseRealm", "MemoryRealm", "NullRealm")
HASHED = ("*digest", "*reference", "*encrypted")
SESSION_DEFAULT = 30


def passwords(host: Host) -> Verdict:
    """Passwords in the file of users are hashed, and none is a sample."""
    seen = Seen()
    for one in instances(host):
        seen.odd += [shown(one, each) for each in _other_realms(one)]
        for user in one.users():
            seen.put(_row(one, user, user.get("password", "*empty")), good=user.get("password") in HASHED)
    return _verdict(seen, "tomcat-users.xml")


def no_login(host: Host) -> Verdict:
    """Where nobody can log in to Tomcat itself all of this does not apply; else a person has to see how."""
    found = _logins(host)
    return manual("seen", what="login", rows=quoted(found)) if found else not_applicable("tomcat.no-login")


def default_names(host: Host, *, names: Sequence[str]) -> Verdict:
    """No user has a name that everybody knows."""
    seen = Seen()
    for one in instances(host):
        for user in one.users():
            seen.put(f"{one.name}: {_name(user)}", good=_name(user) not in names)
    return _verdict(seen, "tomcat-users.xml")


def default_passwords(host: Host) -> Verdict:
    """No user has a password that everybody knows, or none."""
    seen = Seen()
    for one in instances(host):
        for user in one.users():
            value = user.get("password", "*empty")
            seen.put(_row(one, user, value), good=value not in ("*sample", "*empty"))
    return _verdict(seen, "tomcat-users.xml")


def unique_users(host: Host) -> Verdict:
    """Each user is in the file once."""
    seen = Seen()
    for one in instances(host):
        seen.odd += [shown(one, each) for each in _other_realms(one)]
        names = [_name(each) for each in one.users()]
        for name in dict.fromkeys(names):
            seen.put(f"{one.name}: {name}", good=names.count(name) == 1)
    return _verdict(seen, "tomcat-users.xml")


def lock_out(host: Host, *, max_failures: int, min_seconds: int) -> Verdict:
    """Whoever fails too often is locked out; both numbers have a default."""
    seen = Seen()
    for one in instances(host):
        if not one.users() and not one.managers and not _other_realms(one):
            continue
        realms = [each for each in one.server.iter("Realm") if kind(each) == "LockOutRealm"]
        if not realms:
            seen.bad.append(f"{one.name}: LockOutRealm -")
        for each in realms:
            failures, seconds = int(each.get("failureCount", "5")), int(each.get("lockOutTime", "300"))
            row = f"{one.name}: failureCount {failures} lockOutTime {seconds}"
            seen.put(row, good=0 < failures <= max_failures and seconds >= min_seconds)
    return _verdict(seen, "LockOutRealm")


def session_timeout(host: Host, *, max_minutes: int) -> Verdict:
    """Idle sessions end, of the managing applications and by default of all others."""
    seen = Seen()
    for one in instances(host):
        for name in ("conf/web.xml", *(f"webapps/{each}/WEB-INF/web.xml" for each in one.managers)):
            if one.has(name):
                found = [text_of(each, "session-timeout") for each in one.xml(name).iter("session-config")]
                minutes = int(found[-1]) if found and found[-1] else SESSION_DEFAULT
                seen.put(f"{one.base}/{name} session-timeout {minutes}", good=0 < minutes <= max_minutes)
    return _verdict(seen if seen.bad or _logins(host) else Seen(), "session-timeout")


def manager_transport(host: Host) -> Verdict:
    """Who manages over the network does so over TLS."""
    seen = Seen()
    for one in instances(host):
        if one.managers:
            plain = [each for each in one.connectors() if not is_tls(each) and not is_local(each)]
            seen.bad += [f"{','.join(one.managers)} {shown(one, each)}" for each in plain]
            seen.good += [] if plain else [f"{one.name}: {','.join(one.managers)}"]
    return seen.verdict("Connector") if seen.bad or seen.good else not_applicable("tomcat.no-manager")


def roles(host: Host, *, separate: Sequence[str]) -> Verdict:
    """No user has several of the roles that manage."""
    seen = Seen()
    for one in instances(host):
        for user in one.users():
            own = {each.strip() for each in user.get("roles", "").split(",")} & set(separate)
            seen.put(_row(one, user, user.get("roles", "")), good=len(own) < 2)  # noqa: PLR2004 - one is not several
    return _verdict(seen, "roles")


def process_user(host: Host) -> Verdict:
    """Tomcat does not run as root."""
    return privilege(running(host)).verdict("java")


def _verdict(seen: Seen, what: str) -> Verdict:
    """The verdict, or that nobody can log in to Tomcat itself."""
    return seen.verdict(what) if seen.bad or seen.odd or seen.good else not_applicable("tomcat.no-login")


def _logins(host: Host) -> list[str]:
    """The users and realms by which somebody could log in."""
    found = instances(host)
    users = [f"{one.name}: {_name(user)}" for one in found for user in one.users()]
    return [*users, *(shown(one, each) for one in found for each in _other_realms(one))]


def _name(user: Element) -> str:
    """The name of a user; old files call it so."""
    return user.get("username") or user.get("name") or "-"


def _row(one: Instance, user: Element, value: str) -> str:
    """A user with one thing about it."""
    return f"{one.name}: {_name(user)} {value}"


def _other_realms(one: Instance) -> list[Element]:
    """The realms that take users from elsewhere."""
    return [each for each in one.server.iter("Realm") if kind(each) not in OWN_REALMS]
