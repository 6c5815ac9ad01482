"""Rules for new passwords on a Linux host: length and classes of characters, and no return of former ones."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from testinfra.host import Host

from anwei.baseline.verdict import Verdict, manual, met, not_met
from baselines.mlps.linux import pam
from baselines.mlps.linux.security_conf import settings
from baselines.mlps.reading import listed

SERVICES = ("passwd", "sshd", "login")
CREDITS = ("dcredit", "ucredit", "lcredit", "ocredit")
KEYS = ("minlen", "minclass", *CREDITS, "enforcing", "enforce_for_root")
# What the modules do where nothing is set. Versions of pwquality before 1.3 gave credits, as the comments of their own
# file say; cracklib does.
PWQUALITY = {"minlen": "8", "minclass": "0", **dict.fromkeys(CREDITS, "0")}
CRACKLIB = {"minlen": "9", "minclass": "0", **dict.fromkeys(CREDITS, "1")}
SHORTEST = 6
# A third module, with rules of its own form.
OTHER = "pam_passwdqc"
KEPT = "10"


class Rule(NamedTuple):
    """What one module demands. A credit lets a password be shorter by one for each class that it has."""

    line: pam.Line
    values: Mapping[str, str]

    @property
    def length(self) -> int:
        """The length that is set."""
        return int(self.values["minlen"])

    @property
    def shortest(self) -> int:
        """The length that the credits leave."""
        return max(SHORTEST, self.length - sum(max(0, int(self.values[key])) for key in CREDITS))

    @property
    def classes(self) -> int:
        """How many classes of characters a password needs."""
        return max(int(self.values["minclass"]), sum(int(self.values[key]) < 0 for key in CREDITS))

    def holds(self, min_length: int, min_classes: int) -> bool:
        """Whether the rule is as expected, but for credits."""
        return self.length >= min_length and self.classes >= min_classes and self.values.get("enforcing") != "0"

    def __str__(self) -> str:
        """The rule as a sentence quotes it."""
        words = [f"{key}={self.values[key]}" for key in KEYS if key in self.values]
        return " ".join([f"{self.line.file}: {self.line.module}", *words])


def password_complexity(host: Host, *, min_length: int, min_classes: int) -> Verdict:
    """Wherever a password can be changed, a module that can refuse demands length and classes."""
    stacks = pam.of_passwords(host, "password", *SERVICES)
    by_service = {name: _rules(host, lines) for name, lines in stacks.items()}
    rows = listed(f"{name} → {rule}" for name, rules in by_service.items() for rule in rules)
    without = [name for name, rules in by_service.items() if not rules]
    if without:
        other = [line for name in without for line in stacks[name] if line.module == OTHER]
        if other:
            return manual("access.rules", rows=listed(other))
        return not_met("access.no-rule", names=listed(without))
    good = {name: [each for each in rules if each.holds(min_length, min_classes)] for name, rules in by_service.items()}
    if not all(good.values()):
        return not_met("access.rules", rows=rows)
    shortest = min(max(each.shortest for each in rules) for rules in good.values())
    if shortest < min_length:
        return manual("access.credits", rows=rows, length=shortest)
    return met("access.rules", rows=rows)


def password_history(host: Host, *, min_kept: int) -> Verdict:
    """Wherever a password can be changed, former ones are refused."""
    stacks = pam.of_passwords(host, "password", *SERVICES)
    kept = {name: _kept(host, lines) for name, lines in stacks.items()}
    rows = listed(f"{name} remember={count}" for name, count in kept.items())
    return (met if all(count >= min_kept for count in kept.values()) else not_met)("access.history", rows=rows)


def _rules(host: Host, lines: Sequence[pam.Line]) -> list[Rule]:
    """The rules that a change of password through a stack has to keep."""
    file = settings(host, "pwquality.conf")
    credits_in_comments = {key: value for key, value in file.defaults.items() if key in CREDITS and value == "1"}
    defaults = {**PWQUALITY, **credits_in_comments, **file.values}
    return [
        Rule(line, {**(defaults if line.module == "pam_pwquality" else CRACKLIB), **line.settings})
        for line in lines
        if line.is_binding and line.module in ("pam_pwquality", "pam_cracklib")
    ]


def _kept(host: Host, lines: Sequence[pam.Line]) -> int:
    """How many former passwords a stack refuses; nothing set means ten for the module that is made for it."""
    found = [0]
    for line in lines:
        if line.module == "pam_pwhistory" and line.is_binding:
            value = settings(host, "pwhistory.conf").values.get("remember", KEPT)
            found.append(int(line.settings.get("remember", value)))
        elif line.module == "pam_unix":
            found.append(int(line.settings.get("remember", "0")))
    return max(found)
