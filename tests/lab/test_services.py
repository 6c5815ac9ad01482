"""Services and kernel settings on real hosts: systemd 252 and 257, Python 2.7 to 3.13, and kernels that say no."""

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.lab.conftest import Lab
from tests.lab.on_host import OnHost

Answer = dict[str, Any]

# Units of the tests' own, as a package would bring them.
UNITS = """
import os, subprocess, time
from hostkit import kinds
from hostkit.compat import native
from hostkit.kinds import service, sysctl
from hostkit.refusal import Refusal

PLACE, NAMES = "/usr/lib/systemd/system", ("anwt", "anwt-dies", "anwt-flaps")
LINE = "[Service]\\nExecStart=/bin/sh -c '%s'\\nExecReload=/bin/true\\n%s\\n"
LINE += "[Install]\\nWantedBy=multi-user.target\\n%s\\n"

def put(name, command, more="", install=""):
    with open(PLACE + "/" + name, "w") as page:
        page.write(LINE % (command, more, install))

def set_up():
    put("anwt.service", "exec sleep 1000", install="RequiredBy=anwt.target\\nAlias=anwt-too.service\\nAlso=anwt.socket")
    put("anwt-dies.service", "sleep 0.5; exit 1")
    put("anwt-flaps.service", "sleep 0.3; exit 1", "Restart=always\\nRestartSec=0.1\\nStartLimitInterval=0")
    with open(PLACE + "/anwt.socket", "w") as page:
        page.write("[Socket]\\nListenStream=/run/anwt\\n[Install]\\nWantedBy=sockets.target\\n")
    run("systemctl daemon-reload")

def clear():
    for name in NAMES:
        run("systemctl stop %s.service 2>&1" % name)
    run("rm -rf %s/anwt* /etc/systemd/system/anwt* /etc/systemd/system/*/anwt*; systemctl daemon-reload" % PLACE)
    run("systemctl reset-failed 'anwt*'")

def run(line):
    done = subprocess.Popen(["sh", "-c", line], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return native(done.communicate()[0]).strip()

def links():
    found = run("find /etc/systemd/system -printf '%p %y %l\\n' | sort").splitlines()
    return [line.replace(" /lib/", " /usr/lib/") for line in found]

def bring(key, wanted):
    key = service.lower(host, key, wanted)[0][1]
    now = service.read(host, key, wanted)
    wish = service.wish(host, key, wanted, now)
    service.write(host, key, now, wish)
    return now, service.read(host, key, wanted), wish

def undo(lines):
    from hostkit import snapshot
    with open("/root/hostkit-tests/undo", "w") as page:
        parts = [snapshot._text(name) for name in ("undo.sh", "undo.d/service.sh", "undo.d/sysctl.sh")]
        page.write("\\n".join(parts + lines + ["finish", ""]))
    return run("sh /root/hostkit-tests/undo; echo status $?")

def refused(call, *arguments):
    try:
        call(*arguments)
    except Refusal as refusal:
        return refusal.as_dict()
"""
# Python 3 and 2.7, two releases of systemd; the others in `make soak`.
HOSTS = ["web1", "web2", "app1", "kylin1"] if os.environ.get("ANWEI_SOAK") else ["web1", "app1"]
EACH = pytest.mark.parametrize(
    "on", [pytest.param(name, marks=pytest.mark.needs(name)) for name in HOSTS], indirect=True, scope="module"
)


@pytest.fixture(scope="module")
def on(lab: Lab, request: pytest.FixtureRequest) -> Iterator[OnHost]:
    """One host; afterwards it is as before."""
    host = OnHost(lab, request.param)
    yield host
    host.run(UNITS + "clear()")
    host.clear()


def ask(on: OnHost, snippet: str) -> Any:
    """The answer of a snippet with the helpers above, to which our units are as a package has just brought them."""
    return on.run(UNITS + "clear()\nset_up()\n" + snippet)


