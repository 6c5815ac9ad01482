"""Telling syslog of a sealed record, so that its head is known outside of the control node too."""

import os
import socket
from pathlib import Path

from anwei.texts import text

LOCAL = Path("/dev/log")
# RFC 5424: facility 10 (authpriv), which sites keep longest, and severity 5 (notice).
PRIORITY = 10 * 8 + 5
HIGHEST_PORT = 65535
SECONDS = 5


def tell(message: str) -> list[str]:
    """Send a line to the local syslog and to the one that `ANWEI_SYSLOG` names; give what did not work as sentences."""
    remote = os.environ.get("ANWEI_SYSLOG", "")
    addresses: list[Path | str] = [*([LOCAL] if LOCAL.exists() else []), *([remote] if remote else [])]
    if not addresses:
        return [text("record.syslog.none")]
    line = f"<{PRIORITY}>anwei-record: {message}".encode()
    reasons = {address: trouble(address, line) for address in addresses}
    return [text("record.syslog.failed", address=address, reason=why) for address, why in reasons.items() if why]


def trouble(address: Path | str, line: bytes = b"") -> str:
    """Why a line cannot be sent to a local socket or by UDP to HOST:PORT, if so; without a line nothing is sent."""
    try:
        family, place = _found(address)
        with socket.socket(family, socket.SOCK_DGRAM) as channel:
            channel.settimeout(SECONDS)
            channel.connect(place)
            if line:
                channel.send(line)
    except OSError as error:
        return str(error)
    except ValueError:
        return text("record.syslog.address")
    return ""


def _found(address: Path | str) -> tuple[int, str | tuple[str | int | bytes, ...]]:
    """An address as the system takes it; what is none raises ValueError."""
    if isinstance(address, Path):
        return socket.AF_UNIX, str(address)
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal() or int(port) > HIGHEST_PORT:
        raise ValueError(address)
    family, _, _, _, place = socket.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_DGRAM)[0]
    return family, place
