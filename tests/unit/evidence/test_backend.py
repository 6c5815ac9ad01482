import re
from datetime import UTC, datetime

import pytest
import testinfra
from testinfra.host import Host

from anwei.errors import BadInput
from anwei.evidence.backend import IncompleteAnswerError, NotYetAnsweredError, TranscriptBackend, host_of, mask_live
from anwei.evidence.commands import Command, Declaration, Declarations
from anwei.evidence.script import Answer
from anwei.evidence.transcript import Transcript

CAT = Declaration("cat -- %s", (re.compile("/.*"),), (), 5, "linux")
DECLARED = Declarations("commands.yml", {CAT.template: CAT})


def host(**answer: object) -> tuple[Host, TranscriptBackend]:
    values = {"status": 0, "stdout": b"", "stderr": b"", "seconds": 0, **answer}
    said = {"cat -- '/etc/a b'": Answer(**values)}
    return host_of(Transcript("web1", "linux", datetime.now(UTC), answers=said), DECLARED)


def test_testinfra_gets_the_stored_result_of_the_quoted_command() -> None:
    machine, backend = host(status=3, stdout=b"out\n", stderr=b"err\n")
    result = machine.run("cat -- %s", "/etc/a b")
    assert (result.rc, result.stdout, result.stderr, result.failed) == (3, "out\n", "err\n", True)
    assert backend.asked == [Command("cat -- %s", ("/etc/a b",))]


def test_testinfras_own_methods_work_on_it() -> None:
    machine, _ = host(stdout=b"line\n")
    assert machine.check_output("cat -- %s", "/etc/a b") == "line"


def test_bytes_that_are_no_text_stay_visible() -> None:
    machine, _ = host(stdout="注释 PASS".encode("gbk"))
    assert machine.run("cat -- %s", "/etc/a b").stdout == r"ע\xca\xcd PASS"


def test_a_command_that_is_not_there_yet_is_wanted() -> None:
    machine, _ = host()
    with pytest.raises(NotYetAnsweredError) as missing:
        machine.run("cat -- %s", "/etc/other")
    assert missing.value.command.text == "cat -- /etc/other"


def test_an_undeclared_command_is_refused_even_if_it_was_answered() -> None:
    machine, _ = host()
    with pytest.raises(BadInput, match="AW-command-undeclared"):
        machine.run("cat -- '/etc/a b'")


@pytest.mark.parametrize("answer", [{"cut": True}, {"timed_out": True, "status": None}, {"status": None}])
def test_no_verdict_can_rest_on_an_incomplete_answer(answer: dict[str, object]) -> None:
    machine, backend = host(stdout=b"part", **answer)
    with pytest.raises(IncompleteAnswerError) as incomplete:
        machine.run("cat -- %s", "/etc/a b")
    assert incomplete.value.timed_out == answer.get("timed_out", False)
    assert backend.asked


def test_a_live_host_answers_masked_as_well() -> None:
    live = testinfra.get_host("local://")
    for _ in range(2):
        done = mask_live(live).run("echo %s; echo token=%s >&2; exit 3", "password=Hunter2!x", "Hunter2!x")
    assert (done.rc, done.stdout, done.stderr) == (3, "password=(secret.9.aA1!)\n", "token=(secret.9.aA1!)\n")
