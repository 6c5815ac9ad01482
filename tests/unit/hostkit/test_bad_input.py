"""Whatever arrives, it is either right or refused by name: on the control node, and on every Python of a host."""

import copy
import json
import math
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from hostkit import document
from hostkit.refusal import Refusals
from tests.unit.hostkit.pythons import pythons, told

KEY = "5a" * 32


def _halved(value: Any) -> Any:
    """`@half@` and `@low@` stand for halves of a character, which YAML cannot write."""
    if isinstance(value, str):
        return value.replace("@half@", "\ud800").replace("@low@", "\udfff")
    if isinstance(value, dict):
        return {_halved(name): _halved(inner) for name, inner in value.items()}
    return [_halved(inner) for inner in value] if isinstance(value, list) else value


PAGE = yaml.safe_load(Path(__file__).with_name("bad_documents.yml").read_text("utf-8"))
CASES = {case["name"]: case for case in _halved(PAGE)}
GOOD: dict[str, Any] = {
    "verb": "apply",
    "key": KEY,
    "change": "2026-11-21.harden-sshd",
    "keep": 10,
    "over": False,
    "check": True,
    "undo_unless_confirmed": 300,
    "confirmation": "0123456789abcdef",
    "administrators": [{"user": "ops", "address": "192.0.2.10"}, {"user": "audit", "address": ""}],
    "footprint": {
        "file": ["/etc/", "/srv/页面"],
        "service": ["ssh"],
        "sysctl": ["net.ipv4.ip_forward"],
        "group": ["wheel"],
        "account": ["ops"],
        "sudo": ["ops"],
        "authorized_key": ["ops"],
    },
    "document": {
        "file": {
            "/etc/ssh/sshd_config": {
                "dialect": "sshd",
                "settings": {"PermitRootLogin": "no", "Match User sftp": {"ForceCommand": "internal-sftp"}},
                "validate": ["sshd", "-t", "-f", "%s"],
                "why": "8.1.4.1",
            },
            "/etc/motd": {"content": "欢迎\n", "owner": "root", "group": "0", "mode": "0644", "immutable": False},
            "/etc/issue.net": {"type": "absent", "why": "8.1.4.4"},
            "/etc/alternatives/pager": {"target": "../../usr/bin/less"},
            "/etc/nginx": {"tree": {"conf.d/a.conf": {"content": "a\n"}, "old.conf": {"type": "absent"}}, "only": True},
            "/etc/cron.allow": {"type": "file", "create": True, "mode": "640", "acl": ["user:ops:r--", "group::r-x"]},
            "/etc/skel": {
                "type": "directory",
                "acl": ["default:group::r-x"],
                "selinux": "system_u:object_r:etc_t:s0:c0.c3",
            },
            "/etc/key": {"content_base64": "QUI=", "secret": True, "xattrs": {"user.origin": "QQ=="}},
            "/etc/fstab": {"dialect": "columns", "key_columns": [2], "settings": {"/tmp": None}},
            "/srv/页面": {},
        },
        "service": {"ssh": {"enabled": True, "active": True, "reload_on": ["/etc/ssh/sshd_config"]}},
        "sysctl": {"net.ipv4.ip_forward": {"value": "0"}},
        "group": {"wheel": {"with": ["ops"], "without": ["guest"]}},
        "account": {"ops": {"shell": "/bin/bash", "max_days": 90}},
        "sudo": {"ops": {"rules": ["ops ALL=(ALL) ALL"]}},
        "authorized_key": {"ops": {"with": ["ssh-ed25519 AAAA a"], "without": ["ssh-ed25519 BBBB b"]}},
    },
}
# What a host does with the bytes of a request.
ON_HOST = """
from hostkit import document
from hostkit.refusal import Refusals

def ask(requests):
    return [refused(request) for request in requests]

def refused(request):
    try:
        document.check(document.loads(request.encode("ascii") if hasattr(request, "encode") else request))
    except Refusals as found:
        return [one.as_dict() for one in found.refusals]
    return []
"""


def _request(case: dict[str, Any]) -> Any:
    """The request of a case."""
    if "whole" in case:
        return case["whole"]
    wanted = case.get("document", {"file": {"/etc/x": case.get("file", {})}})
    whole = {"verb": "diff", "key": KEY, "document": wanted, **case.get("request", {})}
    return {name: value for name, value in whole.items() if name != case.get("drop")}


