"""Whether a Linux host sends its logs to another one."""

import re
from collections.abc import Iterator, Sequence

from testinfra.host import Host

from anwei.baseline.verdict import Verdict, manual, met, not_met
from baselines.mlps.linux.logs import OTHERS
from baselines.mlps.linux.processes import among, running
from baselines.mlps.linux.rsyslog import Action, rules
from baselines.mlps.reading import commands, lines, listed, output

COMMANDS = commands("linux")
ITSELF = re.compile(r"localhost|127\..*|::1|0\.0\.0\.0|::")


def log_forwarding(host: Host, *, facility: str, agents: Sequence[str]) -> Verdict:
    """Rsyslog sends all messages of a facility to another host, or an agent that collects logs is there."""
    names = running(host)
    other = [each for each in OTHERS if each in names]
    if other:
        return manual("log.other", name=listed(other))
    if "rsyslogd" in names:
        found = rules(host)
        sending = [each for each in found.actions if each.target and not ITSELF.fullmatch(each.target)]
        if sending:
            return _sent(host, sending, facility)
        if found.odd and not found.actions:
            return manual("log.script", names=facility)
    others = among(host, agents)
    return manual("watch.forward.agents", names=listed(others)) if others else not_met("watch.forward.none")


def is_forwarded(host: Host) -> str:
    """Where rsyslog sends messages, for checks that look at what the host itself keeps; empty when it does not."""
    if "rsyslogd" not in running(host):
        return ""
    return listed(each for each in rules(host).actions if each.target and not ITSELF.fullmatch(each.target))


def _sent(host: Host, sending: Sequence[Action], facility: str) -> Verdict:
    """Rules that send: all of the facility, and over a connection that is there where there should be one."""
    whole = [each for each in sending if each.takes(facility)]
    if not whole:
        return manual("watch.forward.partly", targets=listed(sending), facility=facility)
    if any(each.protocol == "udp" for each in whole):
        return met("watch.forward.udp", targets=listed(whole))
    peers = set(_peers(lines(output(host, COMMANDS["log_connections"]))))
    connected = any(
        each.port == port and each.target in (peer, _name(each.target)) for each in whole for peer, port in peers
    )
    if connected:
        return met("watch.forward.connected", targets=listed(whole))
    return manual("watch.forward.idle", targets=listed(whole))


def _peers(rows: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Address and port at the other end of each connection of a program that sends logs, by ss or netstat."""
    for row in rows:
        ends = re.findall(r"\s(\S+):(\d+)(?=\s)", f"{row} ")
        if len(ends) > 1 and re.search(r"\bESTAB", row):
            yield ends[1][0].strip("[]").removeprefix("::ffff:"), ends[1][1]


def _name(target: str) -> str:
    """A receiver that is named, not numbered: its port alone can be compared."""
    return "" if re.fullmatch(r"[0-9.]+|[0-9a-fA-F:]+", target) else target
