"""Real git repositories for the tests, and ways to tamper with one."""

import os
import struct
import subprocess
import zlib
from pathlib import Path

IDENTITY = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "HOME": "/nonexistent"}
ID = 20


class Checkout:
    """A repository with a working tree."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.path = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "-b", "main", *words)

    def git(self, *words: str, given: bytes = b"", **environment: str) -> str:
        """Run git as a person would, whatever the machine's own configuration."""
        env = {"PATH": os.environ["PATH"], **IDENTITY, **environment}
        ran = subprocess.run(["git", *words], cwd=self.path, env=env, input=given, capture_output=True, check=True)
        return ran.stdout.decode(errors="replace").strip()

    def write(self, name: str, content: str | bytes) -> Path:
        page = self.path / name
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_bytes(content.encode() if isinstance(content, str) else content)
        return page

    def commit(self, who: str = "yunwei-1", committer: str = "", *words: str) -> str:
        """Commit everything that is there."""
        self.git("add", "-A")
        return self.commit_staged(who, committer, *words)

    def commit_staged(self, who: str = "yunwei-1", committer: str = "", *words: str) -> str:
        by, with_ = f"{who}@example.gov", f"{committer or who}@example.gov"
        names = {
            "GIT_AUTHOR_NAME": who,
            "GIT_AUTHOR_EMAIL": by,
            "GIT_COMMITTER_NAME": who,
            "GIT_COMMITTER_EMAIL": with_,
        }
        self.git("commit", "-q", "--allow-empty", "-m", "a change", *words, **names)
        return self.git("rev-parse", "HEAD")

    def blob(self, content: bytes) -> str:
        """The id of an object put into the repository."""
        return self.git("hash-object", "-w", "--stdin", given=content)

    def id_of(self, name: str) -> str:
        return self.git("rev-parse", name)

    def loose(self, name: str) -> Path:
        """The file of an object that is not packed."""
        found = self.id_of(name)
        return self.path / ".git" / "objects" / found[:2] / found[2:]


def overwrite(page: Path, kind: str, content: bytes) -> None:
    """Put another, well-formed content under an object's id, as somebody who wants to deceive would."""
    page.chmod(0o644)
    page.write_bytes(zlib.compress(f"{kind} {len(content)}\0".encode() + content))


def misdirect(git: Path, name: str, other: str) -> None:
    """Change the index of the one pack so that asking for `name` gives `other`: git does not notice by itself."""
    (index,) = (git / "objects" / "pack").glob("*.idx")
    index.chmod(0o644)
    content = bytearray(index.read_bytes())
    count = struct.unpack_from(">I", content, 8 + 255 * 4)[0]
    names = 8 + 256 * 4
    offsets = names + count * (ID + 4)
    ids = [bytes(content[names + number * ID : names + (number + 1) * ID]).hex() for number in range(count)]
    at, source = (offsets + ids.index(each) * 4 for each in (name, other))
    content[at : at + 4] = content[source : source + 4]
    index.write_bytes(content)
