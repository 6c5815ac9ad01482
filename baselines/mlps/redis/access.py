"""Who gets into Redis servers, and what may be done there."""

from collections.abc import Sequence

from testinfra.host import Host

from anwei.baseline.verdict import Verdict, manual, met, not_met
from baselines.mlps.reading import listed
from baselines.mlps.redis.instances import found_servers
from baselines.mlps.redis.server import Server, of_each

CATEGORIES = {
    "FLUSHALL": {"@keyspace", "@write", "@slow", "@dangerous"},
    "FLUSHDB": {"@keyspace", "@write", "@slow", "@dangerous"},
    "KEYS": {"@keyspace", "@read", "@slow", "@dangerous"},
    "CONFIG": {"@admin", "@slow", "@dangerous"},
    "SHUTDOWN": {"@admin", "@slow", "@dangerous"},
    "DEBUG": {"@admin", "@slow", "@dangerous"},
    "EVAL": {"@scripting", "@slow"},
}
EVERYTHING = ("allcommands", "+@all")
NOTHING = ("nocommands", "-@all", "reset")
DEFAULT_USER = "default on nopass +@all"


def authentication(host: Host, *, min_length: int) -> Verdict:
    """A server answers nobody without a password, and the password is long.

    Where the answer to PING and the file contradict each other the file is not the one in force.
    """

    def judge(server: Server) -> Verdict:
        if server.ping == "PONG":
            return not_met("redis.open", address=server.instance.listen)
        wants_password = server.ping.startswith("NOAUTH")
        open_users = [words[0] for words in _users(server) if {"nopass", "on"} <= set(words)]
        if wants_password and "default" in open_users:
            return manual("redis.length-unknown", ping=server.ping, origin=server.origin)
        if open_users:
            return not_met("redis.nopass", names=listed(open_users), origin=server.origin)
        length = _length(server)
        if length is None:
            return manual("redis.length-unknown", ping=server.ping or "-", origin=server.origin)
        good = length >= min_length
        return (met if good else not_met)("redis.length", length=length, ping=server.ping or "-", origin=server.origin)

    return of_each(host, judge)


def password_rules(host: Host) -> Verdict:
    """Redis knows neither rules for passwords nor their age; a person must look at how they are managed."""
    return of_each(host, lambda server: manual("redis.no-rules", length=_length(server) or "-", origin=server.origin))


def idle_clients(host: Host, *, min_seconds: int) -> Verdict:
    """Idle clients are dropped."""

    def judge(server: Server) -> Verdict:
        value = int(server.value("timeout", "0"))
        return (met if value >= min_seconds else not_met)(
            "redis.value", what="timeout", value=value, origin=server.origin
        )

    return of_each(host, judge)


def dangerous_commands(host: Host, *, dangerous: Sequence[str]) -> Verdict:
    """Commands that destroy or reveal everything are renamed, or kept from the default user by ACL."""

    def judge(server: Server) -> Verdict:
        renamed = {words.split()[0].upper() for words in server.all("rename-command")}
        users = {
            words[0]: [name for name in dangerous if name not in renamed and may(words, name)]
            for words in _users(server)
        }
        if users.get("default"):
            return not_met("redis.dangerous", names=listed(users["default"]), origin=server.origin)
        others = [f"{user} ({'/'.join(names)})" for user, names in users.items() if names]
        if others:
            return manual("redis.mighty-users", users=listed(others), origin=server.origin)
        return met("redis.limited", renamed=listed(sorted(renamed)) or "-", origin=server.origin)

    return of_each(host, judge)


def process_user(host: Host) -> Verdict:
    """No server has the rights of root, in a container neither."""
    found = [each.instance for each in found_servers(host)]
    quoted = listed(f"{each} UID {each.uid}" for each in found)
    return (met if all(int(each.uid) for each in found) else not_met)("seen", what="UID", rows=quoted)


def may(words: Sequence[str], command: str) -> bool:
    """Whether a user may run a command: rules are applied in their order. Users that are off may nothing."""
    allowed = False
    for rule in words[1:]:
        if rule in EVERYTHING or rule in NOTHING:
            allowed = rule in EVERYTHING
        elif rule[1:].upper() == command or rule[1:].lower() in CATEGORIES.get(command, ()):
            allowed = rule.startswith("+")
    return allowed and "on" in words


def _users(server: Server) -> list[list[str]]:
    """The users of the ACL with their rules. Without one there is the default user, whose password is requirepass."""
    users = [line.split() for line in server.all("user") if line.split()]
    if any("?" in words for words in users):
        raise ValueError(listed(words[0] for words in users))
    if any(words[0] == "default" for words in users):
        return users
    default = DEFAULT_USER if not _required(server) else DEFAULT_USER.replace("nopass ", "")
    return [default.split(), *users]


def _length(server: Server) -> int | None:
    """The length of the password of the default user; not known where only a digest of it is written."""
    return _required(server) or None


def _required(server: Server) -> int:
    """The length of requirepass."""
    return int(server.value("requirepass", "0"))
