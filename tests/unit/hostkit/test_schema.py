"""Hostkit's small validator and a complete one say the same, of our schemas and of made-up ones."""

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from hostkit import kinds, schema

FOLDER = Path(schema.__file__).parent / "schemas"
PAGES = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.json"))}
NOTES = {"$schema", "x-key"}


def _pattern(validator: Any, pattern: str, instance: Any, _schema: Any) -> Any:
    """A pattern as ECMA 262 reads it: to Python, `$` lets a line end pass, and `\\d` means all digits of the world."""
    if validator.is_type(instance, "string") and not re.search(
        re.sub(r"(?<!\\)\$\Z", r"\\Z", pattern), instance, re.ASCII
    ):
        yield ValidationError("no match")


Complete: Any = extend(Draft202012Validator, {"pattern": _pattern})


def _ours(value: Any, page: Any) -> set[tuple[Any, ...]]:
    return {(problem.path, problem.keyword) for problem in schema.problems(value, page)}


def _theirs(value: Any, page: Any) -> set[tuple[Any, ...]]:
    found = set()
    for error in Complete(page).iter_errors(value):
        names = [word for word in error.absolute_schema_path if isinstance(word, str)]
        of_a_name = "propertyNames" in names[len(names) - 2 :]
        found.add((tuple(error.absolute_path), "propertyNames" if of_a_name else error.validator))
    return found


def _subschemas(page: Any) -> list[Any]:
    """A schema and all within it."""
    found = [page]
    for keyword in ("items", "additionalProperties", "propertyNames", "not", "x-key"):
        found += _subschemas(page[keyword]) if isinstance(page.get(keyword), dict) else []
    for keyword in ("anyOf", "oneOf"):
        found += [inner for way in page.get(keyword, []) for inner in _subschemas(way)]
    return found + [inner for one in page.get("properties", {}).values() for inner in _subschemas(one)]


def test_every_kind_has_a_schema_and_every_schema_a_kind() -> None:
    assert set(PAGES) == {*kinds.ORDER, *kinds.LOWERED, "request"}


@pytest.mark.parametrize("name", sorted(PAGES))
def test_schemas_are_sound_and_keep_to_the_keywords(name: str) -> None:
    Draft202012Validator.check_schema(PAGES[name])
    for page in _subschemas(PAGES[name]):
        assert set(page) <= schema.KEYWORDS | NOTES
        for pattern in [page["pattern"]] if "pattern" in page else []:
            re.compile(pattern)
            # Our validator and ECMA agree on these alone.
            assert not re.search(r"\\[AZzGbBpPsSwW]|\(\?[^:!=]|(?<!\\)\$.", pattern)
        for choice in [*page.get("enum", []), *([page["const"]] if "const" in page else [])]:
            assert not isinstance(choice, dict | list)


@pytest.mark.parametrize("name", sorted(PAGES))
def test_fields_are_described_in_chinese_and_english(name: str) -> None:
    described = [
        PAGES[name],
        *PAGES[name]["properties"].values(),
        *([PAGES[name]["x-key"]] if name != "request" else []),
    ]
    for page in described:
        assert re.fullmatch(r"[^\n]*[\u4e00-\u9fff][^\n]*。 [A-Z][ -~]*\.", page["description"]), page["description"]


@pytest.mark.parametrize("name", sorted(set(PAGES) - {"request"}))
def test_every_item_may_say_why_and_be_secret(name: str) -> None:
    assert (
        schema.problems(
            {"why": "8.1.4.1", "secret": True}, {**PAGES[name], "required": [], "oneOf": [{}], "anyOf": [{}]}
        )
        == []
    )
    assert schema.problems({"why": 8, "secret": "yes"}, PAGES[name])


