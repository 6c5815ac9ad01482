"""Looking at the whole lab: every host answers whatever its way in, in one round trip where that is possible."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.lab.conftest import PROJECT, Lab

BANNER = "*** 本系统仅限授权人员使用，所有操作均被审计 ***"
SYSTEMS = {
    "web1": "Debian GNU/Linux 12 (bookworm)",
    "web2": "Debian GNU/Linux 13 (trixie)",
    "app1": "Debian GNU/Linux 11 (bullseye)",
    "db1": "Debian GNU/Linux 12 (bookworm)",
    "kylin1": "Kylin Linux Advanced Server V10 (Lance)",
    "legacy1": "Debian GNU/Linux 12 (bookworm)",
}


@pytest.fixture(scope="module")
def looked(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that a look at all hosts has filled, once they have taught what they are to be asked."""
    out = tmp_path_factory.mktemp("look")
    reachable = ",".join(name for name in SYSTEMS if name not in lab.left_out)
    lab.anwei("collect", "--limit", reachable)
    words = ["--limit", reachable, "--out", str(out), "--format", "json,html"]
    done = lab.anwei("check", "mlps", "--level", "3", *words, check=False)
    assert done.returncode == 1, done.stderr
    (out / "answer.json").write_text(done.stdout)
    return out


@pytest.fixture(scope="module")
def hosts(looked: Path) -> dict[str, dict[str, Any]]:
    """What was found, by object: hosts, and services as in `db1/mysql`."""
    return {each["name"]: each for each in json.loads((looked / "answer.json").read_text())["objects"]}


@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.needs(name)) for name in SYSTEMS])
def test_every_host_says_what_it_is(hosts: dict[str, dict[str, Any]], name: str) -> None:
    assert hosts[name]["unreachable"] == ""
    assert hosts[name]["facts"]["system"] == SYSTEMS[name]
    assert hosts[name]["facts"]["account"] == ("root" if name == "app1" else "root (sudo ops)")


@pytest.mark.needs("web1", "web2", "db1")
def test_services_are_objects_of_their_own(hosts: dict[str, dict[str, Any]]) -> None:
    assert {name for name in hosts if "/" in name} == {"web1/nginx", "web2/nginx", "db1/mysql", "db1/redis"}
    assert "MariaDB 10.11" in hosts["db1/mysql"]["facts"]["version"]
    assert hosts["web1/nginx"]["units"]["L3-CES1-12"]["judgement"]


@pytest.mark.needs("app1", "legacy1", "web1")
def test_pythons_are_told_apart(hosts: dict[str, dict[str, Any]]) -> None:
    assert "2.7" in hosts["app1"]["facts"]["python"]
    assert "3.11" in hosts["web1"]["facts"]["python"]
    assert not any(character.isdigit() for character in hosts["legacy1"]["facts"].get("python", ""))


@pytest.mark.needs("web1", "web2", "db1", "legacy1")
def test_one_round_trip_where_a_script_can_be_piped(hosts: dict[str, dict[str, Any]]) -> None:
    assert {name: hosts[name]["round_trips"] for name in ("web1", "web2", "db1", "legacy1")} == {
        "web1": 1,
        "web2": 1,
        "db1": 1,
        "legacy1": 1,
    }


@pytest.mark.needs("app1", "kylin1")
def test_two_round_trips_where_becoming_root_takes_a_terminal(hosts: dict[str, dict[str, Any]]) -> None:
    assert {hosts[name]["round_trips"] for name in ("app1", "kylin1")} == {2}


@pytest.mark.needs("web1")
def test_a_defect_is_found_and_its_repair_is_seen(lab: Lab) -> None:
    def outcome() -> str:
        done = lab.anwei("check", "mlps", "--level", "3", "--limit", "web1", "--json", check=False)
        return str(json.loads(done.stdout)["objects"][0]["results"]["LNX-IAa-02"]["outcome"])

    assert outcome() == "满足"
    lab.ssh("web1", "sudo useradd --non-unique --uid 0 --gid 0 --no-create-home backdoor")
    try:
        assert outcome() == "不满足"
    finally:
        lab.ssh("web1", "sudo sed -i /^backdoor:/d /etc/passwd /etc/shadow")
    assert outcome() == "满足"


