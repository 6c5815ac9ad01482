"""The filter `settings_document`: from a role's lists to a state document. Pure."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError

from anwei.errors import BadInput
from anwei.state import shown
from hostkit.document import gathered
from hostkit.refusal import Refusal

Listed = Sequence[Mapping[str, Any]]


class FilterModule:
    """What Ansible asks for filters."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters by name."""
        return {"settings_document": settings_document}


def settings_document(files: Listed, sysctls: Listed, services: Listed) -> dict[str, Any]:
    """The document for all of them. Items that name the same thing are merged; what they contradict is refused."""
    parts = [
        *[("file", str(item["path"]), _file(item)) for item in files],
        *[("sysctl", str(item["name"]), _others(item, "name") | {"value": str(item["value"])}) for item in sysctls],
        *[("service", str(item["name"]), _others(item, "name")) for item in services],
        *_followers(files),
    ]
    try:
        return dict(gathered(parts))
    except Refusal as refusal:
        error = BadInput("AW-host-document", details=[shown.sentence(refusal.as_dict())])
        raise AnsibleFilterError(str(error)) from refusal


def _others(item: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """An item's fields but these."""
    return {field: value for field, value in item.items() if field not in names}


def _file(item: Mapping[str, Any]) -> dict[str, Any]:
    """A file's fields; numbers among its settings are text in the file."""
    wanted = _others(item, "path", "reload", "restart")
    return wanted | ({"settings": _as_text(wanted["settings"])} if "settings" in wanted else {})


def _as_text(value: object) -> object:
    """Numbers as text. A bare yes or no stays what YAML made of it, and is refused: nobody can tell which was meant."""
    if isinstance(value, Mapping):
        return {str(name): _as_text(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_as_text(inner) for inner in value]
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _followers(files: Listed) -> list[tuple[str, str, dict[str, Any]]]:
    """The services that read files again, each with all of its files."""
    found: dict[str, dict[str, list[str]]] = {}
    for item in files:
        for verb in ("reload", "restart"):
            for service in item.get(verb) or []:
                found.setdefault(str(service), {}).setdefault(f"{verb}_on", []).append(str(item["path"]))
    return [
        ("service", service, {verb: sorted(set(paths)) for verb, paths in on.items()}) for service, on in found.items()
    ]
