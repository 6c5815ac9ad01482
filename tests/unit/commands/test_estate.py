"""`anwei estate`: its words, what it prints and its exit status."""

import argparse
import json
from pathlib import Path

import pytest

from anwei.commands import estate as command
from anwei.errors import BadInput
from anwei.estate import inventory_tool, loader
from tests.unit.estate.small import SOUND, merged_by_hand, written


@pytest.fixture(autouse=True)
def inventories(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    written(tmp_path / "lab", SOUND)
    written(tmp_path / "broken", SOUND.replace("criticality: 重要", "criticality: 高"))
    monkeypatch.setattr(loader, "INVENTORIES", tmp_path)
    monkeypatch.setattr(inventory_tool, "merged", merged_by_hand)
    return tmp_path


def run(*words: str) -> int:
    top = argparse.ArgumentParser()
    command.add_parser(top.add_subparsers())
    arguments = top.parse_args(["estate", *words])
    return int(arguments.run(arguments))


def test_show_counts_the_selected_hosts(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("show", "--limit", "web-*") == 0
    assert capsys.readouterr().out == (
        "小环境（lab）：2 台\n区域:\n    2  外部区\n子域:\n    2  网站\n系统:\n    2  linux\n重要程度:\n    2  关键\n"
        "等保级别:\n    2  3\n负责岗位:\n    2  平台运维组\n高可用组:\n    1 组，共 2 台\n"
        "重点时期:\n    2027-02-01 – 2027-02-14  春节\n"
    )


def test_show_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("show", "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["estate"], answer["title"], answer["hosts"]) == ("lab", "小环境", 3)
    assert answer["zone"] == {"内部区": 1, "外部区": 2}
    assert answer["criticality"] == {"关键": 2, "重要": 1}
    assert answer["ha_group"] == {"web": 2}


def test_check_of_a_sound_estate(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check") == 0
    assert capsys.readouterr().out == "小环境（lab）：3 台，清单没有问题\n"


def test_check_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"estate": "lab", "title": "小环境", "hosts": 3, "problems": []}


def test_check_of_a_broken_estate_is_bad_input(inventories: Path) -> None:
    with pytest.raises(BadInput) as caught:
        run("check", "--estate", "broken")
    assert caught.value.details == [
        f"{inventories}/broken/hosts.yml:24: db-01: criticality: 高 不在允许的取值之内：关键、重要、一般"
    ]


def test_english_for_those_who_ask(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANWEI_LANG", "en")
    assert run("check") == 0
    assert capsys.readouterr().out == "小环境 (lab): 3 hosts, no problem in the inventory\n"
