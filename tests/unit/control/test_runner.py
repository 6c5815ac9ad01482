"""The launcher: what an operator may say reaches the program, with a known environment; nothing else does."""

import json
import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from anwei.home import ROOT

STUB = """#!/usr/bin/env python3
import json, os, sys
print(json.dumps({"words": sys.argv[1:], "env": dict(os.environ), "cwd": os.getcwd()}))
if "--out" in sys.argv:
    print("a page", file=open(os.path.join(sys.argv[sys.argv.index("--out") + 1], "c1.html"), "w"))
    sys.exit(1)
"""
Run = Callable[..., "subprocess.CompletedProcess[str]"]
AT = ("--checkout", "/srv/anwei")


@pytest.fixture
def run(home: Path, tmp_path: Path) -> Run:
    """The launcher with its places in the test's folder, called by the service account."""
    program = tmp_path / "anwei"
    program.write_text(STUB)
    program.chmod(0o755)
    (home / "tmp").mkdir()
    script = (ROOT / "scripts" / "anwei-runner.sh").read_text()
    for there, here in {
        "home=/var/lib/anwei-control\n": f"home={home}\n",
        "anwei=/opt/anwei/current/.venv/bin/anwei\n": f"anwei={program}\n",
        "$(id -u)": "1000",
        "$(id -un)": "${ACCOUNT-anwei}",
    }.items():
        assert there in script
        script = script.replace(there, here)
    launcher = tmp_path / "anwei-runner"
    launcher.write_text(script)

    def called(*words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        given = {**os.environ, **environment}
        return subprocess.run(["sh", launcher, *words], env=given, capture_output=True, text=True, check=False)

    return called


def told(done: "subprocess.CompletedProcess[str]") -> Mapping[str, object]:
    """How the program was called."""
    assert done.returncode == 0, done
    found: Mapping[str, object] = json.loads(done.stdout)
    return found


ALLOWED = [
    ("change", "run", "2026-q4.sshd_1", *AT),
    ("change", "run", "c1", *AT, "--limit", "web:!db,~app[0-9]", "--json"),
    ("change", "rehearse", *AT, "c1"),
    ("change", "rollback", "c1", *AT, "--over", "--rehearsal"),
    ("change", "show", "c1", *AT, "--json"),
    ("record", "list"),
    ("record", "list", "--json"),
    ("record", "show", "c1.rehearsal"),
    ("record", "verify"),
    ("record", "verify", "c1", "--json"),
    ("trust", "show"),
    ("doctor",),
    ("doctor", "--json"),
    ("doctor", "--estate", "trading", "--json"),
]


@pytest.mark.parametrize("words", ALLOWED, ids=" ".join)
def test_what_is_allowed_comes_through_word_by_word(run: Run, words: tuple[str, ...]) -> None:
    assert told(run(*words))["words"] == list(words)


REFUSED = [
    (),
    ("change",),
    ("change", "run", "c1"),
    ("change", "run", "c1", "--checkout"),
    ("change", "run", "c1", "--checkout", "srv"),
    ("change", "run", "c1", "--checkout=/srv"),
    ("change", "run", "c1", "c2", *AT),
    ("change", "run", "../c1", *AT),
    ("change", "run", "-c1", *AT),
    ("change", "run", "c1\n", *AT),
    ("change", "run", "c1", *AT, "--limit", "@/var/lib/anwei-control/key"),
    ("change", "run", "c1", *AT, "--limit", "web1,@/var/lib/anwei-control/key"),
    ("change", "run", "c1", *AT, "--limit=@/etc/passwd"),
    ("change", "run", "c1", *AT, "--lim", "@/etc/passwd"),
    ("change", "run", "c1", *AT, "--over"),
    ("change", "run", "c1", *AT, "--", "x"),
    ("change", "plan", "c1", *AT),
    ("change", "approve", "c1", "--key", "/x"),
    ("record", "show", "c1", "--out", "/var/lib/anwei-control/trust"),
    ("record", "show", "c1", "--ou", "/tmp"),
    ("record", "verify", "--key", "/etc/shadow"),
    ("record", "page", "c1", "json"),
    ("record", "page", "c1"),
    ("record", "page", "../c1", "html"),
    ("trust", "begin", "/tmp/x"),
    ("trust", "show", "x"),
    ("control", "backup", "/tmp/x"),
    ("doctor", "--estate", "../x"),
    ("doctor", "--estate"),
    ("doctor", "x"),
    ("lab", "up"),
    ("host", "back", "c1"),
    ("--help",),
]


@pytest.mark.parametrize("words", REFUSED, ids=lambda words: " ".join(words).replace("\n", "+") or "nothing")
def test_everything_else_is_refused_before_the_program(run: Run, words: tuple[str, ...]) -> None:
    done = run(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("AW-control-words: ")


def test_only_the_service_account_gets_that_far(run: Run) -> None:
    done = run("record", "list", ACCOUNT="yunwei-1")
    assert (done.returncode, "yunwei-1, sudo -u anwei" in done.stderr) == (2, True)


def test_the_environment_is_the_launchers_own(run: Run, home: Path) -> None:
    theirs = {
        "ANWEI_HOME": "/tmp", "ANWEI_LAB_DIR": "/tmp", "ANSIBLE_CONFIG": "/tmp/a", "PYTHONPATH": "/tmp", "TMPDIR": "/x",
        "GIT_DIR": "/tmp", "SSH_AUTH_SOCK": "/tmp/agent", "TERM": "x'; id", "ANWEI_LANG": "tlh", "IFS": "a",
        "ENV": "/x", "SUDO_USER": "yunwei-1",
    }  # fmt: skip
    found = told(run("record", "list", **theirs))
    env = found["env"]
    assert isinstance(env, dict)
    assert {name: env.get(name) for name in theirs} == {
        **dict.fromkeys(theirs), "ANWEI_HOME": str(home), "ANWEI_LAB_DIR": f"{home}/lab", "TMPDIR": f"{home}/tmp",
        "TERM": "dumb", "ANWEI_LANG": "zh", "SUDO_USER": "yunwei-1",
    }  # fmt: skip
    known = {"PATH", "HOME", "LANG", "ANSIBLE_HOME", "PYTHONDONTWRITEBYTECODE", "PWD", "LC_CTYPE", "_"}
    assert set(env) <= set(theirs) | known
    assert (env["HOME"], found["cwd"]) == (str(home), "/")
    english = told(run("record", "list", ANWEI_LANG="en", TERM="xterm-256color"))["env"]
    assert isinstance(english, dict)
    assert (english["ANWEI_LANG"], english["TERM"]) == ("en", "xterm-256color")


def test_a_page_goes_to_standard_output_and_leaves_nothing(run: Run, home: Path) -> None:
    done = run("record", "page", "c1", "html")
    assert (done.returncode, done.stdout) == (1, "a page\n")  # the record does not verify, and that is passed on
    assert json.loads(done.stderr)["words"][:5] == ["record", "show", "c1", "--format", "html"]
    assert list((home / "tmp").iterdir()) == []
