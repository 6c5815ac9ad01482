"""A Redis server as a check sees it: what it tells without a password, and what its file says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from testinfra.host import Host

from anwei.baseline.result import Outcome
from anwei.baseline.verdict import NotReadableError, Verdict, manual
from anwei.errors import BadInput
from anwei.texts import text
from baselines.mlps.reading import listed
from baselines.mlps.redis.configuration import COMMANDS, pairs, written
from baselines.mlps.redis.instances import NONE, Instance, instances

DEFAULT_PORT = "6379"
WORST_FIRST = (Outcome.NOT_MET, Outcome.MANUAL, Outcome.MET)


@dataclass(frozen=True)
class Server:
    """One server with what it told and what its configuration says; nothing is known of a file that was not found."""

    instance: Instance
    told: Mapping[str, str]
    written: Mapping[str, tuple[str, ...]] | None
    why_not: str = ""

    def value(self, key: str, default: str) -> str:
        """The value in force: as the server tells it, or as it was written for its start."""
        if key in self.told:
            return self.told[key]
        return self.all(key)[-1] if self.all(key) else default

    def all(self, key: str) -> tuple[str, ...]:
        """The values of all lines of the configuration with this key."""
        if self.written is None:
            raise NotReadableError(self.instance.file, self.why_not or text("verdict.redis.no-file"))
        return self.written.get(key, ())

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
        if "bind" in self.told:
            return "CONFIG GET"
        return f"{self.instance.file} ({self.instance.source})"


def of_each(host: Host, judge: Callable[[Server], Verdict]) -> Verdict:
    """One verdict on all servers of the host: the worst there is, with the servers that it is about."""
    verdicts = [(str(each), _judged(host, each, judge)) for each in instances(host)]
    worst = next(each for each in WORST_FIRST if each in {verdict.outcome for _, verdict in verdicts})
    return Verdict(worst, "；".join(f"{name}: {each.observed}" for name, each in verdicts if each.outcome is worst))


def server(host: Host, instance: Instance) -> Server:
    """All that can be known of one server. What runs in a container has files and addresses of its own."""
    if instance.place != "host":
        raise NotReadableError(str(instance), text("verdict.redis.container"))
    told = _told(host, instance)
    if instance.file == NONE and told.get("config_file"):
        instance = instance._replace(file=told["config_file"], source="INFO")
    try:
        return Server(instance, told, written(host, instance.file))
    except NotReadableError as refused:
        return Server(instance, told, None, refused.why)


def version(host: Host) -> str:
    """The versions of the servers, without those that are not known."""
    known = [_version(host, each) for each in instances(host) if each.place == "host"]
    return listed(dict.fromkeys(f"Redis {each}" for each in known if each != NONE))


def address(host: Host) -> str:
    """Where the servers listen."""
    return listed(instances(host))


def _judged(host: Host, instance: Instance, judge: Callable[[Server], Verdict]) -> Verdict:
    """The verdict on one server; what cannot be read of it takes nothing from what is known of the others."""
    try:
        return judge(server(host, instance))
    except NotReadableError as refused:
        return manual("unreadable", command=refused.command, why=refused.why)


def _told(host: Host, instance: Instance) -> Mapping[str, str]:
    """What a server tells without a password; nothing if it cannot be asked."""
    if instance.listen == NONE:
        return {}
    try:
        result = host.run(COMMANDS["live"], instance.address, instance.listen.rpartition(":")[2])
    except BadInput:
        return {}
    return dict(pairs(result.stdout)) if result.rc == 0 else {}


def _version(host: Host, instance: Instance) -> str:
    """The version that a server tells, or that of the program that it is."""
    return server(host, instance).told.get("redis_version", instance.version)
