"""The configuration of sshd as sshd itself computes it."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from testinfra.host import Host

from anwei.baseline.verdict import NotReadableError, Verdict, manual, met, not_met
from anwei.texts import text
from baselines.mlps.linux.matches import connections
from baselines.mlps.reading import commands, lines, listed, output

COMMANDS = commands("linux")


def ssh_attempts(host: Host, *, max_tries: int, max_seconds: int) -> Verdict:
    """One connection has few tries and little time to log in. No limit is written as 0."""
    settings = sshd(host)
    tries, seconds = int(_setting(settings, "maxauthtries")), int(_setting(settings, "logingracetime"))
    good = tries <= max_tries and 1 <= seconds <= max_seconds
    return (met if good else not_met)("ssh-attempts", tries=tries, seconds=seconds)


def ssh_algorithms(host: Host, *, weak: Sequence[str]) -> Verdict:
    """What sshd offers holds none of the weak algorithms; their names are matched in part."""
    settings = sshd(host)
    offered = [name for key in ("ciphers", "macs", "kexalgorithms") for name in _setting(settings, key).split(",")]
    found = [name for name in offered if any(part in name for part in weak)]
    if found:
        return not_met("ssh-algorithms.weak", names=listed(found))
    return met("ssh-algorithms.none", names=listed(offered))


def root_login(host: Host) -> Verdict:
    """Root cannot log in over SSH, nor by a Match block that changes it for some connections."""
    value = _setting(sshd(host), "permitrootlogin")
    if value != "no":
        return not_met("root-login.value", value=value)
    blocks = lines(output(host, COMMANDS["match_blocks"]))
    if not blocks:
        return met("root-login.value", value=value)
    imagined = [connection for block in blocks for connection in connections(block, "root")]
    if not all(imagined):
        return manual("root-login.match", blocks=listed(blocks))
    values = {each: _setting(sshd_for(host, each), "permitrootlogin") for each in dict.fromkeys(imagined)}
    rows = listed(f"{each} → {value}" for each, value in values.items())
    return (met if set(values.values()) <= {"no"} else not_met)("access.root-match", rows=rows)


def no_empty_logins(host: Host) -> Verdict:
    """Sshd takes neither an empty password nor another host's word."""
    return _as_expected(host, {"permitemptypasswords": "no", "hostbasedauthentication": "no", "ignorerhosts": "yes"})


def no_forwarded_screens(host: Host) -> Verdict:
    """Programs with a screen are not passed through SSH."""
    return _as_expected(host, {"x11forwarding": "no"})


def _as_expected(host: Host, expected: Mapping[str, str]) -> Verdict:
    """Settings of sshd that have one right value; a Match block may differ, which a person must see."""
    settings = sshd(host)
    values = {key: _setting(settings, key) for key in expected}
    rows = listed(f"{key} {value}" for key, value in values.items())
    if values != expected:
        return not_met("seen", what="sshd -T", rows=rows)
    blocks = lines(output(host, COMMANDS["match_blocks"]))
    if blocks:
        return manual("access.ssh-match", rows=rows, blocks=listed(blocks))
    return met("seen", what="sshd -T", rows=rows)


def sshd(host: Host) -> dict[str, str]:
    """The configuration as sshd computes it for a connection that no Match block is about."""
    return _parsed(output(host, "/usr/sbin/sshd -T"))


def sshd_for(host: Host, connection: str) -> dict[str, str]:
    """The configuration as sshd computes it for one connection."""
    return _parsed(output(host, "/usr/sbin/sshd -T -C %s", connection))


@lru_cache(maxsize=256)
def _parsed(printed: str) -> dict[str, str]:
    """The settings; a key's first line is the one that counts for us."""
    pairs = [line.partition(" ") for line in lines(printed)]
    return {key.lower(): value for key, _, value in reversed(pairs)}


def _setting(settings: Mapping[str, str], key: str) -> str:
    """One setting of sshd; a version that does not print it cannot be judged."""
    if key not in settings:
        raise NotReadableError("/usr/sbin/sshd -T", text("verdict.not-printed", setting=key))
    return settings[key]
