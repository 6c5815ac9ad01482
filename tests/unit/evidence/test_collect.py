"""The rounds of collecting, over a fetch that answers from a table."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from anwei.evidence import collect as subject
from anwei.evidence.collect import Collected
from anwei.evidence.commands import Command
from anwei.evidence.fetch import Fetched, Finished
from anwei.evidence.known_secrets import Known
from anwei.evidence.learnt import Learnt
from anwei.evidence.reasons import Unreachable
from anwei.evidence.script import Answer, Reading
from anwei.evidence.transcript import Transcript

Wanted = Callable[[Transcript], Sequence[Command]]

FIRST, SECOND = Command("first"), Command("second")
ESTATE = SimpleNamespace(path="inventory")
HOSTS = [SimpleNamespace(name="web1"), SimpleNamespace(name="web2")]


@pytest.fixture
def rounds(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Fetches as they were made; `silent` hosts answer nothing, `gone` ones cannot be reached from then on."""
    made = SimpleNamespace(asked=[], gone=set(), silent=set())

    def fetch(
        _path: object, wanted: dict[str, list[Command]], _declarations: object, finished: Finished
    ) -> dict[str, Fetched | Unreachable]:
        made.asked.append({host: [each.text for each in commands] for host, commands in wanted.items()})
        return {host: answer(host, commands, finished) for host, commands in wanted.items()}

    def answer(host: str, commands: list[Command], finished: Finished) -> Fetched | Unreachable:
        reason = Unreachable("refused") if host in made.gone else None
        finished(host, reason)
        said = (
            {} if host in made.silent else {n: Answer(0, each.text.encode(), b"", 0) for n, each in enumerate(commands)}
        )
        return reason or Fetched(Reading(said, "ops", 1000, complete=True), round_trips=1)

    monkeypatch.setattr(subject, "fetch", fetch)
    return made


