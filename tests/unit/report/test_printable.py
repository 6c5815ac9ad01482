import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anwei.report.printable import LONGEST, printable

ORDINARY = ["口令复杂度：minlen ≥ 8", "two\nlines\tand a tab", "全角　空格", "罕用字 𠮷、𡈽", "é"]


@pytest.mark.parametrize("kept", ORDINARY)
def test_ordinary_text_stays_as_it_is(kept: str) -> None:
    assert printable(kept) == kept


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("a\x00b", "a<U+0000>b"),
        ("\x1b[31m", "<U+001B>[31m"),
        ("a\rb", "a<U+000D>b"),
        ("\x7f", "<U+007F>"),
        ("\x9b2J", "<U+009B>2J"),
        ("\u202egpj.exe", "<U+202E>gpj.exe"),
        ("zero\u200bwidth", "zero<U+200B>width"),
        ("line\u2028end", "line<U+2028>end"),
        ("\udcff", "<U+DCFF>"),
    ],
)
def test_what_hides_or_controls_is_spelled_out(raw: str, shown: str) -> None:
    assert printable(raw) == shown


@given(st.text(st.characters(exclude_categories=())))
def test_nothing_that_controls_a_display_is_left(raw: str) -> None:
    left = {unicodedata.category(char) for char in printable(raw) if char not in "\n\t"}
    assert not left & {"Cc", "Cf", "Cs", "Zl", "Zp"}


def test_a_long_text_is_cut_and_says_so() -> None:
    shown = printable("A" * 10_000)
    assert shown.startswith("A" * LONGEST + "……")
    assert "10000" in shown
    assert "9000" in shown
    assert printable("A" * LONGEST) == "A" * LONGEST
