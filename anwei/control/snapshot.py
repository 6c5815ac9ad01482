"""The control folder as it is copied: what cannot be made again, and records of one moment while a run writes them."""

import os
import stat
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from anwei.record import chain, store

# Trees are laid out again from the repository; the rest comes by itself.
MADE_AGAIN = {"tmp", "locks", "cp", "ansible", ".ansible", ".cache"}
TREES, DRAFT = "runs", ".restore-"
OBJECTS = "repository.git/objects"
SEALED = ("opened", "ended")  # entries that a seal follows at once
TRIES, PAUSE = 50, 0.1


@dataclass(frozen=True)
class Listing:
    """What lies in the folder, by path within it: files, folders, and what is neither (links, devices)."""

    files: tuple[str, ...]
    folders: tuple[str, ...]
    others: tuple[str, ...]


def listing(top: Path) -> Listing:
    """Everything that cannot be made again. Git's objects come last: what refers to them is then surely among them."""
    found: dict[str, list[str]] = {"files": [], "folders": [], "others": []}
    for folder, folders, files in os.walk(top):
        place = Path(folder).relative_to(top)
        folders[:] = sorted(name for name in folders if not _made_again(place / name))
        for name in (*folders, *files):
            kind = _kind(Path(folder, name))
            if kind:
                found[kind].append((place / name).as_posix())
        folders[:] = [name for name in folders if not Path(folder, name).is_symlink()]
    files = sorted(found["files"], key=lambda name: (name.startswith(OBJECTS), name))
    return Listing(tuple(files), tuple(sorted(found["folders"])), tuple(sorted(found["others"])))


def records(top: Path) -> Mapping[str, bytes]:
    """The records with the list of their heads, whole entries only, as they stand at one moment.

    A run writes an entry and then its seal: in between they would not verify, so that moment is waited for.
    """
    found = _read(top)
    for _ in range(TRIES):
        if _settled(found):
            break
        time.sleep(PAUSE)  # where it never settles, a run was cut short just there, and the copy says so as well
        found = _read(top)
    return found


def _made_again(place: Path) -> bool:
    """Whether a folder is left out."""
    top, *below = place.parts
    return top in MADE_AGAIN or top.startswith(DRAFT) or (top == TREES and len(below) > 1)


def _kind(path: Path) -> str:
    """What a thing is to a backup; sockets and pipes are somebody's of the moment."""
    mode = path.lstat().st_mode
    if stat.S_ISREG(mode):
        return "files"
    if stat.S_ISDIR(mode):
        return "folders"
    return "" if stat.S_ISSOCK(mode) or stat.S_ISFIFO(mode) else "others"


def _read(top: Path) -> dict[str, bytes]:
    """Every file of the records up to its last whole line; the list of heads is read last."""
    heads = f"{store.HEADS}{store.SUFFIX}"
    pages = sorted((top / "records").glob(f"*{store.SUFFIX}"), key=lambda page: (page.name == heads, page.name))
    return {f"records/{page.name}": _whole(page.read_bytes()) for page in pages}


def _whole(content: bytes) -> bytes:
    """The lines that were ended."""
    lines, _ = chain.split(content)
    return b"".join(line + b"\n" for line in lines)


def _settled(found: Mapping[str, bytes]) -> bool:
    """Whether each record has all that its heads name, and a seal for all that wants one."""
    entries = {Path(name).stem: _entries(content) for name, content in found.items()}
    sealed: dict[str, int] = {}
    for head in entries.pop(store.HEADS, []):
        about = head["data"]
        if head["event"] == "sealed":
            sealed[str(about.get("record"))] = int(about.get("n", 0))
    last = {name: max((each["n"] for each in own), default=-1) for name, own in entries.items()}
    wanted = {
        name: max((each["n"] for each in own if each["event"] in SEALED), default=-1) for name, own in entries.items()
    }
    return all(last.get(name, -1) >= n for name, n in sealed.items()) and all(
        sealed.get(name, -1) >= n for name, n in wanted.items()
    )


def _entries(content: bytes) -> list[chain.Entry]:
    """The entries in a file."""
    return [entry for entry in map(chain.read, chain.split(content)[0]) if entry]


def walk(top: Path, found: Listing) -> Iterator[tuple[str, int, bytes]]:
    """Each file with its mode and content, the records last. One that went away meanwhile was somebody's draft."""
    for name in (name for name in found.files if not _is_record(name)):
        try:
            yield name, _mode(top / name), (top / name).read_bytes()
        except FileNotFoundError:
            continue
    for name, content in records(top).items():
        yield name, _mode(top / name), content


def _is_record(name: str) -> bool:
    """Whether a file is one of the records, or the list of their heads."""
    return name.startswith("records/") and name.endswith(store.SUFFIX)


def _mode(path: Path) -> int:
    """Who may do what with a file."""
    return stat.S_IMODE(path.stat().st_mode)
