"""Kind `sudo`: rules in a file of their own below /etc/sudoers.d.

visudo judges the file alone: an alias that only the main file defines is unknown to it, which it warns of but takes.
"""

import re

from hostkit.refusal import Refusal

MYPY = False
if MYPY:
    from typing import Any, Dict, List, Tuple

    from hostkit.host import Host

FOLDER = "/etc/sudoers.d"
INCLUDE = re.compile(r"^[#@]includedir\s+\"?" + FOLDER + r"/?\"?\s*$")
CHECKER = ["visudo", "-c", "-f", "%s"]


def lower(host, key, wanted):
    # type: (Host, str, Dict[str, Any]) -> List[Tuple[str, str, Dict[str, Any]]]
    """The file that holds the rules, or its absence."""
    shared = dict((field, wanted[field]) for field in ("why", "secret") if field in wanted)
    path = FOLDER + "/" + key
    if not wanted.get("present", True):
        return [("file", path, dict(shared, type="absent"))]
    _demand_read(host)
    content = "".join(rule + "\n" for rule in wanted["rules"])
    return [("file", path, dict(shared, content=content, owner="root", group="root", mode="0440", validate=CHECKER))]


def _demand_read(host):
    # type: (Host) -> None
    """Refuse rules that sudo would never read: the main file, where there is one, must name the folder."""
    main = host.lines("/etc/sudoers")
    if main and not any(INCLUDE.match(line) for line in main):
        raise Refusal("sudo-folder-unread", folder=FOLDER)
