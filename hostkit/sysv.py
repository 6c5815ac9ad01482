"""SysV services: a script in /etc/init.d, and links in the folders of the run levels.

The links are made here, as chkconfig and update-rc.d make them: so a plan can show them before. Tried with scripts in a
folder only; no host of the lab starts its services this way.
"""

import re

from hostkit import links as folders
from hostkit.refusal import Refusal

MYPY = False
if MYPY:
    from typing import Dict, Tuple

    from hostkit.host import Done, Host

    Links = Dict[str, str]

LEVELS = "0123456S"
# Those in which a host does its work; in the others services end.
STARTS = "2345"
ENDS = "016"
START_SECONDS = 600
# `# chkconfig: 2345 55 25`: levels, place among the starts, place among the ends
_CHKCONFIG = re.compile(r"#\s*chkconfig:\s*\S+\s+(\d\d?)\s+(\d\d?)")
_RELOADS = re.compile(r"""(^|[|\s"'])reload["']?\s*[|)]""")
# Where a script says nothing: what `update-rc.d NAME defaults` takes.
DEFAULT = ("20", "20")


class SysV(object):
    """Drives services by their scripts, with the same methods as `Systemd`."""

    def __init__(self, host):
        # type: (Host) -> None
        self._host = host

    def name(self, key):
        # type: (str) -> str
        """The script's name; documents may say `cron.service` for every host."""
        return key[: -len(".service")] if key.endswith(".service") else key

    def prefetch(self, keys):
        # type: (object) -> None
        """There is nothing to ask for many services at once."""

    def state(self, name):
        # type: (str) -> Dict[str, object]
        """What is there and what runs. SysV cannot mask."""
        links = links_of(self._host, name)
        present = self._host.exists(script(name))
        return {
            "present": present,
            "enabled": starts(links),
            "masked": False,
            "active": present and self.alive(name),
            "links": links,
        }

    def switched(self, name, links, enabled):
        # type: (str, Links, bool) -> Links
        """The links with which a service starts at boot, or does not."""
        return switched(self._host, name, links, enabled)

    def masked(self, name, links, masked):
        # type: (str, Links, bool) -> Links
        """There is no such thing here."""
        if masked:
            raise Refusal("service-no-mask", "service:" + name)
        return links

    def reread(self):
        # type: () -> None
        """Scripts are read when they run."""

    def run(self, verb, name):
        # type: (str, str) -> Done
        """Start, stop, restart or reload. Output is dropped: a daemon that keeps it open would be waited for."""
        detached = 'exec "$0" "$1" < /dev/null > /dev/null 2>&1'
        return self._host.run(["sh", "-c", detached, self._host.path(script(name)), verb], seconds=START_SECONDS)

    def alive(self, name):
        # type: (str) -> bool
        """Whether the script says that its service runs."""
        return self._status(name).status == 0

    def may_reload(self, name):
        # type: (str) -> bool
        """Whether the script knows `reload`."""
        return any(_RELOADS.search(line) for line in self._host.lines(script(name)))

    def words(self, name):
        # type: (str) -> str
        """What the script says of its service."""
        return self._status(name).last_words()

    def _status(self, name):
        # type: (str) -> Done
        """Ask the script."""
        return self._host.run([self._host.path(script(name)), "status"])


def script(name):
    # type: (str) -> str
    """Where a service's script is."""
    return "/etc/init.d/" + name


def links_of(host, name):
    # type: (Host, str) -> Links
    """The links of a service in the run levels: S starts it, K ends it."""
    pattern = re.compile(r".*/[SK]\d\d%s$" % re.escape(name))
    levels = [folders.inside(host, _folder(level)) for level in LEVELS]
    return dict(link for links in levels for link in links.items() if pattern.match(link[0]))


def starts(links):
    # type: (Links) -> bool
    """Whether a service starts in any level in which the host does its work."""
    return any(_place(path)[0] in STARTS + "S" and _place(path)[1] == "S" for path in links)


def switched(host, name, links, enabled):
    # type: (Host, str, Links, bool) -> Links
    """The links with which a service starts at boot, or does not."""
    start, end = _places(host, name)
    return _on(name, links, start, end) if enabled else _off(name, links, end)


def _on(name, links, start, end):
    # type: (str, Links, str, str) -> Links
    """Start in the working levels, end in the others; what the site has set for the others stays."""
    kept = dict((path, leads) for path, leads in links.items() if _place(path)[0] not in STARTS)
    ended = set(_place(path)[0] for path in kept)
    kept.update(_link(level, "S" + start, name) for level in STARTS)
    kept.update(_link(level, "K" + end, name) for level in ENDS if level not in ended)
    return kept


def _off(name, links, end):
    # type: (str, Links, str) -> Links
    """End where it started."""
    kept = dict((path, leads) for path, leads in links.items() if _place(path)[1] == "K")
    kept.update(_link(_place(path)[0], "K" + end, name) for path in set(links) - set(kept))
    return kept


def _folder(level):
    # type: (str) -> str
    """The folder of a run level."""
    return "/etc/rc%s.d" % level


def _place(path):
    # type: (str) -> Tuple[str, str]
    """The level and the letter of a link: /etc/rc3.d/S55sshd is ("3", "S")."""
    return path[len("/etc/rc")], path.rsplit("/", 1)[1][0]


def _link(level, place, name):
    # type: (str, str, str) -> Tuple[str, str]
    """A link of a level, and where it leads."""
    return "%s/%s%s" % (_folder(level), place, name), "../init.d/" + name


def _places(host, name):
    # type: (Host, str) -> Tuple[str, str]
    """Where in the order a service starts and ends, as its script says."""
    matches = [_CHKCONFIG.match(line) for line in host.lines(script(name))]
    start, end = next((match.groups() for match in matches if match), DEFAULT)
    return start.zfill(2), end.zfill(2)
