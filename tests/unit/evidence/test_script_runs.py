"""The generated script, run for real by the shells that every test machine has."""

import os
import re
import secrets
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from anwei.evidence import script
from anwei.evidence.commands import Command

Commands = Sequence[str | tuple[str, int]]

NONCE = secrets.token_hex(4)  # what a killed run left behind must not meet the next one
SHELLS = [["dash"], ["bash"], ["bash", "--posix"]]
TOOLS = ("sh", "head", "sed", "wc", "rm", "mkdir", "sleep", "id", "cat", "kill")


def run(
    commands: Commands,
    shell: Sequence[str] = ("sh",),
    path: str = script.SYSTEM_PATH,
    most_bytes: int = script.MOST_BYTES,
) -> script.Reading:
    timed = [(each, 5) if isinstance(each, str) else each for each in commands]
    text = script.write(timed, NONCE, path=path, most_bytes=most_bytes)
    done = subprocess.run(shell, input=text.encode(), capture_output=True, timeout=30, check=False)
    return script.read(done.stdout.decode(), NONCE, most_bytes=most_bytes)


def printed(*words: str) -> str:
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def few_tools(tmp_path: Path) -> Callable[..., str]:
    """A path that has what the script needs and nothing more."""

    def path(*extra: str) -> str:
        for name in (*TOOLS, *extra):
            found = shutil.which(name)
            if found and not (tmp_path / name).exists():
                (tmp_path / name).symlink_to(found)
        return str(tmp_path)

    return path


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
def test_output_error_and_status_come_back_as_they_were(shell: list[str]) -> None:
    reading = run([r"printf 'a\000\377\r\n'; echo warning >&2; exit 7", "true"], shell)
    assert (reading.answers[0].stdout, reading.answers[0].stderr) == (b"a\0\xff\r\n", b"warning\n")
    assert [reading.answers[number].status for number in (0, 1)] == [7, 0]
    assert reading.complete
    assert (reading.uid, reading.account) == (os.getuid(), printed("id", "-un").strip())


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
def test_a_hanging_command_costs_only_itself_and_is_ended_with_its_children(shell: list[str]) -> None:
    began = time.monotonic()
    reading = run(["echo before", ("echo part; sleep 321 | cat", 1), "echo after"], shell)
    assert time.monotonic() - began < 4
    assert [reading.answers[number].stdout for number in (0, 2)] == [b"before\n", b"after\n"]
    assert reading.answers[1].timed_out
    assert reading.answers[1].status is None
    assert "sleep 321" not in printed("ps", "-e", "-o", "args=")


@pytest.mark.parametrize("shell", [["dash"], ["bash"]], ids=" ".join)
def test_fifty_megabytes_are_cut_at_the_limit(shell: list[str]) -> None:
    reading = run(["head -c 50000000 /dev/zero", "head -c 50000000 /dev/zero >&2", "echo after"], shell)
    assert [len(reading.answers[0].stdout), len(reading.answers[1].stderr)] == [script.MOST_BYTES] * 2
    assert [reading.answers[number].cut for number in range(3)] == [True, True, False]


def test_a_log_of_200_megabytes_costs_the_host_little_memory_and_less_than_the_limit_of_disk(tmp_path: Path) -> None:
    log = tmp_path / "messages"
    with log.open("wb") as file:
        file.truncate(200_000_000)
    text = script.write([(f"cat {log}", 20), ("echo after", 5)], NONCE)
    limits = f"ulimit -v 60000; ulimit -f {2 * script.MOST_BYTES // 512}; exec sh"  # 60 MB, 2 MB
    done = subprocess.run(["sh", "-c", limits], input=text.encode(), capture_output=True, timeout=60, check=False)
    answers = script.read(done.stdout.decode(), NONCE).answers
    assert (len(answers[0].stdout), answers[0].cut) == (script.MOST_BYTES, True)
    assert answers[1].stdout == b"after\n"


