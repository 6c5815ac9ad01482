"""Columns stand under one another whatever script their cells are in."""

from hypothesis import given
from hypothesis import strategies as st

from anwei.report.table import table


def test_chinese_and_latin_cells_line_up() -> None:
    assert table([["主机", "状态"], ["web1", "运行"], ["a-long-name", "无应答"]]).splitlines() == [
        "主机         状态",
        "web1         运行",
        "a-long-name  无应答",
    ]


@given(st.lists(st.tuples(st.text("ab中文", max_size=6), st.just("|")), min_size=1))
def test_the_second_column_begins_at_one_place(rows: list[tuple[str, str]]) -> None:
    places = {sum(1 + (character in "中文") for character in line.split("|")[0]) for line in table(rows).splitlines()}
    assert len(places) == 1
