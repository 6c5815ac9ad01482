"""What listens on a Linux host, and whether others can reach it."""

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

from testinfra.host import Host

from anwei.baseline.verdict import NotReadableError, Verdict, met, not_met
from anwei.texts import text
from baselines.mlps.reading import MISSING, lines, listed, output


def plaintext_services(host: Host, *, ports: Sequence[int]) -> Verdict:
    """Nothing listens where telnet, rsh, rlogin, rexec and FTP would."""
    sockets = listening(host)
    found = [each for each in sockets if each.protocol == "tcp" and each.port in ports and each.is_reachable]
    if found:
        return not_met("plaintext.listening", sockets=listed(found))
    return met("plaintext.none", ports=listed(_tcp_ports(sockets)))


def risky_ports(host: Host, *, tcp: Sequence[int], udp: Sequence[int]) -> Verdict:
    """No port known for attacks listens on an address that others can reach."""
    risky = {("tcp", port) for port in tcp} | {("udp", port) for port in udp}
    outside = [each for each in listening(host) if each.is_reachable]
    found = [each for each in outside if (each.protocol, each.port) in risky]
    if found:
        return not_met("ports.risky", sockets=listed(found))
    return met("ports.none", sockets=listed(outside))


class Socket(NamedTuple):
    """A listening socket."""

    protocol: str
    address: str
    port: int
    process: str

    @property
    def is_reachable(self) -> bool:
        """Whether others than the host itself can reach it."""
        address = self.address.strip("[]").removeprefix("::ffff:")
        return address != "::1" and not address.startswith("127.")

    def __str__(self) -> str:
        """The socket as a sentence quotes it."""
        return f"{self.protocol} {self.address}:{self.port}" + (f" {self.process}" if self.process else "")


def listening(host: Host) -> list[Socket]:
    """Listening sockets by ss, or by netstat on hosts that have no ss. Without its heading a list is no empty list."""
    command = "netstat -lntup" if host.run("ss -lntup").rc == MISSING else "ss -lntup"
    rows = lines(output(host, command))
    if not any(row.startswith(("Netid", "Proto")) for row in rows):
        raise NotReadableError(command, text("verdict.no-heading"))
    return [socket for row in rows if (socket := _socket(row))]


def _socket(line: str) -> Socket | None:
    """The socket in one line of ss or netstat; both name protocol first and the local address before the peer's."""
    local = re.search(r"\s(\S+):(\d+)\s", line)
    protocol = re.match(r"(tcp|udp)", line)
    if not local or not protocol:
        return None
    process = re.search(r'users:\(\("([^"]+)"|\s\d+/([^\s:]+)', line)
    name = next(filter(None, process.groups()), "") if process else ""
    return Socket(protocol[1], local[1].partition("%")[0], int(local[2]), name)


def _tcp_ports(sockets: Collection[Socket]) -> list[int]:
    """The TCP ports among the sockets."""
    return sorted({each.port for each in sockets if each.protocol == "tcp"})