def test_no_frame_of_a_host_can_be_the_answer_to_what_was_not_asked(
    rounds: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    hostile = Reading({0: Answer(0, b"", b"", 0), 999: Answer(0, b"", b"", 0)}, "ops", 0, "ops", clock=12)
    monkeypatch.setattr(subject, "fetch", lambda _path, wanted, *_: {host: Fetched(hostile, 1) for host in wanted})
    said = collect(lambda transcript: [] if transcript.answers else [FIRST])["web1"]
    assert isinstance(said, Transcript)
    assert list(said.answers) == ["first"]
    assert (said.privilege, said.complete, said.host_time) == ("sudo", False, datetime.fromtimestamp(12, UTC))


def test_what_the_inventory_knows_of_a_host_is_masked(
    rounds: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    reading = Reading({0: Answer(0, b"its Kn0wn-Secret", b"", 0)}, complete=True)
    fetched = Fetched(reading, 1, Known.of(["Kn0wn-Secret"]), skew=-90)
    monkeypatch.setattr(subject, "fetch", lambda _path, wanted, *_: dict.fromkeys(wanted, fetched))
    live = collect(lambda transcript: [] if transcript.answers else [FIRST], tmp_path)["web1"]
    assert isinstance(live, Transcript)
    assert live.answers["first"].stdout == b"its (secret.12.aA1!)"
    assert live.skew == -90
    assert Transcript.load(tmp_path / "web1.transcript") == live


def want_second_after_first(transcript: Transcript) -> list[Command]:
    texts = transcript.answers
    return [each for each in (FIRST, SECOND) if each.text not in texts and (each is FIRST or "first" in texts)]


def collect(wanted: Wanted, out: Path | None = None, learnt: Learnt | None = None) -> Collected:
    """Collect what `wanted` wants, and on a host that has taught something at first that as well."""
    questions = SimpleNamespace(
        declarations=lambda _type: None,
        wanted=lambda transcript, taught=(): [*wanted(transcript), *taught],
        used=lambda transcript: [Command(text) for text in transcript.answers if "not needed" not in text],
    )
    return subject.collect(ESTATE, HOSTS, questions, out, learnt=learnt)


def test_what_is_known_from_the_start_costs_one_round(rounds: SimpleNamespace) -> None:
    collected = collect(lambda transcript: [] if transcript.answers else [FIRST, SECOND])
    assert rounds.asked == [{"web1": ["first", "second"], "web2": ["first", "second"]}]
    assert collected["web1"].round_trips == 1
    assert (collected["web1"].account, collected["web1"].uid) == ("ops", 1000)


def test_what_an_answer_leads_to_is_asked_in_the_next_round(rounds: SimpleNamespace) -> None:
    collected = collect(want_second_after_first)
    assert rounds.asked == [{"web1": ["first"], "web2": ["first"]}, {"web1": ["second"], "web2": ["second"]}]
    assert collected["web2"].round_trips == 2
    assert set(collected["web2"].answers) == {"first", "second"}


def test_what_one_host_led_to_is_asked_of_that_host_alone(rounds: SimpleNamespace) -> None:
    def wanted(transcript: Transcript) -> list[Command]:
        return [SECOND] if transcript.object == "web2" and "second" not in transcript.answers else []

    collect(wanted)
    assert rounds.asked == [{"web2": ["second"]}]


def test_a_host_that_cannot_be_reached_is_asked_once_and_the_others_go_on(rounds: SimpleNamespace) -> None:
    rounds.gone = {"web1"}
    collected = collect(want_second_after_first)
    assert [list(asked) for asked in rounds.asked] == [["web1", "web2"], ["web2"]]
    assert collected["web1"] == Unreachable("refused")
    assert isinstance(collected["web2"], Transcript)


def test_a_host_that_is_lost_later_keeps_what_it_said(rounds: SimpleNamespace) -> None:
    def wanted(transcript: Transcript) -> list[Command]:
        if transcript.answers:
            rounds.gone = {"web1", "web2"}
        return want_second_after_first(transcript)

    collected = collect(wanted)
    assert list(collected["web1"].answers) == ["first"]
    assert len(rounds.asked) == 2


def test_it_ends_when_nothing_new_comes(rounds: SimpleNamespace) -> None:
    rounds.silent = {"web1", "web2"}
    collect(lambda _: [FIRST])
    assert len(rounds.asked) == 1


def test_it_ends_when_a_check_never_has_enough(rounds: SimpleNamespace) -> None:
    collect(lambda transcript: [Command(f"number-{len(transcript.answers)}")])
    assert len(rounds.asked) == subject.MOST_ROUNDS


def test_the_transcripts_are_saved_for_their_owner(rounds: SimpleNamespace, tmp_path: Path) -> None:
    rounds.gone = {"web1"}
    out = tmp_path / "new" / "evidence"
    collected = collect(lambda transcript: [] if transcript.answers else [FIRST], out)
    assert [path.name for path in out.iterdir()] == ["web2.transcript"]
    assert out.stat().st_mode & 0o777 == 0o700
    assert Transcript.load(out / "web2.transcript") == collected["web2"]


def test_each_host_is_shown_once_with_its_reason(rounds: SimpleNamespace, capsys: pytest.CaptureFixture[str]) -> None:
    rounds.gone = {"web1"}
    collect(want_second_after_first)
    lines = capsys.readouterr().err.splitlines()
    assert [line.split()[:2] for line in lines] == [["[1/2]", "web1"], ["[2/2]", "web2"]]
    assert str(Unreachable("refused")) in lines[0]


def test_a_warm_run_is_one_round_and_what_one_host_taught_is_never_sent_to_another(
    rounds: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANWEI_HOME", str(tmp_path))

    def wanted(transcript: Transcript) -> list[Command]:
        """The first leads to the path of the host itself, and to something that turns out not to be needed."""
        own = (SECOND, Command(f"read /of/{transcript.object}"), Command("not needed"))
        missing = [each for each in own if each.text not in transcript.answers]
        return missing if transcript.answers else [FIRST]

    collect(wanted, learnt=Learnt("a"))
    cold, rounds.asked = rounds.asked, []
    collect(lambda transcript: wanted(transcript)[:0] if transcript.answers else [FIRST], learnt=Learnt("a"))
    assert len(cold) == 2
    assert rounds.asked == [{host: ["first", "second", f"read /of/{host}"] for host in ("web1", "web2")}]
    collect(lambda transcript: [] if transcript.answers else [FIRST], learnt=Learnt("b"))
    assert rounds.asked[1:] == [{"web1": ["first"], "web2": ["first"]}]


@pytest.mark.parametrize("damaged", ["", "{", '{"a": 1}', "[1]", '[["x"]]', "null"])
def test_a_damaged_page_of_what_was_learnt_costs_a_round_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damaged: str
) -> None:
    monkeypatch.setenv("ANWEI_HOME", str(tmp_path))
    learnt = Learnt("a")
    learnt.keep("web1", [SECOND])
    assert learnt.of("web1") == [SECOND]
    (page,) = (tmp_path / "learnt").rglob("*.json")
    assert page.stat().st_mode & 0o777 == 0o600
    page.write_text(damaged)
    assert learnt.of("web1") == []
