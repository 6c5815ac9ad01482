"""A run that did not come to its end: whoever comes next notes it, and what became of its hosts meanwhile.

Hosts that nobody confirmed took themselves back while the control node was gone. Only they know it: they are asked.
"""

from collections.abc import Mapping
from typing import Any

from anwei.change import hosts
from anwei.change.progress import Progress
from anwei.change.view import View
from anwei.estate import Estate
from anwei.estate.problems import listed
from anwei.record import Record
from anwei.texts import text


def note(record: Record, estate: Estate, so_far: Progress, view: View) -> str:
    """Show it and put it into the record, also where the gate then lets nothing go on; what it says."""
    by_themselves = _taken_back_by_themselves(record.name, estate, so_far)
    said = text("change.cut-short", event=so_far.last)
    if by_themselves:
        said += text("change.by-themselves", hosts=listed(sorted(by_themselves)))
    view.say("plain", said=said)
    record.append("interrupted", {"after": so_far.last, "said": said, "by_themselves": by_themselves})
    return said


def _taken_back_by_themselves(name: str, estate: Estate, so_far: Progress) -> Mapping[str, Mapping[str, str]]:
    """The hosts whose dead-man took this change back, each with when and how. One that cannot be asked is left out."""
    written = sorted(so_far.attempted)
    kept = hosts.kept_changes(estate.path, written) if written else {}
    ours: dict[str, dict[str, Any]] = {
        host: each["returned"] for host, changes in kept.items() for each in changes if each["change"] == name
    }
    return {host: returned for host, returned in ours.items() if returned}
