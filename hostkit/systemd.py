"""systemd's services, sockets, timers and other units: what systemd says of them, and the links that switch them on.

The links are made here and not by `systemctl enable`: so a plan can show them before, and a take-back brings exactly
those back that were there, a site's own among them.
"""

from os.path import basename

from hostkit import links as folders
from hostkit import sysv
from hostkit.refusal import Refusal

MYPY = False
if MYPY:
    from typing import Dict, Iterable, List, Set

    from hostkit.host import Done, Host

    Links = Dict[str, str]
    Properties = Dict[str, str]

OWN = "/etc/systemd/system"
PLACES = (OWN, "/run/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system")
# systemd reads scripts there, too.
SCRIPTS = "/etc/init.d"
TYPES = ("service", "socket", "timer", "target", "path", "mount", "automount", "swap", "slice", "device", "scope")
ASKED = "Id,LoadState,UnitFileState,ActiveState,CanReload,NRestarts"
ACTIVE = ("active", "reloading", "refreshing")
# Words for a unit that is neither enabled nor disabled: nothing says where it would start, or it is not for good.
NEITHER = ("static", "indirect", "transient", "enabled-runtime", "linked-runtime")
NOWHERE = "/dev/null"
INSTALL = (("WantedBy", ".wants"), ("RequiredBy", ".requires"), ("UpheldBy", ".upholds"))
START_SECONDS = 600


class Systemd(object):
    """Drives units by systemctl, and their links by hand."""

    def __init__(self, host):
        # type: (Host) -> None
        self._host = host
        # What was read ahead. Each answer serves one look at a state: the next one asks again.
        self._ahead = {}  # type: Dict[str, Properties]

    def prefetch(self, keys):
        # type: (Iterable[str]) -> None
        """Ask for many units with one program: twenty of them cost as much as one."""
        units = [_whole(key) for key in keys]
        for unit, shown in zip(units, self._show(units)):
            self._ahead[unit] = self._ahead[shown["Id"]] = shown

    def name(self, key):
        # type: (str) -> str
        """The unit's own whole name: `ssh` and, on Debian, `sshd` are both ssh.service."""
        unit = _whole(key)
        if unit not in self._ahead:
            self.prefetch([unit])
        return self._ahead[unit]["Id"]

    def state(self, name):
        # type: (str) -> Dict[str, object]
        """What is there and what runs."""
        shown = self._ahead.pop(name, None) or self._show([name])[0]
        links, script = self._links(name), self._script(name)
        enabled = any(leads != NOWHERE for leads in links.values())
        word = shown.get("UnitFileState", "")
        if script:
            levels = sysv.links_of(self._host, script)
            enabled = enabled or sysv.starts(levels)
            links.update(levels)
        return {
            "present": shown["LoadState"] not in ("not-found", "masked") or bool(self._file(name) or script),
            "enabled": enabled or (word in NEITHER and word),
            "masked": self._is_masked(name),
            "active": shown["ActiveState"] in ACTIVE,
            "links": links,
        }

    def switched(self, name, links, enabled):
        # type: (str, Links, bool) -> Links
        """The links with which a unit starts at boot, or does not; a mask stays."""
        levels = dict((path, leads) for path, leads in links.items() if not path.startswith(OWN))
        mask = dict((path, leads) for path, leads in links.items() if leads == NOWHERE)
        script = self._script(name)
        if script:
            mask.update(sysv.switched(self._host, script, levels, enabled))
        if script or not enabled:
            return mask
        made = self._installed(name)
        if not made:
            raise Refusal("service-static", "service:" + name)
        made.update(links)
        return made

    def masked(self, name, links, masked):
        # type: (str, Links, bool) -> Links
        """The links with which a unit cannot be started at all, or can again."""
        path = "%s/%s" % (OWN, name)
        if masked and self._host.exists(path):
            raise Refusal("service-path-taken", "service:" + name, path=path)
        if not masked and path not in links:
            raise Refusal("service-masked-elsewhere", "service:" + name)
        others = dict((link, leads) for link, leads in links.items() if link != path)
        others.update([(path, NOWHERE)] if masked else [])
        return others

    def reread(self):
        # type: () -> None
        """Let systemd read units and links again."""
        self._ahead.clear()
        self._host.demand(["systemctl", "daemon-reload"])

    def run(self, verb, name):
        # type: (str, str) -> Done
        """Start, stop, restart or reload, with a clean slate: earlier failures shall not count against this start."""
        self._ahead.clear()
        if verb in ("start", "restart"):
            self._host.run(["systemctl", "reset-failed", "--", name])
        return self._host.run(["systemctl", verb, "--", name], seconds=START_SECONDS)

    def alive(self, name):
        # type: (str) -> bool
        """Whether it runs, and has run since it was started: one that dies and is restarted does not count."""
        shown = self._show([name])[0]
        return shown["ActiveState"] in ACTIVE and shown.get("NRestarts", "") in ("", "0")

    def may_reload(self, name):
        # type: (str) -> bool
        """Whether the unit says how it is reloaded."""
        return self._show([name])[0].get("CanReload") == "yes"

    def words(self, name):
        # type: (str) -> str
        """The end of what systemd says of it, with the last lines of its log."""
        return self._host.run(["systemctl", "status", "--no-pager", "--full", "--output=cat", "--", name]).last_words()

    def _show(self, units):
        # type: (List[str]) -> List[Properties]
        """The properties of units, in their order."""
        if not units:
            return []
        words = ["systemctl", "show", "--no-pager", "--property=" + ASKED, "--"]
        blocks = self._host.demand(words + units).strip("\n").split("\n\n")
        if len(blocks) != len(units):
            raise Refusal("service-unreadable", units=", ".join(units))
        return [dict(line.split("=", 1) for line in block.split("\n")) for block in blocks]

    def _links(self, name):
        # type: (str) -> Links
        """The links under /etc that mean this unit, or one that is switched on and off together with it."""
        units = self._together(name)
        every = folders.inside(self._host, OWN)
        names = units | set(basename(path) for path, leads in every.items() if _meant(path, leads) in units)
        found = dict((path, leads) for path, leads in every.items() if _means(path, leads, name, units))
        for folder in folders.names(self._host, OWN):
            if folder.endswith(folders.OF_A_TARGET):
                wanting = folders.inside(self._host, "%s/%s" % (OWN, folder))
                found.update(pair for pair in wanting.items() if basename(pair[0]) in names or _meant(*pair) in names)
        return found

    def _together(self, name):
        # type: (str) -> Set[str]
        """The unit and those that its `Also=` names, and so on: a service and its socket, say."""
        found = set()  # type: Set[str]
        waiting = [name]
        while waiting:
            unit = waiting.pop()
            if unit not in found and "@." not in unit:
                found.add(unit)
                waiting.extend(self._install_section(unit).get("Also", []))
        return found

    def _installed(self, name):
        # type: (str) -> Links
        """The links that `systemctl enable` would make."""
        made = {}  # type: Links
        for unit in self._together(name):
            page = self._file(unit)
            section = self._install_section(unit) if page else {}
            for option, ending in INSTALL:
                made.update(("%s/%s%s/%s" % (OWN, target, ending, unit), page) for target in section.get(option, []))
            made.update(("%s/%s" % (OWN, alias), page) for alias in section.get("Alias", []) if alias != unit)
        return made

    def _install_section(self, unit):
        # type: (str) -> Dict[str, List[str]]
        """What the section [Install] of a unit and its drop-ins says: the words of each option."""
        page = self._file(unit)
        found = {}  # type: Dict[str, List[str]]
        for path in ([page] if page else []) + self._drop_ins(unit):
            text = "\n".join(self._host.lines(path)).replace("\\\n", " ")
            for option, value in _section(text.split("\n"), "[Install]"):
                # An empty value takes back what was said before.
                found[option] = found.get(option, []) + _expanded(value, unit) if value else []
        return found

    def _drop_ins(self, unit):
        # type: (str) -> List[str]
        """The files that add to a unit."""
        parts = ["%s/%s.d" % (place, unit) for place in PLACES]
        pages = ["%s/%s" % (part, name) for part in parts for name in folders.names(self._host, part)]
        return [page for page in pages if page.endswith(".conf")]

    def _file(self, unit):
        # type: (str) -> str
        """The unit's file, that of its template, or an empty word. A mask is none."""
        for path in _candidates(unit):
            if self._host.exists(path) and folders.target(self._host, path) != NOWHERE:
                return path
        return ""

    def _is_masked(self, unit):
        # type: (str) -> bool
        """Whether the first file of that name leads nowhere: by the site, or by the distribution."""
        found = [path for path in _candidates(unit) if self._host.exists(path)]
        return bool(found) and folders.target(self._host, found[0]) == NOWHERE

    def _script(self, unit):
        # type: (str) -> str
        """The name of the SysV script that systemd runs for want of a unit file, or an empty word."""
        name = unit[: -len(".service")]
        has_one = unit.endswith(".service") and self._host.exists(sysv.script(name))
        return name if has_one and not self._file(unit) else ""


