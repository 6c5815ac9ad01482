"""What the operator sees of a run: the waves before it, then each host's state. Plain lines where nobody looks."""

import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TextIO

from anwei.change.waves import Waves
from anwei.report.printable import printable
from anwei.report.table import table
from anwei.texts import text

CLEAR_LINE = "\033[2K"
CLEAR_BELOW = "\033[J"  # of more rows that were drawn before
UP = "\033[{count}A"
MOST_ROWS = 40  # more hosts than a screen holds are counted, not listed


class View:
    """Lines on a stream. On a terminal the hosts of a wave are one block that is drawn again."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._live = self._stream.isatty()
        self._drawn = 0
        self._hosts: dict[str, str] = {}
        self._began = time.monotonic()
        self._head = ""
        self._waves, self._wave_began = (0, 0), 0.0

    def say(self, key: str, **values: object) -> None:
        """One sentence of the change's texts."""
        self._below(text(f"change.{key}", None, **values))

    def waves(self, waves: Waves, left_out: Mapping[str, str], groups: Mapping[str, str]) -> None:
        """The table of waves, before anything is done."""
        rows = [
            [text("change.wave-number", number=n), str(len(wave)), ", ".join(wave)] for n, wave in enumerate(waves, 1)
        ]
        self._below(table([[text(f"change.column.{name}") for name in ("wave", "count", "hosts")], *rows]))
        pairs = sorted({group for group in groups.values() if group})
        if pairs:
            self.say("groups", groups=", ".join(pairs))
        for host, why in left_out.items():
            self.say("left-out", host=host, why=why)

    def wave(self, number: int, count: int, hosts: Sequence[str]) -> None:
        """A wave begins."""
        self._head = text("change.wave-begins", None, number=number, count=count, hosts=len(hosts))
        self._hosts, self._drawn = dict.fromkeys(hosts, "waiting"), 0
        self._waves, self._wave_began = (number - 1, count), time.monotonic() - self._began
        self._draw() if self._live else self._below(self._head)

    def host(self, host: str, state: str, said: str = "") -> None:
        """A host comes to another state."""
        if self._live and host in self._hosts:
            self._hosts[host] = state
            self._draw()
        else:
            words = text(f"change.state.{state}")
            self._below(f"  {host}  {words}" + (f"  {said.splitlines()[0]}" if said else ""))

    def all(self, hosts: Sequence[str], state: str) -> None:
        """Several hosts come to the same state; on a terminal only, as lines would say the same over and over."""
        if self._live:
            self._hosts.update({host: state for host in hosts if host in self._hosts})
            self._draw()

    def _below(self, line: str) -> None:
        """A line below everything that was drawn."""
        self._write(printable(line, len(line)) + "\n")
        self._drawn = 0

    def _draw(self) -> None:
        """Draw the block of the wave over the one before."""
        rows = [f"{self._head}  {self._clock()}", *self._rows()]
        up = UP.format(count=self._drawn) if self._drawn else ""
        self._write(up + "".join(f"{CLEAR_LINE}{row}\n" for row in rows) + CLEAR_BELOW)
        self._drawn = len(rows)

    def _write(self, shown: str) -> None:
        """Show it. Whoever looked on may have gone, with their terminal or the end of a pipe: the run goes on."""
        with suppress(OSError):
            self._stream.write(shown)
            self._stream.flush()

    def _clock(self) -> str:
        """How long it has taken, and, once a wave is done, how long the rest will take at that pace."""
        took = time.monotonic() - self._began
        done, count = self._waves
        left = self._wave_began * (count - done) / done - (took - self._wave_began) if done else 0
        return text("change.clock" if round(left) > 0 else "change.clock-only", took=round(took), left=round(left))

    def _rows(self) -> list[str]:
        """A row per host; of too many, a row per state."""
        if len(self._hosts) <= MOST_ROWS:
            return [f"  {host}  {text(f'change.state.{state}')}" for host, state in self._hosts.items()]
        states = list(self._hosts.values())
        return [f"  {states.count(state):>5}  {text(f'change.state.{state}')}" for state in dict.fromkeys(states)]
