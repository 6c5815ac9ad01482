"""`anwei record`: what it lists, shows and writes, and that an alteration ends with 1 and is named."""

import json
from pathlib import Path

import pytest

from anwei import cli
from anwei.record import Record, chain, seal, syslog
from tests.sample_records import done, failing, text_of, write


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ANWEI_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(syslog, "LOCAL", tmp_path / "none")
    monkeypatch.delenv("ANWEI_SYSLOG", raising=False)
    monkeypatch.delenv("ANWEI_LANG", raising=False)
    return tmp_path / "home"


@pytest.fixture
def records(home: Path) -> Path:
    for name, entries in (("c1", done()), ("c2", failing())):
        write(home, name, entries)
        seal(Record.open(name))
    return home / "records"


def alter(records: Path) -> None:
    path = records / "c2.jsonl"
    path.write_bytes(path.read_bytes().replace("整批回退".encode(), "部分回退".encode()))


def test_records_are_listed(records: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["record", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["记录", "c1", "c2"]
    assert cli.main(["record", "list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [(each["record"], each["outcome"]) for each in listed] == [("c1", "done"), ("c2", "returned")]
    assert listed[1]["hosts"] == {"kept": 1, "returned": 3, "waiting": 6}


def test_without_records_it_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["list"], ["verify"]):
        assert cli.main(["record", *words]) == 0
        assert capsys.readouterr().out == "还没有记录\n"


def test_one_record_is_shown(records: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["record", "show", "c2"]) == 0
    assert "第 2 批  3 台  已回退" in capsys.readouterr().out
    assert cli.main(["record", "show", "c2", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["entries"] == failing()
    assert (shown["verified"]["sound"], shown["verified"]["sealed"]) == (True, 18)


def test_every_form_is_written_to_the_folder(records: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert cli.main(["record", "show", "c2", "--out", str(out)]) == 0
    assert f"已写入：{out / 'c2.html'}" in capsys.readouterr().out
    assert cli.main(["record", "show", "c2", "--out", str(out), "--format", "html,xlsx,docx"]) == 0
    assert capsys.readouterr().out.split("\n")[:-1] == [
        f"已写入：{out / f'c2.{form}'}" for form in ("html", "xlsx", "docx")
    ]
    assert sorted(path.name for path in out.iterdir()) == ["c2.docx", "c2.html", "c2.xlsx"]


@pytest.mark.parametrize("words", [["--format", "pdf"], ["--format", "html"], ["--format", "json,docx"]])
def test_a_form_that_cannot_be_had_is_refused(
    records: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["record", "show", "c2", *words]) == 2
    assert capsys.readouterr().err.startswith("AW-record-format")


@pytest.mark.parametrize(("name", "code"), [("c9", "unknown"), ("../c1", "name")])
def test_a_record_that_is_not_there_is_refused(
    records: Path, name: str, code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (["show", name], ["verify", name]):
        assert cli.main(["record", *words]) == 2
        assert capsys.readouterr().err.startswith(f"AW-record-{code}:")


def test_verifying_says_what_was_looked_at(records: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["record", "verify"]) == 0
    assert capsys.readouterr().out.startswith("2 条记录、44 条目均未被改动；2 次封存，签名有效\n签名密钥：SHA256:")
    assert cli.main(["record", "verify", "c1"]) == 0
    assert capsys.readouterr().out.startswith("1 条记录、25 条目")


def test_an_alteration_ends_with_1_and_is_named(records: Path, capsys: pytest.CaptureFixture[str]) -> None:
    alter(records)
    for words in (["verify"], ["verify", "c2"], ["show", "c2"]):
        assert cli.main(["record", *words]) == 1
        shown = capsys.readouterr().out
        assert "c2：第 19 行（第 18 条，ended）被改动过" in shown
    assert cli.main(["record", "verify", "c1"]) == 0
    capsys.readouterr()
    assert cli.main(["record", "verify", "--json"]) == 1
    (problem,) = json.loads(capsys.readouterr().out)["problems"]
    assert (problem["record"], problem["line"], problem["kind"]) == ("c2", 19, "altered")
    assert "被改动过" in problem["said"]


def test_another_key_can_be_given(records: Path, tmp_path: Path, home: Path) -> None:
    assert cli.main(["record", "verify", "--key", str(home / "node_key.pub")]) == 0
    assert cli.main(["record", "verify", "--key", str(tmp_path / "none.pub")]) == 1


ODD = [
    {"hosts": ["a"]},
    {"hosts": {"a": 7}},
    {"hosts": {"a": [3]}},
    {"waves": 3},
    {"waves": [[["a"]]]},
    {"checks": [1]},
    {"approvals": "x"},
    {"left_out": []},
    {"wave": "x", "hosts": {}},
]


@pytest.mark.parametrize("data", ODD, ids=str)
@pytest.mark.parametrize("event", ["begun", "gate", "health", "applying", "applied", "verified", "returned", "ended"])
def test_what_a_stranger_wrote_breaks_nothing(
    home: Path, event: str, data: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    """Every entry may be sound in itself and hold anything: it is told, or refused in our own words."""
    entries = failing()[:3]
    entries.append(chain.entry(entries[-1], "2026-11-21T14:03:59Z", event, data, "sha256"))
    write(home, "odd", entries)
    write(home, "c1", done())
    assert cli.main(["record", "list"]) in (0, 1)
    shown = capsys.readouterr()
    assert "c1 " in shown.out
    assert cli.main(["record", "show", "odd"]) in (1, 5)
    shown = capsys.readouterr()
    assert "Traceback" not in shown.err
    assert not shown.err or shown.err.startswith("AW-record-shape")


def test_a_time_that_is_none_is_refused(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    entries = done()
    entries[3]["at"] = "yesterday"
    write(home, "odd", entries)
    assert cli.main(["record", "show", "odd"]) == 5
    said = capsys.readouterr().err
    assert said.startswith("AW-record-shape")
    assert "第 4 行（第 3 条，health）被改动过" in said
    assert text_of(entries)


def test_a_record_that_holds_no_entry_any_more_hides_no_other(
    records: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (records / "c2.jsonl").write_text("gone\n")
    assert cli.main(["record", "list"]) == 1
    shown = capsys.readouterr()
    assert shown.out.splitlines()[1].startswith("c1")
    assert shown.err.startswith("AW-record-shape")
