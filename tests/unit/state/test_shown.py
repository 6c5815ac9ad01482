"""What a host answered, in words; and nothing of what a document calls secret."""

import json

import pytest

from anwei.errors import BadInput, Failure
from anwei.state import shown

SECRET = {
    "file": {
        "/etc/app.ini": {"content": "user=app\npassword=Pl4nted-77\n", "owner": "application", "secret": True},
        "/etc/motd": {"content": "welcome everybody"},
    }
}
CHANGE = {
    "item": "file:/etc/motd",
    "why": "8.1.4.1",
    "fields": [
        {"field": "mode", "before": "0644", "after": "0600"},
        {"field": "group", "before": None, "after": "root"},
        {"field": "flags", "before": ["i"], "after": ""},
    ],
    "diff": "--- a\n+++ b\n-old\n+新\n",
}


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANWEI_LANG", "en")


def test_a_diff_shows_reason_fields_and_lines() -> None:
    assert shown.diff_text([CHANGE, {"item": "service:ssh"}]).splitlines() == [
        "file:/etc/motd  (8.1.4.1)",
        "- mode: 0644",
        "+ mode: 0600",
        "+ group: root",
        '- flags: ["i"]',
        "--- a",
        "+++ b",
        "-old",
        "+新",
        "service:ssh",
    ]


def test_the_diff_is_in_the_result_when_it_is_asked_for() -> None:
    answer = {"ok": True, "changed": True, "changes": [CHANGE], "limits": ["acl-unreadable"], "kept": []}
    assert shown.result(answer, with_diff=False) == {"changed": True, "changes": [CHANGE], "limits": ["acl-unreadable"]}
    assert shown.result(answer, with_diff=True)["diff"] == [{"prepared": shown.diff_text([CHANGE])}]
    assert "diff" not in shown.result({"ok": True}, with_diff=True)


def test_nothing_that_a_document_calls_secret_is_in_what_is_shown() -> None:
    answer = {
        "changes": [
            {**CHANGE, "item": "file:/etc/app.ini", "diff": "+password=Pl4nted-77"},
            {**CHANGE, "diff": "+see Pl4nted-77 and application"},
        ],
        "failure": {"reason": "x", "item": "file:/etc/app.ini", "values": {"words": ["line 2: bad 'Pl4nted-77'"]}},
    }
    clean = shown.without_secrets(answer, SECRET)
    assert "Pl4nted" not in json.dumps(clean)
    assert clean["changes"][0]["diff"] == ""
    fields = clean["changes"][0]["fields"]
    assert {(each["before"], each["after"]) for each in fields} == {(shown.MASK, shown.OTHER_MASK)}
    assert clean["changes"][1]["diff"] == f"+see {shown.MASK} and application", "an owner is no secret"
    assert clean["failure"]["item"] == "file:/etc/app.ini", "what it is about can still be read"


def test_nothing_is_hidden_where_nothing_is_secret() -> None:
    answer = {"changes": [CHANGE], "failure": None}
    assert shown.without_secrets(answer, {"file": {"/etc/motd": {"content": "0644 root"}}}) == answer


CONTENT = {"field": "content", "before": "ab12", "after": "cd34"}
OF_FILE = {"item": "file:/etc/app.ini", "why": "", "fields": [CONTENT], "diff": "--- a\n+++ b\n-port=1\n+port=2\n"}


@pytest.mark.parametrize(
    "wanted",
    [
        {"content": "port=2\npassword=N3w-One\n"},
        {"content_base64": "cG9ydD0yCnBhc3N3b3JkPU4zdy1PbmUK"},
        {"dialect": "equals", "settings": {"port": "2", "password": "N3w-One"}},
        {"dialect": "ini", "settings": {"main": {"port": "2", "db_password": "N3w-One"}}},
        {"dialect": "equals", "settings": {"port": "2", "url": "http://app:N3w-One@db.example.gov/"}},
    ],
    ids=["content", "packed", "settings", "sections", "address"],
)
def test_a_diff_of_a_file_with_hidden_values_says_that_they_may_change(wanted: dict[str, object]) -> None:
    """Hosts hide them before they compare, so a line with another password is no difference."""
    (change,) = shown.without_secrets({"changes": [OF_FILE]}, {"file": {"/etc/app.ini": wanted}})["changes"]
    assert change["diff"] == OF_FILE["diff"] + shown.MAY_DIFFER
    assert "N3w-One" not in json.dumps(change)


@pytest.mark.parametrize(
    "wanted",
    [{"settings": {"port": "2", "password_authentication": "no"}}, {"content": "port=2\n"}, {"mode": "0600"}],
    ids=["about-passwords", "content", "mode"],
)
def test_a_diff_that_hides_nothing_is_left_alone(wanted: dict[str, object]) -> None:
    assert shown.without_secrets({"changes": [OF_FILE]}, {"file": {"/etc/app.ini": wanted}})["changes"] == [OF_FILE]


def test_a_field_that_the_host_hid_is_seen_to_change() -> None:
    hidden = {**OF_FILE, "fields": [{"field": "owner", "before": shown.MASK, "after": shown.MASK}], "diff": ""}
    gone = {**OF_FILE, "fields": [{"field": "owner", "before": shown.MASK, "after": ""}], "diff": ""}
    document = {"file": {"/etc/app.ini": {"mode": "0600"}}}
    first, second = shown.without_secrets({"changes": [hidden, gone]}, document)["changes"]
    assert first["fields"] == [{"field": "owner", "before": "******", "after": "****** ≠"}]
    assert second == gone


def test_settings_within_settings_are_secret_too() -> None:
    wanted = {"settings": {"requirepass": "N3sted-Secret", "list": ["An0ther-One", 5]}, "secret": True}
    assert shown.secret_words({"file": {"/x": wanted}}) == {"N3sted-Secret", "An0ther-One"}


@pytest.mark.parametrize(
    ("status", "answer", "change", "code", "kind"),
    [
        ("2", {"refusals": [{"reason": "path-odd", "item": "file:x", "values": {"a": 1}}]}, "c", "refused", BadInput),
        ("4", {"failure": {"reason": "r", "item": "", "values": {}}, "returned": True}, "c", "returned", Failure),
        ("5", {"conflicts": [{"item": "file:/etc/x", "field": "mode"}]}, "c", "conflicts", Failure),
        ("5", {"failure": {"reason": "r", "item": "", "values": {}}}, "c", "unfinished", Failure),
        ("5", {}, "", "failed", Failure),
    ],
)
def test_every_ending_has_its_code(
    status: str, answer: dict[str, object], change: str, code: str, kind: type[Exception]
) -> None:
    error = shown.failed(status, {"ok": False, **answer}, "web1", change)
    assert isinstance(error, kind)
    assert error.code == f"AW-host-{code}"
    assert "web1" in str(error)


def test_a_good_ending_is_no_error() -> None:
    assert shown.failed("0", {"ok": True}, "web1", "c") is None


def test_a_refusal_without_a_sentence_still_says_its_reason_and_values() -> None:
    refusal = {"reason": "from-the-future", "item": "file:/x", "values": {"b": 2, "a": 1}}
    assert shown.sentence(refusal) == "file:/x: from-the-future a=1 b=2"


def test_conflicts_are_named() -> None:
    answer = {"conflicts": [{"item": "file:/etc/x", "field": "mode"}]}
    error = shown.failed("5", answer, "web1", "c")
    assert error
    assert error.details == ["file:/etc/x mode"]
