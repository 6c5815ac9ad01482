"""Whether managers are authenticated by a server, whose rules then count and not the device's own."""

from baselines.mlps.device.configuration import Configuration
from baselines.mlps.device.reading import family

SERVERS = ("hwtacacs", "radius", "ldap", "ad")


def remote(found: Configuration) -> str:
    """The line by which the domain of managers asks a server first; an empty word where the device asks itself."""
    return _huawei(found) if family(found).code == "vrp" else _h3c(found)


def _huawei(found: Configuration) -> str:
    """The scheme of the administrators' domain."""
    views = [view for view, _ in found.views("aaa")]
    rows = [match[1] for view in views for match in view.found(r"default-domain admin (\S+)")]
    domain = next(iter(rows), "") or found.value(r"domain (\S+) admin") or "default_admin"
    below = [each for view in views for each in view.walk()]
    named = (each.value(r"authentication-scheme (\S+)") for each in below if each.line == f"domain {domain}")
    scheme = next(filter(None, named), "default")
    schemes = (each for each in below if each.line == f"authentication-scheme {scheme}")
    modes = [each.value(r"authentication-mode (.+)") for each in schemes]
    mode = next(filter(None, modes), "")
    return f"authentication-mode {mode}" if mode.split(" ")[0] in SERVERS else ""


def _h3c(found: Configuration) -> str:
    """The login scheme of the default domain."""
    domain = found.value(r"domain default enable (\S+)") or "system"
    for view, _ in found.views(rf"domain (?:name )?{domain}"):
        if row := view.found(r"authentication (?:login|default) (?:hwtacacs|radius|ldap)-scheme .*"):
            return row[0][0]
    return ""
