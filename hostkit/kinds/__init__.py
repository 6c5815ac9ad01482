"""The kinds of state: one module each. A new kind is one module here, one schema in `schemas/` and a test module."""

MYPY = False
if MYPY:
    from typing import Any, Dict, Iterable, List, Optional, Tuple

    from hostkit.host import Host

# In this order things come; in the opposite order they go.
ORDER = ("group", "account", "file", "sysctl", "service")
# Written in terms of the others.
LOWERED = ("authorized_key", "sudo")


def named(kind):
    # type: (str) -> Any
    """The module of a kind. Loaded when it is needed: a run pays only for the kinds that its document names."""
    return getattr(__import__("hostkit.kinds." + kind).kinds, kind)


def lower(host, kind, key, wanted):
    # type: (Host, str, str, Dict[str, Any]) -> List[Tuple[str, str, Dict[str, Any]]]
    """An item in terms of the kinds that read and write; most stand for themselves."""
    module = named(kind)
    parts = module.lower(host, key, wanted) if hasattr(module, "lower") else [(kind, key, wanted)]
    # What one kind means in terms of another is lowered on: a file of a sysctl may be a link.
    return [found for part in parts for found in ([part] if part[0] == kind else lower(host, *part))]


def companion(host, kind, key, now, wish):
    # type: (Host, str, str, Dict[str, Any], Dict[str, Any]) -> Optional[Tuple[str, str, Dict[str, Any]]]
    """The item that comes or goes with this one, where a kind knows of such."""
    module = named(kind)
    return module.companion(host, key, now, wish) if hasattr(module, "companion") else None


def prefetch(host, document):
    # type: (Host, Dict[str, Dict[str, Any]]) -> None
    """Let kinds that can do so read all their things at once."""
    for kind in document:
        _if_known(kind, "prefetch", host, sorted(document[kind]))


def tell(host, paths):
    # type: (Host, Iterable[str]) -> None
    """Tell the service manager which files changed: units among them have to be read again."""
    named("service").files_changed(host, list(paths))


def sweep(host, item):
    # type: (Host, str) -> None
    """Clear what a killed run left beside a thing, where a kind knows of such."""
    kind, key = item.split(":", 1)
    _if_known(kind, "sweep", host, key)


def unmake(host, item):
    # type: (Host, str) -> None
    """Take away a thing that a killed run may have made by halves, where a kind knows of such."""
    kind, key = item.split(":", 1)
    _if_known(kind, "unmake", host, key)


def clear(host, item, left):
    # type: (Host, str, Dict[str, Any]) -> None
    """Remove what lies about after a thing that a change had made is gone again."""
    kind, key = item.split(":", 1)
    _if_known(kind, "clear", host, key, left)


def kept(item, former, now):
    # type: (str, Dict[str, Any], Dict[str, Any]) -> Iterable[str]
    """The fields that a take-back never brings back: revoked accounts, retired passwords."""
    return _if_known(item.split(":", 1)[0], "kept", former, now) or ()


def _if_known(kind, function, *arguments):
    # type: (str, str, *Any) -> Any
    """What a function of a kind answers; None where the kind has no such function."""
    known = getattr(named(kind), function, None)
    return known(*arguments) if known else None
