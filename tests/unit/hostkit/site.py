"""A folder that hostkit takes for a host: its files are real, its programs are this machine's."""

import json
from pathlib import Path
from typing import Any

from hostkit.__main__ import main

KEY = "5a" * 32
Answer = dict[str, Any]


class Site:
    """A host in a folder, and requests to the hostkit that runs on it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for folder in ("etc", "var/lib", "srv"):
            (root / folder).mkdir(parents=True)
        root.chmod(0o755)

    def path(self, name: str) -> Path:
        """Where a path of the host is."""
        return self.root / name.lstrip("/")

    def put(self, name: str, content: bytes, mode: int = 0o644) -> Path:
        """A file of the host, as somebody made it."""
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(mode)
        return path

    def ask(self, verb: str, *, status: int = 0, **request: Any) -> Answer:
        """One request; its answer, which must have this exit status."""
        words = json.dumps({"verb": verb, "key": KEY, **request}).encode()
        answer, seen = main(words, str(self.root))
        assert seen == status, answer
        parsed: Answer = json.loads(answer)
        return parsed

    def apply(self, items: Answer, change: str = "c1", **request: Any) -> Answer:
        """Apply file items."""
        return self.ask("apply", document={"file": items}, change=change, **request)

    def diff(self, items: Answer, **request: Any) -> Answer:
        """What applying file items would do."""
        return self.ask("diff", document={"file": items}, **request)

    def back(self, change: str = "c1", **request: Any) -> Answer:
        """Take a change back."""
        return self.ask("back", change=change, **request)

    def fingerprint(self, *paths: str) -> str:
        """The digest over everything below these folders."""
        found: str = self.ask(
            "fingerprint", document={"file": {path: {"deep": True} for path in paths or ("/etc", "/srv")}}
        )["fingerprint"]
        return found

    def listing(self) -> dict[str, bytes | str]:
        """Every file and link of the host outside hostkit's own folder, with its content."""
        found: dict[str, bytes | str] = {}
        for path in sorted(self.root.rglob("*")):
            name = str(path.relative_to(self.root))
            if not name.startswith("var/lib/anwei"):
                found[name] = (
                    str(path.readlink()) if path.is_symlink() else path.read_bytes() if path.is_file() else "folder"
                )
        return found
