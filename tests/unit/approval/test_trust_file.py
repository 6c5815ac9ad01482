"""One version of the trust file: what could not work, or would not mean what it says, is refused by name."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from anwei.approval import trust_file
from anwei.approval.model import Rule
from anwei.errors import BadInput
from tests.unit.approval.people import Somebody, somebody, trust_bytes, trust_fields, trust_of

WHERE = Path("trust.yml")
Edit = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> list[Somebody]:
    folder = tmp_path_factory.mktemp("keys")
    return [somebody(folder, who, role) for who, role in (("yezhu-1", "业主"), ("anquan-1", "安全"))]


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANWEI_LANG", "en")


def problems(content: bytes) -> list[str]:
    with pytest.raises(BadInput) as refused:
        trust_file.read(content, WHERE)
    assert (refused.value.code, refused.value.where) == ("AW-trust-file", "trust.yml")
    return refused.value.details


def test_it_says_who_may_approve_and_how_many(people: list[Somebody]) -> None:
    trust = trust_of(*people)
    assert [(each.name, each.roles, each.fingerprint) for each in trust.approvers] == [
        (each.name, each.roles, each.fingerprint) for each in people
    ]
    assert trust.rule("run", "高") == Rule(2, ("业主",))
    assert trust.rule("run", "中") == Rule(2, ())
    assert (trust.rule("rollback", "高"), trust.rule("emergency", "高")) == (Rule(1), Rule(1))
    assert (trust.changing, trust.longest_days, trust.follows) == (2, 30, "")
    assert trust.digest == trust_file.digest(trust_bytes(*people))
    assert trust.holder(trust.keys[1]).name == "anquan-1@example.gov"


EDITS: dict[str, tuple[Edit, str]] = {
    "name twice": (
        lambda file: file["approvers"][1].update(name="YEZHU-1@example.gov"),
        "yezhu-1@example.gov stands there twice",
    ),
    "key twice": (
        lambda file: file["approvers"][1].update(key=file["approvers"][0]["key"] + " another comment"),
        "yezhu-1@example.gov and anquan-1@example.gov have the same key",
    ),
    "role that nobody has": (
        lambda file: file["approvals"]["高"].update(roles=["运维"]),
        "approvals.高 demands roles that nobody has: 运维",
    ),
    "count that cannot be met": (
        lambda file: file["emergency"].update(count=3),
        "emergency needs 3 people, and there are only 2",
    ),
    "nobody could change it": (
        lambda file: file["trust"].update(count=3),
        "trust needs 3 people, and there are only 2",
    ),
    "more roles than people": (
        lambda file: file["rollback"].update(roles=["业主", "安全"]),
        "rollback demands more roles (业主, 安全) than its 1 signatures",
    ),
    "one person for two roles": (
        lambda file: (
            file["approvals"]["高"].update(roles=["业主", "运维"]),
            file["approvers"][0].update(roles=["业主", "运维"]),
        ),
        "approvals.高 demands roles (业主, 运维) that different people must hold, and there are not enough of them",
    ),
    "weak key": (
        lambda file: file["approvers"][0].update(key="ssh-dss AAAA"),
        "the key of yezhu-1@example.gov cannot be used: the key is too weak, or of a kind that cannot be used: DSA",
    ),
    "no key": (
        lambda file: file["approvers"][0].update(key="ssh-ed25519 AAAA"),
        "the key of yezhu-1@example.gov cannot be used: this key cannot be used",
    ),
    "unknown risk": (
        lambda file: file["approvals"].update(极高={"count": 1}),
        "approvals: 极高 is unknown; there may be: 低, 中, 高",
    ),
    "risk left out": (lambda file: file["approvals"].pop("低"), "approvals: 低 is missing"),
    "no emergency": (lambda file: file.pop("emergency"), "emergency is missing"),
    "words for a number": (lambda file: file["trust"].update(count="two"), "trust.count: two should be a whole number"),
}


@pytest.mark.parametrize("edit", EDITS)
def test_what_could_not_work_is_refused_by_name(edit: str, people: list[Somebody]) -> None:
    fields = yaml.safe_load(trust_bytes(*people))
    change, said = EDITS[edit]
    change(fields)
    assert said in problems(yaml.safe_dump(fields, allow_unicode=True).encode())


VALUES: list[tuple[str, Edit]] = [
    ("count 0", lambda file: file["rollback"].update(count=0)),
    ("count below 0", lambda file: file["trust"].update(count=-1)),
    ("truth as count", lambda file: file["rollback"].update(count=True)),
    ("fraction", lambda file: file["rollback"].update(count=1.5)),
    ("no days", lambda file: file.update(longest_days=0)),
    ("many days", lambda file: file.update(longest_days=367)),
    ("no approvers", lambda file: file.update(approvers=[])),
    ("name without @", lambda file: file["approvers"][0].update(name="yezhu-1")),
    ("role twice", lambda file: file["approvers"][0].update(roles=["业主", "业主"])),
    ("role with space", lambda file: file["approvers"][0].update(roles=["业 主"])),
    ("short digest", lambda file: file.update(follows="sha256:ab")),
    ("unknown field", lambda file: file.update(emergencies={"count": 1})),
]


@pytest.mark.parametrize("edit", [edit for _, edit in VALUES], ids=[name for name, _ in VALUES])
def test_values_that_mean_nothing_are_refused(edit: Edit, people: list[Somebody]) -> None:
    fields = yaml.safe_load(trust_bytes(*people))
    edit(fields)
    assert len(problems(yaml.safe_dump(fields, allow_unicode=True).encode())) == 1


def test_every_problem_is_told_at_once(people: list[Somebody]) -> None:
    fields = trust_fields(*people, emergency={"count": 5}, rollback={"count": 1, "roles": ["运维"]})
    assert len(problems(yaml.safe_dump(fields, allow_unicode=True).encode())) == 2


def test_a_key_of_yaml_that_stands_twice_is_refused(people: list[Somebody]) -> None:
    """YAML would keep the last: a reviewer who reads the first would believe something else."""
    content = trust_bytes(*people) + b"rollback:\n  count: 2\n"
    (said,) = problems(content)
    assert "rollback" in said


@pytest.mark.parametrize(
    "content",
    [b"", b"- a\n", b"a: [", b"\xff", b"a: &a [*a]\n", b"[" * 5000, b"x: " + b"y" * 300_000, b"--- 1\n--- 2\n"],
    ids=["empty", "list", "cut", "no text", "circle", "deep", "long", "two documents"],
)
def test_what_is_no_trust_file_is_refused(content: bytes) -> None:
    assert problems(content)


def test_a_file_with_a_circle_where_approvers_belong_is_refused() -> None:
    assert problems(b"approvers: &a [*a]\n")


@settings(deadline=None)
@given(st.binary(max_size=100))
def test_any_bytes_are_refused(content: bytes) -> None:
    assert problems(content)
