"""What every page and file of ours shares: written whole or not at all, complete in itself, safe to open.

Every value that a template prints passes `printable` and is escaped, so no template can forget it. A page's own policy
allows its one style sheet and its one script, by their digests, and nothing else.
"""

import base64
import hashlib
from datetime import datetime
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from anwei.errors import BadInput
from anwei.report.printable import printable
from anwei.texts import text
from anwei.whole import write_whole


def write(path: Path, content: bytes) -> Path:
    """Write a file, whole or not at all, readable by its owner only: reports list what is weak."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return write_whole(path, content)
    except OSError as error:
        raise BadInput("AW-report-not-written", where=str(path), reason=error.strerror) from error


def environment(prefix: str) -> Environment:
    """Load the templates, with escaping on and `printable` in the way of every value; `t` gives the texts of a page."""
    made = Environment(
        loader=PackageLoader("anwei.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_harmless,
    )
    made.globals["t"] = lambda name, /, **values: text(f"{prefix}.{name}", "zh", **values)
    return made


def _harmless(value: object) -> object:
    """Let a template print text only made printable; numbers and its own markup pass as they are."""
    return printable(value) if type(value) is str else value


def asset(name: str) -> str:
    """Read a style sheet or a script."""
    return files("anwei.report").joinpath("templates", name).read_text(encoding="utf-8")


def policy(style: str, script: str) -> str:
    """Let the page use exactly this style and this script."""
    return f"default-src 'none'; img-src data:; style-src {_digest(style)}; script-src {_digest(script)}"


def _digest(source: str) -> str:
    """Allow exactly this text: a source expression for the policy of the page."""
    digest = hashlib.sha256(source.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def moment(at: datetime) -> str:
    """Write a time with its zone, as people in an office do."""
    return f"{at:%Y-%m-%d %H:%M:%S} {at.tzname() or ''}".strip()
