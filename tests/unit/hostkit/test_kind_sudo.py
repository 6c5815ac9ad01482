"""Kind `sudo`: a file below /etc/sudoers.d that visudo judges."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from hostkit.kinds import sudo
from hostkit.refusal import Refusal
from tests.unit.hostkit.people_host import PeopleHost

SCHEMA = json.loads((Path(sudo.__file__).parents[1] / "schemas" / "sudo.json").read_text())


@pytest.fixture
def host(tmp_path: Path) -> PeopleHost:
    return PeopleHost(tmp_path)


def _valid(schema: dict[str, Any], value: object) -> bool:
    return bool(jsonschema.Draft202012Validator(schema).is_valid(value))


def test_rules_become_a_file_that_sudo_takes(host: PeopleHost) -> None:
    wanted = {"rules": ["Defaults:ops !lecture", "ops ALL=(ALL) ALL"], "why": "8.1.4.2"}
    assert sudo.lower(host, "ops", wanted) == [
        (
            "file",
            "/etc/sudoers.d/ops",
            {
                "content": "Defaults:ops !lecture\nops ALL=(ALL) ALL\n",
                "owner": "root",
                "group": "root",
                "mode": "0440",
                "validate": ["visudo", "-c", "-f", "%s"],
                "why": "8.1.4.2",
            },
        )
    ]


def test_absent_rules_are_an_absent_file(host: PeopleHost) -> None:
    assert sudo.lower(host, "ops", {"present": False}) == [("file", "/etc/sudoers.d/ops", {"type": "absent"})]


@pytest.mark.parametrize(
    "line", ["#includedir /etc/sudoers.d", "@includedir /etc/sudoers.d/", '@includedir\t"/etc/sudoers.d"']
)
def test_the_main_file_names_the_folder(host: PeopleHost, line: str) -> None:
    host.put("sudoers", f"root ALL=(ALL) ALL\n{line}\n")
    assert sudo.lower(host, "ops", {"rules": []})


@pytest.mark.parametrize("line", ["", "## includedir /etc/sudoers.d", "#includedir /etc/sudoers.d.old"])
def test_rules_that_sudo_would_never_read_are_refused(host: PeopleHost, line: str) -> None:
    host.put("sudoers", f"root ALL=(ALL) ALL\n{line}\n")
    with pytest.raises(Refusal, match="sudo-folder-unread"):
        sudo.lower(host, "ops", {"rules": []})
    assert sudo.lower(host, "ops", {"present": False}), "what nobody reads may go"


@pytest.mark.parametrize(
    ("name", "good"), [("ops-1_A", True), ("a.b", False), ("a~", False), ("a/b", False), ("..", False), ("", False)]
)
def test_names_that_sudo_skips_are_no_names(name: str, good: bool) -> None:
    assert _valid(SCHEMA["x-key"], name) == good


@pytest.mark.parametrize(
    ("wanted", "good"),
    [
        ({"rules": ["ops ALL=(ALL) ALL"]}, True),
        ({"rules": []}, True),
        ({"present": False}, True),
        ({"rules": ["two\nlines"]}, False),
        ({"rules": ["goes on \\"]}, False),
        ({"rules": [""]}, False),
        ({"present": True}, False),
        ({"present": False, "rules": []}, False),
        ({}, False),
    ],
)
def test_the_schema_takes_whole_lines_or_absence(wanted: dict[str, Any], good: bool) -> None:
    assert _valid(SCHEMA, wanted) == good
