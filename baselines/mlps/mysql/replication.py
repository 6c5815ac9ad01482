"""Replication and clusters of a MySQL or MariaDB server: what it follows, who follows it."""

from typing import NamedTuple

from testinfra.host import Host

from anwei.baseline.verdict import NotReadableError, Verdict, manual, met, not_met
from baselines.mlps.mysql.server import NOT_IN_THIS_VERSION, asked, complaint, rows, rows_if_known, statement
from baselines.mlps.reading import lines, listed

RUNNING = "Yes"


class Source(NamedTuple):
    """The server that this one follows, by one channel."""

    host: str
    is_encrypted: bool
    is_running: bool
    behind: str

    def __str__(self) -> str:
        """The source as a sentence quotes it."""
        return f"{self.host} running={self.is_running} TLS={self.is_encrypted} behind={self.behind}"


def sources(host: Host) -> list[Source]:
    """What this server follows; none if it is no replica. New versions do not know the old statement."""
    name = "replica_status"
    result = asked(host, name)
    if result.rc != 0 and NOT_IN_THIS_VERSION.search(result.stderr):
        name = "slave_status"
        result = asked(host, name)
    if result.rc != 0:
        raise NotReadableError(statement(name), complaint(result))
    channels: list[dict[str, str]] = []
    for line in lines(result.stdout):
        key, _, value = line.partition(":")
        if _word(key) == "Host":
            channels.append({})
        channels[-1][_word(key)] = value.strip()
    return [_source(each) for each in channels]


def health(host: Host) -> Verdict:
    """Replication runs. Whether it is the redundancy that was meant a person must say."""
    found = sources(host)
    broken = [each for each in found if not each.is_running]
    if broken:
        return not_met("mysql.broken", sources=listed(broken))
    parts = [*map(str, found), *_followers(host), *_members(host)]
    return met("seen", what="replication", rows=listed(parts)) if parts else manual("mysql.alone")


def elsewhere(host: Host) -> Verdict:
    """What copies there are in other places; where these are a person must say."""
    return manual("mysql.copies", sources=listed(sources(host)) or "-", followers=listed(_followers(host)) or "-")


def _followers(host: Host) -> list[str]:
    """Accounts and addresses of the servers that follow this one now."""
    return [f"{user}@{where}" for user, where in rows(host, "followers", 2)]


def _members(host: Host) -> list[str]:
    """The members of its cluster, of either kind."""
    galera = dict(rows(host, "cluster", 2))
    members = [f"{where} {state}" for where, state in rows_if_known(host, "group_members", 2) or []]
    size = int(galera.get("wsrep_cluster_size", "0"))
    return [*members, *([f"wsrep {size} {galera.get('wsrep_local_state_comment', '')}"] if size > 1 else [])]


def _word(key: str) -> str:
    """A key of the status without the words that changed between versions."""
    return key.removeprefix("Source_").removeprefix("Master_").removeprefix("Replica_").removeprefix("Slave_")


def _source(said: dict[str, str]) -> Source:
    """One channel of the status."""
    behind = next((value for key, value in said.items() if key.startswith("Seconds_Behind")), "")
    return Source(
        host=said["Host"],
        is_encrypted=said["SSL_Allowed"] == RUNNING,
        is_running=said["IO_Running"] == said["SQL_Running"] == RUNNING,
        behind=behind,
    )