@pytest.mark.needs("app1")
def test_a_host_that_cannot_be_entered_says_why_and_the_others_go_on(lab: Lab) -> None:
    right = (lab.directory / "become_password").read_text()
    (lab.directory / "become_password").write_text("wrong")
    try:
        done = lab.anwei("check", "mlps", "--level", "3", "--limit", "app1:web1", "--json", check=False)
    finally:
        (lab.directory / "become_password").write_text(right)
    assert done.returncode == 5
    by_name = {each["name"]: each for each in json.loads(done.stdout)["objects"]}
    assert by_name["app1"]["unreachable"] != ""
    assert by_name["web1"]["results"]


def test_verdicts_can_be_repeated_from_the_evidence(lab: Lab, looked: Path) -> None:
    words = ["check", "mlps", "--level", "3", "--transcripts", str(looked / "transcripts"), "--estate", "lab", "--json"]
    assert lab.anwei(*words, check=False).stdout == (looked / "answer.json").read_text()


@pytest.mark.needs("web1")
def test_the_same_checks_run_live_under_plain_pytest(
    lab: Lab, hosts: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    report = tmp_path / "live.xml"
    shared = "--ssh-extra-args=-o ControlMaster=auto -o ControlPersist=30 -o ControlPath=/tmp/%C"
    where = ["--hosts=ssh://web1", f"--ssh-config={lab.directory / 'ssh_config'}", shared, "--sudo"]
    some = ["-k", "LNX-IA or NGX-A", f"--junitxml={report}"]  # all of them take a minute and a half
    words = [sys.executable, "-m", "pytest", "-p", "anwei.baseline.live", *where, *some, "baselines/mlps/live.py"]
    subprocess.run(words, cwd=PROJECT, env=lab.environment, capture_output=True, check=False)
    live = dict(map(outcome_of, ElementTree.parse(report).iter("testcase")))  # noqa: S314 - pytest has just written it
    stored = {**hosts["web1"]["results"], **hosts["web1/nginx"]["results"]}
    assert len(live) > 20
    assert live == {name: stored[name]["outcome"] for name in live}


def outcome_of(case: ElementTree.Element) -> tuple[str, str]:
    """The check of a test case, and its outcome in our words."""
    name = re.search(r"\w{3}-\w+-\d\d", case.get("name", ""))
    assert name
    for said in case:
        failed = said.tag == "failure"
        return name[0], "不满足" if failed else said.get("message", "").partition("：")[0]
    return name[0], "满足"


@pytest.mark.needs("web1")
def test_looking_changes_nothing(lab: Lab) -> None:
    files = "sudo find / -xdev -newer /var/lib/mark -type f -not -path '/var/log/*' -not -path '/proc/*'"
    lab.ssh("web1", "sudo touch /var/lib/mark; sleep 0.1")
    lab.anwei("check", "mlps", "--level", "3", "--limit", "web1", check=False)
    assert lab.ssh("web1", files).stdout == ""


@pytest.mark.needs(*SYSTEMS)
def test_nothing_of_ours_stays_on_a_host(lab: Lab, looked: Path) -> None:
    assert looked.exists()
    folders = "/tmp /var/tmp /dev/shm /run"
    left = {name: lab.ssh(name, f"ls -A {folders} | grep -i anwei", check=False).stdout for name in SYSTEMS}
    assert {name: lines.replace(BANNER, "").strip() for name, lines in left.items()} == dict.fromkeys(SYSTEMS, "")


@pytest.mark.needs("app1")
def test_the_password_is_nowhere_in_what_looking_leaves(lab: Lab, looked: Path) -> None:
    password = (lab.directory / "become_password").read_bytes()
    left = [path for path in looked.rglob("*") if path.is_file()]
    assert len(left) > len(SYSTEMS) - len(lab.left_out)
    assert [path for path in left if password in path.read_bytes()] == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--estate", "nowhere"], "AW-estate-unknown"),
        (["--limit", "web:!wbe2"], "AW-hosts-none"),
        (["--format", "pdf"], "AW-check-format"),
    ],
)
def test_wrong_words_are_refused_before_any_host_is_touched(lab: Lab, words: list[str], code: str) -> None:
    refused = lab.anwei("check", "mlps", "--level", "3", *words, check=False)
    assert (refused.returncode, code in refused.stderr) == (2, True), refused.stderr
