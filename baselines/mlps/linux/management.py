"""How a Linux host is managed, and who could stop its audit."""

import re
from collections.abc import Sequence

from testinfra.host import Host

from anwei.baseline.verdict import NotReadableError, Verdict, manual, met, not_met
from baselines.mlps.linux.audit import enabled_status
from baselines.mlps.linux.processes import running
from baselines.mlps.linux.sockets import listening
from baselines.mlps.reading import commands, lines, listed, output

COMMANDS = commands("linux")
UNIT = "systemctl show -p RefuseManualStop auditd.service"
ALONE = re.compile(r"(systemctl|/service|auditctl|/s?kill|pkill|killall)\s*(,|$|\*)|(auditd|rsyslog|auditctl\s+-)")


def secure_management(host: Host, *, ports: Sequence[int]) -> Verdict:
    """The host is managed over SSH, and nothing in the clear listens beside it."""
    outside = [each for each in listening(host) if each.protocol == "tcp" and each.is_reachable]
    plain = [str(each) for each in outside if each.port in ports]
    if plain:
        return not_met("plaintext.listening", sockets=listed(plain))
    ssh = [str(each) for each in outside if each.process.startswith("sshd")]
    return met("watch.ssh-only", sockets=listed(ssh)) if ssh else manual("watch.no-ssh")


def audit_protected(host: Host) -> Verdict:
    """Nobody but administrators can stop the audit: no rule gives others such commands, and the unit refuses it."""
    rows = [line.partition(":") for line in lines(output(host, COMMANDS["audit_stoppers"]))]
    granted = _granted(rows)
    if granted:
        return granted
    if "auditd" not in running(host):
        return not_met("watch.audit.stopped")
    if enabled_status(host) == "2":
        return met("watch.stoppers.locked")
    return met("watch.stoppers.refused") if _refuses(host) else manual("watch.stoppers.possible")


def _granted(rows: Sequence[tuple[str, str, str]]) -> Verdict | None:
    """What rules of sudo and polkit give away, if they do; who uses an alias, or meets a polkit rule, is not read."""
    given = [(f"{file}: {' '.join(rule.split())}", "Cmnd_Alias" in rule) for file, _, rule in rows if _gives(rule)]
    quoted = listed(row for row, _ in given)
    if not all(alias for _, alias in given):
        return not_met("watch.stoppers.given", rows=quoted)
    if given:
        return manual("watch.stoppers.alias", rows=quoted)
    polkit = sorted({file for file, _, rule in rows if "manage-units" in rule})
    return manual("watch.stoppers.polkit", names=listed(polkit)) if polkit else None


def _gives(rule: str) -> bool:
    """Whether a rule of sudo gives somebody a command with which the audit could be stopped; exceptions do not."""
    user, _, granted = rule.partition("=")
    if "manage-units" in rule or user.split()[:1] == ["root"] or user.strip().startswith("Defaults"):
        return False
    return any(ALONE.search(each.strip()) for each in (granted or user).split(",") if not re.search(r"!\s*/", each))


def _refuses(host: Host) -> bool:
    """Whether systemd refuses to stop auditd by hand; hosts without systemd have no such thing."""
    try:
        return output(host, UNIT).strip() == "RefuseManualStop=yes"
    except NotReadableError:
        return False
