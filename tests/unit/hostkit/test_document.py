"""Reading, merging and listing documents; and a sentence for every refusal."""

import ast
import copy
import json
import re
import string
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anwei.texts import catalogue
from hostkit import document, fileitem, pathname, schema, store
from hostkit.dialects import NAMES as DIALECTS
from hostkit.refusal import Refusal
from tests.unit.hostkit.pythons import pythons

HOSTKIT = Path(document.__file__).parent
FIELDS = {"owner": "root", "mode": "0644", "type": "file"}
WORDS = st.sampled_from(["a", "b", "c"])
LISTS = st.lists(WORDS, max_size=3)
WANTED = st.fixed_dictionaries(
    {},
    optional={
        "mode": st.sampled_from(["0644", "0600"]),
        "settings": st.dictionaries(
            WORDS, st.one_of(WORDS, st.none(), st.dictionaries(WORDS, WORDS, max_size=2)), max_size=2
        ),
        "with": LISTS,
        "without": st.lists(st.sampled_from(["c", "d"]), max_size=2),
        "acl": LISTS,
        "why": st.lists(WORDS, min_size=1, max_size=2).map("; ".join),
    },
)
DOCUMENTS = st.dictionaries(st.sampled_from(["file", "group"]), st.dictionaries(WORDS, WANTED, max_size=2), max_size=2)


def _merged(*documents: Any) -> Any:
    """All documents in one, from the left; None where that is refused."""
    whole = documents[0]
    for one in documents[1:]:
        try:
            whole = document.merge(whole, one)
        except Refusal:
            return None
    return whole


@settings(max_examples=400, deadline=None)
@given(DOCUMENTS, DOCUMENTS, DOCUMENTS)
def test_the_order_of_merging_does_not_matter(one: Any, two: Any, three: Any) -> None:
    before = copy.deepcopy((one, two, three))
    assert _merged(one, two) == _merged(two, one)
    left, inner = _merged(one, two, three), _merged(two, three)
    right = None if inner is None else _merged(one, inner)
    assert left is None or right is None or left == right
    # Where one order is refused, the other is too: nothing that differs is lost on the way.
    assert (left is None) == (right is None)
    assert (one, two, three) == before


@given(DOCUMENTS)
def test_merging_with_itself_or_nothing_changes_nothing(one: Any) -> None:
    both = [set(item.get("with", [])) & set(item.get("without", [])) for _, _, item in document.items(one)]
    assert _merged(one, one) == (None if any(both) else one)
    assert document.merge(one, {}) == document.merge({}, one) == one


@given(DOCUMENTS)
def test_a_document_is_what_its_items_are(one: Any) -> None:
    found = document.items(one)
    assert document.gathered(found, one) == one
    assert [(kind, key) for kind, key, _ in found] == sorted((kind, key) for kind in one for key in one[kind])


def test_fields_settings_and_members_come_together() -> None:
    first = {
        "file": {"/a": {"settings": {"x": "1", "s": {"p": "1"}}, "why": "8.1.4.1"}},
        "group": {"w": {"with": ["b"]}},
    }
    second = {"file": {"/a": {"settings": {"y": None, "s": {"q": "2"}}, "mode": "0600", "why": "8.1.4.2"}, "/b": {}}}
    third = {"group": {"w": {"with": ["a", "b"], "without": ["c"]}}}
    assert _merged(first, second, third) == {
        "file": {
            "/a": {
                "settings": {"x": "1", "y": None, "s": {"p": "1", "q": "2"}},
                "mode": "0600",
                "why": "8.1.4.1; 8.1.4.2",
            },
            "/b": {},
        },
        "group": {"w": {"with": ["a", "b"], "without": ["c"]}},
    }


@pytest.mark.parametrize(
    ("first", "second", "field"),
    [
        ({"mode": "0644"}, {"mode": "0600"}, "mode"),
        ({"settings": {"a": "1"}}, {"settings": {"a": "2"}}, "settings > a"),
        ({"settings": {"a": "1"}}, {"settings": {"a": None}}, "settings > a"),
        ({"settings": {"a": None}}, {"settings": {"a": "1"}}, "settings > a"),
        ({"settings": {"s": {"a": "1"}}}, {"settings": {"s": {"a": "2"}}}, "settings > s > a"),
        ({"settings": {"s": {"a": "1"}}}, {"settings": {"s": "a"}}, "settings > s"),
        ({"settings": {"s": "a"}}, {"settings": {"s": {"a": "1"}}}, "settings > s"),
        ({"settings": {"a": "1"}}, {"settings": ["a"]}, "settings"),
        ({"acl": ["user:a:r--"]}, {"acl": ["user:b:r--"]}, "acl"),
        ({"xattrs": {"user.a": "QQ=="}}, {"xattrs": {"user.a": "QUI="}}, "xattrs > user.a"),
        ({"with": ["a"]}, {"without": ["a"]}, "a"),
        ({"secret": True}, {"secret": False}, "secret"),
    ],
    ids=str,
)
def test_what_differs_is_refused_by_item_and_field(first: Any, second: Any, field: str) -> None:
    for one, two in ((first, second), (second, first)):
        with pytest.raises(Refusal) as refused:
            document.merge({"file": {"/etc/x": {**FIELDS, **one}}}, {"file": {"/etc/x": {**FIELDS, **two}}})
        assert refused.value.as_dict() == {"reason": "contradiction", "item": "file:/etc/x", "values": {"field": field}}


