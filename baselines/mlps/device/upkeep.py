"""The release of a device, and whether its configuration would survive a restart."""

import re
from datetime import datetime

from testinfra.host import Host

from anwei.baseline.verdict import Verdict, manual, met, not_met
from baselines.mlps.device.configuration import Configuration
from baselines.mlps.device.reading import configuration, family, said

CHANGES = {"vrp": "compare configuration", "comware": "display current-configuration diff"}
SAME = r"(?i)\bis the same as\b|no (?:difference|diff)|\bidentical\b"
DIFFERS = r"(?im)\bnot the same\b|\bare different\b|====|^(?:---|\+\+\+|@@)|^[-+] |difference"
STAMP = r"!Last configuration was {} at (\d{{4}}-\d\d-\d\d [\d:]+)"


def release(found: Configuration) -> str:
    """The release that the configuration names."""
    remarks = (match[1] for line in found.remarks if (match := re.match(r"!\s*Software Version (\S+)", line)))
    return next(remarks, found.value(r"(?:version )(\d\S*, .+)"))


def supported_release(host: Host) -> Verdict:
    """The release, to be held against the vendor's notices."""
    name = release(configuration(host))
    return manual("value", what="version", value=name or said(host, "display version").split("\n")[0])


def saved(host: Host) -> Verdict:
    """What runs is what was saved: by the times in the configuration, or by the device's own comparison."""
    found = configuration(host)
    times = {each: _stamp(found, each) for each in ("updated", "saved")}
    if times["updated"] and times["saved"]:
        verdict = met if times["saved"] >= times["updated"] else not_met
        return verdict("device.saved", updated=times["updated"], saved=times["saved"])
    command = CHANGES[family(found).code]
    printed = said(host, command).strip()
    if not printed or re.search(SAME, printed):
        return met("device.same", command=command)
    return (
        not_met("device.differs", command=command) if re.search(DIFFERS, printed) else manual("odd", error=printed[:80])
    )


def _stamp(found: Configuration, what: str) -> datetime | None:
    """A time in the head of a configuration."""
    rows = [match[1] for line in found.remarks if (match := re.match(STAMP.format(what), line))]
    return datetime.fromisoformat(rows[0]) if rows else None
