"""The loader with Ansible itself: merging, precedence, scripts, its refusals, and what it must not depend on."""

import re
from pathlib import Path

import pytest

from anwei.errors import BadInput
from anwei.estate import Estate, estates, inventory_tool, load_estate, loader
from anwei.texts import text
from tests.unit.estate.small import SOUND, written


@pytest.fixture
def inventory(tmp_path: Path) -> Path:
    return written(tmp_path / "small", SOUND)


def refused(name: str | Path) -> BadInput:
    with pytest.raises(BadInput) as caught:
        load_estate(name)
    assert caught.value.exit_status == 2
    return caught.value


def executable(file: Path, content: str) -> None:
    file.write_text(content)
    file.chmod(0o755)


@pytest.mark.parametrize("name", ["tradng", "schema", "../inventories/trading", ""])
def test_an_unknown_estate_is_refused_with_those_that_exist(name: str) -> None:
    error = refused(name)
    assert error.code == "AW-estate-unknown"
    assert error.part("why") == f"inventories/ 下没有这个目录；现有：{'、'.join(estates())}"
    assert "trading" in estates()


def test_where_there_is_no_estate_at_all_none_is_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loader, "INVENTORIES", tmp_path)
    assert refused("lab").part("why") == "inventories/ 下没有这个目录；现有："


@pytest.mark.parametrize("name", estates())
def test_every_estate_that_ships_is_sound(name: str) -> None:
    assert load_estate(name).name == name


def test_a_problem_is_told_at_the_line_that_wins(inventory: Path) -> None:
    # Ansible takes a file of variables over what stands beside the hosts, and of two groups the deeper one.
    (inventory / "groups.yml").write_text("outer:\n  children:\n    front:\n      hosts:\n        web-[01:02]:\n")
    (inventory / "group_vars").mkdir()
    (inventory / "group_vars" / "outer.yml").write_text("owner: nobody\nmlps_level: 9\n")
    (inventory / "group_vars" / "front.yml").write_text("# the deeper group\nmlps_level: 8\n")
    (inventory / "host_vars").mkdir()
    (inventory / "host_vars" / "db-01.yml").write_text("\nsystem: dos\n")
    assert refused(inventory).details == [
        f"{inventory}/group_vars/front.yml:2: web-01、web-02: mlps_level: 8 不在允许的取值之内：1、2、3、4",
        f"{inventory}/group_vars/outer.yml:1: web-01、web-02: owner: 没有 nobody；现有：platform",
        f"{inventory}/host_vars/db-01.yml:2: db-01: system: dos 不在允许的取值之内："
        "linux、kylin、windows、aix、vrp、comware、appliance",
    ]


def test_hosts_of_a_script_count_and_are_told_by_its_name(inventory: Path) -> None:
    executable(
        inventory / "clones.py",
        "#!/usr/bin/env python3\nimport json, os\n"
        'own = {"address": os.environ["ANWEI_LAB_ADDRESS"], "zone": "outer", "subnet": "web", "criticality": "一般"}\n'
        'print(json.dumps({"clones": {"hosts": ["clone-01"]}, "_meta": {"hostvars": {"clone-01": own}}}))\n',
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANWEI_LAB_ADDRESS", "192.0.2.1")
        details = refused(inventory).details
    place = f"{inventory}/hosts.yml"
    assert details == [f"{place}:18: web-01: address: 192.0.2.1 重复，clone-01 已经用了（{inventory}/clones.py）"]


def test_what_ansible_refuses_is_told_in_its_words(inventory: Path) -> None:
    executable(inventory / "clones.py", "#!/bin/sh\necho no lab is up >&2\nexit 3\n")
    error = refused(inventory)
    assert (error.code, error.where) == ("AW-inventory-unreadable", str(inventory))
    assert "no lab is up" in " ".join(error.details), "Ansible breaks its lines wherever they get too long"


def test_an_inventory_without_hosts_is_refused(tmp_path: Path) -> None:
    assert refused(written(tmp_path / "empty", "all:\n  hosts:\n")).code == "AW-hosts-none"


def test_nothing_comes_from_the_caller_s_home_or_settings(
    inventory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".ansible.cfg").write_text("[defaults]\nhash_behaviour = nonsense\n")
    (tmp_path / "group_vars").mkdir()
    (tmp_path / "group_vars" / "all.yml").write_text("owner: intruder\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("ANSIBLE_CONFIG", str(tmp_path / ".ansible.cfg"))
    monkeypatch.setenv("ANSIBLE_INVENTORY_ENABLED", "nothing")
    assert {host.variables["owner"] for host in load_estate(inventory).hosts} == {"platform"}
    assert not (tmp_path / ".ansible").exists()


def test_ansible_reads_no_configuration_of_this_machine() -> None:
    (line,) = (line for line in inventory_tool._run("ansible", "--version").splitlines() if "config file" in line)
    assert re.fullmatch(r"  config file = \S+/anwei-\w+/ansible.cfg", line)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Estate:
    return load_estate(written(tmp_path_factory.mktemp("select") / "small", SOUND))


@pytest.mark.parametrize(
    "pattern", ["", " ", ",", ":", "!", "~", "~[", "web-01:!web-[02", "web-09", "web-01:!wbe-02", "web-01:&db-01"]
)
def test_a_pattern_that_matches_nothing_in_any_part_is_refused(pattern: str, small: Estate) -> None:
    with pytest.raises(BadInput) as caught:
        small.select(pattern)
    error = caught.value
    assert (error.code, error.exit_status, error.where) == ("AW-hosts-none", 2, str(small.path))
    assert error.part("what") == f"环境 small 中没有主机与“{pattern}”相符"


def test_the_part_of_a_pattern_that_matches_nothing_is_named(small: Estate) -> None:
    with pytest.raises(BadInput) as caught:
        small.select("web-01:!wbe-02")
    assert any("wbe-02" in detail for detail in caught.value.details)


@pytest.mark.parametrize("start", ["@", "web-01:@", "web-01,@"], ids=["whole", "colon", "comma"])
def test_a_pattern_cannot_have_a_file_read(start: str, small: Estate, tmp_path: Path) -> None:
    page = tmp_path / "hosts"
    page.write_text("web-01\nthe-words-of-a-secret\n")
    with pytest.raises(BadInput) as caught:
        small.select(f"{start}{page}")
    assert (caught.value.code, caught.value.details) == ("AW-hosts-none", [text("estate.no-file")])
