"""How clients and replicas of a MySQL or MariaDB server reach it: TLS, addresses."""

from collections.abc import Mapping, Sequence

from testinfra.host import Host

from anwei.baseline.verdict import Verdict, manual, met, not_met
from baselines.mlps.mysql.accounts import LOCAL, Account, logins
from baselines.mlps.mysql.replication import sources
from baselines.mlps.mysql.server import is_on, variables
from baselines.mlps.reading import listed


def encrypted_logins(host: Host, *, weak: Sequence[str]) -> Verdict:
    """Who logs in from elsewhere must use TLS, or nobody can."""
    settings, remote = variables(host), _remote(host)
    if is_local(settings) or not remote:
        return met("mysql.local", settings=_quoted(settings), accounts=listed(remote) or "-")
    if not is_on(settings.get("require_secure_transport", "")):
        plain = [each for each in remote if not each.tls]
        if plain:
            return not_met("mysql.plain", settings=_quoted(settings), accounts=listed(plain))
    versions = [each.strip() for each in settings.get("tls_version", "").split(",")]
    if any(each in weak for each in versions) or not any(versions):
        return manual("mysql.old-tls", settings=_quoted(settings))
    return met("mysql.encrypted", settings=_quoted(settings))


def encrypted_channels(host: Host, *, weak: Sequence[str]) -> Verdict:
    """Clients from elsewhere and the source that this server follows are reached by TLS."""
    plain = [each for each in sources(host) if not each.is_encrypted]
    if plain:
        return not_met("mysql.plain-replication", sources=listed(plain))
    return encrypted_logins(host, weak=weak)


def narrow_addresses(host: Host) -> Verdict:
    """The server listens for itself alone, or accounts can be used from named addresses only."""
    settings = variables(host)
    wide = [each for each in _remote(host) if each.host in ("%", "")]
    if is_local(settings) or not wide:
        return met("mysql.narrow", settings=_quoted(settings))
    return not_met("mysql.wide", settings=_quoted(settings), accounts=listed(wide))


def is_local(settings: Mapping[str, str]) -> bool:
    """Whether the server can be reached from its own host only."""
    addresses = [each.strip() for each in settings.get("bind_address", "").split(",")]
    return is_on(settings.get("skip_networking", "")) or all(each in LOCAL for each in addresses)


def _remote(host: Host) -> list[Account]:
    """The accounts that can be used from elsewhere."""
    return [each for each in logins(host) if each.is_remote]


def _quoted(settings: Mapping[str, str]) -> str:
    """The settings that a verdict on the way to the server rests on."""
    names = ("bind_address", "skip_networking", "require_secure_transport", "have_ssl", "tls_version")
    return listed(f"{name}={settings[name]}" for name in names if name in settings)
