"""The collector as a file: run for real by several shells, its answer read back, and the ways to spoil it."""

import hashlib
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anwei.errors import BadInput
from anwei.evidence import carried
from anwei.evidence.commands import Command
from anwei.evidence.known_secrets import Known
from anwei.evidence.transcript import Transcript

COMMANDS = [
    Command("echo first"),
    Command(r"printf 'a\000\377\r\n'; echo warning >&2; exit 7"),
    Command("cat -- %s", ("/etc/hostname",)),
    Command("echo password=Hunter2!x Kn0wn-Secret"),
    Command("sleep 333"),
]
SHELLS = [["dash"], ["bash"], ["bash", "--posix"], ["busybox", "sh"]]
TEXT = carried.write("linux", [(each, 1) for each in COMMANDS])


def run(folder: Path, shell: list[str], text: str = TEXT) -> Path:
    """Run the script as a person does: a file, with the name of another file."""
    (folder / "collector.sh").write_text(text, encoding="utf-8")
    subprocess.run([*shell, "collector.sh", "web1.txt"], cwd=folder, check=True, timeout=60, capture_output=True)
    return folder / "web1.txt"


@pytest.fixture(scope="module")
def answer(tmp_path_factory: pytest.TempPathFactory) -> str:
    return run(tmp_path_factory.mktemp("host"), ["sh"]).read_text()


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str], Transcript]:
    def read(content: str) -> Transcript:
        path = tmp_path / "web1.txt"
        path.write_text(content, newline="")
        return carried.read(carried.content_of(path), path, COMMANDS, Known.of(["Kn0wn-Secret"]))

    return read


def refusal(read: Callable[[str], Transcript], content: str) -> str:
    with pytest.raises(BadInput) as refused:
        read(content)
    assert "web1.txt" in refused.value.where
    return refused.value.code


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
def test_the_answer_is_what_the_commands_did(tmp_path: Path, shell: list[str]) -> None:
    path = run(tmp_path, shell)
    said = carried.read(carried.content_of(path), path, COMMANDS)
    assert said.answers[COMMANDS[0].text].stdout == b"first\n"
    odd = said.answers[COMMANDS[1].text]
    assert (odd.status, odd.stdout, odd.stderr) == (7, b"a\0\xff\r\n", b"warning\n")
    assert said.answers["sleep 333"].timed_out
    assert len(said.answers) == len(COMMANDS)
    assert (said.object, said.uid, said.taken_by, said.skew) == (os.uname().nodename, os.getuid(), "script", None)
    assert said.host_time == said.taken_at
    assert path.stat().st_mode & 0o777 == 0o600


def test_it_goes_to_standard_output_too_and_never_over_a_file(tmp_path: Path) -> None:
    path = run(tmp_path, ["sh"])
    before = path.read_bytes()
    again = subprocess.run(["sh", "collector.sh", "web1.txt"], cwd=tmp_path, check=False, capture_output=True)
    assert again.returncode
    assert path.read_bytes() == before
    piped = subprocess.run(["sh"], input=TEXT, cwd=tmp_path, check=True, capture_output=True, text=True)
    assert re.sub(r"\d{10}|[0-9a-f]{64}", "", piped.stdout) == re.sub(r"\d{10}|[0-9a-f]{64}", "", before.decode())


def test_secrets_are_masked_when_it_is_read(read: Callable[[str], Transcript], answer: str) -> None:
    assert read(answer).answers[COMMANDS[3].text].stdout == b"password=(secret.9.aA1!) (secret.12.aA1!)\n"


def test_the_script_says_how_it_is_used_and_asks_nothing_else() -> None:
    header = [line for line in TEXT.splitlines() if line.startswith("#")]
    assert "anwei collect --from" in "\n".join(header)
    runs = re.findall(r"^    run \d+ \d+ (.*)$", TEXT, re.MULTILINE)
    assert len(runs) == len(COMMANDS)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_what_windows_does_to_a_file_is_harmless(tmp_path: Path, answer: str, newline: str, encoding: str) -> None:
    path = tmp_path / "web1.txt"
    path.write_text(answer, encoding=encoding, newline=newline)
    assert len(carried.read(carried.content_of(path), path, COMMANDS).answers) == len(COMMANDS)


def test_noise_of_a_terminal_around_it_is_harmless(read: Callable[[str], Transcript], answer: str) -> None:
    noisy = "Welcome\n" + answer.replace("\n", "\n[root@web1 ~]# ", 3) + "\nlogout\n"
    assert read(noisy).answers == read(answer).answers


@given(share=st.floats(0, 0.99999))
def test_one_that_broke_off_is_refused(tmp_path_factory: pytest.TempPathFactory, answer: str, share: float) -> None:
    path = tmp_path_factory.mktemp("cut") / "web1.txt"
    path.write_text(answer[: int((len(answer) - 1) * share)])
    with pytest.raises(BadInput, match="AW-carried-cut"):
        carried.read(carried.content_of(path), path, COMMANDS)


