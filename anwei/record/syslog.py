"""Telling syslog of a sealed record, so that its head is known outside of the control node too."""

import os
import socket
from pathlib import Path

from anwei.texts import text

LOCAL = Path("/dev/log")
# RFC 5424: facility 10 (authpriv), which sites keep longest, and severity 5 (notice).
PRIORITY = 10 * 8 + 5
HIGHEST_PORT = 65535


def tell(message: str) -> list[str]:
    """Send a line to the local syslog and to the one that `ANWEI_SYSLOG` names; give what did not work as sentences."""
    remote = os.environ.get("ANWEI_SYSLOG", "")
    if not LOCAL.exists() and not remote:
        return [text("record.syslog.none")]
    line = f"<{PRIORITY}>anwei-record: {message}".encode()
    failed = [_send(socket.AF_UNIX, str(LOCAL), line)] if LOCAL.exists() else []
    return [said for said in [*failed, _send_away(remote, line) if remote else ""] if said]


def _send_away(remote: str, line: bytes) -> str:
    """Send to HOST:PORT by UDP."""
    host, _, port = remote.rpartition(":")
    if not host or not port.isdecimal() or int(port) > HIGHEST_PORT:
        return text("record.syslog.address", address=remote)
    try:
        found = socket.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_DGRAM)
    except OSError as error:
        return text("record.syslog.failed", address=remote, reason=error)
    return _send(found[0][0], found[0][4], line)


def _send(family: int, address: object, line: bytes) -> str:
    """Send one datagram; what went wrong, as a sentence."""
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as channel:
            channel.settimeout(5)
            channel.sendto(line, address)  # type: ignore[call-overload]
    except OSError as error:
        return text("record.syslog.failed", address=address, reason=error)
    return ""