@EACH
def test_we_make_and_take_the_links_that_systemctl_does(on: OnHost) -> None:
    seen = ask(
        on,
        """
answer = {"before": links()}
run("systemctl enable anwt.service cron.service rsyslog.service")
answer["by systemctl"] = links()
run("systemctl disable anwt.service cron.service rsyslog.service")
answer["off by systemctl"] = links()
for name in ("anwt", "cron", "rsyslog"):
    bring(name, {"enabled": True})
answer["by us"] = links()
answer["said"] = run("systemctl is-enabled anwt cron rsyslog").split()
for name in ("anwt", "cron", "rsyslog"):
    bring(name, {"enabled": False})
answer["off by us"] = links()
run("systemctl enable cron.service rsyslog.service")
answer["after"] = links()
""",
    )
    assert seen["by us"] == seen["by systemctl"]
    assert seen["off by us"] == seen["off by systemctl"]
    assert seen["said"] == ["enabled"] * 3
    assert seen["after"] == seen["before"]
    assert any("anwt-too.service" in line for line in seen["by us"]), "the alias is among them"
    assert any("sockets.target.wants/anwt.socket" in line for line in seen["by us"]), "and the socket"


CHANGES = [{"enabled": True}, {"active": True}, {"enabled": True, "active": True}, {"masked": True, "active": False}]


@EACH
def test_what_was_foretold_is_there_and_all_comes_back_both_ways(on: OnHost) -> None:
    seen = ask(
        on,
        f"""
answer = []
for wanted in {CHANGES!r}:
    before = links(), run("systemctl is-active anwt")
    former, left, wish = bring("anwt", wanted)
    one = {{"foretold": left == wish, "again": service.wish(host, "anwt.service", wanted, left) == left}}
    one["said"] = run("systemctl is-enabled anwt; systemctl is-active anwt").split()
    service.write(host, "anwt.service", left, former)
    one["back"] = (links(), run("systemctl is-active anwt")) == before
    bring("anwt", wanted)
    one["undo"] = undo(service.undo("anwt.service", former, [left]))
    one["undone"] = (links(), run("systemctl is-active anwt")) == before
    answer.append(one)
""",
    )
    said = [["enabled", "inactive"], ["disabled", "active"], ["enabled", "active"], ["masked", "inactive"]]
    assert [one.pop("said") for one in seen] == said
    for one in seen:
        assert one.pop("undo").endswith("status 0")
        assert set(one.values()) == {True}, one


@EACH
def test_a_service_that_dies_after_a_good_start_is_named_with_its_log(on: OnHost) -> None:
    seen = ask(
        on,
        """
answer = [refused(bring, name, {"active": True}) for name in ("anwt-dies", "anwt-flaps", "anwt-none")]
""",
    )
    assert [one["reason"] for one in seen] == ["service-dead", "service-dead", "service-unknown"]
    assert "anwt-dies.service" in seen[0]["values"]["words"]


@EACH
def test_reload_keeps_the_process_and_restart_does_not(on: OnHost) -> None:
    seen = ask(
        on,
        """
def pid(name):
    return run("systemctl show -p MainPID " + name)
service.reload(host, "anwt.service")
answer = [run("systemctl is-active anwt")]
bring("anwt", {"active": True})
pids = [pid("anwt")]
service.reload(host, "anwt.service")
pids.append(pid("anwt"))
service.restart(host, "anwt.service")
pids.append(pid("anwt"))
answer += [pids[0] == pids[1], pids[1] == pids[2]]
put("anwt.service", "exec sleep 1001")
service.files_changed(host, [PLACE + "/anwt.service"])
service.restart(host, "anwt.service")
answer.append("sleep 1001" in run("systemctl status --full anwt"))
cron = [pid("cron")]
service.reload(host, "cron.service")
answer.append(cron[0] == pid("cron"))
""",
    )
    assert seen == ["inactive", True, False, True, False], "cron cannot reload: it was restarted"


@EACH
def test_twenty_services_cost_one_program(on: OnHost) -> None:
    seen = ask(
        on,
        """
listed = run("systemctl list-unit-files --no-legend --no-pager --type=service").splitlines()
names = [line.split()[0] for line in listed if "@" not in line][:20]
ran, real = [], host.run
def counting(words, *more):
    ran.append(list(words))
    return real(words, *more)
host.run = counting
service.prefetch(host, names)
keys = sorted(set(service.lower(host, name, {})[0][1] for name in names))
states = [(key, service.read(host, key, {})) for key in keys]
answer = [len(names), len(ran), [service.wish(host, key, {}, state) == state for key, state in states]]
answer.append(service.lower(host, "sshd", {})[0][1])
""",
    )
    assert seen[:2] == [20, 1]
    assert all(seen[2])
    assert seen[3] == "ssh.service"


