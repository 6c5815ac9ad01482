import dataclasses
import re

import pytest

from anwei.baseline import catalogue
from anwei.baseline.catalogue import Catalogue
from anwei.report import units_table
from anwei.report.table import width_of

# Two checks of one unit: how many the catalogue has is not what is tested here.
KEPT = ("LNX-IAc-01", "LNX-IAc-02")


def shown(level: int = 3) -> list[str]:
    return units_table.render(catalogue.load(level).only(KEPT)).splitlines()


def line_of(unit: str, lines: list[str]) -> list[str]:
    """The cells of a unit's line; an empty cell leaves no trace."""
    return re.split(r" {2,}", next(line for line in lines if unit in line))


@pytest.mark.parametrize(("level", "count"), [(3, 74), (2, 42)])
def test_every_unit_has_one_line_under_the_heading_of_its_class(level: int, count: int) -> None:
    lines = shown(level)
    assert len([line for line in lines if re.match(r"[78]\.1\.\d\.\d+.* L[23]-", line)]) == count
    headings = [line for line in lines if "个测评单元，" in line]
    assert [heading.split("（")[0] for heading in headings] == [
        "安全计算环境",
        "安全通信网络",
        "安全区域边界",
        "安全管理中心",
    ]
    assert headings[0].endswith({3: "34 个测评单元，其中 1 个有检查项", 2: "23 个测评单元，其中 1 个有检查项"}[level])


def test_a_unit_shows_what_it_is_for_how_it_is_judged_and_by_what() -> None:
    lines = shown()
    numbers, title = ["8.1.4.1 c", "L3-CES1-03", "身份鉴别"], "远程管理时鉴别信息不会被窃听"
    assert line_of("L3-CES1-03", lines) == [*numbers, "全部", "单项", "LNX-IAc-01", "6.4.1.2", "V", title]
    assert line_of("L3-CES1-06", lines)[4] == "2 项任一"
    assert line_of("L3-CES1-23", lines)[3:5] == ["OS", "（1 且 3）或（2 且 3）（I）"]
    assert line_of("L3-CES1-34", lines)[5] == "人工"
    assert line_of("L3-CES1-19", lines)[5] == "尚无检查"


def test_further_checks_of_a_unit_stand_below_the_first() -> None:
    lines = shown()
    at = next(number for number, line in enumerate(lines) if "LNX-IAc-01" in line)
    assert lines[at + 1].strip() == "LNX-IAc-02"
    assert width_of(lines[at].split("LNX")[0]) == width_of(lines[at + 1].split("LNX")[0])


def test_a_case_says_from_which_level_and_on_what_condition() -> None:
    assert line_of("L3-CES1-31", shown())[6] == "6.4.6.2（L3+；业务连续性要求高）"
    assert "6.4.6.1（L3+）" in line_of("L3-CES1-29", shown())
    assert "6.4.6.1" not in "".join(line_of("L2-CES1-19", shown(2)))


def test_what_is_less_certain_than_the_number_is_marked_where_it_stands() -> None:
    lines = shown()
    assert line_of("L3-ABS1-05", lines)[3:5] == ["NET SEC（I）", "2 项全部（I）"]
    assert line_of("L3-SMC1-08", lines)[3:5] == ["NET SEC（I）", "2 项任一"]
    assert line_of("L3-CES1-25", lines)[4] == "2 项全部（I）"
    assert line_of("L2-CES1-18", shown(2))[4] == "单项"
    remembered = [dataclasses.replace(each, certainty="M", certainty_of={}) for each in catalogue.load(3).requirements]
    table = units_table.render(dataclasses.replace(catalogue.load(3), requirements=tuple(remembered)))
    assert line_of("L3-CES1-03", table.splitlines())[7] == "M"


def test_codes_and_words_are_explained_below() -> None:
    legend = "\n".join(shown()[-5:])
    for word in ("OS 操作系统", "TRUSTED 提供可信验证的设备", "人工", "尚无检查", "L3+", "M 记忆", "任一"):
        assert word in legend


def test_english_words_are_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANWEI_LANG", "en")
    lines = shown()
    assert lines[0] == "secure computing environment (8.1.4): 34 assessment units, 1 of them with checks"
    assert line_of("L3-CES1-34", lines)[4:7] == ["all of 2 (I)", "a person", "6.4.7.1 (I)"]
    assert "any of 2" in line_of("L3-CES1-06", lines)


def test_a_level_without_checks_is_still_listed() -> None:
    bare: Catalogue = dataclasses.replace(catalogue.load(3), types=())
    assert bare.units_in_standard == 0
    assert "0 个有检查项" in units_table.render(bare)
