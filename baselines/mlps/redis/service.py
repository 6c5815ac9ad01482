"""Redis servers as a whole: their log, version, files, persistence and replication."""

import re
from collections.abc import Sequence

from testinfra.host import Host

from anwei.baseline.verdict import NotReadableError, Verdict, manual, met, not_met
from baselines.mlps.reading import listed
from baselines.mlps.redis.instances import NONE
from baselines.mlps.redis.server import Server, of_each

MODE = re.compile(r"(?P<mode>[0-7]+) (?P<kind>.)\S+ (?P<user>\S+) (?P<group>\S+) (?P<path>/.*)")
FAILED = ("err", "down")


def log(host: Host, *, levels: Sequence[str]) -> Verdict:
    """A server writes its log, and enough of it."""

    def judge(server: Server) -> Verdict:
        file, level = server.value("logfile", ""), server.value("loglevel", "notice")
        syslog = server.value("syslog-enabled", "no")
        quoted = f"logfile={file or '-'} syslog-enabled={syslog} loglevel={level}"
        if level not in levels:
            return not_met("redis.log", rows=quoted, origin=server.origin)
        if not file and syslog != "yes":
            verdict = not_met if server.instance.unit == NONE else manual
            return verdict("redis.log-nowhere", rows=quoted, unit=server.instance.unit)
        return met("redis.log", rows=quoted, origin=server.origin)

    return of_each(host, judge)


def supported(host: Host, *, oldest: str) -> Verdict:
    """The version is not older than the oldest that is still mended."""

    def judge(server: Server) -> Verdict:
        version = server.told.get("redis_version", server.instance.version)
        if version == NONE:
            return manual("redis.no-version")
        return (met if _numbers(version) >= _numbers(oldest) else not_met)("value", what="redis_version", value=version)

    return of_each(host, judge)


def private_files(host: Host, *, file_mode: str, directory_mode: str) -> Verdict:
    """Nobody else reads the configuration, which holds the password, or the data, unless its folder is closed."""

    def judge(server: Server) -> Verdict:
        rows = [row for row in map(MODE.fullmatch, server.modes) if row]
        files = {row["path"]: f"{row['mode']} {row['user']}:{row['group']} {row['path']}" for row in rows}
        if server.instance.file not in files:
            raise NotReadableError("stat", server.instance.file)
        allowed = {row["path"]: directory_mode if row["kind"] == "d" else file_mode for row in rows}
        wrong = [row["path"] for row in rows if int(row["mode"], 8) & ~int(allowed[row["path"]], 8)]
        own = [path for path in wrong if path == server.instance.file]
        folder = [path for path in wrong if allowed[path] == directory_mode]
        data = [path for path in wrong if path not in (*own, *folder)]
        open_files = [*own, *(folder + data if folder and data else [])]
        if open_files:
            return not_met("redis.open-files", rows=listed(files[path] for path in open_files))
        return met("modes.good", rows=listed(files.values()))

    return of_each(host, judge)


def persistence(host: Host) -> Verdict:
    """The data is written to disk, and the last time it was it went well. Copies elsewhere nobody sees from here."""

    def judge(server: Server) -> Verdict:
        save, log_file = server.value("save", "3600 1 300 100 60 10000"), server.value("appendonly", "no")
        states = [
            f"{key}={server.told[key]}"
            for key in ("rdb_last_bgsave_status", "aof_last_write_status")
            if key in server.told
        ]
        quoted = listed([f"save={save or NONE}", f"appendonly={log_file}", *states])
        failed = any(each.endswith(FAILED) for each in states)
        good = (save or log_file == "yes") and not failed
        return (met if good else not_met)("redis.persistence", rows=quoted, origin=server.origin)

    return of_each(host, judge)


def replication(host: Host) -> Verdict:
    """A replica has its link; whether there is the redundancy that was meant a person must say."""

    def judge(server: Server) -> Verdict:
        names = ("role", "connected_slaves", "master_link_status", "cluster_enabled")
        told = [f"{name}={server.told[name]}" for name in names if name in server.told]
        if server.told.get("master_link_status") in FAILED:
            return not_met("seen", what="INFO", rows=listed(told))
        keys = ("replicaof", "slaveof", "cluster-enabled")
        written = [] if told else [f"{key} {value}" for key in keys for value in server.all(key)]
        return manual("redis.replication", rows=listed([*told, *written]) or NONE, origin=server.origin)

    return of_each(host, judge)


def _numbers(version: str) -> list[int]:
    """A version as numbers that can be compared."""
    return [int(each) for each in version.split(".")]
