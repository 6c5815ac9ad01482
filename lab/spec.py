"""Which hosts the lab has: read from `inventories/lab/hosts.yml`, the same file that Ansible reads."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Any

import yaml

from anwei.errors import BadInput
from lab.place import PROJECT

HOSTS_FILE = PROJECT / "inventories" / "lab" / "hosts.yml"
JUMP = "jump"
OUTER, INNER = IPv4Network("10.213.0.0/24"), IPv4Network("10.214.0.0/24")
CLONE_BASE = "bookworm"
FIRST_CLONE_OCTET = 100
MOST_CLONES = 150


@dataclass(frozen=True)
class HostSpec:
    """One lab host as declared: what it boots, how one gets in, what it runs."""

    name: str
    base: str
    address: str
    connection: str = "plain"
    inner_address: str = ""
    services: tuple[str, ...] = ()

    @classmethod
    def from_record(cls, entry: Mapping[str, Any]) -> "HostSpec":
        """A host as the record of a running lab keeps it."""
        return cls(**{**entry, "services": tuple(entry["services"])})

    @property
    def octet(self) -> int:
        """Last part of the address: the same in every lab."""
        return int(self.address.rsplit(".", 1)[1])

    def in_lab(self, number: int) -> "HostSpec":
        """The same host with the addresses of lab `number`: 10.213.0.11 becomes 10.213.<number>.11."""
        return replace(
            self, address=_renumber(self.address, number), inner_address=_renumber(self.inner_address, number)
        )


def declared(path: Path = HOSTS_FILE) -> list[HostSpec]:
    """All hosts of the inventory file that name a `lab_base`, in the order they stand there."""
    try:
        tree = yaml.safe_load(path.read_text(encoding="utf-8"))
        return [_spec(name, variables) for name, variables in _hosts(tree) if "lab_base" in variables]
    except (yaml.YAMLError, OSError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise BadInput("AW-lab-spec", where=str(path), error=error) from error


def chosen(names: Sequence[str], total: int | None, path: Path = HOSTS_FILE) -> list[HostSpec]:
    """The hosts to bring up: those named or all declared ones, and clones until there are `total`."""
    known = declared(path)
    by_name = {host.name: host for host in known}
    unknown = sorted(set(names) - set(by_name))
    if unknown:
        raise BadInput("AW-lab-host-unknown", names=", ".join(unknown), known=", ".join(by_name))
    hosts = _with_jump_host([by_name[name] for name in dict.fromkeys(names)], known) or known
    return hosts + clones((total or len(hosts)) - len(hosts))


def clones(count: int) -> list[HostSpec]:
    """Plain hosts that are in no inventory file: clone001, clone002 and so on."""
    if not 0 <= count <= MOST_CLONES:
        raise BadInput("AW-lab-count", count=count, most=MOST_CLONES)
    return [
        HostSpec(f"clone{index + 1:03}", CLONE_BASE, f"10.213.0.{FIRST_CLONE_OCTET + index}") for index in range(count)
    ]


def _with_jump_host(hosts: list[HostSpec], known: Sequence[HostSpec]) -> list[HostSpec]:
    """The same hosts, and the jump host if any of them is reached through it."""
    if not any(host.connection == JUMP for host in hosts):
        return hosts
    return hosts + [host for host in known if host.inner_address and host not in hosts]


def _hosts(group: Mapping[str, Any] | None) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Hosts with their variables, group by group, as Ansible nests them."""
    for body in (group or {}).values():
        for host, variables in ((body or {}).get("hosts") or {}).items():
            yield str(host), variables or {}
        yield from _hosts((body or {}).get("children"))


def _spec(name: str, variables: Mapping[str, Any]) -> HostSpec:
    """One host from its inventory variables."""
    if IPv4Address(variables["address"]) not in OUTER and IPv4Address(variables["address"]) not in INNER:
        raise ValueError(f"{name}: address {variables['address']}")
    return HostSpec(
        name=name,
        base=variables["lab_base"],
        address=variables["address"],
        connection=variables.get("lab_connection", "plain"),
        inner_address=variables.get("lab_inner_address", ""),
        services=tuple(variables.get("lab_services", ())),
    )


def _renumber(address: str, number: int) -> str:
    """An address with its third part replaced; an empty one stays empty."""
    parts = address.split(".")
    return ".".join([*parts[:2], str(number), parts[3]]) if address else ""
