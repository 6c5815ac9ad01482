"""Whether this site has a guard-rail or a control, from what is so on this machine and from no setting.

A control: what a run needs (host credentials, control folder) belongs to a service account that nobody can log in to,
the program is root's, and people get there by the launcher alone. Anything less is a guard-rail: whoever runs it could
get round it. Root can get round both.
"""

import os
import pwd
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from anwei.control import credentials, own
from anwei.control.finding import joined
from anwei.estate import Estate
from anwei.home import ROOT, home
from anwei.texts import text

LAUNCHER = "anwei-runner"
NO_LOGIN = {"nologin", "false"}
BECOMING = {"sudo", "su", "doas"}
BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH


@dataclass(frozen=True)
class Verdict:
    """The answer: a control where nothing speaks against it."""

    reasons: tuple[str, ...]

    @property
    def control(self) -> bool:
        """Whether it is one."""
        return not self.reasons

    def __str__(self) -> str:
        if self.control:
            return text("control.verdict.control", account=own.name_of(home().stat().st_uid))
        return text("control.verdict.guard-rail", reasons=joined(self.reasons))


def verdict(estate: Estate | None) -> Verdict:
    """Look at everything that would let somebody round it."""
    if not home().is_dir():
        return Verdict((text("control.reason.home-none"),))
    rules = (_account(), _folder(), _program(), _way_in(), _credentials(estate))
    try:
        return Verdict(tuple(reason for rule in rules for reason in rule))
    except OSError as error:  # what cannot be looked at is not shown to be a control
        return Verdict((str(error),))


def _account() -> Iterator[str]:
    """The control folder belongs to a person, or to an account that people can log in to."""
    uid = home().stat().st_uid
    name = own.name_of(uid)
    if uid == 0:
        yield text("control.reason.root")
        return
    try:
        account = pwd.getpwuid(uid)
    except KeyError:
        yield text("control.reason.nobody", uid=uid)
        return
    if Path(account.pw_shell).name not in NO_LOGIN:
        yield text("control.reason.shell", account=name, shell=account.pw_shell)
    if os.path.lexists(Path(account.pw_dir, ".ssh", "authorized_keys")):
        yield text("control.reason.authorized", account=name)


def _folder() -> Iterator[str]:
    """Others can get at the control folder."""
    if any(not found.good for found in own.wrong_with(home())):
        yield text("control.reason.folder", path=home())


def _program() -> Iterator[str]:
    """Somebody else than root can change the program or what runs it."""
    places = {ROOT, *ROOT.parents, Path(sys.prefix), *Path(sys.prefix).parents}
    python = Path(sys.executable).resolve()
    for path in (*sorted(places), python, *python.parents, *_below(ROOT)):
        if why := _not_roots(path):
            yield text("control.reason.program", path=path, why=why)
            return


def _below(top: Path) -> Iterator[Path]:
    """Everything in a folder."""
    for folder, folders, files in os.walk(top):
        yield from (Path(folder, name) for name in (*folders, *files))


def _not_roots(path: Path) -> str:
    """Why a path is not root's alone. What a link leads to is looked at by itself where it matters."""
    try:
        found = path.lstat()
    except FileNotFoundError:  # somebody's of the moment
        return ""
    if found.st_uid:
        return own.name_of(found.st_uid)
    shared = stat.S_ISDIR(found.st_mode) and found.st_mode & stat.S_ISVTX
    open_to_others = found.st_mode & BY_OTHERS and not (stat.S_ISLNK(found.st_mode) or shared)
    return f"{stat.S_IMODE(found.st_mode):04o}" if open_to_others else ""


def _way_in() -> Iterator[str]:
    """We came to be this account by another way than the launcher: so can others."""
    if os.geteuid() not in (0, home().stat().st_uid):
        yield text("control.reason.other-account", account=own.name_of(os.geteuid()))
        return
    words = _who_made_us_this_account()
    by_launcher = any(Path(word).name == LAUNCHER for word in words)
    if os.geteuid() and words and Path(words[0]).name in BECOMING and not by_launcher:
        yield text("control.reason.way-in", words=" ".join(words))


def _who_made_us_this_account(process: str = "self") -> list[str]:
    """The command line of the nearest process above us that is another account's."""
    status = Path("/proc", process, "status").read_text(encoding="utf-8", errors="replace").splitlines()
    parent = next(line.split()[1] for line in status if line.startswith("PPid:"))
    if parent == "0":
        return []
    if Path("/proc", parent).stat().st_uid == os.geteuid():
        return _who_made_us_this_account(parent)
    line = Path("/proc", parent, "cmdline").read_bytes().decode(errors="replace")
    return [word for word in line.split("\0") if word]


def _credentials(estate: Estate | None) -> Iterator[str]:
    """Hosts can be got into with something that is not the service account's alone."""
    found = credentials.of(estate)
    yield from (wrong.said for wrong in credentials.wrong_with(found))
    if found.untold or not found.keys:
        yield text("control.reason.credentials" if estate else "control.reason.no-estate")
