"""Reading an answer: whatever came in between, a command's output is whole or it is missing."""

import base64
import re
import subprocess
import tracemalloc
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from anwei.evidence import script

NONCE = "0123456789abcdef"
noise = st.text(st.characters(exclude_categories=["Cs"]), max_size=60).filter(lambda text: "@anwei-" not in text)


def frames(number: int, stdout: bytes, stderr: bytes = b"", encoding: str = "b") -> list[str]:
    """An answer's lines, written independently of the shell code."""

    def lines(stream: str, data: bytes) -> list[str]:
        if encoding == "b":
            rows = base64.encodebytes(data).decode().splitlines()
        else:
            rows = [data[at : at + 16].hex(" ") for at in range(0, len(data), 16)]
        return [f"@anwei-{NONCE} {number} {stream} {encoding} {row}" for row in rows]

    end = f"@anwei-{NONCE} {number} end 0 0 {len(stdout)} {len(stderr)}"
    return [*lines("out", stdout), *lines("err", stderr), end]


@given(st.binary(max_size=500), st.binary(max_size=200), st.sampled_from("bx"))
def test_any_bytes_come_back(stdout: bytes, stderr: bytes, encoding: str) -> None:
    answer = script.read("\n".join(frames(0, stdout, stderr, encoding=encoding)), NONCE).answers[0]
    assert (answer.stdout, answer.stderr, answer.status) == (stdout, stderr, 0)


@given(st.binary(max_size=300), st.lists(noise, max_size=8), st.sampled_from(["\n", "\r\n"]), st.randoms())
def test_banners_before_between_and_after_change_nothing(
    stdout: bytes, banners: list[str], newline: str, random: Random
) -> None:
    lines = frames(3, stdout)
    for banner in banners:
        lines.insert(random.randint(0, len(lines)), banner)
    assert script.read(newline.join(lines), NONCE).answers[3].stdout == stdout


@given(st.binary(min_size=1, max_size=300), noise.filter(lambda text: "\n" not in text and "\r" not in text))
def test_a_prompt_before_a_frame_on_its_line_changes_nothing(stdout: bytes, prompt: str) -> None:
    answer = "\n".join(prompt + line for line in frames(0, stdout))
    assert script.read(answer, NONCE).answers[0].stdout == stdout


@given(st.binary(min_size=1, max_size=500), st.data())
def test_an_answer_cut_anywhere_is_whole_or_missing(stdout: bytes, data: st.DataObject) -> None:
    text = "\n".join(frames(0, stdout))
    reading = script.read(text[: data.draw(st.integers(0, len(text) - 1))], NONCE)
    assert all(answer.stdout == stdout for answer in reading.answers.values())
    assert not reading.complete


@given(st.binary(min_size=60, max_size=300), st.text("ABCxyz019 .!", min_size=1, max_size=12), st.data())
def test_something_written_into_a_frame_makes_it_missing_never_different(
    stdout: bytes, intruder: str, data: st.DataObject
) -> None:
    text = "\n".join(frames(0, stdout))
    start = text.index(" b ") + 3
    at = data.draw(st.integers(start, text.index("\n") - 1))
    answers = script.read(text[:at] + intruder + text[at:], NONCE).answers
    assert 0 not in answers or answers[0].stdout == stdout


def test_a_lost_line_makes_the_command_missing_and_only_that_one() -> None:
    lines = [*frames(0, b"x" * 200), *frames(1, b"second")]
    answers = script.read("\n".join(lines[1:]), NONCE).answers
    assert list(answers) == [1]


def test_frames_of_another_run_are_not_ours() -> None:
    assert script.read("\n".join(frames(0, b"old")), "another").answers == {}


@pytest.mark.parametrize("end", ["", "7", "seven 0 0 0", "0 0 0"])
def test_a_damaged_end_makes_the_command_missing(end: str) -> None:
    assert script.read(f"@anwei-{NONCE} 0 end {end}", NONCE).answers == {}


def test_a_host_without_a_writable_place_says_so() -> None:
    text = re.sub(r"for parent in .*;", "for parent in /proc/nowhere;", script.write([("true", 5)], NONCE))
    done = subprocess.run(["sh"], input=text, capture_output=True, text=True, check=False)
    reading = script.read(done.stdout, NONCE)
    assert (reading.nowhere, reading.answers) == (True, {})


odd = st.sampled_from(["-", "0", "7", "999999", "9999999", "٣", "x"])
kinds = st.sampled_from(["out", "err", "end", "account", "clock", "login", "finished", "asks", "nowhere", "", "x" * 30])
payloads = st.text(max_size=20) | st.sampled_from(
    [
        "b aGk=",
        "b a",
        "x 6869",
        "x 6",
        "0 0 2 0",
        "9" * 5000,
        "limit 0 0 0",
        "0 root",
        f"{'9' * 5000} root",
        "0 \x1b[2J",
        "0",
    ]
)


@given(st.lists(st.tuples(odd, kinds, payloads), max_size=12), st.sampled_from(["", "sha256"]))
@example([("-", "end", "0 0 0 0")], "")
@example([("-", "account", "9" * 5000 + " root")], "")
@example([("-", "clock", "9" * 5000)], "")
@example([("0", "end", "0 0 0 " + "9" * 5000)], "")
@example([("0", "end", "0 0 0 0")], "sha256")
def test_no_host_can_make_reading_fail(frames: list[tuple[str, str, str]], checksum: str) -> None:
    reading = script.read("\n".join(f"@anwei-{NONCE} {' '.join(each)}" for each in frames), NONCE, checksum=checksum)
    assert reading.account.isprintable()
    assert all(isinstance(number, int) for number in reading.answers)


@pytest.mark.parametrize("account", ["ops", "web-1$", "DOMAIN\\ops", "ops@example.gov", "张三"])
def test_names_of_accounts_come_through(account: str) -> None:
    assert script.read(f"@anwei-{NONCE} - account 1000 {account}\n", NONCE).account == account


def test_reading_a_full_answer_costs_little_memory() -> None:
    text = "\n".join(frames(0, b"\0" * (script.MOST_BYTES + 1)))
    tracemalloc.start()
    answer = script.read(text, NONCE).answers[0]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert answer.cut
    assert peak < 15 * script.MOST_BYTES
