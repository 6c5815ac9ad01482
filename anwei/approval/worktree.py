"""Lays out a commit in a folder of the runner's own, and proves that what lies there is the commit and nothing else.

Not by `git checkout`: what attributes, filters and line endings make of a file is not what was signed.
"""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from anwei.approval import git
from anwei.approval.guarded import usable, weak, weaknesses
from anwei.approval.hashing import FILE, LINK, PROGRAM, SUBMODULE, Listing, folder_id
from anwei.approval.repository import listing
from anwei.errors import Refused
from anwei.home import make_private
from anwei.texts import text

ONLY_OURS = {FILE: 0o600, PROGRAM: 0o700}
NAMED = 20


def tree(bare: Path, commit: str, folder: Path) -> Path:
    """The commit in `folder`. A folder that is there already is verified again, and made anew where it differs."""
    place = git.opened(bare)
    wanted = _tree_of(place, commit)
    signed = _lawful(folder, listing(place, commit))
    with usable("AW-approval-unusable", folder):
        make_private(folder.parent)
        if found := list(weaknesses(folder.parent)):
            raise Refused("AW-approval-open", where=str(folder.parent), details=found)
        if not differences(folder, wanted, signed):
            return folder
        _replace(folder, _laid_out(place, signed, folder))
        if found := differences(folder, wanted, signed):
            raise Refused("AW-approval-altered", where=str(folder), details=found[:NAMED])
    return folder


def differences(folder: Path, wanted: str, signed: Listing) -> list[str]:
    """What of a folder differs from the tree `wanted`, by name; `signed` is that tree's listing."""
    if not os.path.lexists(folder) or folder.is_symlink() or not folder.is_dir():
        return [text("approval.tree.none", path=folder)]
    found: Listing = {}
    whole = folder_id(folder, wanted, found)
    names = sorted(name for name in {*found, *signed} if found.get(name) != signed.get(name))
    said = [text("approval.tree.differs", path=name.decode(errors="replace")) for name in names]
    # The id covers what a listing does not, such as an empty folder.
    said += [text("approval.tree.id", id=whole, wanted=wanted)] if whole != wanted and not names else []
    return [*said, *_open(folder)]


def _tree_of(place: Path, commit: str) -> str:
    """The id of a commit's tree."""
    ((_, content),) = git.objects(place, [commit])
    return content.partition(b"\n")[0].decode().removeprefix("tree ")


def _lawful(folder: Path, signed: Listing) -> Listing:
    """The listing, unless something in it cannot be laid out safely."""
    problems = [said for path, (mode, _) in sorted(signed.items()) for said in _unlawful(path, mode)]
    if problems:
        raise Refused("AW-approval-tree", where=str(folder), details=problems[:NAMED])
    return signed


def _unlawful(path: bytes, mode: bytes) -> Iterator[str]:
    """Why one file of a commit cannot be laid out."""
    shown = path.decode(errors="replace")
    if mode == SUBMODULE:
        yield text("approval.tree.submodule", path=shown)
    elif mode not in (FILE, PROGRAM, LINK):
        yield text("approval.tree.mode", path=shown, mode=mode.decode())
    if any(part.lower() in (b"", b".", b"..", b".git") for part in path.split(b"/")):
        yield text("approval.tree.name", path=shown)


def _laid_out(place: Path, signed: Listing, folder: Path) -> Path:
    """A new folder beside `folder` with every file of the listing."""
    draft = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-"))
    with ExitStack() as undo:
        undo.callback(shutil.rmtree, draft)
        try:
            _fill(draft, place, signed)
            problems = list(_leading_out(draft, signed))
        except (FileExistsError, NotADirectoryError, ValueError) as error:  # names that stand in each other's way
            problems = [str(error)]
        if problems:
            raise Refused("AW-approval-tree", where=str(folder), details=problems[:NAMED])
        undo.pop_all()
    return draft


def _fill(draft: Path, place: Path, signed: Listing) -> None:
    """Write the files of the listing. Links come last: nothing is written through one."""
    contents = zip(signed.items(), git.objects(place, (each for _, each in signed.values())), strict=True)
    for (path, (mode, _)), (_, content) in sorted(contents, key=lambda each: each[0][1][0] == LINK):
        target = draft / os.fsdecode(path)
        make_private(target.parent)
        _write(target, mode, content)


def _write(target: Path, mode: bytes, content: bytes) -> None:
    """One file or link."""
    if mode == LINK:
        target.symlink_to(os.fsdecode(content))
        return
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, ONLY_OURS[mode])
    with os.fdopen(handle, "wb") as file:
        file.write(content)


def _replace(folder: Path, draft: Path) -> None:
    """Give the new folder its name; what had it goes."""
    if folder.is_symlink() or not folder.is_dir():
        folder.unlink(missing_ok=True)
    else:
        shutil.rmtree(folder)
    try:
        draft.rename(folder)
    except OSError:  # another process was faster; what it laid out is verified like our own
        shutil.rmtree(draft)


def _open(folder: Path) -> Iterator[str]:
    """What others could write in the folder, or is theirs."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            yield from weak(path)
            yield from _special(path)


def _special(path: Path) -> Iterator[str]:
    """What would lend an account to who runs it."""
    if path.lstat().st_mode & (stat.S_ISUID | stat.S_ISGID):
        yield text("approval.tree.differs", path=path)


def _leading_out(folder: Path, signed: Listing) -> Iterator[str]:
    """Links that lead out of the folder, also by way of other links."""
    top = folder.resolve()
    for path in (path for path, (mode, _) in signed.items() if mode == LINK):
        link = folder / os.fsdecode(path)
        if not Path(os.path.realpath(link)).is_relative_to(top):
            yield text("approval.tree.outside", path=path.decode(errors="replace"))
