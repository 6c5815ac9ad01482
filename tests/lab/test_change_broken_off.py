"""Changes on real hosts that something breaks off: a kill, a lock-out, hosts that are down. Never a third state."""

import os
import time
from collections.abc import Iterator

import pytest

from tests.lab.change_site import ISSUE, Site, differences, notice, open_to_us, sshd, wait_for
from tests.lab.conftest import Lab, every
from tests.lab.test_roles import HOSTS, look

# Where a run in three waves is killed; in `make soak` after each entry of its record. The last three come at once.
KILLED = ("web1", "web2", "kylin1")
ENTRIES: list[str | int] = list(range(1, 20)) if os.environ.get("ANWEI_SOAK") else []


@pytest.fixture(scope="module")
def site(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One site for all tests of this file; each has changes of its own, and leaves the hosts as it found them."""
    made = Site.make(tmp_path_factory.mktemp("site"), lab)
    yield made
    made.anwei("host", "clean", "--limit", ",".join(every(lab, *HOSTS)))


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
    assert differences(site, before) == {}


@pytest.mark.needs("web1")
def test_what_sshd_itself_says_keeps_people_out_does_not_last_a_second(site: Site) -> None:
    before = look(site.lab, "web1")
    site.change("nobody", "web1", sshd(AllowUsers="nobody"))
    site.approve("nobody")
    ran = site.anwei("change", "run", "nobody", check=False)
    assert ran.returncode == 4, ran.stderr
    assert site.hosts("nobody", "applied")["web1"]["returned"]
    assert differences(site, before) == {}


@pytest.mark.needs(*KILLED)
@pytest.mark.parametrize("point", ENTRIES or ["applied"], ids=str)
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
    assert differences(site, before) == {}
    assert site.anwei("record", "verify").returncode == 0


@pytest.mark.needs(*KILLED)
@pytest.mark.parametrize("point", ENTRIES or ["applying"], ids=str)
def test_a_killed_run_leaves_no_third_state(site: Site, point: str | int) -> None:
    name, before = f"third-{point}", look(site.lab, ",".join(KILLED))
    site.change(name, ",".join(KILLED), notice(f"Third at {point}"), waves=[1, 1, 1])
    site.approve(name)
    site.killed("change", "run", name, until=point)
    done = site.anwei("change", "rollback", name, check=False)
    assert done.returncode == 0 or "AW-rollback-nothing" in done.stderr, done.stderr
    assert differences(site, before) == {}


@pytest.mark.needs("web1", "web2")
def test_a_killed_run_is_taken_back_when_told_to(site: Site) -> None:
    before = look(site.lab, "web1,web2")
    site.change("killed-back", "web1,web2", notice("Killed"))
    site.approve("killed-back")
    site.killed("change", "run", "killed-back", until="applied")
    site.killed("change", "rollback", "killed-back", until="returning")
    ran = site.anwei("change", "run", "killed-back", check=False)  # what was begun is ended first: the way back
    assert ran.returncode == 4, ran.stderr
    assert differences(site, before) == {}


@pytest.mark.needs("web1")
def test_a_host_that_took_itself_back_while_nobody_looked_is_in_the_record(site: Site) -> None:
    before = look(site.lab, "web1")
    site.change("alone", "web1", sshd(Port="2222"))
    site.approve("alone")
    site.killed("change", "run", "alone", until=lambda: not open_to_us(site, "web1"))
    assert "applied" not in site.events("alone"), "the control node died before the host could be confirmed"
    wait_for(lambda: open_to_us(site, "web1", "! test -e /var/lib/anwei/deadman"), 30 + 60)
    assert differences(site, before) == {}
    again = site.anwei("change", "rollback", "alone")
    (cut,) = (entry["data"] for entry in site.entries("alone") if entry["event"] == "interrupted")
    assert {"by": "hostkit", "status": "0"}.items() <= cut["by_themselves"]["web1"].items()
    assert cut["said"] in again.stderr
    assert "these hosts took themselves back: web1" in cut["said"]
    assert cut["said"] in site.anwei("record", "show", "alone").stdout
    assert differences(site, before) == {}


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
