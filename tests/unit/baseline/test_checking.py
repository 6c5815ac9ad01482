from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from anwei.baseline import checking
from anwei.baseline.result import Outcome, Result
from anwei.evidence.reasons import Unreachable
from anwei.evidence.script import Answer
from anwei.evidence.transcript import Transcript
from tests.unit.baseline.machine import CATALOGUE, CHECKS, LINUX, MISSING, TAKEN, assessed, result, transcript
from tests.unit.baseline.test_linux import CASES

QUESTIONS = checking.Questions(CATALOGUE)
EMPTY = Transcript("host1", "linux", TAKEN)


def test_before_the_first_round_all_that_the_list_knows_is_wanted() -> None:
    texts = [command.text for command in QUESTIONS.wanted(EMPTY)]
    assert "cat -- /etc/login.defs" in texts
    assert len(texts) == len(set(texts)) == len(transcript().answers)


@pytest.mark.parametrize("said", [said for _, said, _, _ in CASES])
def test_one_round_answers_every_check_whatever_the_host_is_like(said: dict[str, str | bytes | Answer]) -> None:
    assert QUESTIONS.wanted(transcript(said)) == ()


def test_what_did_not_come_back_is_wanted_again_once() -> None:
    wanted = QUESTIONS.wanted(transcript(without=("uname -r", "/usr/sbin/sshd -T")))
    assert sorted(command.text for command in wanted) == ["/usr/sbin/sshd -T", "uname -r"]


def test_evidence_that_never_came_is_for_a_person() -> None:
    found = result("LNX-ACb-02", without=("/usr/sbin/sshd -T",))
    assert found.outcome is Outcome.MANUAL
    assert "/usr/sbin/sshd -T" in found.observed


@pytest.mark.parametrize(
    ("spoilt", "word"),
    [({"timed_out": True, "status": None}, "超时"), ({"cut": True}, "截断"), ({"status": None}, "截断")],
    ids=["time limit", "size limit", "lost"],
)
def test_an_incomplete_answer_is_for_a_person(spoilt: dict[str, Any], word: str) -> None:
    answer = Answer(**{"status": 0, "stdout": b"maxauthtries 99\n", "stderr": b"", "seconds": 10, **spoilt})
    found = result("LNX-IAb-03", {"/usr/sbin/sshd -T": answer})
    assert found.outcome is Outcome.MANUAL
    assert word in found.observed
    assert found.commands == ("/usr/sbin/sshd -T",)


def test_what_is_declared_unread_keeps_a_check_from_being_met_but_hides_no_finding() -> None:
    linux = next(each for each in CATALOGUE.types if each.code == "linux")
    partly = replace(
        linux, entries=tuple(replace(each, unread="SUID") for each in linux.entries if "ACa" in each.check.id)
    )

    def found(said: dict[str, str | bytes | Answer]) -> Result:
        assessment = checking.assess(replace(CATALOGUE, types=(partly,)), "estate", {"host1": transcript(said)}, TAKEN)
        return next(each for each in assessment.objects[0].results if each.check.id == "LNX-ACa-03")

    assert result("LNX-ACa-03").outcome is Outcome.MET
    assert (found({}).outcome, "SUID" in found({}).observed) == (Outcome.MANUAL, True)
    assert found({LINUX["shell_settings"]: "/etc/profile:umask 022\n"}).outcome is Outcome.NOT_MET


def test_a_verdict_names_the_commands_it_rests_on() -> None:
    assert result("LNX-IAc-01", {"ss -lntup": MISSING}).commands == ("ss -lntup", "netstat -lntup")


def test_the_result_of_a_host_says_what_it_cost_and_which_evidence_it_is() -> None:
    host = assessed()
    assert (host.round_trips, host.seconds, host.transcript_digest) == (1, 0.5, transcript().digest)


def test_the_same_evidence_gives_the_same_verdict_after_it_was_stored(tmp_path: Path) -> None:
    loaded = Transcript.load(transcript().save(tmp_path))
    again = checking.assess(CATALOGUE, "estate", {"host1": loaded}, TAKEN)
    assert again.objects[0] == assessed()


def test_a_host_that_cannot_be_reached_has_a_reason_and_no_results() -> None:
    reason = Unreachable("refused", "port 22")
    found = checking.assess(CATALOGUE, "estate", {"host1": transcript(), "host2": reason}, TAKEN)
    assert [host.name for host in found.unreachable] == ["host2"]
    assert found.objects[1].unreachable == str(reason)
    assert found.objects[1].results == ()
    assert len(found.objects[0].results) == len(CHECKS)


def test_what_is_asked_the_next_time_is_the_lists_of_what_was_found_and_what_led_on() -> None:
    listed = set(CATALOGUE.declarations("linux").commands("linux"))
    assert listed <= set(QUESTIONS.used(transcript()))
    assert not [each for each in QUESTIONS.used(transcript()) if "SELECT" in each.text]
    learnt = QUESTIONS.used(transcript())
    assert set(QUESTIONS.wanted(EMPTY, learnt)) >= set(learnt)
