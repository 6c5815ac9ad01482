"""The wires of a lab: two bridges, and one network namespace with one or two links per host.

This machine has an address on the outer bridge only. The inner one is reached through a host that stands on both: a
jump host as sites have it. Nothing is routed or translated: hosts reach this machine and each other, no further, and
what this machine sends to the inner network goes nowhere instead of out to the site's own 10.214.0.0/16.
"""

import ipaddress
import json
import subprocess
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from anwei.errors import Failure
from lab.command import run
from lab.place import STATE, Place
from lab.spec import HostSpec

NUMBERS = range(256)
VANISHING_SECONDS = 10.0
NAMES = Path("/run/netns")
NONE_BEFORE = Path("/run/anwei-lab.netns")


def free_number(place: Place) -> int:
    """The smallest number no other lab and no network of this machine uses: the third part of all addresses."""
    taken = {_number_of_file(path.parent.name) for path in STATE.glob("*/number")} | _numbers_in(_destinations())
    free = next((number for number in NUMBERS if number not in taken), None)
    if free is None:
        raise Failure("AW-lab-full", where=str(STATE))
    (place.state / "number").write_text(str(free))
    return free


def _destinations() -> list[str]:
    """Networks and hosts that this machine has a route to."""
    return [route["dst"] for route in json.loads(_ip("-json", "route", "show", "table", "all") or "[]")]


def _numbers_in(destinations: Iterable[str]) -> set[int]:
    """Numbers whose networks the machine already reaches in its own way: a lab must not take them away from a site."""
    parts = [destination.split("/")[0].split(".") for destination in destinations]
    return {int(part[2]) for part in parts if part[:2] in (["10", "213"], ["10", "214"])}


def _number_of_file(lab_id: str) -> int:
    """The number that another lab wrote down; -1 if it is just being taken away."""
    try:
        return int((STATE / lab_id / "number").read_text())
    except (OSError, ValueError):
        return -1


def up(place: Place, number: int, hosts: Sequence[HostSpec]) -> None:
    """Make the bridges that are missing and the links of `hosts`: one `ip` for all, one per namespace."""
    existing = links(place)
    lines: list[str] = []
    if _outer(place) not in existing:
        lines += _bridge(_outer(place), address=f"10.213.{number}.1/24")
    if _inner(place) not in existing:
        lines += [*_bridge(_inner(place)), f"route add unreachable {_inner_network(number)}"]
    for host in hosts:
        lines.append(f"netns add {place.machine(host.name)}")
        lines += [line for link in _host_links(place, host) for line in link.outside]
    _remember_namespaces()
    _batch(lines)
    # A machine that forwards for others (a container host, say) must not do so for lab hosts.
    Path(f"/proc/sys/net/ipv4/conf/{_outer(place)}/forwarding").write_text("0")
    for host in hosts:
        inside = ["link set lo up", *(line for link in _host_links(place, host) for line in link.inside)]
        _batch([*inside, f"route add default via {_gateway(host)}"], namespace=place.machine(host.name))


def down(place: Place, hosts: Iterable[str] | None = None) -> None:
    """Remove the namespaces of `hosts` (their links die with them), or everything that carries the lab's prefix."""
    wanted = None if hosts is None else {place.machine(host) for host in hosts}
    doomed = [name for name in namespaces(place) if wanted is None or name in wanted]
    _batch([f"netns delete {name}" for name in doomed])
    if wanted is None:
        _delete_links(place)
        _delete_route(place)


def _delete_links(place: Place) -> None:
    """Delete the links. Those of dead namespaces the kernel takes away by itself, a moment later: they may go first."""
    deadline = time.monotonic() + VANISHING_SECONDS
    while remaining := links(place):
        if time.monotonic() > deadline:
            raise Failure("AW-lab-command", command="ip link delete", error=", ".join(remaining))
        lines = "".join(f"link delete {name}\n" for name in remaining)
        subprocess.run(["ip", "-force", "-batch", "-"], input=lines, capture_output=True, text=True, check=False)