def is_unit(path):
    # type: (str) -> bool
    """Whether systemd has to read again when a file changed."""
    return path.startswith(PLACES) or path.startswith(SCRIPTS)


def _whole(key):
    # type: (str) -> str
    """A unit's name with its type; without one a service is meant."""
    return key if key.rsplit(".", 1)[-1] in TYPES else key + ".service"


def _candidates(unit):
    # type: (str) -> List[str]
    """Where systemd looks for a unit, in its order: foo@bar.service, then foo@.service."""
    names = [unit]
    if "@" in unit:
        names.append("%s@.%s" % (unit.split("@", 1)[0], unit.rsplit(".", 1)[1]))
    return ["%s/%s" % (place, name) for name in names for place in PLACES]


def _means(path, leads, name, units):
    # type: (str, str, str, Set[str]) -> bool
    """Whether a link beside the units is this unit's mask, or another name for one of the units.

    A link of the unit's own name that leads to a file elsewhere is the unit itself: it stays.
    """
    if basename(path) == name:
        return leads == NOWHERE
    return _meant(path, leads) in units and basename(path) not in units


def _meant(path, leads):
    # type: (str, str) -> str
    """The unit that a link stands for: one that leads to a template stands for the instance in its own name."""
    unit, name = basename(leads), basename(path)
    if "@." in unit and "@" in name:
        unit = unit.replace("@", "@" + name.split("@", 1)[1].rsplit(".", 1)[0])
    return unit


def _section(lines, wanted):
    # type: (Iterable[str], str) -> Iterable[List[str]]
    """The pairs of option and value in one section of a unit file."""
    section = ""
    for line in lines:
        body = line.strip()
        if body.startswith("["):
            section = body
        elif section == wanted and "=" in body and body[0] not in "#;":
            yield [part.strip() for part in body.split("=", 1)]


def _expanded(value, unit):
    # type: (str, str) -> List[str]
    """The words of a value, with what systemd puts in for %i and its like."""
    stem = unit.rsplit(".", 1)[0]
    prefix, _at, instance = stem.partition("@")
    for letter, meaning in (("i", instance), ("p", prefix), ("n", unit), ("N", stem), ("j", prefix.rsplit("-", 1)[-1])):
        value = value.replace("%" + letter, meaning)
    return value.split()
