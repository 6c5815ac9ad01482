"""The stacks of PAM on a Linux host, with what they include, as a login or a change of password goes through them."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import PurePosixPath
from typing import NamedTuple

from testinfra.host import Host

from anwei.baseline.verdict import NotReadableError
from anwei.texts import text
from baselines.mlps.reading import commands, lines, output

COMMANDS = commands("linux")
DEEPEST = 16
FOLDER = PurePosixPath("/etc/pam.d")
LINE = re.compile(r"-?(auth|account|password|session)\s+(\[[^\]]*\]|\S+)\s+(\S+)\s*(.*)", re.IGNORECASE)

Files = Mapping[str, tuple[str, ...]]


class Line(NamedTuple):
    """One module in a stack, with the file that it stands in."""

    file: str
    control: str
    module: str
    arguments: tuple[str, ...]

    @property
    def is_binding(self) -> bool:
        """Whether a refusal by the module is one of the stack."""
        return self.control in ("required", "requisite") or bool(re.search(r"default=(bad|die)\b", self.control))

    @property
    def may_end(self) -> bool:
        """Whether its success may end the stack or skip modules after it."""
        return self.control == "sufficient" or bool(re.search(r"success=(done|[1-9])", self.control))

    @property
    def settings(self) -> dict[str, str]:
        """Its arguments; one without a value is its own."""
        pairs = (word.partition("=") for word in self.arguments)
        return {name: value if sign else name for name, sign, value in pairs}

    def __str__(self) -> str:
        """The line as a sentence quotes it."""
        return " ".join([f"{self.file}: {self.module}", *self.arguments])


def services(host: Host, *names: str) -> list[str]:
    """Those of the services that have a stack of their own, or the one for all others. None at all is no PAM."""
    files = _files(output(host, COMMANDS["pam"]))
    found = [name for name in names if name in files] or [name for name in ("other",) if name in files]
    if not found:
        raise NotReadableError(str(FOLDER), text("verdict.access.no-lines"))
    return found


def of_passwords(host: Host, kind: str, *names: str) -> dict[str, tuple[Line, ...]]:
    """The stacks of those services that deal with the host's own passwords; a directory has rules of its own."""
    stacks = {name: stack(host, name, kind) for name in services(host, *names)}
    found = {name: lines_ for name, lines_ in stacks.items() if any(line.module == "pam_unix" for line in lines_)}
    if not found:
        raise NotReadableError(str(FOLDER), text("verdict.access.no-local"))
    return found


def stack(host: Host, service: str, kind: str) -> tuple[Line, ...]:
    """The modules of one kind (auth, account, password) that a service goes through, in their order."""
    return _stack(output(host, COMMANDS["pam"]), service, kind)


@lru_cache(maxsize=512)
def _stack(printed: str, service: str, kind: str) -> tuple[Line, ...]:
    """The same from what was printed."""
    return tuple(_lines(_files(printed), service, kind))


@lru_cache(maxsize=128)
def _files(printed: str) -> Files:
    """The lines of each file, by the name of its service."""
    files: dict[str, list[str]] = {}
    for row in lines(printed):
        path, _, line = row.partition(":")
        files.setdefault(PurePosixPath(path).name, []).append(line.strip())
    return {name: tuple(found) for name, found in files.items()}


def _lines(files: Files, name: str, kind: str, depth: int = 0) -> Iterator[Line]:
    """The lines of a file and of those that it includes; what is included and not there cannot be judged."""
    path = FOLDER / name
    if path.parent != FOLDER or path.name not in files or depth > DEEPEST:
        raise NotReadableError(str(path), text("verdict.access.no-lines"))
    for line in files[path.name]:
        whole, part = re.fullmatch(r"@include\s+(\S+)", line), LINE.fullmatch(line)
        if whole:
            yield from _lines(files, whole[1], kind, depth + 1)
        elif part and part[1].lower() == kind and part[2].lower() in ("include", "substack"):
            yield from _lines(files, part[3], kind, depth + 1)
        elif part and part[1].lower() == kind:
            module = PurePosixPath(part[3]).name.removesuffix(".so")
            yield Line(path.name, part[2].lower(), module, tuple(part[4].split()))
