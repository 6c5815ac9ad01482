"""Kind `authorized_key`: which file, with which keys; what is no public key is refused."""

import base64
import json
import struct
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from hostkit.kinds import authorized_key
from hostkit.refusal import Refusal
from tests.unit.hostkit.people_host import PeopleHost, Wanted
from tests.unit.hostkit.pythons import pythons, told

SCHEMA = json.loads((Path(authorized_key.__file__).parents[1] / "schemas" / "authorized_key.json").read_text())
PATH = "/home/ops/.ssh/authorized_keys"


def _material(kind: str, rest: bytes = b"\0\0\0\x04rest") -> str:
    return base64.b64encode(struct.pack(">I", len(kind)) + kind.encode() + rest).decode()


def _line(kind: str = "ssh-ed25519", comment: str = "li@office", seed: bytes = b"one") -> str:
    return f"{kind} {_material(kind, seed)} {comment}"


ONE, TWO = _line(), _line("ssh-rsa", "wang@office", b"two")


@pytest.fixture
def host(tmp_path: Path) -> PeopleHost:
    (tmp_path / "home/ops").mkdir(parents=True)
    return PeopleHost(tmp_path)


def _refused(host: PeopleHost, reason: str, wanted: Wanted, key: str = "ops") -> Wanted:
    with pytest.raises(Refusal, match=reason) as refused:
        authorized_key.lower(host, key, wanted)
    return refused.value.values


def test_keys_become_lines_in_the_accounts_own_folder(host: PeopleHost) -> None:
    assert authorized_key.lower(host, "ops", {"with": [ONE + " "], "without": [TWO], "why": "8.1.4.1"}) == [
        (
            "file",
            "/home/ops/.ssh",
            {"type": "directory", "mode": "0700", "owner": "ops", "group": "ops", "why": "8.1.4.1"},
        ),
        (
            "file",
            PATH,
            {
                "dialect": "lines",
                "compare": "blob",
                "settings": {ONE: True, TWO: None},
                "create": True,
                "mode": "0600",
                "owner": "ops",
                "group": "ops",
                "why": "8.1.4.1",
            },
        ),
    ]


def test_only_is_the_whole_file(host: PeopleHost) -> None:
    ((_, _, folder), (_, path, wanted)) = authorized_key.lower(host, "ops", {"only": [ONE, TWO]})
    assert (folder["type"], path, wanted["content"]) == ("directory", PATH, f"{ONE}\n{TWO}\n")
    assert "settings" not in wanted


def test_where_nothing_is_there_is_nothing_to_take_away(host: PeopleHost) -> None:
    assert authorized_key.lower(host, "ops", {"without": [ONE]}) == []
    assert authorized_key.lower(host, "ops", {"only": []}) == []
    path = Path(host.root + PATH)
    path.parent.mkdir()
    path.touch()
    assert len(authorized_key.lower(host, "ops", {"only": []})) == 2


def test_a_central_file_is_roots_and_readable(host: PeopleHost) -> None:
    (item,) = authorized_key.lower(host, "new", {"only": [ONE], "file": "/etc/ssh/keys/new"})
    assert item[1] == "/etc/ssh/keys/new"
    assert {field: item[2][field] for field in ("owner", "group", "mode")} == {
        "owner": "root",
        "group": "root",
        "mode": "0644",
    }


def test_an_account_that_is_not_there_yet_needs_the_file_by_name(host: PeopleHost) -> None:
    assert _refused(host, "key-account-missing", {"only": [ONE]}, "new") == {"name": "new"}
    folder, file = authorized_key.lower(host, "new", {"only": [ONE], "file": "/home/new/.ssh/authorized_keys"})
    assert (folder[2]["owner"], file[2]["owner"]) == ("new", "new")


def test_an_account_of_the_directory_is_not_ours(host: PeopleHost) -> None:
    host.elsewhere = {"zhangsan"}
    _refused(host, "account-not-local", {"only": [ONE]}, "zhangsan")


def test_an_account_without_a_home_is_refused(host: PeopleHost) -> None:
    (Path(host.root) / "home/ops").rmdir()
    assert _refused(host, "key-home-missing", {"only": [ONE]}) == {"home": "/home/ops"}


