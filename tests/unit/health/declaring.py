"""Hosts and checks as tests declare them."""

from pathlib import Path
from types import MappingProxyType
from typing import Any

from anwei.estate import Host, Place
from anwei.health.checks import Check, declared

QUICK = {"retries": 0, "limit": 2}


def host(*checks: dict[str, Any], name: str = "web1", **variables: Any) -> Host:
    """A host with these checks of its own."""
    own = {"health_checks": list(checks)} if checks else {}
    known = {"address": "127.0.0.1", "system": "linux", **own, **variables}
    return Host(name, MappingProxyType(known), ("web",), Place(Path("hosts.yml"), 3))


def only(**written: Any) -> Check:
    """The one check that is written so."""
    (found,) = declared([host({**QUICK, **written})])["web1"]
    return found
