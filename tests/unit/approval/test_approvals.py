"""A folder of approvals: each file has its verdict, and one bad file neither hides a good one nor counts."""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from anwei.approval import approvals, signing
from anwei.approval.approvals import Verdict
from anwei.approval.model import Trust
from anwei.approval.statement import Statement, Subject
from tests.unit.approval.people import Somebody, somebody, trust_of

NOW = datetime(2026, 11, 21, 14, 0, tzinfo=UTC)
WANTED = Subject("run", "2026-q4-sshd", "ab" * 20, "cd" * 32, "trading")
OTHERS = {"purpose": "rollback", "change": "x", "commit": "ba" * 20, "plan": "dc" * 32, "estate": "lab"}


def said(**changed: Any) -> Statement:
    fields: dict[str, Any] = {**vars(WANTED), "signed": NOW, "expires": NOW + timedelta(days=7)}
    return Statement(**{**fields, **changed})


class Site:
    """Two approvers, a stranger, and a folder for approvals."""

    def __init__(self, folder: Path) -> None:
        self.yezhu = somebody(folder / "keys", "yezhu-1", "业主")
        self.anquan = somebody(folder / "keys", "anquan-1", "安全")
        self.stranger = somebody(folder / "keys", "stranger")
        self.folder = folder / "changes" / "2026-q4-sshd" / "approvals"
        self.trust: Trust = trust_of(self.yezhu, self.anquan)

    def approve(self, who: Somebody, **changed: Any) -> Path:
        return approvals.write(self.folder, said(**changed), who.key)

    def verdicts(self, now: datetime = NOW) -> list[Verdict]:
        return approvals.read(self.folder, self.trust, WANTED, now)

    def verdict(self, now: datetime = NOW) -> Verdict:
        (only,) = self.verdicts(now)
        return only


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.setenv("ANWEI_LANG", "en")
    return Site(tmp_path)


def test_an_approval_is_good_and_says_whose(site: Site) -> None:
    page = site.approve(site.yezhu)
    verdict = site.verdict()
    assert (verdict.good, verdict.reason, verdict.file) == (True, "", page.name)
    assert verdict.approver is not None
    assert (verdict.approver.name, verdict.approver.roles) == ("yezhu-1@example.gov", ("业主",))
    assert verdict.statement == said()
    assert approvals.good(site.verdicts()) == [verdict.approver]


def test_the_file_is_named_by_key_and_purpose_and_a_person_can_read_it(site: Site) -> None:
    page = site.approve(site.yezhu, note="窗口内执行")
    assert page.name == f"{signing.file_name(site.yezhu.fingerprint)[:12]}-run.json"
    assert "窗口内执行" in page.read_text()
    assert set(json.loads(page.read_text())) == {"statement", "signature"}
    assert page.stat().st_mode & 0o777 == 0o644


def test_approving_again_replaces_the_file_of_the_same_key_and_purpose(site: Site) -> None:
    pages = {site.approve(site.yezhu), site.approve(site.yezhu, note="again"), site.approve(site.anquan)}
    pages.add(site.approve(site.yezhu, purpose="rollback"))
    assert sorted(site.folder.iterdir()) == sorted(pages)
    assert len(pages) == 3


def test_no_folder_is_no_approval(site: Site) -> None:
    assert site.verdicts() == []


@pytest.mark.parametrize("name", OTHERS)
def test_an_approval_of_something_else_is_named(name: str, site: Site) -> None:
    site.approve(site.yezhu, **{name: OTHERS[name]})
    verdict = site.verdict()
    assert verdict.reason == name
    assert OTHERS[name] in verdict.said
    assert getattr(WANTED, name) in verdict.said


@pytest.mark.parametrize(
    ("reason", "times"),
    [
        ("expired", {"expires": NOW}),
        ("early", {"signed": NOW + timedelta(minutes=11)}),
        ("too-long", {"expires": NOW + timedelta(days=30, seconds=1)}),
        ("too-long", {"signed": NOW - timedelta(days=300), "expires": NOW + timedelta(days=1)}),
    ],
    ids=["expired", "early", "too long", "old and still going"],
)
def test_times_that_do_not_fit_are_named(reason: str, times: dict[str, datetime], site: Site) -> None:
    site.approve(site.yezhu, **times)
    assert site.verdict().reason == reason


