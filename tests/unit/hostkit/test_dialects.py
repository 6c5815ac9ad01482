"""The laws of editing, on generated files: mixed line ends, GBK, tabs, comments, doubles, byte order marks."""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hostkit import dialects

SLOWLY = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
GBK = "中文说明".encode("gbk")
BOM = b"\xef\xbb\xbf"
LATIN = "caf\xe9 \xa0\x85 x".encode("latin-1")


@dataclass
class Sample:
    """What the files and documents of one dialect are made of."""

    lines: list[bytes]
    names: dict[str, list[str]]
    sections: list[str] = field(default_factory=list)
    headings: list[bytes] = field(default_factory=list)
    options: dict[str, Any] = field(default_factory=dict)
    lists: bool = True


SAMPLES = {
    "equals": Sample(
        [
            b"alpha=1",
            b"alpha = 2 ",
            b"\talpha\t=\t3",
            b"export alpha='4 5'",
            b"#alpha=9",
            b"; alpha = 8",
            b"# alpha is good",
            b"beta=",
            b"beta=x \\",
            b"beta = a=b",
            b"BETA=2",
            b"#beta",
            b"gamma",
            b"if true; then",
            b"fi",
            b"alphabet=1",
        ],
        {"alpha": ["1", "2", "'4 5'", ""], "beta": ["x", "a=b", "a b"], "gamma": ["7"], "k.l-m/n": ["0"]},
    ),
    "words": Sample(
        [
            b"alpha 1",
            b"alpha\t\t2",
            b"  alpha   3 4",
            b"#alpha 9",
            b"# alpha 8",
            b"alpha",
            b"beta\t x ",
            b"#beta\tx",
            b"alpha=1",
            b"ALPHA 1",
            b"gamma 1 # why",
        ],
        {"alpha": ["1", "3 4", ""], "beta": ["x", "a=b", "#"], "gamma": ["1", "1 # why"]},
    ),
    "sshd": Sample(
        [
            b"PermitRootLogin yes",
            b"permitrootlogin=no",
            b"PermitRootLogin = no # by hand",
            b"#PermitRootLogin yes",
            b"# PermitRootLogin is important",
            b"Port 22",
            b"port 2222",
            b"#Port 22",
            b"Include /etc/ssh/sshd_config.d/*.conf",
            b"#Include /etc/x",
            b"Match User sftp",
            b"match user sftp",
            b"Match\tUser=sftp # jail",
            b"Match all",
            b"  ForceCommand internal-sftp # x",
            b"\tPermitRootLogin no",
            b'Banner "/etc/issue net"',
            b"#Match User a",
            b"AllowUsers a  b",
        ],
        {
            "PermitRootLogin": ["yes", "no"],
            "Port": ["22", "2222"],
            "ForceCommand": ["internal-sftp", "internal-sftp # x"],
            "Banner": ["none", '"/etc/issue net"'],
            "Include": ["/etc/a"],
            "AllowUsers": ["a b"],
        },
        ["Match User sftp", "Match Group ops Address 192.0.2.0/24"],
        [b"Match User sftp", b"Match Group ops Address 192.0.2.0/24"],
    ),
    "ini": Sample(
        [
            b"[one]",
            b"[ one ]",
            b"[two] ; x",
            b"[one",
            b"alpha=1",
            b"alpha = 2 ",
            b"  alpha=3",
            b"#alpha=9",
            b";alpha = 8",
            b"alpha",
            b"beta = a=b",
            b"beta b = 1 \\",
            b"beta=",
            b"!includedir /etc/x",
        ],
        {"alpha": ["1", "2", ""], "beta": ["x", "a=b"], "beta b": ["1", "[x]"]},
        ["one", "two", "three"],
        [b"[one]", b"[two]", b"[three]"],
    ),
    "colon": Sample(
        [b"alpha:x:0", b"alpha:y", b"beta::", b"beta:", b"#alpha:1", b" alpha:1", b"alphabet:1", b"beta b: x "],
        {"alpha": ["x:0", "", " x"], "beta": [":", "#"], "beta b": [" x"]},
    ),
    "columns": Sample(
        [
            b"alpha one x1",
            b"alpha\tone   x1",
            b"alpha  two x2",
            b"#alpha one x1",
            b"beta [a=1 b] mod.so # why",
            b"-beta [a] mod.so",
            b"beta [a] mod.so \\",
            b"   arg=1",
            b"alpha",
            b"@include x",
            b"beta other mod.so",
        ],
        {
            "alpha x1": ["alpha one x1", "alpha  three\tx1 y"],
            "alpha x2": ["alpha one x2"],
            "beta mod.so": ["beta [a] mod.so", "beta [a=1 b] mod.so arg=1"],
            "-beta mod.so": ["-beta [a] mod.so"],
        },
        options={"key_columns": [1, 3]},
    ),
    "lines": Sample(
        [b"alpha 1", b"alpha   1", b"#alpha 1", b" beta", b"beta "],
        {"alpha 1": [], "#alpha 1": [], "beta": []},
        lists=False,
    ),
    "block": Sample(
        [
            b"x\n# BEGIN anwei alpha\r\none\ntwo\n# END anwei alpha",
            b"# BEGIN anwei beta\n# END anwei beta",
            b"# END anwei alpha",
        ],
        {"alpha": ["one\ntwo", "one\n", "", "\n", "a\n\nb"], "beta": ["x", GBK.decode("utf-8", "surrogateescape")]},
    ),
}
COMMON = [b"", b" \t", b"# " + GBK, GBK + b" " + LATIN, LATIN, b"unrelated 1", b"\xff\xfe", b"#", b"a\rb"]
kinds = st.sampled_from(sorted(SAMPLES))


