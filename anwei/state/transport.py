"""How hostkit gets to a host and is started there, and how its answer comes back. Pure: no host is touched here.

The kit is one zip named by its digest. In the steady state it is on the host already, and one command with the request
on its standard input is all. `hostkit/bootstrap.py` is the other half.
"""

import base64
import binascii
import hashlib
import io
import json
import re
import shlex
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anwei.home import ROOT

HOSTKIT = ROOT / "hostkit"
BOOTSTRAP = HOSTKIT / "bootstrap.py"
# What makes the folder a program, for the dead-man and the engineer at the console: `python FOLDER back CHANGE`.
ENTRY = b"""import os
import sys

sys.path[0] = os.path.abspath(sys.path[0])

from hostkit.__main__ import run

sys.exit(run())
"""
EARLIEST = (1980, 1, 1, 0, 0, 0)  # the one date that every file of the kit has
PATH = "/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin"
PYTHONS = ("/usr/libexec/platform-python", "python3", "python2", "python")
TOO_OLD = 77
# Older Pythons could not even read the bootstrap, so their version is looked at before.
STARTER = f"import sys; sys.version_info < (2, 6) and sys.exit({TOO_OLD}); exec(sys.argv[1])"
EXPLANATION = re.compile(r'^ *"""(?:.|\n)*?"""\n|^ *#.*\n|  # .*$|^MYPY(?:.|\n)*?\n(?=\n)', re.MULTILINE)


@dataclass(frozen=True)
class Kit:
    """The zip that travels, and its name."""

    content: bytes
    digest: str


@dataclass(frozen=True)
class Place:
    """Where the host finds what was sent: standard input, or a file and the digest it must have."""

    path: str = ""
    digest: str = ""


@dataclass(frozen=True)
class Reply:
    """What came back: an exit status or one word (`wanted`, `no-python`), and the answer, if any."""

    status: str
    answer: dict[str, Any]


def kit(source: Path | None = None) -> Kit:
    """The kit that is made from hostkit's folder: the same bytes wherever and whenever it is made."""
    folder = source or HOSTKIT
    pages = sorted(page for page in folder.rglob("*") if page.is_file() and _travels(page))
    contents = {page.relative_to(folder.parent).as_posix(): page.read_bytes() for page in pages}
    packed = io.BytesIO()
    # Stored, not deflated: compressors differ between machines, and the digest would with them.
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, content in {"__main__.py": ENTRY, **contents}.items():
            archive.writestr(zipfile.ZipInfo(name, EARLIEST), content)
    return Kit(packed.getvalue(), hashlib.sha256(packed.getvalue()).hexdigest())


def _travels(page: Path) -> bool:
    """Whether a file is hostkit's: not what Python or an editor left, nor the code that goes by the command line."""
    return page.parent.name != "__pycache__" and not page.name.startswith(".") and page.name != BOOTSTRAP.name


def bootstrap() -> str:
    """The code for the command line: short, without explanations, as sudo writes every command line to the log."""
    code = re.sub(r"\n\n+", "\n", EXPLANATION.sub("", BOOTSTRAP.read_text(encoding="ascii")))
    return re.sub(r"^( {4})+", lambda indent: " " * (len(indent[0]) // 4), code.strip(), flags=re.MULTILINE)


def command(digest: str, kit_bytes: int, nonce: str, python: str = "", place: Place = Place()) -> str:
    """The shell text that finds a Python, starts the bootstrap with it, and says so when there is none.

    It begins in `/`: from the folder that login left us in, Python would import whatever lies there.
    """
    words = ["-SE", "-c", STARTER, bootstrap(), digest, str(kit_bytes), nonce, place.path, place.digest]
    return "\n".join(
        [
            # Without a locale of the login: file names are bytes to us, whatever people write them in.
            f"cd / && PATH={PATH} LC_ALL=C && export PATH LC_ALL",
            f"for python in {shlex.join(pythons(python))}; do",
            'command -v "$python" >/dev/null 2>&1 || continue',
            f'"$python" {shlex.join(words)}',
            f'[ "$?" -eq {TOO_OLD} ] || exit 0',
            "done",
            "[ -t 0 ] || cat >/dev/null",
            f'echo "@anwei-begin {nonce}@"; echo "@anwei-end {nonce} no-python@"',
        ]
    )


def pythons(named: str) -> Sequence[str]:
    """Where to look for Python: first what the inventory names, unless that is one of Ansible's ways to guess."""
    return PYTHONS if not named or re.match(r"auto(_|$)", named) else (named, *PYTHONS)


def read(printed: str, nonce: str) -> Reply | None:
    """The reply in what a host printed, whatever stands around it; None when it is damaged or not there."""
    found = re.search(rf"@anwei-begin {nonce}@(.*)@anwei-end {nonce} ([\w-]+)@", printed, re.DOTALL)
    if not found:
        return None
    try:
        body = base64.b64decode("".join(found[1].split()), validate=True)
        return Reply(found[2], json.loads(body) if body else {})
    except (binascii.Error, ValueError):
        return None
