"""Modes of the configuration, the private keys, the document roots and the logs of Apache."""

from testinfra.host import Host

from anwei.baseline.verdict import Verdict
from baselines.mlps.apache.instances import COMMANDS, Instance, instances
from baselines.mlps.web.files import logs, modes, not_wider, parsed
from baselines.mlps.web.rotation import retention
from baselines.mlps.web.seen import Seen


def file_modes(host: Host, *, key_mode: str) -> Verdict:
    """Children can change neither configuration nor pages, and nobody else can read the keys."""
    found = instances(host)
    keys, roots = _paths(found, "sslcertificatekeyfile"), _paths(found, "documentroot")
    known, odd = modes(host, COMMANDS["modes"], keys | roots)
    seen = not_wider((each for each in known if each.path in keys), key_mode)
    seen.odd += odd
    users = {each.user for one in found for each in one.workers}
    groups = {each.group for one in found for each in one.workers}
    for row in [
        *(row for one in found for row in one.files.modes),
        *(str(each).replace(":", " ", 1) for each in known),
    ]:
        mode = parsed(row)
        if mode is None:
            seen.odd.append(row)
        else:
            seen.put(str(mode), good=not mode.is_writable(users, groups))
    return seen.verdict("stat")


def log_files(host: Host, *, log_mode: str, min_days: int) -> Verdict:
    """Logs are not open to everybody, and logrotate keeps them long enough. A program that takes a log is unknown."""
    paths = _paths(instances(host), "errorlog", "customlog", "transferlog", "globallog")
    files = {each for each in paths if "/|" not in each and "/syslog" not in each and not each.startswith("/dev/")}
    seen, known = logs(host, COMMANDS["modes"], files, log_mode)
    seen.add(retention(host, COMMANDS["rotation"], known, min_days=min_days))
    elsewhere = sorted(paths - files)
    return (Seen(seen.bad, [*seen.odd, *elsewhere], seen.good) if elsewhere else seen).verdict("log")


def _paths(found: list[Instance], *names: str) -> set[str]:
    """The paths that directives name anywhere."""
    return {one.absolute(each.words[0]) for one in found for each in one.all(*names) if each.words}