@st.composite
def files(draw: st.DrawFn, kind: str) -> bytes:
    """A file of one dialect, seldom a tidy one."""
    bodies = draw(st.lists(st.sampled_from(SAMPLES[kind].lines + COMMON), max_size=9))
    ends = st.sampled_from(draw(st.sampled_from([[b"\n"], [b"\r\n"], [b"\n", b"\r\n"]])))
    if bodies and bodies[-1].endswith(b"\\"):
        bodies.append(b"more")  # nothing can be put behind such a last line: an example below
    text = b"".join(body + draw(ends) for body in bodies)
    if draw(st.booleans()):
        text = text.rstrip(b"\r\n")
    return draw(st.sampled_from([b"", b"", BOM])) + text


def _given(draw: st.DrawFn, kind: str, name: str) -> str | bool | list[str] | None:
    sample = SAMPLES[kind]
    if kind == "lines":
        return draw(st.sampled_from([True, None]))
    value = st.sampled_from(sample.names[name])
    return draw(st.one_of(st.none(), value, value, st.lists(value, min_size=1, max_size=3)))


@st.composite
def documents(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    """Wanted settings, some of them in sections."""
    sample = SAMPLES[kind]
    names = st.lists(st.sampled_from(sorted(sample.names)), unique=True, max_size=3)
    wanted: dict[str, Any] = {name: _given(draw, kind, name) for name in draw(names)}
    for section in draw(st.lists(st.sampled_from(sample.sections), unique=True)) if sample.sections else []:
        inner = {name: _given(draw, kind, name) for name in draw(names)}
        wanted.update({section: inner} if inner else {})
    return wanted


@st.composite
def cases(draw: st.DrawFn) -> tuple[str, bytes, dict[str, Any]]:
    kind = draw(kinds)
    return kind, draw(files(kind)), draw(documents(kind))


def _item(kind: str, wanted: dict[str, Any]) -> dict[str, Any]:
    return {"dialect": kind, "settings": wanted, "owner": "root", **SAMPLES[kind].options}


def _unnamed(content: bytes, wanted: dict[str, Any]) -> list[bytes]:
    """The lines, with their ends, that hold no word of any wanted name; the check knows nothing of dialects."""
    names = [name for name, value in wanted.items() if not isinstance(value, dict)]
    names += [inner for value in wanted.values() if isinstance(value, dict) for inner in value]
    words = [word.encode().lower() for name in names for word in name.split()[-1:]]
    lines = re.findall(rb"[^\n]*\n|[^\n]+", content.removeprefix(BOM))
    return [line for line in lines if not [word for word in words if word in line.lower()]]


@SLOWLY
@given(cases())
def test_what_was_asked_for_is_there_afterwards(case: tuple[str, bytes, dict[str, Any]]) -> None:
    kind, content, wanted = case
    item = _item(kind, wanted)
    assert dialects.values(dialects.edit(content, item), item) == wanted


@SLOWLY
@given(cases())
def test_a_second_edit_changes_nothing(case: tuple[str, bytes, dict[str, Any]]) -> None:
    kind, content, wanted = case
    once = dialects.edit(content, _item(kind, wanted))
    assert dialects.edit(once, _item(kind, wanted)) == once


@SLOWLY
@given(cases())
def test_to_ask_for_what_is_there_changes_no_byte(case: tuple[str, bytes, dict[str, Any]]) -> None:
    kind, content, wanted = case
    present = dialects.values(content, _item(kind, wanted))
    assert dialects.edit(content, _item(kind, present)) == content


@SLOWLY
@given(cases())
def test_other_lines_stay_in_their_order_to_the_byte(case: tuple[str, bytes, dict[str, Any]]) -> None:
    kind, content, wanted = case
    if kind == "block" or b"\\" in content:
        return  # lines that belong together are shown below, in examples
    edited = dialects.edit(content, _item(kind, wanted))
    assert edited.startswith(BOM) == content.startswith(BOM)
    before, after = _unnamed(content, wanted), _unnamed(edited, wanted)
    # A last line without an end gets one when it is no longer the last.
    endings = [b"", b"\n", b"\r\n"] if before and not before[-1].endswith(b"\n") else [b""]
    assert any(_only_adds([*before[:-1], *(line + end for line in before[-1:])], after, kind) for end in endings)


def _only_adds(before: list[bytes], after: list[bytes], kind: str) -> bool:
    """Whether the lines before are all there afterwards, in their order, and the rest opens sections."""
    left = iter(after)
    new = {line.rstrip(b"\r\n") for line in Counter(after) - Counter(before)}
    return all(any(line == one for one in left) for line in before) and new <= {b"", *SAMPLES[kind].headings}


@SLOWLY
@given(cases(), st.data())
def test_the_order_of_two_edits_does_not_matter(case: tuple[str, bytes, dict[str, Any]], data: st.DataObject) -> None:
    kind, content, wanted = case
    first = set(data.draw(st.lists(st.sampled_from(sorted(wanted)), unique=True))) if wanted else set()
    one = _item(kind, {name: value for name, value in wanted.items() if name in first})
    two = _item(kind, {name: value for name, value in wanted.items() if name not in first})
    both = _item(kind, wanted)
    there = dialects.edit(dialects.edit(content, one), two)
    back = dialects.edit(dialects.edit(content, two), one)
    assert dialects.values(there, both) == dialects.values(back, both) == wanted
    assert dialects.values(dialects.edit(content, both), both) == wanted


@pytest.mark.parametrize("kind", sorted(SAMPLES))
def test_every_dialect_is_sampled_and_listed(kind: str) -> None:
    assert sorted(dialects.NAMES) == sorted(SAMPLES)
    assert dialects.edit(b"", _item(kind, {})) == b""