def _remember_namespaces() -> None:
    """Note that no namespace had a name yet: the first `ip netns add` mounts the folder of names upon itself."""
    if not _names_mounted():
        NONE_BEFORE.touch()


def forget_namespaces() -> None:
    """Take that mount away again, if a lab brought it and nobody else has named a namespace since."""
    if not NONE_BEFORE.exists():
        return
    if _names_mounted() and not any(NAMES.iterdir()):
        run("umount", str(NAMES))
        NAMES.rmdir()
    NONE_BEFORE.unlink()


def _names_mounted() -> bool:
    """Whether the folder of names is a mount; it has its parent's device, so only the table of mounts can tell."""
    return f" {NAMES} " in Path("/proc/self/mounts").read_text()


def _delete_route(place: Place) -> None:
    """Delete the route that keeps this machine from the inner network."""
    number = _number_of_file(place.id)
    network = _inner_network(number)
    if number in NUMBERS and json.loads(_ip("-json", "route", "show", "type", "unreachable", "exact", network) or "[]"):
        _ip("route", "delete", "unreachable", network)


def namespaces(place: Place) -> list[str]:
    """Network namespaces of this lab."""
    names = [line.split()[0] for line in _ip("netns", "list").splitlines() if line.strip()]
    return [name for name in names if name.startswith(f"{place.prefix}-")]


def links(place: Place) -> list[str]:
    """Bridges and host links of this lab."""
    names = [link["ifname"] for link in json.loads(_ip("-json", "link", "show"))]
    return [name for name in names if name.startswith(place.prefix)]


class _Link:
    """One link between a bridge and a host: the lines for `ip` on either side."""

    def __init__(self, place: Place, host: HostSpec, *, bridge: str, inside: str, address: str) -> None:
        outside = f"{bridge}{host.octet}"
        namespace = place.machine(host.name)
        self.outside = [
            f"link add {outside} type veth peer name {inside} netns {namespace}",
            f"link set {outside} master {bridge} up",
        ]
        self.inside = [f"address add {address}/24 dev {inside}", f"link set {inside} up"]


def _host_links(place: Place, host: HostSpec) -> list[_Link]:
    """The host's own link, and the inner one of a jump host."""
    is_inner = ipaddress.ip_address(host.address) in ipaddress.ip_network("10.214.0.0/16")
    bridge = _inner(place) if is_inner else _outer(place)
    own = _Link(place, host, bridge=bridge, inside="eth0", address=host.address)
    if not host.inner_address:
        return [own]
    return [own, _Link(place, host, bridge=_inner(place), inside="eth1", address=host.inner_address)]


def _inner_network(number: int) -> str:
    """The network behind the jump host of lab `number`."""
    return f"10.214.{number}.0/24"


def _gateway(host: HostSpec) -> str:
    """The first address of the host's network; on the inner one nobody answers there."""
    return host.address.rsplit(".", 1)[0] + ".1"


def _outer(place: Place) -> str:
    """Name of the bridge that this machine stands on."""
    return f"{place.prefix}o"


def _inner(place: Place) -> str:
    """Name of the bridge behind the jump host."""
    return f"{place.prefix}i"


def _bridge(name: str, address: str = "") -> list[str]:
    """Lines that make a bridge, with an address of this machine on it if one is given."""
    lines = [f"link add {name} type bridge", f"link set {name} up"]
    return [*lines, f"address add {address} dev {name}"] if address else lines


def _batch(lines: Sequence[str], namespace: str = "") -> None:
    """Give all `lines` to one `ip`."""
    if not lines:
        return
    where = ["-netns", namespace] if namespace else []
    _ip(*where, "-batch", "-", lines="\n".join(lines) + "\n")


def _ip(*words: str, lines: str = "") -> str:
    """Run `ip`."""
    return run("ip", *words, stdin=lines)
