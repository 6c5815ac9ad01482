"""How far Redis servers can be reached, and how."""

from testinfra.host import Host

from anwei.baseline.verdict import NotReadableError, Verdict, met, not_met
from anwei.texts import text
from baselines.mlps.linux.sockets import Socket, listening
from baselines.mlps.reading import listed
from baselines.mlps.redis.server import Server, of_each

ANYWHERE = ("0.0.0.0", "*", "::", "[::]")  # noqa: S104  # what is looked for


def encrypted_logins(host: Host) -> Verdict:
    """Passwords come by TLS, or from the host itself."""

    def judge(server: Server) -> Verdict:
        sockets = _sockets(host, server)
        outside = [each for each in sockets if each.is_reachable]
        if not outside:
            return met("redis.local", sockets=listed(sockets))
        answers_plain = server.ping == "PONG" or server.ping.startswith("NOAUTH")
        if answers_plain or int(server.value("tls-port", "0")) != server.port:
            return not_met("redis.plain", sockets=listed(outside))
        return met("redis.tls", sockets=listed(outside), origin=server.origin)

    return of_each(host, judge)


def narrow_addresses(host: Host) -> Verdict:
    """A server listens on named addresses only, and keeps strangers out while it has no password."""

    def judge(server: Server) -> Verdict:
        sockets = _sockets(host, server)
        if any(each.address in ANYWHERE for each in sockets):
            return not_met("redis.anywhere", sockets=listed(sockets))
        mode = server.value("protected-mode", "yes")
        good = mode.lower() == "yes"
        return (met if good else not_met)("redis.narrow", sockets=listed(sockets), mode=mode, origin=server.origin)

    return of_each(host, judge)


def _sockets(host: Host, server: Server) -> list[Socket]:
    """Where a server listens in fact. What a server in a container listens on is not among the sockets of the host."""
    if server.instance.place != "host":
        raise NotReadableError(str(server.instance), server.written.unread)
    found = [each for each in listening(host) if each.protocol == "tcp" and each.port == server.port]
    if not found:
        raise NotReadableError(str(server.instance), text("verdict.redis.no-socket"))
    return found
