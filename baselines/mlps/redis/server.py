"""A Redis server as a check sees it: what it tells without a password, and what its file says."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from testinfra.host import Host

from anwei.baseline.result import Outcome
from anwei.baseline.verdict import NotReadableError, Verdict, manual
from baselines.mlps.reading import listed
from baselines.mlps.redis.instances import MODE, NONE, Instance, Written, found_servers, told

DEFAULT_PORT = "6379"
WORST_FIRST = (Outcome.NOT_MET, Outcome.MANUAL, Outcome.MET)


@dataclass(frozen=True)
class Server:
    """One server with what it told and what is written about it."""

    written: Written
    told: Mapping[str, str]

    @property
    def instance(self) -> Instance:
        """Its process."""
        return self.written.instance

    def value(self, key: str, default: str) -> str:
        """The value in force: as the server tells it, or as it was written, where the last line counts."""
        if key in self.told:
            return self.told[key]
        return self.all(key)[-1] if self.all(key) else default

    def all(self, key: str) -> Sequence[str]:
        """The values of all lines of the configuration with this key."""
        if self.written.unread:
            raise NotReadableError(str(self.instance), self.written.unread)
        return self.written.settings.get(key, ())

    @property
    def modes(self) -> Sequence[str]:
        """The modes of its configuration and of what holds its data."""
        return self.written.settings.get(MODE, ())

    @property
    def port(self) -> int:
        """The port that it listens on."""
        port = self.instance.listen.rpartition(":")[2]
        return int(port if port != NONE else self.value("port", DEFAULT_PORT))

    @property
    def ping(self) -> str:
        """What it answered to a PING without a password; nothing if it could not be asked."""
        return self.told.get("ping", "")

    @property
    def origin(self) -> str:
        """Where the values come from, as a sentence quotes it."""
        if "timeout" in self.told:
            return "CONFIG GET"
        return f"{self.instance.file} ({self.instance.source})"


def servers(host: Host) -> list[Server]:
    """All servers of the host. What runs in a container has addresses of its own, whoever answers there."""
    said = told(host)
    found = found_servers(host)
    return [Server(each, said.get(each.instance.listen, {}) if each.instance.place == "host" else {}) for each in found]


def of_each(host: Host, judge: Callable[[Server], Verdict]) -> Verdict:
    """One verdict on all servers of the host: the worst there is, with the servers that it is about."""
    verdicts = [(str(each.instance), _judged(each, judge)) for each in servers(host)]
    worst = next(each for each in WORST_FIRST if each in {verdict.outcome for _, verdict in verdicts})
    return Verdict(worst, "；".join(f"{name}: {each.observed}" for name, each in verdicts if each.outcome is worst))


def version(host: Host) -> str:
    """The versions of the servers, without those that are not known."""
    known = [each.told.get("redis_version", each.instance.version) for each in servers(host)]
    return listed(dict.fromkeys(f"Redis {each}" for each in known if each != NONE))


def address(host: Host) -> str:
    """Where the servers listen."""
    return listed(each.instance for each in found_servers(host))


def _judged(server: Server, judge: Callable[[Server], Verdict]) -> Verdict:
    """The verdict on one server; what cannot be read of it takes nothing from what is known of the others."""
    try:
        return judge(server)
    except NotReadableError as refused:
        return manual("unreadable", command=refused.command, why=refused.why)