@EACH
def test_the_kernel_has_the_last_word(on: OnHost) -> None:
    seen = ask(
        on,
        """
def change(key, value):
    now = sysctl.read(host, key, {})
    wish = sysctl.wish(host, key, {"running": value}, now)
    sysctl.write(host, key, now, wish)
    return now, sysctl.read(host, key, {}), wish

def everything():
    return run("grep -rs . /proc/sys/net/ipv4/conf /proc/sys/net/ipv4/ip_* | sort")

answer = {}
before = everything()
run("echo 1 > /proc/sys/net/ipv4/ip_forward; echo 0 > /proc/sys/net/ipv4/conf/lo/forwarding")
run("echo 0 > /proc/sys/net/ipv4/conf/all/accept_redirects")
site = everything()
for key, value in (("net.ipv4.ip_local_port_range", "20000 40000"), ("net.ipv4.ip_forward", "0")):
    former, left, wish = change(key, value)
    one = answer[key] = {"foretold": left == wish, "redirects": sysctl.read(host, sysctl.REDIRECTS, {})["running"]}
    one["former"] = former
    sysctl.write(host, key, left, former)
    one["back"] = everything() == site
    change(key, value)
    one["undo"] = undo(sysctl.undo(key, former, [left]))
    one["undone"] = everything() == site
answer["refused"] = [
    refused(change, "net.ipv4.ip_local_port_range", "40000 20000"),
    refused(change, "net.ipv4.ip_local_reserved_ports", "100,101,102"),
    refused(change, "net.ipv4.conf.none.forwarding", "1"),
]
run("echo > /proc/sys/net/ipv4/ip_local_reserved_ports")
run("echo 0 > /proc/sys/net/ipv4/ip_forward")
for line in before.splitlines():
    path, value = line.split(":", 1)
    run("[ \\"$(cat %s)\\" = '%s' ] || echo '%s' > %s" % (path, value, value, path))
answer["after"] = everything() == before
""",
    )
    assert [one["reason"] for one in seen.pop("refused")] == ["sysctl-refused", "sysctl-other-value", "sysctl-unknown"]
    assert seen.pop("after") is True
    forwarding = seen["net.ipv4.ip_forward"]
    assert forwarding.pop("former")["exceptions"] == {"lo": "0"}
    assert forwarding["redirects"] == "0"
    assert seen["net.ipv4.ip_local_port_range"].pop("former")["running"] == "32768 60999"
    for one in seen.values():
        assert one.pop("undo").endswith("status 0")
        assert (one["foretold"], one["back"], one["undone"]) == (True, True, True), one


@EACH
def test_a_document_is_applied_and_taken_back_and_systemd_agrees_about_the_next_boot(on: OnHost) -> None:
    document = {
        "service": {"anwt": {"enabled": True, "active": True, "reload_on": ["/etc/sysctl.d/90-anwei.conf"]}},
        "sysctl": {"net.ipv4.tcp_keepalive_time": {"value": "601", "why": "8.1.4.4"}},
    }
    seen = ask(
        on,
        f"""
import json
from hostkit.__main__ import main

def request(verb, **more):
    words = dict(verb=verb, key="5a" * 32, **more)
    return json.loads(main(json.dumps(words).encode("utf-8"))[0])

def present():
    return links(), run("ls -l /etc/sysctl.d; cat /proc/sys/net/ipv4/tcp_keepalive_time; systemctl is-active anwt")

document = {json.dumps(document).replace("true", "True")}
before = present()
answer = {{"applied": request("apply", change="anwt-1", document=document)}}
answer["booted"] = run("/lib/systemd/systemd-sysctl --cat-config | grep keepalive_time")
answer["diff"] = request("diff", document=document)
answer["active"] = run("systemctl is-active anwt")
answer["back"] = request("back", change="anwt-1")
answer["same"] = present() == before
run("rm -rf /var/lib/anwei/anwt-1")
""",
    )
    assert seen["applied"]["ok"] is True, seen["applied"]
    assert {one["item"] for one in seen["applied"]["changes"]} == {
        "service:anwt.service",
        "sysctl:net.ipv4.tcp_keepalive_time",
        "file:/etc/sysctl.d/90-anwei.conf",
    }
    assert seen["booted"] == "net.ipv4.tcp_keepalive_time=601"
    assert seen["diff"]["changed"] is False
    assert seen["active"] == "active"
    assert seen["back"]["ok"] is True, seen["back"]
    assert seen["same"] is True
