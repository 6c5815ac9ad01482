"""What an approver signs has one spelling: everything else is refused, by the name of the field."""

import dataclasses
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anwei.approval import statement
from anwei.approval.statement import Statement
from anwei.errors import BadInput

SOUND: dict[str, Any] = {
    "purpose": "run",
    "change": "2026-q4-sshd",
    "commit": "0123456789" * 4,
    "plan": "sha256:" + "ab" * 32,
    "estate": "trading",
    "signed": datetime(2026, 11, 21, 14, 3, 11, tzinfo=UTC),
    "expires": datetime(2026, 12, 1, tzinfo=UTC),
    "note": "窗口内执行",
}
BYTES = (
    '{"change":"2026-q4-sshd","commit":"' + "0123456789" * 4 + '","estate":"trading","expires":"2026-12-01T00:00:00Z",'
    '"note":"窗口内执行","plan":"sha256:' + "ab" * 32 + '","purpose":"run","signed":"2026-11-21T14:03:11Z",'
    '"statement":"anwei-approval/1"}'
)


def problems(content: bytes) -> list[str]:
    with pytest.raises(BadInput) as refused:
        statement.parse(content)
    assert refused.value.code == "AW-approval-statement"
    return refused.value.details


def altered(**changed: object) -> bytes:
    """The sound statement with fields changed, or taken out by None."""
    fields = {**json.loads(BYTES), **changed}
    return statement.canonical({name: value for name, value in fields.items() if value is not None})


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANWEI_LANG", "en")


def test_it_is_canonical_json() -> None:
    assert Statement(**SOUND).canonical() == BYTES.encode()
    assert statement.parse(BYTES.encode()) == Statement(**SOUND)


def test_times_are_written_in_utc_to_the_second() -> None:
    here = timezone(timedelta(hours=8))
    moment = datetime(2026, 12, 1, 8, 0, 0, 999, tzinfo=here)
    assert Statement(**{**SOUND, "expires": moment}).canonical() == BYTES.encode()


@pytest.mark.parametrize(
    "content",
    [BYTES.replace(",", ", "), BYTES + "\n", " " + BYTES, BYTES.replace("窗", "\\u7a97"), BYTES.replace("/1", "\\/1")],
    ids=["spaces", "newline", "space", "escaped", "escaped slash"],
)
def test_another_spelling_of_the_same_is_refused(content: str) -> None:
    assert json.loads(content) == json.loads(BYTES)
    assert problems(content.encode()) == [
        "it can be read, but is not spelt in the one canonical way (keys in order, no spaces)"
    ]


def test_keys_in_another_order_are_refused() -> None:
    fields = json.loads(BYTES)
    turned = dict(reversed(fields.items()))
    assert problems(json.dumps(turned, ensure_ascii=False, separators=(",", ":")).encode())


def test_a_key_that_stands_twice_is_refused() -> None:
    twice = BYTES.replace('{"change"', '{"change":"another","change"')
    assert problems(twice.encode()) == ["it is not sound JSON: a key stands twice"]


@pytest.mark.parametrize("name", sorted(json.loads(BYTES)))
def test_a_missing_field_is_named(name: str) -> None:
    assert problems(altered(**{name: None})) == [f"{name} is missing"]


def test_an_unknown_field_is_named() -> None:
    assert problems(altered(hosts="all")) == ["hosts is not known"]


WRONG = [
    ("statement", "anwei-approval/2"),
    ("purpose", "runs"),
    ("purpose", ""),
    ("change", ""),
    ("change", "../other"),
    ("change", "a b"),
    ("change", "a" * 101),
    ("change", "a\u202eb"),
    ("commit", "0123456"),
    ("commit", "HEAD"),
    ("commit", "0123456789" * 4 + "\n"),
    ("plan", "sha256:ab"),
    ("plan", "AB" * 32),
    ("estate", ".hidden"),
    ("signed", "2026-11-21 14:03:11"),
    ("expires", "2026-12-01T00:00:00+08:00"),
    ("expires", "2026-13-01T00:00:00Z"),
    ("expires", "2026-1-01T00:00:00Z"),
    ("expires", "２０２６-12-01T00:00:00Z"),
    ("note", "a\x1b[2Jb"),
    ("note", "n" * 1001),
]


@pytest.mark.parametrize(("name", "value"), WRONG, ids=[str(number) for number in range(len(WRONG))])
def test_a_wrong_value_is_named(name: str, value: str) -> None:
    assert problems(altered(**{name: value})) == [f"{name} has a wrong value: {value!r}"]


@pytest.mark.parametrize("name", sorted(json.loads(BYTES)))
@pytest.mark.parametrize("value", [1, True, [], {}, 1.5], ids=["number", "truth", "list", "object", "fraction"])
def test_every_field_is_a_text(name: str, value: object) -> None:
    assert problems(altered(**{name: value})) == [f"{name} has a wrong value: {value!r}"]


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff", b"[]", b"null", b'"x"', b"[" * 100_000, b'{"note":NaN}', b'{"note":"\\ud800"}'],
    ids=["empty", "cut", "no text", "list", "null", "word", "deep", "no number", "half character"],
)
def test_what_is_no_statement_at_all_is_refused(content: bytes) -> None:
    assert problems(content)


def test_it_cannot_be_built_wrong_either() -> None:
    with pytest.raises(BadInput):
        Statement(**{**SOUND, "commit": "HEAD"})


MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)).map(lambda at: at.replace(microsecond=0, tzinfo=UTC))
WORDS = st.text("abcxyz019-_变更.", min_size=1, max_size=100).filter(lambda word: not word.startswith("."))


@settings(deadline=None)
@given(
    purpose=st.sampled_from(["run", "rollback", "emergency"]),
    change=WORDS,
    estate=WORDS,
    commit=st.text("0123456789abcdef", min_size=40, max_size=40),
    plan=st.text("0123456789abcdef", min_size=64, max_size=64),
    signed=MOMENTS,
    expires=MOMENTS,
    note=st.text(max_size=1000).filter(lambda note: all(c.isprintable() for c in note)),
)
def test_what_was_written_is_what_is_read(**fields: Any) -> None:
    said = Statement(**fields)
    assert statement.parse(said.canonical()) == said


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        assert statement.parse(content).canonical() == content
    except BadInput as error:
        assert error.details


@settings(deadline=None)
@given(st.integers(0, len(BYTES.encode()) - 1), st.integers(1, 255))
def test_any_altered_byte_is_refused_or_another_statement(at: int, difference: int) -> None:
    content = bytearray(BYTES.encode())
    content[at] ^= difference
    try:
        assert statement.parse(bytes(content)) != Statement(**SOUND)
    except BadInput as error:
        assert error.details


def test_two_different_statements_never_have_the_same_bytes() -> None:
    seen = {Statement(**SOUND).canonical()}
    for name in ("change", "estate", "note"):
        seen.add(dataclasses.replace(Statement(**SOUND), **{name: "another"}).canonical())
    assert len(seen) == 4