def test_times_that_just_fit_are_good(site: Site) -> None:
    site.approve(site.yezhu, signed=NOW + timedelta(minutes=10), expires=NOW + timedelta(days=30))
    assert site.verdict().good
    assert site.verdict(NOW + timedelta(days=30, seconds=-1)).good
    assert site.verdict(NOW + timedelta(days=30)).reason == "expired"


def test_a_stranger_is_told_by_key(site: Site) -> None:
    site.approve(site.stranger)
    verdict = site.verdict()
    assert verdict.reason == "unknown-key"
    assert site.stranger.fingerprint in verdict.said


def test_a_signature_for_another_namespace_is_none(site: Site) -> None:
    page = site.approve(site.yezhu)
    signature = signing.sign(said().canonical(), site.yezhu.key, signing.TRUST)
    page.write_text(json.dumps({"statement": said().as_dict(), "signature": signature}))
    assert site.verdict().reason == "signature"


EDITS: dict[str, Callable[[dict[str, Any]], object]] = {
    "expiry": lambda file: file["statement"].update(expires="2026-11-29T14:00:00Z"),
    "note": lambda file: file["statement"].update(note="and more"),
    "commit": lambda file: file["statement"].update(commit="ba" * 20),
    "signature": lambda file: file.update(signature=file["signature"].replace("U1NIU0lH", "U1NIU0lI")),
    "no signature": lambda file: file.update(signature=""),
}


@pytest.mark.parametrize("edit", EDITS)
def test_an_edited_file_is_a_bad_signature(edit: str, site: Site) -> None:
    page = site.approve(site.yezhu)
    file = json.loads(page.read_text())
    EDITS[edit](file)
    page.write_text(json.dumps(file))
    assert site.verdict().reason == "signature"


def spoilt(site: Site, how: str) -> None:
    """A file that cannot be read as an approval."""
    page = site.folder / "0-run.json"
    page.parent.mkdir(parents=True, exist_ok=True)
    sound = {"statement": said().as_dict(), "signature": "x"}
    contents = {
        "empty": "",
        "cut": '{"statement": {',
        "list": "[]",
        "unknown part": json.dumps({**sound, "approved": True}),
        "unknown field": json.dumps({**sound, "statement": {**sound["statement"], "count": 9}}),  # type: ignore[dict-item]
        "signature is no text": json.dumps({**sound, "signature": 1}),
        "twice": json.dumps(sound).replace('{"statement"', '{"signature": "y", "statement"'),
        "long": json.dumps({**sound, "signature": "x" * 70_000}),
    }
    {"link": lambda: page.symlink_to("/dev/zero"), "pipe": lambda: os.mkfifo(page), "folder": page.mkdir}.get(
        how, lambda: page.write_text(contents[how])
    )()


HOWS = [
    "empty",
    "cut",
    "list",
    "unknown part",
    "unknown field",
    "signature is no text",
    "twice",
    "long",
    "link",
    "pipe",
]


@pytest.mark.parametrize("how", [*HOWS, "folder"])
def test_one_bad_file_neither_counts_nor_hides_a_good_one(how: str, site: Site) -> None:
    spoilt(site, how)
    site.approve(site.yezhu)
    bad, good = sorted(site.verdicts(), key=lambda verdict: verdict.good)
    assert (bad.reason, bad.approver) == ("unreadable", None)
    assert bad.said.startswith("it cannot be read: ")
    assert good.good


def test_only_ordinary_files_of_the_folder_itself_are_read(site: Site) -> None:
    spoilt(site, "pipe")
    page = site.approve(site.yezhu)
    page.rename(site.folder.parent / page.name)
    page.symlink_to(site.folder.parent / page.name)
    pipe, link = site.verdicts()
    assert pipe.said == "it cannot be read: it is no ordinary file"
    assert link.reason == "unreadable"


def test_a_file_that_may_not_be_read_has_its_verdict_too(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.approve(site.yezhu)

    def closed(*_given: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", closed)
    assert site.verdict().said == "it cannot be read: Permission denied"


def test_a_key_that_left_the_trust_file_is_a_stranger(site: Site) -> None:
    site.approve(site.yezhu)
    site.trust = replace(site.trust, approvers=site.trust.approvers[1:])
    assert site.verdict().reason == "unknown-key"


def test_what_the_files_claim_can_be_read_without_looking_at_signatures(site: Site) -> None:
    spoilt(site, "cut")
    page = site.approve(site.stranger)
    page.write_text(page.read_text().replace("BEGIN SSH", "BEGIN NO"))
    assert approvals.claims(site.folder) == [said()]
    assert approvals.claims(site.folder / "none") == []
