"""Kind `sysctl`: a kernel setting, as it runs and as it is set at boot.

The running value is read and written under /proc/sys, without any program. The value for the next boot is an item of
kind `file`, put where it counts: systemd loads the folders below by file name, other hosts load /etc/sysctl.conf before
or after them. So the file that decides among the folders says the value, and /etc/sysctl.conf too if it names the key.
"""

import errno
import os

from hostkit import links
from hostkit.compat import native, octets
from hostkit.refusal import Refusal
from hostkit.shell import called

MYPY = False
if MYPY:
    from typing import Any, Dict, List, Optional, Tuple

    from hostkit.host import Host

    State = Dict[str, Any]

# A file in an earlier folder hides those of the same name in later ones.
FOLDERS = ("/etc/sysctl.d", "/run/sysctl.d", "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d", "/lib/sysctl.d")
OWN = "90-anwei.conf"
CLASSIC = "/etc/sysctl.conf"
NEW = {"owner": "root", "group": "root", "mode": "0644"}
# Writing these sets every interface to the same: those that differed before are part of the state.
FOR_ALL = {
    "net.ipv4.ip_forward": "net.ipv4.conf.%s.forwarding",
    "net.ipv4.conf.all.forwarding": "net.ipv4.conf.%s.forwarding",
    "net.ipv6.conf.all.forwarding": "net.ipv6.conf.%s.forwarding",
    "net.ipv6.conf.all.disable_ipv6": "net.ipv6.conf.%s.disable_ipv6",
}
# And the kernel changes this one, against what the site or the same document has set.
FORWARDING = ("net.ipv4.ip_forward", "net.ipv4.conf.all.forwarding")
REDIRECTS = "net.ipv4.conf.all.accept_redirects"


def lower(host, key, wanted):
    # type: (Host, str, State) -> List[Tuple[str, str, State]]
    """The running value, and the files that set it at boot."""
    key = dotted(key)
    if "value" not in wanted:
        return [("sysctl", key, {})]
    value = plain(wanted["value"])
    carried = dict((field, wanted[field]) for field in wanted if field in ("why", "secret"))
    items = []  # type: List[Tuple[str, str, State]]
    if wanted.get("running", True):
        items.append(("sysctl", key, dict(carried, running=value)))
    if wanted.get("persisted", True):
        items.extend(("file", path, _file(host, path, key, value)) for path in _places(host, key))
    return items


def read(host, key, wanted):
    # type: (Host, str, State) -> State
    """The running value, with one blank between its words; and the interfaces that differ from it."""
    value = _value(host, key)
    if value is None:
        return {"present": False}
    return {"present": True, "running": value, "exceptions": _exceptions(host, key, value)}


def wish(host, key, wanted, now):
    # type: (Host, str, State, State) -> State
    """The value as named; the kernel allows no exceptions when it changes."""
    if "running" not in wanted or wanted["running"] == now.get("running"):
        return now
    if not now["present"]:
        raise Refusal("sysctl-unknown", "sysctl:" + key)
    return {"present": True, "running": wanted["running"], "exceptions": {}}


def write(host, key, now, wish):
    # type: (Host, str, State, State) -> None
    """Write the value and see what the kernel made of it; then the interfaces that are to differ."""
    if not wish["present"]:
        raise Refusal("sysctl-unknown", "sysctl:" + key)
    if _value(host, key) != wish["running"]:
        redirects = _value(host, REDIRECTS) if key in FORWARDING else None
        _set(host, key, wish["running"])
        if redirects is not None and _value(host, REDIRECTS) != redirects:
            _set(host, REDIRECTS, redirects)
    for interface, value in sorted(wish["exceptions"].items()):
        if _value(host, FOR_ALL[key] % interface) != value:
            _set(host, FOR_ALL[key] % interface, value)


def undo(key, former, lefts):
    # type: (str, State, List[State]) -> List[str]
    """One line for the value, and one for each interface that differed."""
    left = sorted(set(state["running"] for state in lefts if state["present"]))
    if not former["present"] or left in ([], [former["running"]]):
        return []
    values = [(key, former["running"], left)]
    for interface, value in sorted(former["exceptions"].items()):
        values.append((FOR_ALL[key] % interface, value, left + [former["running"]]))
    return [called("sysctl_value", [name, _path(name), value] + others) for name, value, others in values]


