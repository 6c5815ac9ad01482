"""Kind `service`: whether a service starts at boot, is masked, runs; and the links that say so.

`enabled` and `masked` are read off the links, and the links are what is written: a take-back brings exactly the former
ones back. `reload_on` and `restart_on` are carried out by the engine, which calls `reload` and `restart` here.
"""

import time

from hostkit import init, links, systemd
from hostkit.refusal import Refusal
from hostkit.shell import called

MYPY = False
if MYPY:
    from typing import Any, Dict, Iterable, List, Tuple

    from hostkit.host import Host

    State = Dict[str, Any]

# So long a service is watched after its start: many start well, read their configuration, and die.
SETTLE_SECONDS = 1.2


def prefetch(host, keys):
    # type: (Host, Iterable[str]) -> None
    """Read many services at once; `lower` and one `read` of each are served from it."""
    init.of(host).prefetch(keys)


def lower(host, key, wanted):
    # type: (Host, str, State) -> List[Tuple[str, str, State]]
    """The same under the service's own name: it stays when an alias is gone, and two names of one service meet."""
    return [("service", init.of(host).name(key), wanted)]


def read(host, key, wanted):
    # type: (Host, str, State) -> State
    """What is there and what runs. `enabled` is true, false, or systemd's word for what is neither, such as static."""
    return init.of(host).state(key)


def wish(host, key, wanted, now):
    # type: (Host, str, State, State) -> State
    """The service switched on or off, masked or not, running or not, as named."""
    _demand_possible(key, wanted, now)
    manager = init.of(host)
    state = dict(now)
    if wanted.get("masked", now["masked"]) != now["masked"]:
        state["links"] = manager.masked(key, state["links"], wanted["masked"])
    if wanted.get("enabled", now["enabled"] is True) != (now["enabled"] is True):
        state["links"] = manager.switched(key, state["links"], wanted["enabled"])
        state["enabled"] = wanted["enabled"]
    state.update((field, wanted[field]) for field in ("masked", "active") if field in wanted)
    return state


def write(host, key, now, wish):
    # type: (Host, str, State, State) -> None
    """Put the links in place, then start or stop. At boot only the links: what is to run has not been started yet."""
    manager = init.of(host)
    links.change(host, "service:" + key, now["links"], wish["links"])
    manager.reread()
    if now["active"] != wish["active"] and not host.booting:
        _run(host, "start" if wish["active"] else "stop", key)


def reload(host, key):
    # type: (Host, str) -> None
    """Let a running service read its configuration again. One that cannot reload is restarted: else nothing changes."""
    manager = init.of(host)
    if not host.booting and manager.state(key)["active"]:
        _run(host, "reload" if manager.may_reload(key) else "restart", key)


def restart(host, key):
    # type: (Host, str) -> None
    """Restart a running service; one that does not run reads its configuration when it is started."""
    if not host.booting and init.of(host).state(key)["active"]:
        _run(host, "restart", key)


def files_changed(host, paths):
    # type: (Host, Iterable[str]) -> None
    """Units among files that were written count once systemd has read them again."""
    if any(systemd.is_unit(path) for path in paths):
        init.of(host).reread()


def undo(key, former, lefts):
    # type: (str, State, List[State]) -> List[str]
    """One line for each link, and one that starts or stops."""
    every = sorted(set(path for state in [former] + lefts for path in state["links"]))
    lines = []
    for path in every:
        lines.extend(_line("service_link", [key, path], [state["links"].get(path, "") for state in [former] + lefts]))
    return lines + _line("service_active", [key], ["yes" if state["active"] else "no" for state in [former] + lefts])


def _demand_possible(key, wanted, now):
    # type: (str, State, State) -> None
    """Refuse what cannot come true, before anything is written."""
    if not now["present"] and (wanted.get("enabled") or wanted.get("active")):
        raise Refusal("service-unknown", "service:" + key)
    if wanted.get("masked", now["masked"]) and wanted.get("active") and not now["active"]:
        raise Refusal("service-masked", "service:" + key)


def _run(host, verb, key):
    # type: (Host, str, str) -> None
    """Do it, and see that the service lives on afterwards."""
    manager = init.of(host)
    if manager.run(verb, key).status != 0:
        raise Refusal("service-failed", "service:" + key, verb=verb, words=manager.words(key))
    if verb != "stop":
        time.sleep(SETTLE_SECONDS)
        if not manager.alive(key):
            raise Refusal("service-dead", "service:" + key, verb=verb, words=manager.words(key))


def _line(function, words, values):
    # type: (str, List[str], List[str]) -> List[str]
    """One call of a function of undo.d/service.sh, if the change left a value other than the former, the first."""
    former, lefts = values[0], sorted(set(values[1:]) - set(values[:1]))
    return [called(function, words + [former] + lefts)] if lefts else []
