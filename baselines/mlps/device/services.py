"""Services of a device that most sites do not need."""

from collections.abc import Mapping

from testinfra.host import Host

from anwei.baseline.verdict import Verdict
from baselines.mlps.device.management import telnet
from baselines.mlps.device.reading import configuration
from baselines.mlps.device.weighing import Rows, unset


def unneeded_services(host: Host, *, services: Mapping[str, str]) -> Verdict:
    """None of these services is on. `services` gives each its setting as a pattern; Telnet is always among them."""
    found = configuration(host)
    server = telnet(found)
    states = {name: found.is_on(pattern) for name, pattern in services.items()}
    bad = [name for name, state in {"telnet": server, **states}.items() if state]
    unclear = [unset("telnet server")] if server is None else []
    return Rows([f"{name}: off" for name in ("telnet", *services) if name not in bad], bad, unclear).verdict("service")
