"""`anwei health`: what it prints of results, and its exit status."""

import argparse
import json
from types import SimpleNamespace

import pytest

from anwei.commands import health
from anwei.health import Result

GOOD = Result("http http://192.0.2.1/", True, "状态码 200", 0.04, 1)
BAD = Result("service nginx", False, "没有运行（failed）", 6.2, 4)
GONE = Result("reachable", False, "连接被拒绝 \x1b[2J\u202e", 20.0, 1, reached=False)


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Result]]:
    """What the check will find, by host."""
    results: dict[str, list[Result]] = {}
    monkeypatch.setattr(
        health, "load_estate", lambda name: SimpleNamespace(name=name, select=lambda pattern: [pattern])
    )
    monkeypatch.setattr(health, "check", lambda _estate, _hosts: results)
    return results


def run(*words: str) -> int:
    top = argparse.ArgumentParser()
    health.add_parser(top.add_subparsers())
    arguments = top.parse_args(["health", *words])
    return int(arguments.run(arguments))


@pytest.mark.parametrize(
    ("results", "status"), [([GOOD], 0), ([GOOD, BAD], 1), ([GOOD, BAD, GONE], 5)], ids=["good", "bad", "gone"]
)
def test_the_exit_status_tells_good_from_bad_from_unreachable(
    found: dict[str, list[Result]], results: list[Result], status: int
) -> None:
    found["web1"] = results
    assert run() == run("--json") == status


def test_every_check_is_told_below_its_host_and_nothing_moves_the_cursor(
    found: dict[str, list[Result]], capsys: pytest.CaptureFixture[str]
) -> None:
    found |= {"web1": [GOOD, BAD], "web2": [GONE]}
    run("--limit", "web")
    assert capsys.readouterr().out.splitlines() == [
        "web1",
        "  正常  http http://192.0.2.1/  状态码 200（0.0 秒）",
        "  异常  service nginx  没有运行（failed）（6.2 秒，试了 4 次）",
        "web2",
        "  异常  reachable  连接被拒绝 <U+001B>[2J<U+202E>（20.0 秒）",
        "2 台主机，3 项检查：正常 1 项，异常 2 项，失联 1 台",
    ]


def test_as_json(found: dict[str, list[Result]], capsys: pytest.CaptureFixture[str]) -> None:
    found["web1"] = [BAD]
    run("--json")
    assert json.loads(capsys.readouterr().out) == {
        "web1": [
            {
                "name": "service nginx",
                "ok": False,
                "said": "没有运行（failed）",
                "seconds": 6.2,
                "tries": 4,
                "reached": True,
            }
        ]
    }