@pytest.mark.parametrize("name", sorted(PAGES))
def test_patterns_take_no_time_whatever_the_text(name: str) -> None:
    patterns = [page["pattern"] for page in _subschemas(PAGES[name]) if "pattern" in page]
    words = ["a", "/", "a/", ":", "a:", "0", "-", ".", "a.", "@", "/a@", " ", "\n", "\\", "user:"]
    begun = time.monotonic()
    for pattern in patterns:
        for word in words:
            schema.problems(word * (65536 // len(word)) + "\0", {"pattern": pattern})
    assert time.monotonic() - begun < 0.1 * len(patterns) * len(words)


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 5),
    st.sampled_from([1.0, 1.5, -0.0, 1e300]),
    st.text("ab01中😀\n٣", max_size=4),
)
NAMES = st.sampled_from(["a", "b", "ab", "a1", "\n", ""])
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=8,
)
TYPES = st.sampled_from(["string", "integer", "number", "boolean", "null", "array", "object"])
SMALL = st.integers(0, 3)
PLAIN_KEYWORDS: dict[str, st.SearchStrategy[Any]] = {
    "type": st.one_of(TYPES, st.lists(TYPES, min_size=1, max_size=3, unique=True)),
    "enum": st.lists(SCALARS, min_size=1, max_size=3),
    "const": SCALARS,
    "pattern": st.sampled_from(["^a", "b$", "^[a-b]*$", "^(a|b)?$", "中", r"^\d+$", "^.$", "^$"]),
    "minLength": SMALL,
    "maxLength": SMALL,
    "minimum": st.integers(-3, 3),
    "maximum": st.sampled_from([-1, 0, 1.5, 3]),
    "maxItems": SMALL,
    "minProperties": SMALL,
    "required": st.lists(NAMES, max_size=2, unique=True),
}
SCHEMAS = st.recursive(
    st.fixed_dictionaries({}, optional=PLAIN_KEYWORDS),
    lambda inner: st.fixed_dictionaries(
        {},
        optional={
            **PLAIN_KEYWORDS,
            "properties": st.dictionaries(NAMES, inner, max_size=3),
            "additionalProperties": st.one_of(st.just(False), inner),
            "items": inner,
            "propertyNames": st.fixed_dictionaries(
                {}, optional={key: PLAIN_KEYWORDS[key] for key in ("pattern", "maxLength")}
            ),
            "anyOf": st.lists(inner, min_size=1, max_size=3),
            "oneOf": st.lists(inner, min_size=1, max_size=3),
            "not": inner,
        },
    ),
    max_leaves=6,
)


@settings(max_examples=600, deadline=None)
@given(VALUES, SCHEMAS)
def test_both_validators_say_the_same_of_made_up_schemas(value: Any, page: Any) -> None:
    assert _ours(value, page) == _theirs(value, page)


def _like(page: Any) -> st.SearchStrategy[Any]:
    """Values that come near to what a schema wants, and some that do not."""
    choices = [VALUES]
    names = page.get("type", [])
    if "enum" in page:
        choices.append(st.sampled_from(page["enum"]))
    if "string" in names:
        texts = [
            "ops",
            "root",
            "0644",
            "420",
            "/etc/x",
            "user:ops:r--",
            "no",
            "",
            "\n",
            "a b",
            "system_u:object_r:etc_t",
            "AAAA",
        ]
        choices += [st.sampled_from(texts), *([st.from_regex(page["pattern"])] if "pattern" in page else [])]
    if "array" in names:
        choices.append(st.lists(_like(page.get("items", {})), max_size=3))
    if "object" in names and isinstance(page.get("additionalProperties"), dict):
        choices.append(
            st.dictionaries(st.sampled_from(["user.a", "a", "x y"]), _like(page["additionalProperties"]), max_size=3)
        )
    if "properties" in page:
        known = {name: _like(inner) for name, inner in page["properties"].items()}
        choices.append(st.fixed_dictionaries({}, optional={**known, "unknown": VALUES}))
    return st.one_of(choices[1:] or choices)


@pytest.mark.parametrize("name", sorted(PAGES))
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_both_validators_say_the_same_of_our_schemas(name: str, data: st.DataObject) -> None:
    value = data.draw(_like(PAGES[name]))
    assert _ours(value, PAGES[name]) == _theirs(value, PAGES[name])
    if "x-key" in PAGES[name]:
        key = data.draw(_like(PAGES[name]["x-key"]))
        assert _ours(key, PAGES[name]["x-key"]) == _theirs(key, PAGES[name]["x-key"])


@given(st.text("a1٣\n", max_size=3))
def test_a_pattern_means_the_whole_text_to_its_end(value: str) -> None:
    assume(not re.fullmatch("[a1]*", value))
    assert schema.problems(value, {"pattern": "^[a1]*$"})
    assert schema.problems(value.strip("a1"), {"pattern": r"^\d*$"})


def test_every_problem_is_named_with_its_place() -> None:
    page = {
        "properties": {"a": {"items": {"type": "string"}}, "b": {"type": "integer", "minimum": 3}},
        "required": ["c"],
        "additionalProperties": False,
    }
    found = schema.problems({"a": ["x", 1, None], "b": 2, "d": 0}, page)
    assert sorted((list(map(str, one.path)), one.keyword, one.word, one.limit) for one in found) == [
        ([], "additionalProperties", "d", ["a", "b"]),
        ([], "required", "c", None),
        (["a", "1"], "type", "", "string"),
        (["a", "2"], "type", "", "string"),
        (["b"], "minimum", "", 3),
    ]


@pytest.mark.parametrize("name", ["../schemas/file", "", "File", "file\n", "file.json", "nothing", "/etc/passwd"])
def test_only_schemas_that_are_there_are_found(name: str) -> None:
    assert schema.page(name) is None
