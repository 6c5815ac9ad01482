"""The login lines of a device: console, auxiliary and virtual terminals."""

from collections.abc import Sequence
from dataclasses import dataclass

from testinfra.host import Host

from anwei.baseline.verdict import Verdict, manual
from baselines.mlps.device.configuration import Configuration, Section
from baselines.mlps.device.reading import configuration, family
from baselines.mlps.device.weighing import Rows, by_default, unset

SCHEMES = ("aaa", "scheme")
DEFAULT_IDLE = 10  # minutes, on both families


@dataclass(frozen=True)
class Line:
    """Some lines of one kind. Comware has settings of a whole class, which hold where the line says nothing."""

    name: str
    kind: str
    own: Section
    of_class: Sequence[Section]

    def value(self, pattern: str) -> str:
        """The setting of the line, or of its class."""
        return next(filter(None, (each.value(pattern) for each in (self.own, *self.of_class))), "")

    @property
    def remote(self) -> bool:
        """Whether one comes to it over the network."""
        return self.kind == "vty"

    @property
    def mode(self) -> str:
        """How the line asks who is there, as it is written."""
        return self.value(r"authentication-mode (\S+).*")

    def closed(self, default: str) -> bool:
        """Whether nobody can log in: no way to authenticate, or by a password that is not set."""
        has_password = bool(self.value(r"set authentication (password) .*"))
        return self.remote and not self.mode and (default == "closed" or (default == "password" and not has_password))

    def protocols(self, default: str) -> frozenset[str] | None:
        """What one may come in by; None where releases differ."""
        words = self.value(r"protocol inbound (.+)").split() or default.split()
        if "all" in words:
            return frozenset(("telnet", "ssh"))
        return frozenset(words) or None


def login_lines(found: Configuration) -> list[Line]:
    """All login lines of a configuration."""
    classes = [(match[1], section) for section, match in found.views(r"(?:user-interface|line) class (\w+)")]
    views = found.views(r"(?:user-interface|line) (con|console|aux|vty|tty|usb)(?: \d+)*")
    return [Line(each.line, kind[1], each, [one for of, one in classes if of == kind[1]]) for each, kind in views]


def open_lines(found: Configuration) -> list[Line]:
    """The virtual lines on which somebody can log in."""
    default = family(found).vty
    return [each for each in login_lines(found) if each.remote and not each.closed(default)]


def line_authentication(host: Host) -> Verdict:
    """Every line asks for a name and a password. Where releases differ in the default, a person has to look."""
    found = configuration(host)
    defaults = family(found)
    rows = Rows()
    for line in login_lines(found):
        mode = line.mode or (
            "closed" if line.closed(defaults.vty) else defaults.vty if line.remote else defaults.console
        )
        row = f"{line.name}: {line.mode or (mode if mode in ('none', 'password') else unset('authentication-mode'))}"
        rows.put(row, fits=mode in (*SCHEMES, "closed") if mode else None)
    return rows.verdict("authentication-mode") if rows else manual("device.no-lines")


def idle_timeout(host: Host, *, max_minutes: int) -> Verdict:
    """Every line ends an idle session. `idle-timeout 0 0` means never; nothing written means ten minutes."""
    rows = Rows()
    for line in login_lines(configuration(host)):
        minutes = line.value(r"idle-timeout (\d+)(?: \d+)?")
        seconds = int(minutes or DEFAULT_IDLE) * 60 + int(line.value(r"idle-timeout \d+ (\d+)") or 0)
        row = f"{line.name}: " + (
            f"{seconds // 60} min {seconds % 60} s" if minutes else by_default(f"{DEFAULT_IDLE} min")
        )
        rows.put(row, fits=0 < seconds <= max_minutes * 60)
    return rows.verdict("idle-timeout") if rows else manual("device.no-lines")
