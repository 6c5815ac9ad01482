"""The configuration of sshd as sshd itself computes it."""

from collections.abc import Mapping, Sequence

from testinfra.host import Host

from anwei.baseline.verdict import NotReadableError, Verdict, manual, met, not_met
from anwei.texts import text
from baselines.mlps.reading import commands, lines, listed, output

COMMANDS = commands("linux")


def ssh_attempts(host: Host, *, max_tries: int, max_seconds: int) -> Verdict:
    """One connection has few tries and little time to log in. No limit is written as 0."""
    settings = _sshd(host)
    tries, seconds = int(_setting(settings, "maxauthtries")), int(_setting(settings, "logingracetime"))
    good = tries <= max_tries and 1 <= seconds <= max_seconds
    return (met if good else not_met)("ssh-attempts", tries=tries, seconds=seconds)


def ssh_algorithms(host: Host, *, weak: Sequence[str]) -> Verdict:
    """What sshd offers holds none of the weak algorithms; their names are matched in part."""
    settings = _sshd(host)
    offered = [name for key in ("ciphers", "macs", "kexalgorithms") for name in _setting(settings, key).split(",")]
    found = [name for name in offered if any(part in name for part in weak)]
    if found:
        return not_met("ssh-algorithms.weak", names=listed(found))
    return met("ssh-algorithms.none", names=listed(offered))


def root_login(host: Host) -> Verdict:
    """Root cannot log in over SSH. A Match block could allow it for some connections, which a person must judge."""
    value = _setting(_sshd(host), "permitrootlogin")
    if value != "no":
        return not_met("root-login.value", value=value)
    blocks = lines(output(host, COMMANDS["match_blocks"]))
    return manual("root-login.match", blocks=listed(blocks)) if blocks else met("root-login.value", value=value)


def _sshd(host: Host) -> dict[str, str]:
    """The configuration as sshd computes it; a key's first line is the one that counts for us."""
    pairs = [line.partition(" ") for line in lines(output(host, "/usr/sbin/sshd -T"))]
    return {key.lower(): value for key, _, value in reversed(pairs)}


def _setting(settings: Mapping[str, str], key: str) -> str:
    """One setting of sshd; a version that does not print it cannot be judged."""
    if key not in settings:
        raise NotReadableError("/usr/sbin/sshd -T", text("verdict.not-printed", setting=key))
    return settings[key]