def test_many_items_are_gathered_in_one_go() -> None:
    parts = [("file", f"/etc/{number % 10000}", {"settings": {str(number): "1"}}) for number in range(20000)]
    whole = document.gathered(parts)["file"]
    assert len(whole) == 10000
    assert whole["/etc/7"] == {"settings": {"7": "1", "10007": "1"}}


def test_a_request_keeps_odd_bytes_in_names() -> None:
    path = b"/etc/\xb9\xdc\xc0\xed".decode("utf-8", "surrogateescape")
    asked = document.loads(json.dumps({"verb": "read", "key": "5a" * 32, "document": {"file": {path: {}}}}).encode())
    document.check(asked)
    assert list(asked["document"]["file"]) == [path]


def test_the_schema_and_the_code_name_the_same_things() -> None:
    page = schema.demanded("file")
    assert tuple(page["properties"]["dialect"]["enum"]) == DIALECTS
    assert set(page["properties"]) == fileitem.KNOWN | {"type", "why", "secret"}
    assert set(page["properties"]["type"]["enum"]) == set(fileitem.BESIDE)
    request = schema.demanded("request")["properties"]
    assert request["change"]["pattern"] == store.CHANGE.pattern.replace(r"\A", "^").replace(r"\Z", "$")
    assert set(document.NEEDS) <= set(request["verb"]["enum"])


@given(st.text("/.a\0\n", max_size=6))
def test_a_path_that_its_schema_refuses_has_a_reason_of_its_own(path: str) -> None:
    if schema.problems(path, schema.demanded("file")["x-key"]):
        assert pathname.refusals(path, "")


@pytest.mark.parametrize("version", sorted(pythons()))
def test_schemas_are_found_in_a_zip_too(version: str, tmp_path: Path) -> None:
    code = "from hostkit import schema; print(sorted(schema.page('file')['properties'])[0], schema.page('nothing'))"
    with zipfile.ZipFile(tmp_path / "kit", "w") as archive:
        for page in HOSTKIT.rglob("*"):
            if page.suffix in (".py", ".json"):
                archive.write(page, page.relative_to(HOSTKIT.parent))
    done = subprocess.run(
        [pythons()[version], "-c", f"import sys; sys.path[0] = 'kit'; {code}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ("acl" in done.stdout, "None" in done.stdout, done.stderr) == (True, True, "")


def _raised() -> Iterator[tuple[str, frozenset[str], str]]:
    """Every refusal in the code: its reason, the names of its values, and where it stands."""
    for page in sorted(HOSTKIT.rglob("*.py")):
        for node in ast.walk(ast.parse(page.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "Refusal"
                and node.args
            ):
                where = f"{page.relative_to(HOSTKIT)}:{node.lineno}"
                whole = all(keyword.arg for keyword in node.keywords)
                names = frozenset(str(keyword.arg) for keyword in node.keywords if keyword.arg)
                for reason in _texts(node.args[0]):
                    yield reason, names if whole else frozenset({"?"}), where


def _texts(node: ast.expr) -> list[str]:
    """The texts that an argument can be, as far as it shows."""
    if isinstance(node, ast.Constant):
        return [str(node.value)]
    return [*_texts(node.body), *_texts(node.orelse)] if isinstance(node, ast.IfExp) else []


def _placeholders(sentence: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in string.Formatter().parse(sentence) if name)


def _tables() -> dict[str, frozenset[str]]:
    """Reasons that stand in tables, and the names of their values."""
    found = {
        reason: frozenset({"field", label}) for reason, label in [*document.REASONS.values(), ("field-shape", "form")]
    }
    found |= dict.fromkeys(document.OWN_REASONS.values(), frozenset({"field"}))
    found |= dict.fromkeys(("text-broken", "number-not-finite", "value-type", "key-not-text"), frozenset({"field"}))
    found |= dict.fromkeys(("text-long", "content-large"), frozenset({"field", "most"}))
    for name, values in (("pathname.py", {"place"}), ("nesting.py", {"above"})):
        reasons = re.findall(r'"(path-[a-z-]+)"', (HOSTKIT / name).read_text("utf-8"))
        found |= dict.fromkeys(reasons, frozenset(values))
    return found


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_refusal_has_a_sentence_with_its_values(lang: str) -> None:
    raised = list(_raised())
    assert len({reason for reason, _, _ in raised}) > 60
    raised += [(reason, names, "a table") for reason, names in _tables().items()]
    sentences = catalogue(lang)
    assert sorted({f"{reason} ({where})" for reason, _, where in raised if f"hostkit.{reason}" not in sentences}) == []
    for reason, names, where in raised:
        wanted = _placeholders(sentences[f"hostkit.{reason}"])
        assert "?" in names or wanted <= names, (
            f"{where}: {reason} gives {sorted(names)}, the sentence wants {sorted(wanted)}"
        )


def test_there_is_no_sentence_for_a_refusal_that_never_comes() -> None:
    code = "".join(
        page.read_text("utf-8") for folder in (HOSTKIT, HOSTKIT.parent / "anwei") for page in folder.rglob("*.py")
    )
    code += "".join(page.read_text("utf-8") for page in HOSTKIT.rglob("*.sh"))
    reasons = [key.removeprefix("hostkit.") for key in catalogue("zh") if key.startswith("hostkit.")]
    assert len(reasons) > 80
    assert [reason for reason in reasons if f'"{reason}"' not in code and f"@{reason}" not in code] == []
