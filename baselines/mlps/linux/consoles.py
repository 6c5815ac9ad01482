"""Remote consoles besides SSH: screens and web pages for administration."""

from collections.abc import Sequence

from testinfra.host import Host

from anwei.baseline.verdict import Verdict, manual, met, not_met
from baselines.mlps.linux.sockets import listening
from baselines.mlps.reading import commands, lines, listed, output

COMMANDS = commands("linux")
# What in the files says that a console is not encrypted.
OPEN = {"/etc/webmin/miniserv.conf": ("ssl", "0"), "/etc/cockpit/cockpit.conf": ("allowunencrypted", "true")}


def remote_consoles(host: Host, *, vnc: Sequence[int], xdmcp: int, web: Sequence[int]) -> Verdict:
    """No console listens for others without encryption; of screens and unknown pages a person must say."""
    outside = [each for each in listening(host) if each.is_reachable]
    screens = [each for each in outside if each.protocol == "tcp" and vnc[0] <= each.port <= vnc[-1]]
    pages = [each for each in outside if each.protocol == "tcp" and each.port in web]
    logins = [each for each in outside if each.protocol == "udp" and each.port == xdmcp]
    settings = _settings(host)
    bare = [f"{file} {key}={value}" for file, key, value in settings if OPEN.get(file) == (key, value)]
    if logins or (bare and pages):
        return not_met("access.console-open", rows=listed([*logins, *(bare if pages else [])]))
    if screens or pages:
        return manual("access.console", rows=listed([*screens, *pages]))
    return met("access.no-console", ports=listed(sorted({each.port for each in outside})))


def _settings(host: Host) -> list[tuple[str, str, str]]:
    """File, name and value of each setting, names and values in lower case."""
    parts = (line.partition(":") for line in lines(output(host, COMMANDS["consoles"])))
    pairs = ((file, *said.partition("=")[::2]) for file, _, said in parts)
    return [(file, key.strip().lower(), value.strip().lower()) for file, key, value in pairs]