@pytest.mark.parametrize(
    "line",
    [
        f'from="192.0.2.10,192.0.2.11",no-pty {ONE}',
        f'command="echo \\"a b\\" ; id" {ONE}',
        f"restrict {TWO}",
        f"ssh-ed25519 {_material('ssh-ed25519')}",
        _line("sk-ssh-ed25519@openssh.com"),
        _line("sm2", "国密"),
        _line(comment="it's a \"half quote"),
    ],
)
def test_every_form_of_a_public_key_is_taken(host: PeopleHost, line: str) -> None:
    assert authorized_key.lower(host, "ops", {"only": [line]})[1][2]["content"] == line + "\n"


@pytest.mark.parametrize(
    "line",
    [
        "",
        "ssh-ed25519",
        "ssh-ed25519 AAAA li@office",
        f"ssh-rsa {_material('ssh-ed25519')} li@office",
        f"ssh-ed25519 {_material('ssh-ed25519')[:-1]} li@office",
        f"ssh-ed25519 !{_material('ssh-ed25519')} li@office",
        f"ssh-ed25519 {base64.b64encode(struct.pack('>I', 99) + b'ssh-ed25519').decode()} li@office",
        f"no-pty restrict {ONE}",
        f"{ONE}\n{TWO}",
        f"# {ONE}",
    ],
)
def test_what_is_no_key_is_refused_by_its_place(host: PeopleHost, line: str) -> None:
    assert _refused(host, "key-malformed", {"with": [ONE, line]})["place"] == "with[2]"


def test_a_malformed_key_is_named_by_its_comment(host: PeopleHost) -> None:
    assert _refused(host, "key-malformed", {"only": ["ssh-rsa AAAA wang@office"]})["comment"] == "wang@office"


@pytest.mark.parametrize(
    "line",
    [
        "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n-----END OPENSSH PRIVATE KEY-----",
        "-----BEGIN RSA PRIVATE KEY-----",
        "PuTTY-User-Key-File-2: ssh-rsa",
        f"ssh-rsa {base64.b64encode(b'openssh-key-v1' + bytes(30)).decode()}",
    ],
)
def test_a_private_key_is_refused_and_not_repeated(host: PeopleHost, line: str) -> None:
    assert _refused(host, "key-private", {"only": [line]}) == {"place": "only[1]"}


def test_a_key_cannot_be_both_wanted_and_unwanted(host: PeopleHost) -> None:
    same = f"restrict {ONE.rsplit(' ', 1)[0]} other comment"
    assert _refused(host, "key-both", {"with": [ONE], "without": [same]}) == {"key": "li@office"}


@pytest.mark.parametrize(
    ("wanted", "good"),
    [
        ({"with": ["a"], "without": ["b"], "file": "/etc/keys/a"}, True),
        ({"only": []}, True),
        ({}, False),
        ({"only": [], "with": []}, False),
        ({"only": [], "file": "keys"}, False),
        ({"only": [], "file": "/etc/keys/"}, False),
    ],
)
def test_the_schema_takes_exact_lists_or_changes(wanted: dict[str, Any], good: bool) -> None:
    assert bool(jsonschema.Draft202012Validator(SCHEMA).is_valid(wanted)) == good


ASK = """
from hostkit.kinds.authorized_key import _key
from hostkit.refusal import Refusal
def ask(lines):
    found = []
    for line in lines:
        try:
            found.append(list(_key(line, "here")))
        except Refusal as refusal:
            found.append(refusal.reason)
    return found
"""


@pytest.mark.parametrize("version", sorted(pythons()))
def test_every_python_knows_the_same_keys(version: str) -> None:
    lines = [
        ONE,
        f'from="a b" {TWO}',
        "ssh-rsa AAAA x",
        "ssh-rsa 张三 x",
        "-----BEGIN RSA PRIVATE KEY-----",
        _line(comment="张三"),
    ]
    material = [line.split()[1] for line in (ONE, TWO)]
    expected = [
        [material[0], "li@office"],
        [material[1], "wang@office"],
        "key-malformed",
        "key-malformed",
        "key-private",
    ]
    assert told(pythons()[version], ASK, lines) == [*expected, [material[0], "张三"]]
