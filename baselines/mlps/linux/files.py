"""Modes and owners of files on a Linux host. They are not read."""

from collections.abc import Mapping

from testinfra.host import Host

from anwei.baseline.verdict import Verdict, manual, met, not_met
from baselines.mlps.linux import trees
from baselines.mlps.reading import commands, listed, output, ran, why

COMMANDS = commands("linux")


def file_modes(host: Host, *, modes: Mapping[str, str], scripts: str) -> Verdict:
    """Account files, sshd_config, jobs and profiles belong to root, with no more rights than expected.

    In /etc there is no file that everybody may write.
    """
    result = ran(host, COMMANDS["modes"])
    seen = {each.path: each for each in trees.modes(str(result.stdout))}
    too_open = [each for path, each in seen.items() if _is_too_open(each, modes[path])]
    if too_open:
        return not_met("modes.open", rows=listed(too_open))
    jobs = trees.modes(output(host, COMMANDS["script_modes"]))
    open_jobs = [each for each in jobs if _is_too_open(each, scripts)]
    writable = trees.searched(host, "world_writable")
    if open_jobs or writable:
        return not_met("modes.open", rows=listed([*open_jobs, *writable]))
    unseen = [path for path in modes if path not in seen]
    if unseen or not jobs:
        return manual("modes.unseen", names=listed(unseen or ["/etc/profile"]), why=why(result))
    return met("access.modes", rows=listed(seen.values()), count=len(jobs))


def _is_too_open(found: trees.Found, expected: str) -> bool:
    """Whether a file has more rights than expected, or another owner than root."""
    return bool(found.mode & ~int(expected, 8)) or found.user != "root"
