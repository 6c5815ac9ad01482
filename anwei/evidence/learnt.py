"""What a host has taught: the commands it led to, so that the next time one round trip suffices.

Each host has its own page, because a parameter that one host taught is never sent to another.
"""

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from anwei.canonical import canonical
from anwei.evidence.commands import Command
from anwei.evidence.naming import safe_name
from anwei.home import home, make_private
from anwei.whole import write_whole


@dataclass(frozen=True)
class Learnt:
    """The pages of one estate. Losing them costs a round trip, nothing else; so does one that cannot be read."""

    estate: str

    def of(self, host: str) -> list[Command]:
        """What the host has taught. Whether it may be asked is for the declarations to say."""
        with suppress(OSError, ValueError, TypeError, AttributeError):
            rows = json.loads(self._page(host).read_bytes())
            return [Command(str(template), tuple(map(str, arguments))) for template, arguments in rows]
        return []

    def keep(self, host: str, commands: Iterable[Command]) -> None:
        """Put down what the host has led to, in place of what it led to before."""
        rows = [[each.template, list(each.arguments)] for each in commands]
        make_private(self._page(host).parent)
        write_whole(self._page(host), canonical(rows))

    def _page(self, host: str) -> Path:
        """The page of a host."""
        return home() / "learnt" / safe_name(self.estate) / f"{safe_name(host)}.json"