@given(data=st.data())
def test_no_change_gives_other_evidence(
    tmp_path_factory: pytest.TempPathFactory, answer: str, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("changed") / "web1.txt"
    at = data.draw(st.integers(0, len(answer) - 1))
    changed = answer[:at] + data.draw(st.text(max_size=3)) + answer[at + data.draw(st.integers(0, 40)) :]
    path.write_text(changed, encoding="utf-8", errors="replace", newline="")
    original = tmp_path_factory.mktemp("original") / "web1.txt"
    original.write_text(answer)
    with suppress(BadInput):
        said = carried.read(carried.content_of(path), path, COMMANDS)
        assert said.answers == carried.read(answer, original, COMMANDS).answers


FRAMES = [
    "- list 1 linux sha256sum",
    "- finished",
    "0 end",
    "- asks x",
    "0 asks",
    "0 out b",
    "-",
    "- clock 999999999999",
]


@given(st.lists(st.sampled_from(FRAMES), max_size=6))
def test_no_frames_can_do_more_than_be_refused(tmp_path_factory: pytest.TempPathFactory, frames: list[str]) -> None:
    path = tmp_path_factory.mktemp("hostile") / "web1.txt"
    said = "".join(f"{frame}\n" for frame in ["- list 1 linux sha256sum", *frames])
    nonce = "0" * 16
    whole = [*said.splitlines(), f"- finished {hashlib.sha256(said.encode()).hexdigest()}"]
    path.write_text("".join(f"@anwei-{nonce} {line}\n" for line in whole))
    with pytest.raises(BadInput, match="AW-carried-"):
        carried.read(carried.content_of(path), path, COMMANDS)


def test_an_edited_output_is_refused(read: Callable[[str], Transcript], answer: str) -> None:
    edited = answer.replace("b Zmlyc3QK", "b Zm9yc3QK")
    assert edited != answer
    assert refusal(read, edited) == "AW-carried-altered"


def test_an_edited_status_is_refused(read: Callable[[str], Transcript], answer: str) -> None:
    assert refusal(read, answer.replace(" 1 end 7 ", " 1 end 0 ")) == "AW-carried-altered"


def test_two_runs_in_one_file_are_refused(read: Callable[[str], Transcript], answer: str) -> None:
    assert refusal(read, answer + answer) == "AW-carried-several"


def test_another_form_is_refused(read: Callable[[str], Transcript], answer: str) -> None:
    assert refusal(read, answer.replace(" - list 1 ", " - list 2 ")) == "AW-carried-form"
    assert refusal(read, answer.replace(" sha256sum", " crc32")) == "AW-carried-form"


def test_an_answer_is_read_by_what_was_asked_not_by_its_place(tmp_path: Path, answer: str) -> None:
    path = tmp_path / "web1.txt"
    path.write_text(answer)
    said = carried.read(answer, path, [Command("new"), COMMANDS[3], COMMANDS[0]])
    assert {text: each.status for text, each in said.answers.items()} == {"echo first": 0, COMMANDS[3].text: 0}
    with pytest.raises(BadInput, match="AW-carried-nothing"):
        carried.read(answer, path, [Command("new")])


def test_a_host_without_a_place_or_a_checksum_says_so(tmp_path: Path, read: Callable[[str], Transcript]) -> None:
    nowhere = re.sub(r"for parent in .*;", "for parent in /proc/nowhere;", TEXT)
    no_tool = TEXT.replace("sha256sum sha1sum md5sum;", "none;")
    for text in (nowhere, no_tool):
        done = subprocess.run(["sh"], input=text, capture_output=True, text=True, check=False, cwd=tmp_path)
        assert refusal(read, done.stdout) == "AW-carried-cut"


def test_older_checksums_will_do(tmp_path: Path) -> None:
    path = run(tmp_path, ["sh"], TEXT.replace("sha256sum sha1sum md5sum;", "md5sum;"))
    assert len(carried.read(carried.content_of(path), path, COMMANDS).answers) == len(COMMANDS)


def test_the_language_of_the_host_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LANG", "LC_ALL", "LANGUAGE"):
        monkeypatch.setenv(name, "zh_CN.UTF-8")
    text = carried.write("linux", [(Command("echo $LC_ALL; ls /nowhere"), 5)])
    path = run(tmp_path, ["sh"], text)
    (said,) = carried.read(carried.content_of(path), path, [Command("echo $LC_ALL; ls /nowhere")]).answers.values()
    assert said.stdout == b"C\n"
    assert b"No such file" in said.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_run_that_is_stopped_leaves_nothing_behind(tmp_path: Path, number: int) -> None:
    text = carried.write("linux", [(Command("sleep 334"), 30)])
    (tmp_path / "collector.sh").write_text(text)
    # A signal that is ignored from the start, as after nohup, no shell can be made to heed.
    words = ["env", "--default-signal=HUP,INT,TERM", "sh", "collector.sh", "web1.txt"]
    running = subprocess.Popen(words, cwd=tmp_path, start_new_session=True)
    wait_for(lambda: "sleep 334" in processes() and left_over(running.pid))
    running.send_signal(number)
    assert running.wait(10) == 1
    assert not left_over(running.pid)
    wait_for(lambda: "sleep 334" not in processes())
    content = carried.content_of(tmp_path / "web1.txt")
    with pytest.raises(BadInput, match="AW-carried-cut"):
        carried.read(content, tmp_path / "web1.txt", COMMANDS)


def processes() -> list[str]:
    return subprocess.run(["ps", "-eo", "args="], capture_output=True, text=True, check=True).stdout.splitlines()


def left_over(process: int) -> list[Path]:
    """Outputs that the collector of a process keeps at the moment."""
    return [path for place in ("/dev/shm", "/run", "/tmp") for path in Path(place).glob(f".anwei-*-{process}/*.out")]


def wait_for(condition: Callable[[], object]) -> None:
    until = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.05)
