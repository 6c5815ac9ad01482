"""Terminal text as the device meant it: no pager, no cursor moves, one encoding, one kind of line end.

Engineers save what their terminal program shows: pager remains, erased text and GBK are the rule.
"""

import codecs
import re

# The pager's line and how it is erased: by cursor moves (some programs drop the escape character), or by spaces alone.
PAGER = re.compile(r"[ \t]*-{2,4} ?More ?-{2,4}(?:\x1b?\[\d+D *\x1b?\[\d+D| {42})?")
ESCAPE = re.compile(r"\x1b\[(\d*)([A-Za-z])|\x1b[\[\]()][0-9;?]*[A-Za-z]?|\x1b.")
LOST = re.compile(r"[\x00-\x07\x0e-\x1a\x1c-\x1f\x7f]")
# Lines that the device writes whenever it likes: log messages, and the time before an answer of CE and NE.
NOISE = re.compile(
    r"%(?:@\d+%)?[A-Z][a-z]{2} +\d+ [\d:]+.*|[A-Z][a-z]{2} +\d+ \d{4} [\d:]+\S* .*%%\d\d.*"
    r"|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?(?:[+-]\d\d:\d\d)?(?: DST)?"
)
UNICODE = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def decoded(raw: bytes) -> str:
    """The text of a file, whichever program wrote it: UTF-8 or UTF-16, else GB 18030, of which GBK is part."""
    marked = next((name for mark, name in UNICODE if raw.startswith(mark)), "")
    for encoding in filter(None, (marked, "utf-8", "gb18030")):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", errors="backslashreplace")


def clean(text: str) -> str:
    """The lines as a screen shows them in the end, without pager, log messages and times."""
    text = re.sub(r"\r+\n", "\n", text)
    text = text if "\n" in text else text.replace("\r", "\n")
    shown = (_shown(line) for line in text.split("\n"))
    return "\n".join(line for line in shown if line is not None and not NOISE.fullmatch(line))


def _shown(line: str) -> str | None:
    """One line after all erasing; None where only the pager stood."""
    paged = PAGER.search(line)
    line = PAGER.sub("\r", line) if paged else line
    if paged or "\x08" in line or "\x1b" in line or "\r" in line:
        line = _moved(LOST.sub("", line))
    line = LOST.sub("", line).replace("\x1b", "").rstrip()
    return None if paged and not line else line


def _moved(line: str) -> str:
    """What stands in a line when the cursor went back and wrote over it."""
    cells: list[str] = []
    at = index = 0
    while index < len(line):
        escape = ESCAPE.match(line, index)
        if escape:
            at, index = _after_escape(cells, at, escape), escape.end()
            continue
        each, index = line[index], index + 1
        if each == "\r":
            at = 0
        elif each == "\x08":
            at = max(0, at - 1)
        else:
            cells[at : at + 1] = [each]
            at += 1
    return "".join(cells)


def _after_escape(cells: list[str], at: int, escape: re.Match[str]) -> int:
    """Where the cursor is after an escape sequence; erasing takes cells away."""
    count, what = int(escape[1] or 1), escape[2]
    if what == "D":
        return max(0, at - count)
    if what == "K":
        del cells[0 if escape[1] == "2" else at :]
        return min(at, len(cells))
    return at