def _refused(request: Any) -> list[dict[str, Any]]:
    """What is refused of a request."""
    try:
        document.check(request)
    except Refusals as found:
        return [one.as_dict() for one in found.refusals]
    return []


def _refused_of_bytes(request: str) -> list[dict[str, Any]]:
    """What is refused of a request as it arrives."""
    try:
        return _refused(document.loads(request.encode()))
    except Refusals as found:
        return [one.as_dict() for one in found.refusals]


def _expected(case: dict[str, Any]) -> list[tuple[str, str]]:
    """The reasons of a case, each with the item."""
    reasons = case["reason"] if isinstance(case["reason"], list) else [case["reason"]]
    return [(reason, case["item"]) for reason in reasons]


def _shape(refusals: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Reasons and items, each once."""
    return sorted({(one["reason"], one["item"]) for one in refusals})


@pytest.mark.parametrize("name", sorted(CASES))
def test_it_is_refused_for_this_reason_and_no_other(name: str) -> None:
    assert _shape(_refused(_request(CASES[name]))) == sorted(_expected(CASES[name]))


def test_there_are_many_cases_and_none_is_the_good_request() -> None:
    assert len(CASES) >= 200
    assert _refused(GOOD) == []


def test_all_that_is_wrong_is_said_at_once() -> None:
    wanted = {
        "file": {"etc/x": {"mode": 420, "colour": "red", "content": 1}, "/etc/y": {"type": "absent", "mode": "0644"}}
    }
    found = _refused({"verb": "apply", "key": "", "document": {**wanted, "nothing": {}}, "change": "lock"})
    assert _shape(found) == [
        ("absent-with-fields", "file:/etc/y"),
        ("change-name", ""),
        ("field-form", ""),
        ("field-type", "file:etc/x"),
        ("field-unknown", "file:etc/x"),
        ("kind-unknown", ""),
        ("mode-not-text", "file:etc/x"),
        ("path-relative", "file:etc/x"),
    ]


def test_the_field_is_named() -> None:
    wanted = {"tree": {"conf.d/a": {"acl": ["user:ops:r--", "wrong"]}}}
    found = _refused({"verb": "diff", "key": KEY, "document": {"file": {"/etc/x": wanted}}})
    assert found == [{"reason": "acl-form", "item": "file:/etc/x/conf.d/a", "values": {"field": "acl > 1"}}]


def test_no_value_of_an_item_is_told() -> None:
    word = "Correct-Horse"
    names = ("content", "mode", "owner", "selinux", "target", "validate", "why", "secret")
    fields: list[dict[str, Any]] = [{name: {word: [word]}} for name in names if name != "validate"]
    fields += [{name: [word]} for name in names if name != "validate"]
    fields += [{name: word} for name in ("mode", "selinux", "acl", "xattrs", "immutable", "type", "create", "dialect")]
    fields += [{"content_base64": word}, {"content": "", "xattrs": {"user.a": word}}, {"content": [word, 1]}]
    fields += [{"dialect": "equals", "settings": {"a": word + "\n"}}, {"dialect": "sshd", "settings": {"a": [word, 1]}}]
    for wanted in fields:
        found = _refused(
            {"verb": "diff", "key": KEY, "document": {"file": {"/etc/x": wanted}, "account": {"a": {"uid": word}}}}
        )
        assert len(found) >= 2
        assert word not in json.dumps(found)
    assert word not in json.dumps(_refused({"verb": word, "key": word, "confirmation": word, "document": {}}))


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        ({"content": "x" * (8 << 20)}, None),
        ({"content": "x" * (8 << 20) + "y"}, "content-large"),
        ({"content": "页" * (3 << 20)}, "content-large"),
        ({"content_base64": "QUFB" * (2 << 20)}, None),
        ({"content_base64": "QUFB" * (3 << 20)}, "content-large"),
        ({"tree": {"a": {"content": "x" * (9 << 20)}}}, "content-large"),
        ({"dialect": "block", "settings": {"a": "x" * (65 << 10)}}, "text-long"),
        ({"dialect": "equals", "settings": {"x" * (65 << 10): "1"}}, "text-long"),
        ({"x" * (65 << 10): "1"}, "text-long"),
        ({"why": "x" * 2001}, "field-long"),
        ({"validate": ["true"] * 101, "content": ""}, "list-long"),
        ({"target": "x" * 4096}, "field-long"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_too_long_is_refused(wanted: dict[str, Any], reason: str | None) -> None:
    found = _refused({"verb": "diff", "key": KEY, "document": {"file": {"/etc/x": wanted}}})
    assert {one["reason"] for one in found} == ({reason} if reason else set())
    assert len(json.dumps(found)) < 2000


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/" + "a" * 255, None),
        ("/" + "a" * 256, "path-part-long"),
        ("/" + "页" * 85, None),
        ("/" + "页" * 86, "path-part-long"),
        ("/abc" * 1024, None),
        ("/abc" * 1024 + "d", "path-long"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_paths_have_the_lengths_that_systems_take(path: str, reason: str | None) -> None:
    found = _refused({"verb": "diff", "key": KEY, "document": {"file": {path: {}}}})
    assert [one["reason"] for one in found] == ([reason] if reason else [])


def test_names_of_kinds_and_changes_have_an_end() -> None:
    found = _refused({"verb": "diff", "key": KEY, "document": {"k" * 100000: {}}, "change": "c" * 65})
    assert sorted(one["reason"] for one in found) == ["change-name", "kind-unknown"]
    assert _refused({"verb": "diff", "key": KEY, "document": {}, "change": "c" * 64}) == []
    assert len(json.dumps(found)) < 2000


def _nested(levels: int) -> Any:
    """Lists in lists."""
    value: Any = []
    for _ in range(levels - 1):
        value = [value]
    return value


def test_nesting_has_an_end() -> None:
    # Request, document, kind and item are four levels of the twenty.
    for value, reasons in (
        (_nested(16), {"field-type"}),
        (_nested(17), {"nested-deep"}),
        (_nested(3000), {"nested-deep"}),
    ):
        found = _refused({"verb": "diff", "key": KEY, "document": {"file": {"/etc/x": {"content": value}}}})
        assert {one["reason"] for one in found} == reasons
    for value, reasons in ((_nested(19), {"field-type"}), (_nested(20), {"nested-deep"})):
        assert {
            one["reason"] for one in _refused({"verb": "diff", "key": KEY, "document": {}, "over": value})
        } == reasons


def test_items_have_an_end() -> None:
    items = {f"/etc/d/{number}": {"mode": "0644"} for number in range(20001)}
    begun = time.monotonic()
    assert [one["reason"] for one in _refused({"verb": "diff", "key": KEY, "document": {"file": items}})] == [
        "document-large"
    ]
    tree: dict[str, Any] = {"/etc/d": {"tree": {str(number): {} for number in range(20000)}}}
    assert [one["reason"] for one in _refused({"verb": "diff", "key": KEY, "document": {"file": tree}})] == [
        "document-large"
    ]
    assert time.monotonic() - begun < 5


def test_a_large_document_takes_seconds_at_most() -> None:
    tree = {f"{number % 99}/{number}": {"content": "x"} for number in range(10000)}
    items = {"/etc/d": {"tree": tree, "only": True}} | {
        f"/etc/d/{number}": {"mode": 420} for number in range(2000, 4000)
    }
    begun = time.monotonic()
    found = _refused({"verb": "diff", "key": KEY, "document": {"file": items}, "footprint": {"file": ["/etc/"]}})
    assert _shape(found)[0] == ("mode-not-text", "file:/etc/d/2000")
    assert {one["reason"] for one in found} == {"mode-not-text", "path-below-only"}
    assert time.monotonic() - begun < 20  # 2 s on the slowest machine tried


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "json-malformed"),
        (b"{", "json-malformed"),
        (b"{'verb': 1}", "json-malformed"),
        (b'{"verb": "diff"} trailing', "json-malformed"),
        (b"\xef\xbb\xbf{}", "json-malformed"),
        (b'{"a": "\n"}', "json-malformed"),
        (b'{"verb": "diff\xff"}', "json-encoding"),
        (b'{"verb": "\xb1\xe4\xb8\xfc"}', "json-encoding"),
        (b'{"a": NaN}', "number-not-finite"),
        (b'{"a": [Infinity, 1]}', "number-not-finite"),
        (b'{"a": -Infinity}', "number-not-finite"),
        (b'{"a": 1, "a": 1}', "json-name-twice"),
        (b'{"document": {"file": {"/a": {}, "/a": {}}}}', "json-name-twice"),
        (b"[" * 21 + b"]" * 21, "nested-deep"),
        (b"[" * 100000 + b"]" * 100000, "nested-deep"),
        (b'{"a":' * 100000 + b"1" + b"}" * 100000, "nested-deep"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_no_sound_json_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(Refusals) as refused:
        document.loads(content)
    assert [one.reason for one in refused.value.refusals] == [reason]


def test_every_name_that_comes_twice_is_told() -> None:
    with pytest.raises(Refusals) as refused:
        document.loads(b'{"a": 1, "a": {"b": 1, "b": 2}, "c": 1}')
    assert [one.values for one in refused.value.refusals] == [{"name": "a"}, {"name": "b"}]


def test_the_place_of_a_mistake_is_told_and_nothing_else() -> None:
    with pytest.raises(Refusals) as refused:
        document.loads(b'{"password": "Correct-Horse" "x"}')
    assert refused.value.refusals[0].values == {"place": 29}
    with pytest.raises(Refusals) as refused:
        document.loads(b'{"a": "\xff"}')
    assert refused.value.refusals[0].values == {"place": 7}


def test_numbers_beyond_all_bounds_are_refused() -> None:
    request = json.dumps(dict(GOOD, keep=7)).encode()
    for number in (b"1e999", b"-1e999", b"1" * 4000, b"1" * 5000):
        with pytest.raises(Refusals):
            document.check(document.loads(request.replace(b'"keep": 7', b'"keep": ' + number)))


NO_JSON = [b"bytes", (1, 2), {1, 2}, object(), 1j, math.inf, math.nan, range(3)]


@pytest.mark.parametrize("value", NO_JSON, ids=lambda value: type(value).__name__)
def test_what_no_json_can_hold_is_refused_too(value: Any) -> None:
    reasons = {"value-type", "number-not-finite"}
    for place in (["over"], ["document", "file", "/etc/motd", "content"], ["administrators", 0, "user"]):
        assert {one["reason"] for one in _refused(_with(GOOD, place, value))} <= reasons
        assert _refused(_with(GOOD, place, value))


def _with(request: Any, place: list[Any], value: Any) -> Any:
    """A copy of a request with another value in one place."""
    whole = copy.deepcopy(request)
    inner = whole
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    return whole


WORDS = st.sampled_from(
    [
        *GOOD,
        *GOOD["document"],
        *GOOD["document"]["file"],
        "content",
        "mode",
        "settings",
        "tree",
        "type",
        "absent",
        "with",
    ]
)
TEXTS = st.one_of(
    WORDS, st.text(st.characters(), max_size=8), st.sampled_from(["\0", "\ud800", "\udc80", "no", "/a/../b"])
)
NUMBERS = st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False))
JUNK = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=12,
)


def _places(value: Any, above: tuple[Any, ...] = ()) -> list[list[Any]]:
    """Every place in a value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, one in inner for place in [[*above, key], *_places(one, (*above, key))]]