def test_the_clock_and_who_became_root_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUDO_USER", "ops")
    reading = run(["true"])
    assert abs((reading.clock or 0) - time.time()) < 10
    assert reading.login == "ops"
    monkeypatch.delenv("SUDO_USER")
    assert run(["true"]).login == ""


@pytest.mark.parametrize("language", ["zh_CN.UTF-8", "zh_CN.GBK", "tlh", ""])
def test_whatever_language_the_host_speaks_the_answer_is_plain(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LANG", "LC_ALL", "LANGUAGE"):
        monkeypatch.setenv(name, language)
    assert b"No such file" in run(["ls /nowhere"]).answers[0].stderr


def test_terminal_escapes_come_back_as_bytes_and_move_nothing() -> None:
    text = script.write([(r"printf '\033[2J\033]0;x\007<script>'", 5)], NONCE)
    done = subprocess.run(["sh"], input=text.encode(), capture_output=True, check=True)
    assert done.stdout.replace(b"\n", b"").decode().isprintable()
    assert script.read(done.stdout.decode(), NONCE).answers[0].stdout == b"\x1b[2J\x1b]0;x\x07<script>"


def test_output_of_exactly_the_limit_is_whole() -> None:
    reading = run(["printf 12345678", "printf 123456789"], most_bytes=8)
    assert [(answer.stdout, answer.cut) for answer in reading.answers.values()] == [
        (b"12345678", False),
        (b"12345678", True),
    ]


def test_a_missing_command_has_the_status_of_the_shell() -> None:
    answer = run(["anwei-no-such-command"]).answers[0]
    assert answer.status == 127
    assert b"not found" in answer.stderr


@pytest.mark.parametrize("encoder", ["base64", "od"])
def test_either_encoder_will_do(few_tools: Callable[..., str], encoder: str) -> None:
    everything = "".join(f"\\{byte:03o}" for byte in range(256))
    reading = run([f"printf '{everything}'", "true"], path=few_tools(encoder))
    assert reading.answers[0].stdout == bytes(range(256))
    assert reading.answers[1].stdout == b""


def test_without_setsid_a_hanging_command_is_ended_with_its_children_too(few_tools: Callable[..., str]) -> None:
    reading = run([("sleep 322 | cat", 1), "echo after"], path=few_tools("base64", "ps"))
    assert reading.answers[0].timed_out
    assert reading.answers[1].stdout == b"after\n"
    assert "sleep 322" not in printed("ps", "-e", "-o", "args=")


@pytest.mark.parametrize(
    "hostile",
    ["$(touch MARK)", "`touch MARK`", "'; touch MARK; '", '"; touch MARK; "', "a\ntouch MARK\n", "\\'; touch MARK #"],
)
def test_a_hostile_parameter_does_nothing(tmp_path: Path, hostile: str) -> None:
    mark = tmp_path / "mark"
    parameter = hostile.replace("MARK", str(mark))
    reading = run([Command("printf %%s %s", (parameter,)).text])
    assert reading.answers[0].stdout == parameter.encode()
    assert not mark.exists()


def test_commands_can_neither_read_the_rest_of_the_script_nor_see_the_clock() -> None:
    reading = run(["cat", 'read line; echo "$line."', "echo last"])
    assert [reading.answers[number].stdout for number in range(3)] == [b"", b".\n", b"last\n"]


def test_a_script_cut_short_on_its_way_does_nothing(tmp_path: Path) -> None:
    text = script.write([(f"touch {tmp_path}/mark", 5)], NONCE)
    for share in (0.5, 0.9, 0.999):
        subprocess.run(["sh"], input=text[: int(len(text) * share)].encode(), capture_output=True, check=False)
    assert not list(tmp_path.iterdir())


def test_nothing_stays_on_the_host() -> None:
    places = re.findall(r"for parent in (.*);", script.write([], NONCE))[0].split()
    run(["echo x", ("sleep 323", 1)])
    assert len(places) == 4
    assert not [found for place in places for found in Path(place).glob(f".anwei-{NONCE}*")]
