"""Services, on hosts in a folder whose manager is a script: every link is real, only systemd is not."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from hostkit import init
from hostkit.host import Host
from hostkit.kinds import service
from hostkit.refusal import Refusal
from tests.unit.hostkit.services_site import OWN, UNITS, ServiceHost, with_systemd, with_sysv

State = dict[str, Any]
WANTS = OWN + "/multi-user.target.wants"


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """The scripts die at once or never: there is nothing to wait for."""
    monkeypatch.setattr(service, "SETTLE_SECONDS", 0)


@pytest.fixture
def host(tmp_path: Path) -> ServiceHost:
    """A host with systemd and one service that is not enabled."""
    made = with_systemd(tmp_path)
    made.unit("web.service")
    return made


@pytest.fixture
def old(tmp_path: Path) -> Iterator[ServiceHost]:
    """A host with SysV and one service; its daemons are gone afterwards."""
    made = with_sysv(tmp_path)
    made.script("web")
    yield made
    daemons = tmp_path / "fake/daemons"
    for daemon in daemons.read_text().split() if daemons.exists() else []:
        with suppress(ProcessLookupError):
            os.kill(int(daemon), signal.SIGKILL)


def bring(host: Host, key: str, wanted: State) -> tuple[State, State]:
    """Bring a service to what is wanted, with what every change must keep; before and after."""
    ((_kind, name, _wanted),) = service.lower(host, key, wanted)
    now = service.read(host, name, wanted)
    wish = service.wish(host, name, wanted, now)
    service.write(host, name, now, wish)
    after = service.read(host, name, wanted)
    assert after == wish, "what was foretold is there"
    assert service.wish(host, name, wanted, after) == after, "a second time there is nothing to do"
    assert service.wish(host, name, {}, after) == after, "what is there, asked for, changes nothing"
    return now, after


def refused(host: Host, key: str, wanted: State) -> str:
    """Why something is refused; nothing may have been written."""
    before = host.listing() if isinstance(host, ServiceHost) else {}
    with pytest.raises(Refusal) as refusal:
        service.wish(host, key, wanted, service.read(host, key, wanted))
    assert before == (host.listing() if isinstance(host, ServiceHost) else {})
    assert refusal.value.item == "service:" + key
    return refusal.value.reason


CHANGES = [
    {"enabled": True},
    {"enabled": False},
    {"active": True},
    {"active": False},
    {"masked": True},
    {"masked": True, "enabled": True, "active": False},
    {"masked": False, "enabled": True, "active": True},
    {"enabled": True, "active": True},
]


@pytest.mark.parametrize("wanted", CHANGES, ids=str)
@pytest.mark.parametrize("before", CHANGES[-4:], ids=str)
def test_every_change_is_reached_and_taken_back_to_the_last_link(
    host: ServiceHost, before: State, wanted: State
) -> None:
    host.unit("web.service", "WantedBy=multi-user.target cloud.target\nRequiredBy=app.target\nAlias=www.service")
    host.link(WANTS + "/other.service", UNITS + "/other.service")
    bring(host, "web", before)
    if wanted.get("active") and before.get("masked") and "masked" not in wanted:
        assert refused(host, "web.service", wanted) == "service-masked"
        return
    listed = host.listing()
    former, left = bring(host, "web", wanted)
    service.write(host, "web.service", left, former)
    assert service.read(host, "web.service", {}) == former
    assert host.listing() == listed
    bring(host, "web", wanted)
    done = host.undo(service.undo("web.service", former, [left]))
    assert (done.returncode, done.stderr) == (0, "")
    assert service.read(host, "web.service", {}) == former
    assert host.listing() == listed


def test_enabling_makes_every_link_that_the_unit_asks_for(host: ServiceHost) -> None:
    host.unit(
        "web.service",
        "WantedBy=multi-user.target \\\n cloud.target\nRequiredBy=app.target\n#WantedBy=no.target\nAlias=www.service",
    )
    host.write(f"{OWN}/web.service.d/site.conf", "[Service]\nWantedBy=not.target\n[Install]\nUpheldBy=site.target\n")
    _former, now = bring(host, "web", {"enabled": True})
    page = UNITS + "/web.service"
    assert now["links"] == {
        WANTS + "/web.service": page,
        OWN + "/cloud.target.wants/web.service": page,
        OWN + "/app.target.requires/web.service": page,
        OWN + "/site.target.upholds/web.service": page,
        OWN + "/www.service": page,
    }
    assert host.calls()[-2:] == ["daemon-reload", "show --no-pager --property=" + ASKED + " -- web.service"]


ASKED = "Id,LoadState,UnitFileState,ActiveState,CanReload,NRestarts"


def test_an_empty_value_takes_back_what_the_unit_asked_for(host: ServiceHost) -> None:
    host.write(f"{OWN}/web.service.d/site.conf", "[Install]\nWantedBy=\nWantedBy=site.target\n")
    assert list(bring(host, "web", {"enabled": True})[1]["links"]) == [OWN + "/site.target.wants/web.service"]


def test_what_is_enabled_in_the_sites_own_way_stays_so_and_comes_back_so(host: ServiceHost) -> None:
    host.link(OWN + "/site.target.wants/web.service", "../../../../usr/lib/systemd/system/web.service")
    host.link(OWN + "/portal.service", "web.service")
    host.link(OWN + "/site.target.wants/portal.service", "../portal.service")
    listed = host.listing()
    bring(host, "web", {"enabled": True})
    assert host.listing() == listed
    former, left = bring(host, "web", {"enabled": False})
    assert left["links"] == {}
    assert "etc/systemd/system/site.target.wants" not in host.listing(), "systemctl removes empty folders, too"
    service.write(host, "web.service", left, former)
    assert host.listing() == listed


def test_a_service_is_switched_together_with_those_that_it_names(host: ServiceHost) -> None:
    host.unit("web.service", "WantedBy=multi-user.target\nAlso=web.socket web@.service")
    host.unit("web.socket", "WantedBy=sockets.target\nAlso=web.service")
    host.unit("web@a.service")
    host.link(OWN + "/multi-user.target.wants/web@a.service", UNITS + "/web@.service")
    _former, on = bring(host, "web", {"enabled": True})
    assert sorted(on["links"]) == [WANTS + "/web.service", OWN + "/sockets.target.wants/web.socket"]
    bring(host, "web.socket", {"enabled": False})
    assert service.read(host, "web.service", {})["links"] == {}
    assert (Path(host.root + WANTS) / "web@a.service").is_symlink(), "another instance is another service"


def test_an_instance_of_a_template_has_links_of_its_own(host: ServiceHost) -> None:
    for name in ("tunnel@a.service", "tunnel@b.service"):
        host.unit(name, "WantedBy=net-%i.target\nAlias=%p-%j@%i.service")
    bring(host, "tunnel@b", {"enabled": True})
    _former, now = bring(host, "tunnel@a", {"enabled": True})
    page = UNITS + "/tunnel@.service"
    assert now["links"][OWN + "/net-a.target.wants/tunnel@a.service"] == page
    assert now["links"][OWN + "/tunnel-tunnel@a.service"] == page
    bring(host, "tunnel@a", {"enabled": False})
    assert service.read(host, "tunnel@b.service", {})["enabled"] is True


def test_an_alias_is_the_service_itself(host: ServiceHost) -> None:
    host.known("www.service", Id="web.service")
    assert [item[1] for item in service.lower(host, "www", {})] == ["web.service"]
    assert [item[1] for item in service.lower(host, "web.timer", {})] == ["web.timer"]


def test_many_services_cost_one_program(host: ServiceHost) -> None:
    names = [f"s{number}" for number in range(20)]
    for name in names:
        host.unit(name + ".service", ActiveState="active" if name == "s7" else "inactive")
    service.prefetch(host, names)
    found = {}
    for name in names:
        ((_kind, key, wanted),) = service.lower(host, name, {})
        found[name] = service.read(host, key, wanted)["active"]
    assert len(host.calls()) == 1
    assert [name for name in names if found[name]] == ["s7"]
    host.known("s7.service")
    assert service.read(host, "s7.service", {})["active"] is False, "what was read ahead serves once"


def test_the_word_for_what_is_neither_enabled_nor_disabled_is_kept(host: ServiceHost) -> None:
    host.unit("web.service", "", UnitFileState="static")
    assert service.read(host, "web.service", {})["enabled"] == "static"
    assert refused(host, "web.service", {"enabled": True}) == "service-static"
    assert bring(host, "web", {"enabled": False})[1]["enabled"] == "static"


def test_what_is_not_there_can_only_be_off(host: ServiceHost) -> None:
    host.link(WANTS + "/gone.service", UNITS + "/gone.service")
    assert refused(host, "gone.service", {"active": True}) == "service-unknown"
    assert refused(host, "none.service", {"enabled": True}) == "service-unknown"
    former, now = bring(host, "gone", {"enabled": False, "active": False, "masked": True})
    assert (former["present"], now["present"], now["masked"]) == (False, False, True)
    assert now["links"] == {OWN + "/gone.service": "/dev/null"}


def test_a_masked_service_can_be_enabled_and_unmasked_in_one_go(host: ServiceHost) -> None:
    host.link(OWN + "/web.service", "/dev/null")
    host.known("web.service", LoadState="masked", UnitFileState="masked")
    assert service.read(host, "web.service", {})["present"] is True
    _former, now = bring(host, "web", {"masked": False, "enabled": True})
    assert now["links"] == {WANTS + "/web.service": UNITS + "/web.service"}


def test_a_mask_of_the_distribution_is_not_ours_to_take(host: ServiceHost) -> None:
    host.link(UNITS + "/clock.service", "/dev/null")
    host.known("clock.service", LoadState="masked")
    assert service.read(host, "clock.service", {})["masked"] is True
    assert refused(host, "clock.service", {"masked": False}) == "service-masked-elsewhere"


def test_a_unit_file_of_the_sites_own_is_never_replaced_by_a_link(host: ServiceHost) -> None:
    host.write(OWN + "/tongweb.service", "[Install]\nWantedBy=multi-user.target\n")
    host.known("tongweb.service")
    assert refused(host, "tongweb.service", {"masked": True}) == "service-path-taken"
    host.link(OWN + "/linked.service", "/opt/app/linked.service")
    host.known("linked.service")
    assert service.read(host, "linked.service", {})["links"] == {}, "that link is the unit"
    host.write(WANTS + "/web.service", "somebody's work")
    now = service.read(host, "web.service", {})
    with pytest.raises(Refusal, match="service-path-taken"):
        service.write(host, "web.service", now, service.wish(host, "web.service", {"enabled": True}, now))
    assert Path(host.root + WANTS + "/web.service").read_text() == "somebody's work"
    undone = host.undo([f"service_link web.service {WANTS}/web.service /x ''"], "--over")
    assert undone.returncode == 5
    assert Path(host.root + WANTS + "/web.service").read_text() == "somebody's work"


def test_a_script_under_systemd_is_switched_by_its_levels(host: ServiceHost) -> None:
    host.script("tongrds")
    host.known("tongrds.service", UnitFileState="generated")
    former, now = bring(host, "tongrds", {"enabled": True})
    assert (former["enabled"], now["enabled"]) == (False, True)
    assert now["links"]["/etc/rc3.d/S55tongrds"] == "../init.d/tongrds"
    _former, masked = bring(host, "tongrds", {"masked": True})
    assert (masked["present"], masked["enabled"]) == (True, True)
    assert bring(host, "tongrds", {"enabled": False})[1]["masked"] is True


@pytest.mark.parametrize(
    ("tricks", "reason"), [("refuses", "service-failed"), ("dies", "service-dead"), ("flaps", "service-dead")]
)
@pytest.mark.parametrize("verb", ["start", "restart"])
def test_a_service_that_does_not_live_on_is_a_failure_with_its_last_words(
    host: ServiceHost, verb: str, tricks: str, reason: str
) -> None:
    host.known("web.service", tricks, ActiveState="active" if verb == "restart" else "inactive")
    now = service.read(host, "web.service", {})
    act = {"start": lambda: service.write(host, "web.service", now, dict(now, active=True))}
    act["restart"] = lambda: service.restart(host, "web.service")
    with pytest.raises(Refusal) as refusal:
        act[verb]()
    assert (refusal.value.reason, refusal.value.item) == (reason, "service:web.service")
    assert refusal.value.values == {"verb": verb, "words": "web.service: last words"}


def test_a_reload_that_fails_is_a_failure(host: ServiceHost) -> None:
    host.known("web.service", "breaks", ActiveState="active", CanReload="yes")
    with pytest.raises(Refusal, match="service-failed"):
        service.reload(host, "web.service")


@pytest.mark.parametrize(
    ("active", "reloads", "verb", "done"),
    [
        ("active", "yes", "reload", ["reload -- web.service"]),
        ("active", "no", "reload", ["reset-failed -- web.service", "restart -- web.service"]),
        ("active", "yes", "restart", ["reset-failed -- web.service", "restart -- web.service"]),
        ("inactive", "yes", "reload", []),
        ("failed", "yes", "restart", []),
        ("activating", "yes", "restart", []),
    ],
)
def test_only_a_running_service_reads_again(
    host: ServiceHost, active: str, reloads: str, verb: str, done: list[str]
) -> None:
    host.known("web.service", ActiveState=active, CanReload=reloads)
    getattr(service, verb)(host, "web.service")
    assert [call for call in host.calls() if call.startswith(("re", "st"))] == done


def test_at_boot_there_are_links_and_nothing_else(tmp_path: Path) -> None:
    host = with_systemd(tmp_path, booting=True)
    host.unit("web.service", ActiveState="active", CanReload="yes")
    now = service.read(host, "web.service", {})
    service.write(host, "web.service", now, service.wish(host, "web.service", {"enabled": True, "active": False}, now))
    service.reload(host, "web.service")
    service.restart(host, "web.service")
    assert [call for call in host.calls() if not call.startswith("show")] == ["daemon-reload"]
    assert service.read(host, "web.service", {})["enabled"] is True
    host.known("web.service", ActiveState="inactive")
    left = dict(now, active=False)
    assert host.undo(service.undo("web.service", dict(now, active=True), [left]), booting=1).returncode == 0
    assert not [call for call in host.calls() if call.startswith("st")]


def test_units_that_changed_are_read_again_and_other_files_are_not(host: ServiceHost) -> None:
    service.files_changed(host, ["/etc/motd", "/etc/systemd/journald.conf"])
    assert host.calls() == []
    service.files_changed(host, ["/etc/motd", OWN + "/web.service.d/x.conf"])
    service.files_changed(host, ["/etc/init.d/tongweb"])
    assert host.calls() == ["daemon-reload", "daemon-reload"]


def test_what_a_kill_left_half_done_is_finished_by_the_next_run(host: ServiceHost) -> None:
    host.unit("web.service", "WantedBy=a.target b.target c.target")
    now = service.read(host, "web.service", {})
    wish = service.wish(host, "web.service", {"enabled": True, "active": True}, now)
    host.link(OWN + "/b.target.wants/web.service", UNITS + "/web.service")
    host.link(OWN + "/a.target.wants/.web.service.anwei", "half")
    service.write(host, "web.service", now, wish)
    assert service.read(host, "web.service", {}) == wish
    assert not [name for name in host.listing() if name.endswith(".anwei")]


def test_others_work_since_is_named_and_left_by_the_undo_script(host: ServiceHost) -> None:
    former, left = bring(host, "web", {"enabled": True, "active": True})
    path = Path(host.root + WANTS + "/web.service")
    path.unlink()
    path.symlink_to("/opt/site/web.service")
    lines = service.undo("web.service", former, [left])
    done = host.undo(lines)
    assert done.returncode == 5
    assert "service:web.service" in done.stderr
    assert str(path.readlink()) == "/opt/site/web.service"
    assert service.read(host, "web.service", {})["active"] is False, "the rest is put back"
    assert host.undo(lines, "--over").returncode == 0
    assert not path.is_symlink()


def test_the_undo_script_says_what_it_could_not_start(host: ServiceHost) -> None:
    host.known("web.service", "dies", ActiveState="inactive")
    now = service.read(host, "web.service", {})
    done = host.undo(service.undo("web.service", dict(now, active=True), [now]))
    assert done.returncode == 5
    assert "service:web.service" in done.stderr


def test_a_file_put_back_is_read_again_by_what_runs(host: ServiceHost) -> None:
    host.known("web.service", "breaks", ActiveState="active")
    followed = ["restored='\n/srv/web.conf'", "follow reload web.service /srv/web.conf"]
    assert host.undo(followed).returncode == 0
    calls = [call for call in host.calls() if not call.startswith(("show", "is-active"))]
    assert calls == ["daemon-reload", "reload web.service", "reset-failed web.service", "restart web.service"]
    host.known("web.service", ActiveState="inactive")
    assert host.undo(followed).returncode == 0
    assert [call for call in host.calls() if not call.startswith("is-active")] == ["daemon-reload"]


# SysV


@pytest.mark.parametrize("wanted", [change for change in CHANGES if "masked" not in change], ids=str)
@pytest.mark.parametrize("before", [change for change in CHANGES if "masked" not in change], ids=str)
def test_sysv_changes_are_reached_and_taken_back_to_the_last_link(
    old: ServiceHost, before: State, wanted: State
) -> None:
    old.link("/etc/rc3.d/S10website", "../init.d/website")
    old.link("/etc/rc1.d/K01web", "../init.d/web")
    bring(old, "web.service", before)
    listed = old.listing()
    former, left = bring(old, "web", wanted)
    service.write(old, "web", left, former)
    assert service.read(old, "web", {}) == former
    assert old.listing() == listed
    bring(old, "web", wanted)
    done = old.undo(service.undo("web", former, [left]))
    assert (done.returncode, done.stderr) == (0, "")
    assert service.read(old, "web", {}) == former
    assert old.listing() == listed


def test_sysv_links_are_those_of_chkconfig(old: ServiceHost) -> None:
    old.link("/etc/rc1.d/K01web", "../init.d/web")
    old.link("/etc/rc3.d/S10website", "../init.d/website")
    _former, now = bring(old, "web", {"enabled": True})
    ended = {f"/etc/rc{level}.d/K25web" for level in "06"} | {"/etc/rc1.d/K01web"}
    assert set(now["links"]) == {f"/etc/rc{level}.d/S55web" for level in "2345"} | ended
    _former, off = bring(old, "web", {"enabled": False})
    assert set(off["links"]) == {f"/etc/rc{level}.d/K25web" for level in "2345"} | ended
    old.write("/etc/init.d/bare", "#!/bin/sh\n")
    Path(old.root + "/etc/init.d/bare").chmod(0o755)
    assert "/etc/rc2.d/S20bare" in bring(old, "bare", {"enabled": True})[1]["links"]


def test_a_daemon_that_keeps_our_output_is_not_waited_for(old: ServiceHost) -> None:
    began = time.monotonic()
    bring(old, "web", {"active": True})
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(("reload", "done"), [("reload", "reloaded"), ("graceful", "restarted")])
def test_a_script_that_cannot_reload_is_restarted(old: ServiceHost, reload: str, done: str) -> None:
    old.script("web", reload)
    service.reload(old, "web")
    assert not Path(old.root + "/fake/web").exists(), "one that does not run stays so"
    bring(old, "web", {"active": True})
    service.reload(old, "web")
    assert Path(old.root + "/fake/web").read_text() == "running\n" + done + "\n"


def test_sysv_refuses_what_it_cannot_do(old: ServiceHost) -> None:
    assert refused(old, "web", {"masked": True}) == "service-no-mask"
    assert refused(old, "none", {"enabled": True}) == "service-unknown"
    assert bring(old, "none", {"enabled": False, "active": False, "masked": False})[1]["present"] is False
    old.write("/etc/init.d/web", "#!/bin/sh\n[ $1 = start ] && exit 0\necho web is dead but pid file exists\nexit 1\n")
    now = service.read(old, "web", {})
    with pytest.raises(Refusal, match="service-dead") as refusal:
        service.write(old, "web", now, dict(now, active=True))
    assert refusal.value.values["words"] == "web is dead but pid file exists"


def test_the_manager_is_the_one_that_runs(tmp_path: Path) -> None:
    host = with_sysv(tmp_path)
    host.write(UNITS + "/web.service")
    assert init.of(host) is init.of(host)
    assert type(init.of(host)).__name__ == "SysV", "installed is not running"