MUTATED = st.builds(_with, st.just(GOOD), st.sampled_from(_places(GOOD)), JUNK)
REQUESTS = st.one_of(JUNK, MUTATED, st.builds(lambda junk: {**GOOD, "document": {"file": {"/etc/x": junk}}}, JUNK))
quickly = settings(max_examples=200, deadline=2000)


@quickly
@given(REQUESTS)
def test_junk_is_refused_and_never_breaks_anything(request: Any) -> None:
    for one in _refused(request):
        assert one["reason"]
        json.dumps(one).encode("ascii")
        str(one["item"]).encode()


@quickly
@given(st.one_of(st.binary(max_size=60), st.text(max_size=60).map(lambda words: json.dumps(words).encode()[1:])))
def test_bytes_of_any_kind_are_refused_or_read(content: bytes) -> None:
    try:
        value = document.loads(content)
    except Refusals:
        return
    assert document.loads(json.dumps(value).encode()) == value


@pytest.mark.parametrize("version", sorted(pythons()))
def test_every_python_refuses_the_same(version: str) -> None:
    cases = [_request(case) for case in CASES.values()] + [GOOD]
    requests = [json.dumps(case) for case in cases]
    assert told(pythons()[version], ON_HOST, requests) == [_refused_of_bytes(request) for request in requests]


@pytest.mark.parametrize("version", sorted({*list(pythons())[:1], *list(pythons())[-1:]}))
@settings(max_examples=5, deadline=None)
@given(requests=st.lists(REQUESTS, min_size=20, max_size=60))
def test_older_and_newer_pythons_refuse_the_same_junk(version: str, requests: list[Any]) -> None:
    sent = [json.dumps(request) for request in requests]
    assert told(pythons()[version], ON_HOST, sent) == [_refused_of_bytes(request) for request in sent]
