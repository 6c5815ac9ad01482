"""A host in a folder with a few people on it, whose tools are written down instead of run."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hostkit import kinds
from hostkit.host import Done, Host

Wanted = dict[str, Any]

HASH = "$6$saltsalt$" + "abcdefghijklmnopqrstuv" * 3
PAGES = {
    "passwd": "root:x:0:0:root:/root:/bin/bash\n"
    "ops:x:1000:1000:值班员:/home/ops:/bin/bash\n"
    "web:x:33:33::/srv:/usr/sbin/nologin\n",
    "shadow": f"root:{HASH}:19000:0:99999:7:::\nops:{HASH}:19000:0:99999:7:::\nweb:*:19000::::::\n",
    "group": "root:x:0:\nops:x:1000:\nweb:x:33:\nwheel:x:10:ops,web\n",
    "login.defs": "# PASS_MAX_DAYS 1\nPASS_MAX_DAYS\t90\nPASS_MIN_DAYS 1\nPASS_WARN_AGE 7\n"
    "USERGROUPS_ENAB yes\nUID_MIN 1000\n",
    "default/useradd": "GROUP=100\nSHELL=/bin/bash\nINACTIVE=30\n",
    "shells": "# the list\n/bin/sh\n/bin/bash\n/bin/gone\n/opt\n",
}
PROGRAMS = ("bin/sh", "bin/bash", "usr/sbin/nologin", "opt/unlisted")


class PeopleHost(Host):
    """Reads a folder; notes what would be run, and on what input."""

    def __init__(self, root: Path) -> None:
        super().__init__(str(root))
        self.ran: list[list[str]] = []
        self.fed: list[bytes] = []
        self.elsewhere: set[str] = set()
        for name, content in PAGES.items():
            self.put(name, content)
        for name in PROGRAMS:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).touch(0o755)

    def put(self, name: str, content: str) -> None:
        """Write a file below /etc."""
        path = Path(self.root, "etc", name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)

    def shadow(self, name: str, hashed: str, expires: str = "") -> None:
        """Give an account another hash and expiry."""
        kept = [line for line in PAGES["shadow"].splitlines() if not line.startswith(name + ":")]
        self.put("shadow", "\n".join([*kept, f"{name}:{hashed}:19000:0:99999:7::{expires}:", ""]))

    def program(self, name: str) -> str | None:
        """Every tool is there."""
        return "/usr/sbin/" + name

    def run(self, words: Sequence[str], stdin: bytes = b"", seconds: int = 90) -> Done:
        """Note it. A directory service knows who is in `elsewhere`."""
        if words[0] == "getent":
            return Done(0 if words[2] in self.elsewhere else 2, b"", b"")
        self.ran.append(list(words))
        self.fed.append(stdin)
        return Done(0, b"", b"")

    def wish(self, kind: str, key: str, wanted: Wanted | None = None) -> Wanted:
        """What is wished when this is wanted of what is there."""
        module = kinds.named(kind)
        wished: Wanted = module.wish(self, key, wanted or {}, module.read(self, key, {}))
        return wished

    def changed(self, kind: str, key: str, wanted: Wanted | None = None) -> Wanted:
        """The fields that a wish changes."""
        now = kinds.named(kind).read(self, key, {})
        return {field: value for field, value in self.wish(kind, key, wanted).items() if now.get(field) != value}

    def tools(self, kind: str, key: str, wanted: Wanted | None = None) -> list[str]:
        """The command lines that bring a wish about."""
        module = kinds.named(kind)
        module.write(self, key, module.read(self, key, {}), self.wish(kind, key, wanted))
        return [" ".join(words) for words in self.ran]
