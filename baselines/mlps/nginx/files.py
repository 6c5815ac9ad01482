"""Modes of the configuration, the private keys, the document roots and the logs of Nginx."""

from collections.abc import Iterator

from testinfra.host import Host

from anwei.baseline.verdict import Verdict
from baselines.mlps.nginx.instances import COMMANDS, Instance, instances
from baselines.mlps.web.files import logs, modes, not_wider, parsed
from baselines.mlps.web.rotation import retention
from baselines.mlps.web.seen import Seen


def file_modes(host: Host, *, key_mode: str) -> Verdict:
    """Workers can change neither configuration nor pages, and nobody else can read the keys."""
    found = instances(host)
    keys = {_absolute(one, path) for one in found for path in _named(one, "ssl_certificate_key")}
    roots = {_absolute(one, path) for one in found for path in _named(one, "root")}
    known, odd = modes(host, COMMANDS["modes"], keys | roots)
    seen = not_wider((each for each in known if each.path in keys), key_mode)
    seen.odd += odd
    users = {each.user for one in found for each in one.workers}
    groups = {each.group for one in found for each in one.workers}
    for row in [*(row for one in found for row in one.files.modes), *(str(each).replace(":", " ") for each in known)]:
        mode = parsed(row)
        if mode is None:
            seen.odd.append(row)
        else:
            seen.put(str(mode), good=not mode.is_writable(users, groups))
    return seen.verdict("stat")


def log_files(host: Host, *, log_mode: str, min_days: int) -> Verdict:
    """Logs are not open to everybody, and logrotate keeps them long enough."""
    found = instances(host)
    paths = {path for one in found for path in log_paths(one)}
    files = [path for path in paths if not path.startswith(("syslog:", "memory:", "stderr", "/dev/"))]
    seen, known = logs(host, COMMANDS["modes"], files, log_mode)
    seen.add(retention(host, COMMANDS["rotation"], known, min_days=min_days))
    if not seen.bad and any(each.startswith("syslog:") for each in paths):
        seen = Seen(odd=[*seen.odd, *seen.good, *sorted(each for each in paths if each.startswith("syslog:"))])
    return seen.verdict("log")


def log_paths(one: Instance) -> Iterator[str]:
    """The files of all logs that are written."""
    for scope in one.scopes:
        for each in (*scope.effective("access_log"), *scope.effective("error_log")):
            if each.words and each.words[0] != "off":
                yield _absolute(one, each.words[0])


def _named(one: Instance, name: str) -> Iterator[str]:
    """The paths that a directive names anywhere."""
    return (each.words[0] for scope in one.scopes for each in scope.own(name) if each.words)


def _absolute(one: Instance, path: str) -> str:
    """A path from the root, as far as that is known."""
    return path if path.startswith(("syslog:", "memory:", "stderr", "data:", "engine:")) else one.absolute(path)
