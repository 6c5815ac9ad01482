"""Markdown: whatever words, values and diffs hold, they end where they should and show what they are."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anwei.change.markdown import cell, code, fence, inline

NASTY = st.text(st.sampled_from("`~*_[]()<>|&\\#-+!\n\r\t \x1b\u202eab加固"), max_size=30)
ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


@given(NASTY)
def test_words_stay_words(words: str) -> None:
    shown = inline(words)
    assert not set(shown) & set("\n\r\x1b\u202e")
    assert not set(ESCAPED.sub("", shown)) & set("`*[]<>|&~\\")
    if not set(words) & set("\r\x1b\u202e"):
        assert ESCAPED.sub(r"\1", shown) == words.replace("\n", " ")


@given(NASTY.filter(bool))
def test_a_value_is_one_piece_of_code(value: str) -> None:
    shown = code(value)
    marks = re.match("`+", shown)
    assert marks
    inner = shown[len(marks[0]) : -len(marks[0])]
    assert shown.endswith(marks[0])
    assert "\n" not in shown
    assert len(marks[0]) not in {len(run) for run in re.findall("`+", inner)}


@given(NASTY)
def test_a_value_in_a_table_begins_no_cell(value: str) -> None:
    assert "|" not in ESCAPED.sub("", cell(value))


@given(NASTY)
def test_nothing_in_a_block_ends_it(content: str) -> None:
    first, *inner, last = re.split("\r\n|\r|\n", fence(content, "diff"))
    assert first == f"{last}diff"
    assert set(last) == {"`"}
    assert len(last) >= 3
    assert not [line for line in inner if re.fullmatch(rf" {{0,3}}`{{{len(last)},}}[ \t]*", line)]


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("MaxAuthTries = 5 (8.1.4.1 b)", "MaxAuthTries = 5 (8.1.4.1 b)"),
        ("harden_sshd_leave", "harden_sshd_leave"),
        ("_all_ of <b>it</b>", r"\_all\_ of \<b\>it\</b\>"),
        ("[a](https://example.gov)|b", r"\[a\](https://example.gov)\|b"),
        ("one\ntwo", "one two"),
        ("\x1b[2J", r"\<U+001B\>\[2J"),
    ],
    ids=["plain", "name", "html", "link", "lines", "control"],
)
def test_words_read_well(words: str, shown: str) -> None:
    assert inline(words) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [("0600", "`0600`"), ("a`b", "`` a`b ``"), (True, "`true`"), (["a", "加"], '`["a", "加"]`'), (5, "`5`")],
    ids=["text", "mark", "yes", "list", "number"],
)
def test_values_read_well(value: object, shown: str) -> None:
    assert (code(value), cell(value)) == (shown, shown)
    assert cell("web|app") == r"web\|app"
