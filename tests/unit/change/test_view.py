"""The view of a run: plain lines where nobody looks, and on a terminal one block per wave that is drawn again."""

import io
import os
import pty
import re
import time
from collections.abc import Iterator

import pytest

from anwei.change.view import View

PART = re.compile(r"\x1b\[(\d*)([AJK])|(\r?\n)|([^\x1b\r\n]+)")


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANWEI_LANG", "en")


class Terminal:
    """A pseudo-terminal, and what stands on its screen after what was written to it."""

    def __init__(self) -> None:
        self.master, slave = pty.openpty()
        self.stream = os.fdopen(slave, "w", encoding="utf-8")
        self.raw = ""

    def screen(self) -> list[str]:
        """The lines that a person sees, without the seconds that pass."""
        self.stream.flush()
        os.set_blocking(self.master, False)
        content = bytearray()
        try:
            while part := os.read(self.master, 65536):
                content += part
        except BlockingIOError:
            pass
        self.raw += content.decode()
        return [re.sub(r"  \d+ s$", "", line) for line in _shown(self.raw)]


def _shown(raw: str) -> list[str]:
    """What the few signs that we use make of a screen."""
    lines, at, column = [""], 0, 0
    for count, sign, end, words in PART.findall(raw):
        if sign == "A":
            at, column = at - int(count or 1), 0
        elif sign == "K":
            lines[at] = ""
        elif sign == "J":
            lines[at:] = [lines[at][:column]]
        elif end:
            at, column = at + 1, 0
            lines += [""] * (at + 1 - len(lines))
        else:
            lines[at] = lines[at][:column] + words + lines[at][column + len(words) :]
            column += len(words)
    return lines[:-1]


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    made = Terminal()
    yield made
    made.stream.close()
    os.close(made.master)


def plain() -> tuple[View, io.StringIO]:
    stream = io.StringIO()
    return View(stream), stream


def test_without_a_terminal_there_is_a_line_for_each_thing_that_happens() -> None:
    view, stream = plain()
    view.wave(1, 2, ["web-01", "app-01"])
    view.all(["web-01", "app-01"], "applying")
    view.host("web-01", "applied")
    view.host("app-01", "failed", "line 3 is bad\nand more")
    view.say("asking", count=2)
    assert stream.getvalue().splitlines() == [
        "wave 1 of 2, 2 hosts",
        "  web-01  applied",
        "  app-01  failed  line 3 is bad",
        "asking 2 hosts how they are",
    ]
    assert "\x1b" not in stream.getvalue()


def test_the_waves_are_a_table_before_anything_is_done() -> None:
    view, stream = plain()
    view.waves((("web-01",), ("web-02", "app-01")), {"db-01": "no answer"}, {"web-01": "web", "web-02": "web"})
    assert stream.getvalue().splitlines() == [
        "wave  count  hosts",
        "1     1      web-01",
        "2     2      web-02, app-01",
        "high-availability groups: web (never two members in one wave)",
        "left out db-01: no answer",
    ]


def test_on_a_terminal_the_block_is_drawn_again_in_its_place(terminal: Terminal) -> None:
    view = View(terminal.stream)
    view.wave(1, 2, ["web-01", "app-01"])
    assert terminal.screen() == ["wave 1 of 2, 2 hosts", "  web-01  waiting", "  app-01  waiting"]
    view.all(["web-01", "app-01", "another"], "applying")
    view.host("web-01", "applied")
    assert terminal.screen() == ["wave 1 of 2, 2 hosts", "  web-01  applied", "  app-01  applying"]


def test_what_is_said_in_between_stays_above_the_next_block(terminal: Terminal) -> None:
    view = View(terminal.stream)
    view.wave(1, 1, ["web-01"])
    view.say("asking", count=1)
    view.host("web-01", "kept")
    view.host("db-01", "returned")
    assert terminal.screen() == [
        "wave 1 of 1, 1 hosts",
        "  web-01  waiting",
        "asking 1 hosts how they are",
        "wave 1 of 1, 1 hosts",
        "  web-01  done",
        "  db-01  returned",
    ]


def test_the_next_wave_is_a_block_of_its_own(terminal: Terminal) -> None:
    view = View(terminal.stream)
    view.wave(1, 2, ["web-01"])
    view.all(["web-01"], "kept")
    view.wave(2, 2, ["app-01"])
    view.all(["web-01", "app-01"], "applying")
    assert terminal.screen() == [
        "wave 1 of 2, 1 hosts",
        "  web-01  done",
        "wave 2 of 2, 1 hosts",
        "  app-01  applying",
    ]


def test_more_hosts_than_a_screen_holds_are_counted(terminal: Terminal) -> None:
    view, hosts = View(terminal.stream), [f"h{number:02}" for number in range(41)]
    view.wave(1, 1, hosts)
    view.all(hosts[:30], "applying")
    view.host("h00", "failed")
    assert terminal.screen() == ["wave 1 of 1, 41 hosts", "      1  failed", "     29  applying", "     11  waiting"]
    view.all(hosts, "kept")
    assert terminal.screen() == ["wave 1 of 1, 41 hosts", "     41  done"], "nothing of the rows before is left"


def test_forty_hosts_are_listed(terminal: Terminal) -> None:
    view = View(terminal.stream)
    view.wave(1, 1, [f"h{number:02}" for number in range(40)])
    assert len(terminal.screen()) == 41


@pytest.mark.parametrize("live", [False, True], ids=["lines", "terminal"])
def test_what_a_host_says_moves_no_cursor(terminal: Terminal, live: bool) -> None:
    stream = io.StringIO()
    view = View(terminal.stream if live else stream)
    view.host("web-01", "failed", "\x1b[2J\u202egone")
    view.waves((("web-01",),), {"db-01": "\x1b]0;title\x07"}, {})
    shown = "\n".join(terminal.screen()) + stream.getvalue()
    assert "<U+001B>[2J<U+202E>gone" in shown
    assert "<U+001B>]0;title<U+0007>" in shown


def test_the_time_that_is_left_is_told_once_a_wave_has_shown_the_pace(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    view = View(terminal.stream)
    for number in (1, 2, 3):
        view.wave(number, 3, ["web-01"])
        now[0] += 60
        view.all(["web-01"], "kept")
    terminal.screen()
    told = re.findall(r"wave (\d) of 3, 1 hosts  ([^\r\n]*)", terminal.raw)
    assert told == [
        ("1", "0 s"), ("1", "60 s"),
        ("2", "60 s, about 120 s left"), ("2", "120 s, about 60 s left"),
        ("3", "120 s, about 60 s left"), ("3", "180 s"),
    ]  # fmt: skip


def test_all_states_have_words() -> None:
    view, stream = plain()
    states = ("waiting", "health", "applying", "applied", "verifying", "soaking", "kept", "failed", "sick", "returning")
    for state in (*states, "returned", "not-returned", "locked"):
        view.host("web-01", state)
    assert len(set(stream.getvalue().splitlines())) == 13
