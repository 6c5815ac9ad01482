"""The rules of rsyslog on a Linux host, classic ones and scripts, by what they do with all messages of a facility."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from testinfra.host import Host

from baselines.mlps.reading import commands, lines, output

COMMANDS = commands("linux")
SELECTOR = re.compile(r"([A-Za-z0-9*,;.=!&]+)\s+(action\(|-?/.*|@.*)", re.IGNORECASE)
PARAMETER = re.compile(r'(type|file|target|port|protocol)\s*=\s*"([^"]*)"', re.IGNORECASE)
FOLDER = "/etc/rsyslog.d/"


class Action(NamedTuple):
    """What rsyslog does with the messages of a selector; `chosen` when a condition stands before it in its file."""

    selector: str
    chosen: bool
    file: str = ""
    target: str = ""
    port: str = "514"
    protocol: str = "udp"

    def takes(self, facility: str) -> bool:
        """Whether it surely gets all messages of the facility."""
        return not self.chosen and selects(self.selector, facility)

    def __str__(self) -> str:
        """The receiver as a sentence quotes it."""
        return f"{self.protocol} {self.target}:{self.port}"


class Rules(NamedTuple):
    """What was read: the actions, and whether there are forms whose effect cannot be told."""

    actions: tuple[Action, ...]
    odd: bool

    def file(self, facility: str) -> str:
        """The file that surely gets all messages of a facility."""
        return next((each.file for each in self.actions if each.file and each.takes(facility)), "")


def rules(host: Host) -> Rules:
    """The rules of all files that rsyslog reads; a folder that no line includes is not read."""
    rows = [_place(line) for line in lines(output(host, COMMANDS["log_files"]))]
    includes = [words for _, words in rows if words.lower().startswith("include")]
    rows = [row for row in rows if not row[0].startswith(FOLDER) or any(FOLDER in each for each in includes)]
    actions = tuple(_actions(rows))
    odd = not actions or any(each.chosen for each in actions) or any(FOLDER not in each for each in includes)
    return Rules(actions, odd)


def selects(selector: str, facility: str) -> bool:
    """Whether a selector such as `*.info;mail.none;authpriv.none` takes all messages of the facility, logins included.

    Within a selector the last part that names the facility decides.
    """
    chosen = False
    for part in selector.split(";"):
        names, _, priority = part.rpartition(".")
        if "*" in names.split(",") or facility in names.split(","):
            chosen = priority in ("*", "debug", "info")
    return chosen


def _place(line: str) -> tuple[str, str]:
    """The file and the words of a line."""
    found = re.match(r"(/etc/rsyslog\S*?): (.*)", line)
    return (found[1], found[2].strip()) if found else ("", line)


def _actions(rows: Sequence[tuple[str, str]]) -> Iterator[Action]:
    """The actions in the order of the files; after a condition nothing in its file is sure any more."""
    before, chosen, selector = "", False, ""
    for file, words, said in _statements(rows):
        chosen = chosen and file == before
        before = file
        rule = SELECTOR.fullmatch(words)
        if words.lower().startswith(("if", "ruleset(", ":")):
            chosen = True
        elif rule:
            selector = selector if rule[1] == "&" else rule[1]
            yield from _acts(selector, rule[2].strip(), said, chosen)
        elif words.startswith("@"):
            yield _sends(Action("", chosen=True), words.partition(";")[0])
        elif words.lower() == "action(":
            yield from _acts("*.*", "action(", said, chosen)


def _statements(rows: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Each statement with its file and the parameters that follow it; an action has types of other things as well."""
    last: tuple[str, str, dict[str, str]] | None = None
    for file, words in rows:
        parameter = PARAMETER.fullmatch(words)
        if not parameter:
            if last:
                yield last
            last = (file, words, {})
        elif last and (parameter[1].lower() not in last[2] or parameter[2].startswith("om")):
            last[2][parameter[1].lower()] = parameter[2]
    if last:
        yield last


def _acts(selector: str, does: str, said: Mapping[str, str], chosen: bool) -> Iterator[Action]:
    """What a rule does, in the new form or in the old one."""
    if does.lower() == "action(":
        yield from _scripted(Action(selector, chosen), said)
    elif does.startswith("@"):
        yield _sends(Action(selector, chosen), does)
    else:
        yield Action(selector, chosen, file=does.removeprefix("-"))


def _sends(action: Action, does: str) -> Action:
    """A receiver of the old form: behind one `@` (UDP) or two (TCP), options in brackets before it."""
    receiver = re.fullmatch(r"@+(?:\([^)]*\))?(\[[^\]]*\]|[^:]*):?(\d*)", does)
    target, port = (receiver[1], receiver[2]) if receiver else (does.lstrip("@"), "")
    protocol = "tcp" if does.startswith("@@") else "udp"
    return action._replace(target=target.strip("[]"), port=port or "514", protocol=protocol)


def _scripted(action: Action, said: Mapping[str, str]) -> Iterator[Action]:
    """An action of the new form, by its parameters."""
    kind = said.get("type", "").lower()
    if kind == "omfile" and said.get("file", "").startswith("/"):
        yield action._replace(file=said["file"])
    elif kind in ("omfwd", "omrelp") and "target" in said:
        protocol = "relp" if kind == "omrelp" else said.get("protocol", "udp").lower()
        yield action._replace(target=said["target"], port=said.get("port", "514"), protocol=protocol)
    elif kind in ("omfile", "omfwd", "omrelp"):
        yield action._replace(chosen=True)
