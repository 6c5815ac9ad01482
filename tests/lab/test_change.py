"""Changes on real hosts: planned, approved, run in waves, taken back; and what is refused or left out."""

import re
from collections.abc import Iterator

import pytest

from tests.lab.change_site import ISSUE, SSHD, Site, differences, notice
from tests.lab.conftest import Lab, every
from tests.lab.test_roles import HOSTS, differing, look

SEEN = f"! grep -q BAD {ISSUE}"
PLANTED = "Pl4nted-Secret-7731"


@pytest.fixture(scope="module")
def site(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One site for all tests of this file; each has changes of its own, and leaves the hosts as it found them."""
    made = Site.make(tmp_path_factory.mktemp("site"), lab)
    yield made
    made.anwei("host", "clean", "--limit", ",".join(every(lab, *HOSTS)))


def test_a_change_goes_all_the_way_and_all_the_way_back(site: Site) -> None:
    names = every(site.lab, *HOSTS)
    before = look(site.lab, ",".join(names))
    site.change("whole", ",".join(names), {}, "harden_sshd", waves=["canary", "40%", "100%"])
    site.approve("whole")
    assert differences(site, before) == {}
    ran = site.anwei("change", "run", "whole")
    assert ran.stderr.count("confirmed by a new login") == len(names)
    assert differing(before, look(site.lab, ",".join(names))) == {name: {SSHD} for name in names}
    waves = [entry["data"]["hosts"] for entry in site.entries("whole") if entry["event"] == "wave"]
    assert sorted(host for wave in waves for host in wave) == sorted(names)
    assert not any({"web1", "web2"} <= set(wave) for wave in waves)
    applied = site.hosts("whole", "applied")
    assert all(said["armed"] and said["confirmed"] for said in applied.values())
    again = site.anwei("change", "run", "whole", check=False)
    assert (again.returncode, "AW-gate-done" in again.stderr) == (3, True)
    site.anwei("change", "rollback", "whole")
    assert differences(site, before) == {}
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
    assert differences(site, {host: before[host] for host in before if host not in kept}) == {}
    assert all("BAD" in site.lab.ssh(host, f"cat {ISSUE}").stdout for host in kept)
    assert site.entries("bad-wave")[-1]["data"]["status"] == 4
    site.anwei("change", "rollback", "bad-wave")
    assert differences(site, before) == {}
    site.variables("host_vars/web2", {})


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
    assert differences(site, before) == {}


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
