"""What git tells of a change: who made it, whether it was edited since, and its commit brought to where it will run.

The checkout is everybody's; its objects may have been tampered with. What decides is asked of the runner's own
repository, into which a commit comes over git's own protocol, which works out every id anew.
"""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from anwei.approval import git, signing
from anwei.approval.counting import Authors
from anwei.approval.guarded import usable, weaknesses
from anwei.approval.hashing import Listing, folder_id
from anwei.errors import BadInput, Refused
from anwei.home import home, make_private

SHORT, LONG = 40, 64
OTHER_KINDS = (b"tree", b"blob", b"tag")
# Written beside a change after its commit was signed, or made anew from it.
LATER = ("approvals", "plan.md", "plan.json")


def own() -> Path:
    """The runner's own repository."""
    return home() / "repository.git"


def fetch(checkout: Path, commit: str, bare: Path) -> None:
    """Bring a commit with all that it needs into the runner's own repository, every object checked by git's fsck."""
    source = git.opened(checkout)
    name = f"refs/anwei/{_whole(commit, source)}"
    with usable("AW-approval-unusable", bare):
        make_private(bare)
        found = list(weaknesses(bare))
    if found:
        raise Refused("AW-approval-open", where=str(bare), details=found)
    if _has(bare, commit):
        return
    form = ["--object-format=sha256"] if len(commit) == LONG else []  # older releases of git do not know the word
    git.asked(bare, ["init", "--quiet", "--bare", "--template=", *form])
    words = ["fetch", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--refmap=", "--quiet"]
    ran = git.run(bare, [*words, str(source), f"{commit}:{name}"], source=source)
    if _has(bare, commit):
        return
    if "not our ref" in ran.err or git.run(bare, ["cat-file", "-t", name]).out.strip() in OTHER_KINDS:
        raise BadInput("AW-approval-commit", where=str(checkout), commit=commit)
    raise Refused("AW-approval-damaged", where=str(checkout), details=ran.lines)


def authors(repository: Path, commit: str, path: str) -> Authors:
    """Who made `path` what it is at `commit`, and the commit: addresses and signing keys, claimed ones too."""
    place = git.opened(repository)
    _known(place, commit)
    found = git.asked(place, ["rev-list", "--full-history", commit, "--", path]).decode().split()
    emails: set[str] = set()
    keys: set[str] = set()
    for _, content in git.objects(place, {commit, *found}):
        lines = content.partition(b"\n\n")[0].decode(errors="replace").split("\n")
        emails.update(_emails(lines))
        keys.update(_keys(lines))
    return Authors(frozenset(emails), frozenset(keys))


def changed_since(
    checkout: Path, commit: str, path: str, repository: Path | None = None, apart_from: Sequence[str] = LATER
) -> list[str]:
    """Which files of a live folder differ from what the commit holds (asked of `repository`, if one is given)."""
    place = git.opened(repository or checkout)
    _known(place, commit)
    live: Listing = {}
    if (checkout / path).is_dir():
        folder_id(checkout / path, commit, live)
    signed = listing(place, f"{commit}:{path}") if _exists(place, f"{commit}:{path}") else {}
    names = {name for name in {*live, *signed} if live.get(name) != signed.get(name)}
    skipped = tuple(part.encode() for part in apart_from)
    return sorted(name.decode(errors="replace") for name in names if name.split(b"/")[0] not in skipped)


def listing(repository: Path, tree: str) -> Listing:
    """Every file of a tree with its mode and id."""
    rows = git.asked(repository, ["ls-tree", "-r", "-z", "--full-tree", tree]).split(b"\0")
    parts = [row.partition(b"\t") for row in rows if row]
    return {path: (head.split()[0], head.split()[2].decode()) for head, _, path in parts}


def _known(repository: Path, commit: str) -> None:
    """Refuse a commit that the repository does not have."""
    if not _exists(repository, f"{_whole(commit, repository)}^{{commit}}"):
        raise BadInput("AW-approval-commit", where=str(repository), commit=commit)


def _whole(commit: str, place: Path) -> str:
    """The commit, if it is a whole id of the repository: a branch or a short id may come to mean something else."""
    config = (place / "config").read_text(errors="replace") if (place / "config").is_file() else ""
    length = LONG if re.search(r"^\s*objectformat\s*=\s*sha256\s*$", config, re.MULTILINE | re.IGNORECASE) else SHORT
    if not re.fullmatch(rf"[0-9a-f]{{{length}}}", commit):
        raise BadInput("AW-approval-commit", where=str(place), commit=commit)
    return commit


def _has(bare: Path, commit: str) -> bool:
    """Whether a commit came in before: the name is given when everything behind it is there."""
    said = git.run(bare, ["rev-parse", "--verify", "--quiet", f"refs/anwei/{commit}^{{commit}}"]).out
    return said.decode().strip() == commit


def _exists(repository: Path, name: str) -> bool:
    """Whether the repository has what a name means."""
    return git.run(repository, ["cat-file", "-e", name]).status == 0


def _emails(lines: Iterable[str]) -> set[str]:
    """The addresses in the head of a commit. All in brackets: a crooked line must not hide one."""
    people = [line for line in lines if line.startswith(("author ", "committer "))]
    return {email.strip() for line in people for email in re.findall(r"<([^<>]*)>", line)}


def _keys(lines: Sequence[str]) -> set[str]:
    """The SSH keys that a commit says it was signed with. Not verified: a false claim can only set somebody aside."""
    text = "\n".join(lines)
    blocks = re.findall(r"^gpgsig(?:-sha256)? (.*(?:\n .*)*)", text, re.MULTILINE)
    found = (signing.claimed(block.replace("\n ", "\n")) for block in blocks)
    return {key for key in found if key}
