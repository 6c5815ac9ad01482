"""The examination of the control node: every check by itself, none hides another, nothing is changed."""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from anwei.control import credentials, kept, left_over, machine, own, reached
from anwei.control.finding import Finding, failed, fine
from anwei.control.verdict import Verdict, verdict
from anwei.errors import AnweiError
from anwei.estate import Estate
from anwei.texts import text

Check = Callable[[], Iterable[Finding]]


@dataclass(frozen=True)
class Report:
    """What every check found, and what the site has."""

    checks: Mapping[str, tuple[Finding, ...]]
    verdict: Verdict

    @property
    def good(self) -> bool:
        """Whether nobody has to do anything."""
        return all(each.good for found in self.checks.values() for each in found)


def examine(estate: Estate | None = None) -> Report:
    """Make all checks; with an estate also those of its credentials and hosts."""
    checks: dict[str, Check] = {
        "home": own.folder,
        "keys": own.keys,
        "trust": own.trusted,
        "records": kept.records,
        "syslog": partial(kept.heads_told, _syslog(estate)),
        "backup": kept.copies,
        "left-over": left_over.found,
        "clock": machine.clock,
        "space": machine.space,
        "programs": machine.programs,
        "account": _account,
        "credentials": partial(credentials.checked, estate),
    }
    if estate:
        checks["hosts"] = partial(reached.hosts, estate)
    return Report({name: _made(check) for name, check in checks.items()}, verdict(estate))


def title(name: str) -> str:
    """What a check looks at, for a person."""
    return text(f"control.check.{name}")


def _made(check: Check) -> tuple[Finding, ...]:
    """What a check finds; what it cannot look at is a finding too, behind those before it."""
    found: list[Finding] = []
    try:
        found.extend(check())
    except (AnweiError, OSError) as error:
        found.append(failed(error))
    return tuple(found)


def _account() -> Iterable[Finding]:
    """Who runs this."""
    yield fine("account", account=own.name_of(os.geteuid()), uid=os.geteuid())


def _syslog(estate: Estate | None) -> str:
    """Where heads of records are sent."""
    return str((estate.settings.get("estate_syslog") if estate else "") or os.environ.get("ANWEI_SYSLOG", ""))