def dotted(name):
    # type: (str) -> str
    """A key with dots between its parts. The first separator decides: that in net/ipv4/conf/eth0.5 is no dot."""
    name = name.lstrip("-")  # in files: never mind when it fails
    separators = [letter for letter in name if letter in "./"]
    return _exchanged(name) if separators[:1] == ["/"] else name


def plain(value):
    # type: (str) -> str
    """A value as it is compared: the kernel puts tabs where people put blanks."""
    return " ".join(value.split())


def _exchanged(name):
    # type: (str) -> str
    """Dots for slashes and slashes for dots."""
    return "".join({".": "/", "/": "."}.get(letter, letter) for letter in name)


def _path(key):
    # type: (str) -> str
    """Where the kernel shows a setting."""
    return "/proc/sys/" + _exchanged(key)


def _value(host, key):
    # type: (Host, str) -> Optional[str]
    """The running value; None when the kernel has no such setting."""
    try:
        with open(host.path(_path(key)), "rb") as page:
            return plain(native(page.read()))
    except IOError as error:
        if error.errno in (errno.ENOENT, errno.ENOTDIR):
            return None
        raise _refused(key, error)


def _set(host, key, value):
    # type: (Host, str, str) -> None
    """Write a value with one call, as the kernel wants it, and demand that it took this very value."""
    try:
        with os.fdopen(os.open(host.path(_path(key)), os.O_WRONLY), "wb", 0) as page:
            page.write(octets(value + "\n"))
    except EnvironmentError as error:
        raise _refused(key, error)
    if _value(host, key) != value:
        raise Refusal("sysctl-other-value", "sysctl:" + key, wanted=value, value=_value(host, key))


def _refused(key, error):
    # type: (str, EnvironmentError) -> Refusal
    """What the kernel said."""
    return Refusal("sysctl-refused", "sysctl:" + key, errno=errno.errorcode.get(error.errno or 0, str(error.errno)))


def _exceptions(host, key, value):
    # type: (Host, str, str) -> Dict[str, str]
    """The interfaces, and `default`, whose own setting differs from the one for all."""
    if key not in FOR_ALL:
        return {}
    folder = os.path.dirname(os.path.dirname(_path(FOR_ALL[key] % "all")))
    names = [name.replace(".", "/") for name in links.names(host, folder) if name != "all"]
    found = [(name, _value(host, FOR_ALL[key] % name)) for name in names]
    return dict((name, own) for name, own in found if own not in (None, value))


def _places(host, key):
    # type: (Host, str) -> List[str]
    """The files in which the value has to stand."""
    if not host.exists(FOLDERS[0]):
        return [CLASSIC]
    last = ([""] + [path for path in _loaded(host) if _line_of(host, path, key)])[-1]
    ours = "%s/%s" % (FOLDERS[0], _after(os.path.basename(last)))
    # Many hosts have /etc/sysctl.d/99-sysctl.conf -> ../sysctl.conf.
    places = [host.walk.real(last) if last.startswith("/etc/") else ours]
    return sorted(set(places + ([CLASSIC] if _line_of(host, CLASSIC, key) else [])))


def _loaded(host):
    # type: (Host) -> List[str]
    """The files in the folders, in the order in which they are loaded."""
    found = {}  # type: Dict[str, str]
    for folder in reversed(FOLDERS):
        found.update((name, "%s/%s" % (folder, name)) for name in links.names(host, folder) if name.endswith(".conf"))
    return [found[name] for name in sorted(found)]


def _after(name):
    # type: (str) -> str
    """The name of our own file: one that is loaded after that of the distribution, if any."""
    return OWN if name < OWN else name[: -len(".conf")] + "_anwei.conf"


def _line_of(host, path, key):
    # type: (Host, str, str) -> Optional[Tuple[str, str]]
    """How a file spells a key where it sets it last, and to what. A pattern with `*` sets nothing that a line names."""
    found = None
    for line in host.lines(path):
        name, equals, value = [part.strip() for part in line.partition("=")]
        if equals and dotted(name) == key:
            found = name, value
    return found


def _file(host, path, key, value):
    # type: (Host, str, str, str) -> State
    """The setting in its file, as the file spells it. A file that is there keeps its owner and mode."""
    name, present = _line_of(host, path, key) or (key, "")
    settings = {name: present if plain(present) == value else value}
    wanted = {"dialect": "equals", "settings": settings, "create": True}  # type: State
    return wanted if host.exists(path) else dict(wanted, **NEW)
