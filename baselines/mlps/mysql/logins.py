"""What a MySQL or MariaDB server does at logins: failed ones, idle ones, and a second kind of authentication."""

from testinfra.host import Host

from anwei.baseline.verdict import Verdict, manual, met, not_met
from baselines.mlps.mysql.accounts import logins
from baselines.mlps.mysql.server import rows_if_known, variables
from baselines.mlps.reading import listed

DELAYED = "connection_control_failed_connections_threshold"
COUNTED = "max_password_errors"


def failed_logins(host: Host, *, max_attempts: int) -> Verdict:
    """Failed logins are limited: for everybody by a plugin or a variable, or account by account."""
    settings = variables(host)
    seen = {name: int(settings[name]) for name in (DELAYED, COUNTED) if name in settings}
    quoted = [f"{name}={value}" for name, value in seen.items()]
    if any(1 <= value <= max_attempts for value in seen.values()):
        return met("seen", what=listed(seen), rows=listed(quoted))
    limits = rows_if_known(host, "login_limits", 4) or []
    limited = {(user, where) for user, where, tries, days in limits if _is_limited(tries, days, max_attempts)}
    by_password = [each for each in logins(host) if each.has_password]
    others = [each for each in by_password if (each.user, each.host) not in limited]
    if by_password and not others:
        return met("mysql.limits", accounts=listed(by_password))
    return not_met("mysql.no-limits", rows=listed(quoted) or "-", accounts=listed(others))


def idle_sessions(host: Host, *, max_seconds: int) -> Verdict:
    """Sessions end after idle time, of people and of programs."""
    settings = variables(host)
    values = {name: settings[name] for name in ("interactive_timeout", "wait_timeout")}
    good = all(1 <= int(value) <= max_seconds for value in values.values())
    quoted = listed(f"{name}={value}" for name, value in values.items())
    return (met if good else not_met)("seen", what="timeout", rows=quoted)


def factors(host: Host) -> Verdict:
    """A second factor, which MySQL 8.0.27 and later can ask for. Whether a bastion host does is not seen here."""
    policy = variables(host).get("authentication_policy")
    if policy is None:
        return manual("mysql.one-factor")
    asked = [each.strip() for each in policy.split(",")]
    return (met if len([each for each in asked if each]) > 1 else manual)(
        "value", what="authentication_policy", value=policy
    )


def _is_limited(tries: str, days: str, max_attempts: int) -> bool:
    """Whether an account is locked after so many failures, for some days or (-1) until an administrator comes."""
    return tries.isdecimal() and 1 <= int(tries) <= max_attempts and days not in ("0", "NULL", "")
