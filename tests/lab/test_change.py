"""Changes on real hosts: planned, approved, run in waves, taken back; and what happens when something goes wrong."""

import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from tests.lab.change_site import Site
from tests.lab.conftest import Lab, every
from tests.lab.test_roles import HOSTS, differing, look

ISSUE = "/etc/issue.net"
SSHD = "/etc/ssh/sshd_config"
SEEN = f"! grep -q BAD {ISSUE}"
# Where a run in three waves is killed: at such an entry of its record; in `make soak` also after each of its entries.
KILLED = ("web1", "web2", "kylin1")
ENTRIES = 23
POINTS: list[str | int] = ["applying", "applied", "verified"]
POINTS += list(range(1, ENTRIES)) if os.environ.get("ANWEI_SOAK") else []
PLANTED = "Pl4nted-Secret-7731"


@pytest.fixture(scope="module")
def site(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One site for all tests of this file; each has changes of its own, and leaves the hosts as it found them."""
    made = Site.make(tmp_path_factory.mktemp("site"), lab)
    yield made
    made.anwei("host", "clean", "--limit", ",".join(every(lab, *HOSTS)))


def notice(*words: str, **more: Any) -> dict[str, Any]:
    """A small change that every host can take: the notice before login."""
    page = {"path": ISSUE, "dialect": "block", "settings": {"anwei": list(words)}, "create": True, **more}
    return {"settings_files": [page], "settings_undo_unless_confirmed": 60}


def sshd(**settings: str) -> dict[str, Any]:
    """Settings of sshd, which sshd itself finds in order."""
    page = {
        "path": SSHD, "dialect": "sshd", "settings": settings,
        "validate": ["sshd", "-t", "-f", "%s"], "reload": ["ssh"],
    }  # fmt: skip
    return {"settings_files": [page], "settings_undo_unless_confirmed": 30}


def unchanged(site: Site, before: Mapping[str, set[str]]) -> bool:
    """Whether hosts are as they were, looked at by other means than hostkit's."""
    after = look(site.lab, ",".join(before))
    return differing(dict(before), after) == {host: set() for host in before}


def open_to_us(site: Site, host: str, command: str = "true") -> bool:
    """Whether one can log in to a host, and a command there succeeds."""
    return site.lab.ssh(host, f"sudo sh -c '{command}'", check=False).returncode == 0


def wait_for(so: Callable[[], bool], seconds: float) -> None:
    """Wait until something is so."""
    until = time.monotonic() + seconds
    while not so():
        assert time.monotonic() < until
        time.sleep(0.5)


def test_a_change_goes_all_the_way_and_all_the_way_back(site: Site) -> None:
    names = every(site.lab, *HOSTS)
    before = look(site.lab, ",".join(names))
    site.change("whole", ",".join(names), {}, "harden_sshd", waves=["canary", "40%", "100%"])
    site.approve("whole")
    assert unchanged(site, before)
    site.anwei("change", "run", "whole")
    assert differing(before, look(site.lab, ",".join(names))) == {name: {SSHD} for name in names}
    waves = [entry["data"]["hosts"] for entry in site.entries("whole") if entry["event"] == "wave"]
    assert sorted(host for wave in waves for host in wave) == sorted(names)
    assert not any({"web1", "web2"} <= set(wave) for wave in waves)
    applied = site.hosts("whole", "applied")
    assert all(said["armed"] and said["confirmed"] for said in applied.values())
    again = site.anwei("change", "run", "whole", check=False)
    assert (again.returncode, "AW-gate-done" in again.stderr) == (3, True)
    site.anwei("change", "rollback", "whole")
    assert unchanged(site, before)
    back = site.hosts("whole", "returned")
    assert all(said["now"] == said["former"] == applied[host]["former"] != "" for host, said in back.items())
    assert site.anwei("record", "verify").returncode == 0


@pytest.mark.needs("web1", "web2", "kylin1")
def test_what_goes_bad_in_the_second_wave_is_taken_back_and_the_third_is_not_begun(site: Site) -> None:
    site.variables("host_vars/web2", {"health_checks": [{"type": "command", "argv": ["sh", "-c", SEEN], "retries": 1}]})
    before = look(site.lab, "web2,kylin1")
    site.change("bad-wave", "web1,web2,kylin1", notice("BAD"), waves=[1, 1, 1])
    waves = site.plan("bad-wave")["waves"]
    second = next(number for number, wave in enumerate(waves) if wave == ["web2"])
    site.approve("bad-wave")
    ran = site.anwei("change", "run", "bad-wave", check=False)
    assert ran.returncode == 4, ran.stderr
    kept = [host for wave in waves[:second] for host in wave]
    assert [entry["data"]["outcome"] for entry in site.entries("bad-wave") if entry["event"] == "wave"] == [
        *["kept"] * second,
        "returned",
    ]
    assert sorted(site.hosts("bad-wave", "applied")) == sorted([*kept, "web2"])
    assert unchanged(site, {host: before[host] for host in before if host not in kept})
    assert all("BAD" in site.lab.ssh(host, f"cat {ISSUE}").stdout for host in kept)
    assert site.entries("bad-wave")[-1]["data"]["status"] == 4
    site.anwei("change", "rollback", "bad-wave")
    assert unchanged(site, before)
    site.variables("host_vars/web2", {})


@pytest.mark.needs("web2", "kylin1")
def test_a_lock_out_ends_by_itself_and_the_run_tells_it(site: Site) -> None:
    before = look(site.lab, "web2")
    site.change("locked", "web2", sshd(Port="2222"))
    site.approve("locked")
    began = time.monotonic()
    ran = site.anwei("change", "run", "locked", check=False)
    assert ran.returncode == 4, ran.stderr
    assert time.monotonic() - began < 30 + 60 + 30
    said = site.hosts("locked", "applied")["web2"]
    assert (said["armed"], said["confirmed"], said["code"]) == (True, False, "AW-host-unconfirmed")
    assert site.hosts("locked", "returned")["web2"]["ok"]
    assert unchanged(site, before)


@pytest.mark.needs("web1")
def test_what_sshd_itself_says_keeps_people_out_does_not_last_a_second(site: Site) -> None:
    before = look(site.lab, "web1")
    site.change("nobody", "web1", sshd(AllowUsers="nobody"))
    site.approve("nobody")
    ran = site.anwei("change", "run", "nobody", check=False)
    assert ran.returncode == 4, ran.stderr
    assert site.hosts("nobody", "applied")["web1"]["returned"]
    assert unchanged(site, before)


@pytest.mark.needs("web1", "web2", "kylin1")
def test_a_drifted_host_is_left_out_but_no_group_is_torn(site: Site) -> None:
    site.change("drift", "web1,web2,kylin1", notice("Drift"))
    site.approve("drift")
    for host in ("kylin1", "web1"):
        site.lab.ssh(host, f"sudo sh -c 'cp {ISSUE} {ISSUE}.keep; echo by hand > {ISSUE}'", "-tt")
    torn = site.anwei("change", "run", "drift", check=False)
    assert (torn.returncode, "AW-gate-drifted-group" in torn.stderr) == (3, True), torn.stderr
    assert site.events("drift") == []
    site.lab.ssh("web1", f"sudo mv {ISSUE}.keep {ISSUE}")
    partly = site.anwei("change", "run", "drift", check=False)
    assert (partly.returncode, "kylin1" in partly.stdout) == (1, True), partly.stderr
    assert sorted(site.hosts("drift", "applied")) == ["web1", "web2"]
    assert "kylin1" in site.entries("drift")[1]["data"]["left_out"]
    assert site.lab.ssh("kylin1", f"cat {ISSUE}").stdout.strip() == "by hand"
    site.anwei("change", "rollback", "drift")
    site.lab.ssh("kylin1", f"sudo mv {ISSUE}.keep {ISSUE}", "-tt")


@pytest.mark.needs(*KILLED)
@pytest.mark.parametrize("point", POINTS, ids=str)
def test_a_killed_run_goes_on_where_it_stopped(site: Site, point: str | int) -> None:
    name, before = f"killed-{point}", look(site.lab, ",".join(KILLED))
    site.change(name, ",".join(KILLED), notice(f"Killed at {point}"), waves=[1, 1, 1])
    site.approve(name)
    seen = site.killed("change", "run", name, until=point)
    assert seen[-1:] != ["ended"]
    site.anwei("change", "run", name)
    assert "interrupted" in site.events(name) or seen in ([], ["opened"])
    assert all(f"Killed at {point}" in site.lab.ssh(host, f"cat {ISSUE}").stdout for host in KILLED)
    changing = [entry["data"]["hosts"] for entry in site.entries(name) if entry["event"] == "applied"]
    assert all(sum(wave.get(host, {}).get("changed", False) for wave in changing) <= 1 for host in KILLED)
    site.anwei("change", "rollback", name)
    assert unchanged(site, before)
    assert site.anwei("record", "verify").returncode == 0


@pytest.mark.needs(*KILLED)
@pytest.mark.parametrize("point", POINTS[:1] + POINTS[3:], ids=str)
def test_a_killed_run_leaves_no_third_state(site: Site, point: str | int) -> None:
    name, before = f"third-{point}", look(site.lab, ",".join(KILLED))
    site.change(name, ",".join(KILLED), notice(f"Third at {point}"), waves=[1, 1, 1])
    site.approve(name)
    site.killed("change", "run", name, until=point)
    done = site.anwei("change", "rollback", name, check=False)
    assert done.returncode == 0 or "AW-rollback-nothing" in done.stderr, done.stderr
    assert unchanged(site, before)


@pytest.mark.needs("web1", "web2")
def test_a_killed_run_is_taken_back_when_told_to(site: Site) -> None:
    before = look(site.lab, "web1,web2")
    site.change("killed-back", "web1,web2", notice("Killed"))
    site.approve("killed-back")
    site.killed("change", "run", "killed-back", until="applied")
    site.killed("change", "rollback", "killed-back", until="returning")
    ran = site.anwei("change", "run", "killed-back", check=False)  # what was begun is ended first: the way back
    assert ran.returncode == 4, ran.stderr
    assert unchanged(site, before)


@pytest.mark.needs("web1")
def test_a_host_that_took_itself_back_while_nobody_looked_is_in_the_record(site: Site) -> None:
    before = look(site.lab, "web1")
    site.change("alone", "web1", sshd(Port="2222"))
    site.approve("alone")
    site.killed("change", "run", "alone", until=lambda: not open_to_us(site, "web1"))
    assert "applied" not in site.events("alone"), "the control node died before the host could be confirmed"
    wait_for(lambda: open_to_us(site, "web1", "! test -e /var/lib/anwei/deadman"), 30 + 60)
    assert unchanged(site, before)
    again = site.anwei("change", "rollback", "alone")
    (cut,) = (entry["data"] for entry in site.entries("alone") if entry["event"] == "interrupted")
    assert {"by": "hostkit", "status": "0"}.items() <= cut["by_themselves"]["web1"].items()
    assert cut["said"] in again.stderr
    assert "these hosts took themselves back: web1" in cut["said"]
    assert cut["said"] in site.anwei("record", "show", "alone").stdout
    assert unchanged(site, before)


@pytest.mark.needs("web1", "web2")
def test_hosts_that_are_down_do_not_hold_the_others_up(site: Site) -> None:
    site.change("down", "web1,web2", notice("Down"))
    site.approve("down")
    site.anwei("change", "run", "down")
    gone = "systemctl stop ssh.socket ssh.service; pkill sshd; sleep 25; systemctl start ssh.service"
    site.lab.ssh("web2", f"sudo systemd-run sh -c '{gone}'")
    ran = site.anwei("change", "rollback", "down", check=False)
    assert ran.returncode == 5, ran.stderr
    assert "anwei change rollback down --limit web2" in ran.stderr
    assert "sh /var/lib/anwei/down/undo" in ran.stderr
    assert "Down" not in site.lab.ssh("web1", f"cat {ISSUE}").stdout
    wait_for(lambda: open_to_us(site, "web2"), 60)
    site.anwei("change", "rollback", "down")
    assert "Down" not in site.lab.ssh("web2", f"cat {ISSUE}").stdout


@pytest.mark.needs("web1")
def test_a_later_change_to_the_same_thing_is_named_and_not_overwritten_unasked(site: Site) -> None:
    before = look(site.lab, "web1")
    whole = {"settings_files": [{"path": ISSUE, "dialect": "block", "settings": {"anwei": ["first"]}}]}
    later = {"settings_files": [{"path": ISSUE, "dialect": "block", "settings": {"anwei": ["second"]}}]}
    for name, parameters in (("first", whole), ("later", later)):
        site.change(name, "web1", parameters)
        site.approve(name)
        site.anwei("change", "run", name)
    ran = site.anwei("change", "rollback", "first", check=False)
    assert ran.returncode == 5, ran.stderr
    assert "later" in site.hosts("first", "returned")["web1"]["said"]
    over = site.anwei("change", "rollback", "first", "--over", check=False)
    assert (over.returncode, "AW-gate-rollback-over" in over.stderr) == (3, True), over.stderr
    site.approve("first", "--for", "rollback", by=("yunwei-1",))
    site.anwei("change", "rollback", "first", "--over")
    assert unchanged(site, before)


@pytest.mark.needs("web1")
def test_only_what_was_signed_runs(site: Site) -> None:
    for name, people in (("signed", ("yezhu-1", "anquan-1")), ("unsigned", ("yezhu-1", "stranger"))):
        site.change(name, "web1", notice(name))
        site.approve(name, by=people)
    whole = site.git("rev-parse", "HEAD")
    evil = site.tampered()
    try:
        refused = site.anwei("change", "run", "unsigned", check=False, **evil)
        ran = site.anwei("change", "run", "signed", check=False, **evil)
    finally:
        site.git("reset", "--quiet", "--hard", whole)
    assert (refused.returncode, "AW-gate-approval" in refused.stderr) == (3, True), refused.stderr
    assert ran.returncode == 0, ran.stderr
    now = site.lab.ssh("web1", f"cat {ISSUE}").stdout
    assert (now.count("signed"), "evil" in now + ran.stdout + ran.stderr) == (1, False)
    site.anwei("change", "rollback", "signed")
    assert "signed" not in site.lab.ssh("web1", f"cat {ISSUE}").stdout


@pytest.mark.needs("web1", "web2")
def test_what_was_rehearsed_needs_no_excuse(site: Site) -> None:
    site.variables("group_vars/all/rehearsal", {"estate_rehearsal": "web1"})
    site.change("practised", "web1", notice("practised"), unrehearsed=None)
    site.approve("practised")
    early = site.anwei("change", "run", "practised", check=False)
    assert (early.returncode, "AW-gate-unrehearsed" in early.stderr) == (3, True), early.stderr
    site.anwei("change", "rehearse", "practised")
    assert "practised" in site.lab.ssh("web1", f"cat {ISSUE}").stdout
    site.anwei("change", "rollback", "practised", "--rehearsal")
    site.anwei("change", "run", "practised")
    site.anwei("change", "rollback", "practised")
    site.variables("group_vars/all/rehearsal", {})
    site.commit("no rehearsal group")


@pytest.mark.needs("web1")
def test_a_guarded_estate_refuses_playbooks_by_hand(site: Site) -> None:
    site.variables("group_vars/all/guarded", {"estate_guarded": True})
    site.change("guarded", "web1", notice("guarded"))
    words = ["ansible-playbook", "playbooks/settings.yml", "--limit", "web1", "-e", "anwei_change=guarded"]
    words += ["-e", f"@{site.checkout}/changes/guarded/parameters.yml"]
    (site.checkout / "changes" / "guarded" / "parameters.yml").write_text(site.parameters("guarded"))
    refused = site.play(*words)
    assert refused.returncode != 0
    assert "AW-guarded" in refused.stdout
    assert "anwei change plan" in refused.stdout
    assert site.play(*words, "--check").returncode == 0
    (site.checkout / "changes" / "guarded" / "parameters.yml").unlink()
    site.approve("guarded")
    site.anwei("change", "run", "guarded")
    back = ["ansible-playbook", "playbooks/rollback.yml", "--limit", "web1", "-e", "anwei_change=guarded"]
    assert site.play(*back).returncode == 0
    assert "guarded" not in site.lab.ssh("web1", f"cat {ISSUE}").stdout
    site.variables("group_vars/all/guarded", {})
    site.commit("not guarded")


@pytest.mark.needs("web1", "app1")
def test_secrets_are_found_nowhere(site: Site) -> None:
    place = "/etc/anwei-lab-secret"
    item = {"path": place, "dialect": "equals", "settings": {"password": PLANTED}, "create": True, "secret": True}
    files = [{**item, "mode": "0600"}]
    site.variables("group_vars/all/planted", {"planted": files})
    site.change("secret", "web1,app1", {"settings_files": "{{ planted }}", "settings_undo_unless_confirmed": 60})
    site.approve("secret")
    said = [site.anwei("change", "run", "secret")]
    said.append(site.anwei("record", "show", "secret", "--out", str(site.folder / "shown")))
    assert PLANTED in site.lab.ssh("web1", f"sudo cat {place}").stdout
    said.append(site.anwei("change", "rollback", "secret"))
    assert not any(PLANTED in done.stdout + done.stderr for done in said)
    kept = [site.home / "records", site.home / "tmp", site.folder / "shown", site.checkout / "changes"]
    pages = [page for folder in kept for page in folder.rglob("*") if page.is_file()]
    assert len(pages) > 4
    assert [page for page in pages if re.search(PLANTED.encode(), page.read_bytes())] == []
    assert list((site.home / "tmp").iterdir()) == []
    site.variables("group_vars/all/planted", {})
    site.commit("nothing planted")
