"""Runs git so that nothing but its objects decides: no configuration, hooks, filters, replaced objects or grafts."""

import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from anwei.approval.hashing import object_id
from anwei.errors import BadInput, Failure, Refused
from anwei.texts import text

SECONDS = 300
ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "LC_ALL": "C",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_GRAFT_FILE": "/dev/null",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "file",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
}
# On the command line, so that they win over what stands in a repository.
CONFIGURATION = {
    "core.hooksPath": "/dev/null",
    "core.attributesFile": "/dev/null",
    "core.fsmonitor": "false",
    "core.commitGraph": "false",  # a file beside the objects that could tell other parents than they do
    "core.multiPackIndex": "false",
    "protocol.allow": "never",
    "protocol.file.allow": "always",
    "protocol.version": "2",
    "transfer.fsckObjects": "true",
    "fetch.fsckObjects": "true",
    "gc.auto": "0",
    "maintenance.auto": "false",
}


@dataclass(frozen=True)
class Ran:
    """What git printed and how it ended."""

    status: int
    out: bytes
    err: str

    @property
    def lines(self) -> list[str]:
        """The lines of its complaint that say something."""
        return [line.strip() for line in self.err.splitlines() if line.strip()]


def run(repository: Path, words: Sequence[str], given: bytes = b"", source: Path | None = None) -> Ran:
    """Run git on a repository; `source` is another one that it may read though it belongs to somebody else."""
    options = [word for name, value in CONFIGURATION.items() for word in ("-c", f"{name}={value}")]
    with tempfile.TemporaryDirectory(prefix="anwei-") as home:
        # Only a file reaches the second git, which reads the source: words of the command line do not.
        config = Path(home) / "config"
        config.write_text(f"[safe]\n\tdirectory = {_quoted(source)}\n" if source else "", encoding="utf-8")
        try:
            ran = subprocess.run(
                ["git", *options, f"--git-dir={repository}", *words],
                cwd=home,
                env={**ENVIRONMENT, "HOME": home, "GIT_CONFIG_GLOBAL": str(config)},
                input=given,
                capture_output=True,
                timeout=SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Failure("AW-approval-git", where=str(repository), details=[str(error)]) from error
    return Ran(ran.returncode, ran.stdout, ran.stderr.decode(errors="replace"))


def asked(repository: Path, words: Sequence[str], given: bytes = b"") -> bytes:
    """What git prints; where it fails, something is wrong with the repository."""
    ran = run(repository, words, given)
    if ran.status:
        raise Refused("AW-approval-damaged", where=str(repository), details=ran.lines)
    return ran.out


def opened(place: Path) -> Path:
    """The folder of git's own files for a checkout, a linked worktree or a bare repository.

    Found without git, which would first read the configuration there. A shallow clone is refused: it hides authors.
    """
    found = _common(place.resolve())
    if not (found / "objects").is_dir():
        raise BadInput("AW-approval-repository", where=str(place))
    if (found / "shallow").exists():
        raise BadInput("AW-approval-shallow", where=str(place))
    return found


def objects(repository: Path, ids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """The kind and content of each object. That it has its id is worked out here: git itself does not always look."""
    names = list(ids)
    printed = asked(repository, ["cat-file", "--batch"], "".join(f"{name}\n" for name in names).encode())
    at = 0
    for name in names:
        end = printed.index(b"\n", at)
        head = printed[at:end].decode().split(" ")
        if head[-1] == "missing":
            raise Refused("AW-approval-damaged", where=str(repository), details=[f"missing {name}"])
        kind, size = head[1], int(head[2])
        content, at = printed[end + 1 : end + 1 + size], end + 1 + size + 1
        if object_id(kind, content, name) != name:
            raise Refused("AW-approval-damaged", where=str(repository), details=[text("approval.tree.object", id=name)])
        yield kind, content


def _common(place: Path) -> Path:
    """Where the objects and refs of a checkout are, also when it is one of several worktrees."""
    own = place / ".git"
    if own.is_file():
        own = place / own.read_text(errors="surrogateescape").removeprefix("gitdir:").strip()
        shared = own / "commondir"
        return (own / shared.read_text(encoding="utf-8").strip()).resolve() if shared.is_file() else own.resolve()
    return own if own.is_dir() else place


def _quoted(path: Path) -> str:
    """A path as a value in git's configuration."""
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
