"""`anwei trust`: from the first version to the second, as people type it, and as a machine reads it."""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from anwei.approval import trust
from anwei.commands import trust as trust_command
from anwei.errors import AnweiError, Exit
from tests.unit.approval.people import Somebody, somebody, trust_bytes

Said = Callable[..., str]


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> list[Somebody]:
    folder = tmp_path_factory.mktemp("keys")
    return [
        somebody(folder, who, role) for who, role in (("yezhu-1", "业主"), ("anquan-1", "安全"), ("yunwei-1", "运维"))
    ]


@pytest.fixture
def said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Said:
    """Runs the command and gives what it printed, errors behind."""
    monkeypatch.setenv("ANWEI_HOME", str(tmp_path / "home"))

    def run(*words: object, status: Exit = Exit.GOOD) -> str:
        top = argparse.ArgumentParser()
        trust_command.add_parser(top.add_subparsers())
        arguments = top.parse_args(["trust", *map(str, words)])
        try:
            assert arguments.run(arguments) == status
        except AnweiError as error:
            assert error.exit_status == status
            return str(error)
        printed = capsys.readouterr()
        return printed.out + printed.err

    return run


def written(page: Path, *people: Somebody, **changed: Any) -> Path:
    page.write_bytes(trust_bytes(*people, **changed))
    return page


def test_from_the_first_version_to_the_second(said: Said, tmp_path: Path, people: list[Somebody]) -> None:
    assert said("show", status=Exit.REFUSED).startswith("AW-trust-none: 控制机上还没有信任文件")
    begun = said("begin", written(tmp_path / "1.yml", *people[:2]))
    first = trust.load().digest
    assert begun.startswith(f"信任文件第 1 版  {first}\n")
    assert f"yezhu-1@example.gov   业主  {people[0].fingerprint}" in begun
    assert "风险高        2 人  业主" in begun
    assert f"第 1 版  {first}  设置控制机时放入" in begun
    assert said("show") == begun

    file = written(tmp_path / "2.yml", *people, follows=first)
    proposed = said("propose", file)
    assert "拟启用的第 2 版" in proposed
    assert "+- name: yunwei-1@example.gov" in proposed
    assert "需要现行名单中 2 人签名；已签：-；还缺 2 个" in proposed
    assert f"请签名人各自执行：anwei trust sign {file} --key 私钥文件" in proposed
    said("adopt", file, status=Exit.REFUSED)
    for who in people[:2]:
        assert "已签名：" in said("sign", file, "--key", who.key)
    assert f"请在控制机上执行：anwei trust adopt {file}" in said("propose", file)
    shown = said("adopt", file)
    assert "第 2 版" in shown
    assert "anquan-1@example.gov、yezhu-1@example.gov" in shown
    assert said("show") == shown


def test_for_a_machine(said: Said, tmp_path: Path, people: list[Somebody]) -> None:
    begun = json.loads(said("begin", written(tmp_path / "1.yml", *people[:2]), "--json"))
    assert (begun["version"], begun["inside"], begun["changing"]) == (1, None, 2)
    assert begun["approvers"][0]["fingerprint"] == people[0].fingerprint
    assert begun["approvals"]["高"] == {"count": 2, "roles": ["业主"]}
    assert begun["history"] == [{"number": 1, "digest": begun["digest"], "signers": []}]
    file = written(tmp_path / "2.yml", *people, follows=begun["digest"])
    signature = json.loads(said("sign", file, "--key", people[0].key, "--json"))["signature"]
    Path(signature).with_name("x.sig").write_text("nonsense")
    proposed = json.loads(said("propose", file, "--json"))
    assert (proposed["signed"], proposed["needed"], proposed["missing"]) == (["yezhu-1@example.gov"], 2, 1)
    assert proposed["useless"] == ["x.sig 与文件内容不符"]
    assert "AW-trust-unsigned" in said("adopt", file, "--json", status=Exit.REFUSED)


def test_inside_a_checkout_it_says_that_this_is_for_trying_out(
    said: Said, tmp_path: Path, people: list[Somebody]
) -> None:
    (tmp_path / ".git").mkdir()
    begun = said("begin", written(tmp_path / "1.yml", *people[:2]))
    assert "只能试用；实际运行会被拒绝（AW-trust-inside）" in begun
    assert json.loads(said("show", "--json"))["inside"] == str(tmp_path)


def test_a_useless_signature_is_named_in_the_proposal(said: Said, tmp_path: Path, people: list[Somebody]) -> None:
    said("begin", written(tmp_path / "1.yml", *people[:2]))
    file = written(tmp_path / "2.yml", *people, follows=trust.load().digest)
    said("sign", file, "--key", people[2].key)
    assert "是别人的签名，不在现行名单中\n请签名人各自执行" in said("propose", file)


def test_a_file_that_is_not_sound_is_refused_with_every_problem(
    said: Said, tmp_path: Path, people: list[Somebody]
) -> None:
    file = written(tmp_path / "1.yml", people[0], longest_days=0)
    refused = said("begin", file, status=Exit.BAD_INPUT)
    assert refused.startswith("AW-trust-file: 信任文件不合格")
    assert "longest_days: 0 不对。应为：" in refused
    assert not (tmp_path / "home" / "trust").exists()


def test_the_example_in_the_documentation_is_sound_but_for_its_keys(
    said: Said, tmp_path: Path, people: list[Somebody]
) -> None:
    page = Path(__file__).resolve().parents[3] / "docs" / "approval.md"
    example = page.read_text(encoding="utf-8").partition("```yaml\n")[2].partition("```")[0]
    for who in people:
        example = example.replace("ssh-ed25519 AAAA…", who.public, 1)
    (tmp_path / "1.yml").write_text(example)
    assert "第 1 版" in said("begin", tmp_path / "1.yml")
