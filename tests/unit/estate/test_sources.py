"""What YAML or Ansible would let pass in silence: each is refused with its file and line."""

from pathlib import Path

import pytest

from anwei.estate.places import index
from anwei.estate.sources import Kind, Source, parse, read_sources
from tests.unit.estate.small import SOUND, refusal, written

# what is changed, into what, and the detail
FAULTS = {
    "not closed": (
        "title: 外部区}",
        "title: 外部区",
        "6: YAML 写法有错：while parsing a flow mapping, expected ',' or '}}', but got ':'",
    ),
    "tab": (
        "    owner: platform",
        "\towner: platform",
        "14: YAML 写法有错：while scanning for the next token, found character '\\t' that cannot start any token",
    ),
    "duplicate key of a host": (
        "      zone: inner\n",
        "      zone: inner\n      address: 198.51.100.2\n",
        "23: 键 address 重复，第 21 行已经有了；YAML 会默默地只留后一个",
    ),
    "duplicate host": (
        "    db-01:\n",
        "    web-01:\n",
        "20: 键 web-01 重复，第 18 行已经有了；YAML 会默默地只留后一个",
    ),
    "misspelt section": ("  hosts:\n", "  host:\n", "17: 组里不认识 host；只能有 hosts、children、vars"),
    "host that is a word": (
        "    web-01: {address: 192.0.2.1, zone: outer, subnet: web, criticality: 关键, ha_group: web}",
        "    web-01: 192.0.2.1",
        "18: web-01 应写成键值（名称: 值）",
    ),
    "host name that is a number": ("    web-01:", "    101:", "18: 主机名 101 要加引号，否则不是文字"),
    "date that is none": ("to: 2027-02-14", "to: 2027-02-30", "13: 2027-02-30 不能用：day is out of range for month"),
    "two documents": ("  hosts:\n", "---\n  hosts:\n", "17: YAML 写法有错："),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_the_file_is_refused_by_line(fault: str, tmp_path: Path) -> None:
    before, after, detail = FAULTS[fault]
    assert SOUND.count(before) == 1, "the fault must change one place"
    error = refusal(written(tmp_path, SOUND.replace(before, after)))
    assert (error.code, error.exit_status) == ("AW-inventory-unreadable", 2)
    assert len(error.details) == 1
    assert error.details[0].startswith(f"{tmp_path / 'hosts.yml'}:{detail.replace('}}', '}')}")


def test_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    inventory = written(tmp_path, SOUND.replace("  hosts:\n", "  host:\n"))
    (inventory / "group_vars" / "all").mkdir(parents=True)
    (inventory / "group_vars" / "all" / "a.yml").write_text("x: 1\nx: 2\n")
    (inventory / "group_vars" / "web.yml").write_text("- a list\n")
    assert refusal(inventory).details == [
        f"{inventory}/group_vars/all/a.yml:2: 键 x 重复，第 1 行已经有了；YAML 会默默地只留后一个",
        f"{inventory}/group_vars/web.yml:1: web.yml 应写成键值（名称: 值）",
        f"{inventory}/hosts.yml:17: 组里不认识 host；只能有 hosts、children、vars",
    ]


def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    inventory = written(tmp_path, SOUND)
    (inventory / "hosts.yml").write_bytes(SOUND.encode("gb18030"))
    (detail,) = refusal(inventory).details
    assert detail.startswith(f"{inventory}/hosts.yml: 文件读不出来：'utf-8' codec can't decode")


def test_nesting_without_end_is_refused(tmp_path: Path) -> None:
    error = refusal(written(tmp_path, "all: " + "[" * 600 + "]" * 600))
    assert error.details == [f"{tmp_path}/hosts.yml: 嵌套太深，读不下去"]


def test_variables_of_a_group_that_is_not_there_are_refused(tmp_path: Path) -> None:
    inventory = written(tmp_path, SOUND)
    for folder, name in (("group_vars", "mysq.yml"), ("host_vars", "web-03.yml")):
        (inventory / folder).mkdir()
        (inventory / folder / name).write_text("x: 1\n")
    assert refusal(inventory).details == [
        f"{inventory}/group_vars/mysq.yml: 没有名为 mysq 的组或主机，Ansible 不会读这个变量文件",
        f"{inventory}/host_vars/web-03.yml: 没有名为 web-03 的组或主机，Ansible 不会读这个变量文件",
    ]


def test_an_encrypted_variable_file_is_no_fault(tmp_path: Path) -> None:
    file = tmp_path / "vault.yml"
    file.write_text("$ANSIBLE_VAULT;1.1;AES256\n6162\n6364\n")
    assert parse(Source(file, Kind.GROUP_VARS, "all"))[1] == []


def test_groups_that_repeat_one_another_without_end_are_read_once(tmp_path: Path) -> None:
    chain = "".join(f"g{n}: &g{n} {{children: {{a: *g{n - 1}, b: *g{n - 1}}}}}\n" for n in range(1, 600))
    file = tmp_path / "hosts.yml"
    file.write_text("g0: &g0 {host: {}}\n" + chain)
    sources, problems = read_sources(tmp_path)
    assert problems == []
    (problem,) = index(tmp_path, sources)[1]
    assert problem.message == "组里不认识 host；只能有 hosts、children、vars"
