"""The filter `sshd_config`: from measures and what a host's sshd says of itself to the item of its file. Pure."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError

from anwei.errors import BadInput
from anwei.texts import text

LIMITS = ("MaxAuthTries", "LoginGraceTime", "ClientAliveInterval", "ClientAliveCountMax")
# From strict to lax. sshd prints the older word of the two that mean the same.
ROOT_LOGIN = ("no", "forced-commands-only", "without-password", "yes")
OLDER_WORDS = {"prohibit-password": "without-password"}

Printed = Mapping[str, str]


class FilterModule:
    """What Ansible asks for filters."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters by name."""
        return {"sshd_config": sshd_config}


def sshd_config(
    measures: Mapping[str, Any], printed: str, leave: Sequence[str], clauses: Mapping[str, str]
) -> dict[str, Any]:
    """The item for /etc/ssh/sshd_config: the measures that tighten this sshd, with the clauses behind them."""
    wanted = {name: value for name, value in measures.items() if value not in (None, "", []) and name not in leave}
    says = sshd_says(printed)
    mode = wanted.pop("Mode", None)
    settings = chosen(wanted, says)
    item: dict[str, Any] = {"owner": "root", "mode": mode} if mode else {}
    if settings:
        item |= {"dialect": "sshd", "settings": settings, "validate": ["sshd", "-t", "-f", "%s"]}
    named = [*settings, "Mode"] if mode else settings
    return item | {"why": "; ".join(sorted({clauses[name] for name in named if name in clauses}))}


def sshd_says(printed: str) -> Printed:
    """Each setting that `sshd -T` prints, by its lower-case name. A terminal in between may have added to the lines."""
    words = [line.strip().partition(" ") for line in printed.splitlines()]
    return {name: value for name, _, value in reversed(words)}


def chosen(wanted: Mapping[str, Any], says: Printed) -> dict[str, str]:
    """The settings to write. Everything that this sshd cannot do is refused together, before anything is written."""
    known = {name: value for name, value in wanted.items() if name.lower() in says}
    settings = {name: _setting(name, value, says[name.lower()]) for name, value in known.items()}
    problems = [text("roles.sshd-unknown", name=name) for name in wanted if name not in known]
    problems += [text("roles.sshd-only-weak", name=name) for name, value in settings.items() if value == ""]
    if problems:
        raise AnsibleFilterError(str(BadInput("AW-sshd-unsupported", details=problems)))
    return {name: value for name, value in settings.items() if value is not None}


def _setting(name: str, wanted: object, now: str) -> str | None:
    """The value to write; None where the host is stricter than that, or offers nothing weak."""
    if isinstance(wanted, list):
        kept = [each for each in now.split(",") if not any(part in each for part in wanted)]
        return None if kept == now.split(",") else ",".join(kept)
    value = str(wanted) if not isinstance(wanted, bool) else "yes" if wanted else "no"
    return None if _stricter(name, value, now) else value


def _stricter(name: str, wanted: str, now: str) -> bool:
    """Whether the present value is stricter than the wanted one: a role that hardens never loosens."""
    if name in LIMITS:
        return now.isdigit() and 0 < int(now) < int(wanted)
    if name == "PermitRootLogin" and now in ROOT_LOGIN:
        return ROOT_LOGIN.index(now) < ROOT_LOGIN.index(OLDER_WORDS.get(wanted, wanted))
    return False
