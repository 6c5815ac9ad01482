"""Kernel settings, on a folder that looks like /proc/sys: files that take what is written."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hostkit import dialects
from hostkit.host import Host
from hostkit.kinds import sysctl
from hostkit.refusal import Refusal

State = dict[str, Any]
HOSTKIT = Path(sysctl.__file__).parents[1]
KEY = "net.ipv4.tcp_syncookies"
IPV4 = "/proc/sys/net/ipv4"
OWN = "/etc/sysctl.d/90-anwei.conf"


class Kernel(Host):
    """A host in a folder. Its kernel puts tabs between numbers, as the real one does."""

    def put(self, name: str, text: str) -> Path:
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def values(self) -> dict[str, str]:
        """Everything under /proc/sys."""
        return {
            str(path): path.read_text() for path in sorted(Path(self.path("/proc/sys")).rglob("*")) if path.is_file()
        }

    def undo(self, lines: list[str]) -> subprocess.CompletedProcess[str]:
        """Run an undo script with these lines, whose paths are this host's."""
        parts = [HOSTKIT.joinpath(name).read_text() for name in ("undo.sh", "undo.d/sysctl.sh")]
        text = "\n".join([*parts, *lines, "finish", ""]).replace("/proc/sys/", self.path("/proc/sys/"))
        page = self.put("/undo", text)
        return subprocess.run(["sh", str(page)], capture_output=True, text=True, check=False)


@pytest.fixture
def host(tmp_path: Path) -> Kernel:
    made = Kernel(str(tmp_path))
    (tmp_path / "etc/sysctl.d").mkdir(parents=True)
    made.put(f"{IPV4}/tcp_syncookies", "0\n")
    made.put(f"{IPV4}/ip_local_port_range", "32768\t60999\n")
    made.put(f"{IPV4}/ip_forward", "1\n")
    for interface, forwarding in {"all": "1", "default": "1", "eth0": "1", "eth0.100": "0"}.items():
        made.put(f"{IPV4}/conf/{interface}/forwarding", forwarding + "\n")
        made.put(f"{IPV4}/conf/{interface}/accept_redirects", "0\n")
    return made


def bring(host: Host, key: str, value: str) -> tuple[State, State]:
    """Bring the running value, with what every change must keep; before and after."""
    wanted = {"running": value}
    now = sysctl.read(host, key, wanted)
    wish = sysctl.wish(host, key, wanted, now)
    sysctl.write(host, key, now, wish)
    after = sysctl.read(host, key, {})
    assert after == wish, "what was foretold is there"
    assert sysctl.wish(host, key, wanted, after) == after, "a second time there is nothing to do"
    assert sysctl.wish(host, key, {}, after) == after
    return now, after


def files(host: Host, key: str, value: str = "1") -> dict[str, State]:
    """The files that a setting goes into, and what is to stand there."""
    return {path: item["settings"] for kind, path, item in sysctl.lower(host, key, {"value": value}) if kind == "file"}


def persist(host: Kernel, key: str, value: str) -> None:
    """Write the files as kind `file` does."""
    for kind, path, item in sysctl.lower(host, key, {"value": value, "running": False}):
        assert kind == "file"
        page = Path(host.path(path))
        host.put(path, dialects.edit(page.read_bytes() if page.exists() else b"", item).decode())


def test_a_value_is_written_and_comes_back(host: Kernel) -> None:
    before = host.values()
    former, left = bring(host, KEY, "1")
    assert host.values()[host.path(f"{IPV4}/tcp_syncookies")] == "1\n"
    sysctl.write(host, KEY, left, former)
    assert host.values() == before
    bring(host, KEY, "1")
    assert host.undo(sysctl.undo(KEY, former, [left])).returncode == 0
    assert host.values() == before


def test_blanks_and_tabs_say_the_same(host: Kernel) -> None:
    key = "net.ipv4.ip_local_port_range"
    (item, _file) = sysctl.lower(host, key, {"value": " 32768   60999", "why": "8.1.4.4"})
    assert item == ("sysctl", key, {"running": "32768 60999", "why": "8.1.4.4"})
    now = sysctl.read(host, key, {})
    assert sysctl.wish(host, key, item[2], now) == now
    former, left = bring(host, key, "1024 65000")
    host.put(f"{IPV4}/ip_local_port_range", "1024\t65000\n")
    assert host.undo(sysctl.undo(key, former, [left])).returncode == 0
    assert sysctl.read(host, key, {}) == former


def test_only_what_is_asked_for_is_done(host: Kernel) -> None:
    assert [item[0] for item in sysctl.lower(host, KEY, {"value": "1", "running": False})] == ["file"]
    assert [item[0] for item in sysctl.lower(host, KEY, {"value": "1", "persisted": False})] == ["sysctl"]
    assert sysctl.lower(host, "net/ipv4/tcp_syncookies", {}) == [("sysctl", KEY, {})]


def test_an_interface_with_a_dot_in_its_name(host: Kernel) -> None:
    key = "net.ipv4.conf.eth0/100.forwarding"
    assert sysctl.dotted("net/ipv4/conf/eth0.100/forwarding") == key
    assert sysctl.dotted(key) == key
    bring(host, key, "1")
    assert Path(host.path(f"{IPV4}/conf/eth0.100/forwarding")).read_text() == "1\n"


def test_what_the_kernel_does_not_have_is_refused(host: Kernel) -> None:
    now = sysctl.read(host, "net.bridge.bridge-nf-call-iptables", {})
    assert now == {"present": False}
    with pytest.raises(Refusal) as refusal:
        sysctl.wish(host, "net.bridge.bridge-nf-call-iptables", {"running": "1"}, now)
    assert (refusal.value.reason, refusal.value.item) == ("sysctl-unknown", "sysctl:net.bridge.bridge-nf-call-iptables")


def test_what_the_kernel_says_no_to_is_named(host: Kernel) -> None:
    Path(host.path(f"{IPV4}/fixed")).symlink_to("/proc/version")
    with pytest.raises(Refusal) as refusal:
        sysctl.write(host, "net.ipv4.fixed", _state("0"), _state("1"))
    assert (refusal.value.reason, refusal.value.item) == ("sysctl-refused", "sysctl:net.ipv4.fixed")
    assert refusal.value.values == {"errno": "EIO"}


def test_another_value_than_the_given_one_is_a_failure(host: Kernel) -> None:
    Path(host.path(f"{IPV4}/deaf")).symlink_to("/dev/null")
    with pytest.raises(Refusal) as refusal:
        sysctl.write(host, "net.ipv4.deaf", _state("0"), _state("1"))
    assert (refusal.value.reason, refusal.value.values) == ("sysctl-other-value", {"wanted": "1", "value": ""})
    done = host.undo(sysctl.undo("net.ipv4.deaf", _state("1"), [_state("")]))
    assert done.returncode == 5
    assert "sysctl:net.ipv4.deaf" in done.stderr


def _state(value: str) -> State:
    return {"present": True, "running": value, "exceptions": {}}


class Forwarding(Kernel):
    """Its kernel does with forwarding what the real one does."""

    def follow(self) -> None:
        on = Path(self.path(f"{IPV4}/ip_forward")).read_text()
        for path in Path(self.path(f"{IPV4}/conf")).glob("*/forwarding"):
            path.write_text(on)
        self.put(f"{IPV4}/conf/all/accept_redirects", "0\n" if on == "1\n" else "1\n")


def test_forwarding_keeps_redirects_and_brings_interfaces_back(host: Kernel, monkeypatch: pytest.MonkeyPatch) -> None:
    forwarding = Forwarding(host.root)
    set_one = sysctl._set

    def set_as_the_kernel(kernel: Host, key: str, value: str) -> None:
        set_one(kernel, key, value)
        if key == "net.ipv4.ip_forward":
            forwarding.follow()

    monkeypatch.setattr(sysctl, "_set", set_as_the_kernel)
    before = host.values()
    former, left = bring(host, "net.ipv4.ip_forward", "0")
    assert former["exceptions"] == {"eth0/100": "0"}
    assert left["exceptions"] == {}
    assert host.values()[host.path(f"{IPV4}/conf/all/accept_redirects")] == "0\n"
    sysctl.write(host, "net.ipv4.ip_forward", left, former)
    assert host.values() == before
    lines = sysctl.undo("net.ipv4.ip_forward", former, [left])
    assert lines == [
        f"sysctl_value 'net.ipv4.ip_forward' '{IPV4}/ip_forward' '1' '0'",
        f"sysctl_value 'net.ipv4.conf.eth0/100.forwarding' '{IPV4}/conf/eth0.100/forwarding' '0' '0' '1'",
    ]


def test_others_work_since_is_left_by_the_undo_script(host: Kernel) -> None:
    former, left = bring(host, KEY, "1")
    host.put(f"{IPV4}/tcp_syncookies", "2\n")
    done = host.undo(sysctl.undo(KEY, former, [left]))
    assert done.returncode == 5
    assert f"sysctl:{KEY}" in done.stderr
    assert host.values()[host.path(f"{IPV4}/tcp_syncookies")] == "2\n"
    assert sysctl.undo(KEY, former, [former]) == []


# Where the value for the next boot goes


def test_a_key_that_nobody_sets_goes_into_our_own_file(host: Kernel) -> None:
    host.put("/etc/sysctl.d/50-site.conf", f"# {KEY} = 0\n;{KEY}=0\n{KEY}.not=0\n-{KEY}\n")
    ((_kind, path, item),) = sysctl.lower(host, KEY, {"value": "1", "running": False})
    assert path == OWN
    assert item == {
        "dialect": "equals",
        "settings": {KEY: "1"},
        "create": True,
        "owner": "root",
        "group": "root",
        "mode": "0644",
    }


def test_the_sites_own_file_is_edited_in_its_own_spelling_and_keeps_its_owner(host: Kernel) -> None:
    host.put("/etc/sysctl.d/10-early.conf", f"{KEY} = 0\n")
    host.put("/etc/sysctl.d/50-site.conf", f"{KEY} = 0\n-net/ipv4/tcp_syncookies = 0\n")
    host.put("/etc/sysctl.d/60-not-loaded.bak", f"{KEY} = 0\n")
    assert files(host, KEY) == {"/etc/sysctl.d/50-site.conf": {"-net/ipv4/tcp_syncookies": "1"}}
    assert "owner" not in sysctl.lower(host, KEY, {"value": "1"})[1][2]


def test_what_is_set_already_is_not_spelled_anew(host: Kernel) -> None:
    host.put("/etc/sysctl.d/50-site.conf", "net.ipv4.ip_local_port_range = 1024\t65000\n")
    assert files(host, "net.ipv4.ip_local_port_range", "1024 65000") == {
        "/etc/sysctl.d/50-site.conf": {"net.ipv4.ip_local_port_range": "1024\t65000"}
    }


@pytest.mark.parametrize(
    ("folder", "name", "place"),
    [
        ("/usr/lib/sysctl.d", "50-default.conf", OWN),
        ("/run/sysctl.d", "50-run.conf", OWN),
        ("/lib/sysctl.d", "99-protect.conf", "/etc/sysctl.d/99-protect_anwei.conf"),
    ],
)
def test_a_file_of_the_distribution_is_overruled_and_not_edited(
    host: Kernel, folder: str, name: str, place: str
) -> None:
    host.put(f"{folder}/{name}", f"{KEY} = 0\n")
    assert files(host, KEY) == {place: {KEY: "1"}}
    persist(host, KEY, "1")
    assert sysctl._loaded(host)[-1] == place, "it is loaded after the other"


def test_a_file_that_another_hides_does_not_count(host: Kernel) -> None:
    host.put("/usr/lib/sysctl.d/99-vendor.conf", f"{KEY} = 0\n")
    host.put("/etc/sysctl.d/99-vendor.conf", "")
    assert files(host, KEY) == {OWN: {KEY: "1"}}


def test_the_classic_file_says_the_same_where_it_names_the_key(host: Kernel) -> None:
    host.put("/etc/sysctl.conf", f"{KEY} = 0\n")
    assert files(host, KEY) == {OWN: {KEY: "1"}, "/etc/sysctl.conf": {KEY: "1"}}
    Path(host.path("/etc/sysctl.d/99-sysctl.conf")).symlink_to("../sysctl.conf")
    assert files(host, KEY) == {"/etc/sysctl.conf": {KEY: "1"}}, "one file under two names"


def test_without_a_folder_the_classic_file_takes_it(tmp_path: Path) -> None:
    host = Kernel(str(tmp_path))
    ((_kind, path, item),) = sysctl.lower(host, KEY, {"value": "1", "running": False})
    assert (path, item["mode"]) == ("/etc/sysctl.conf", "0644")


def test_a_pattern_is_no_line_of_the_key(host: Kernel) -> None:
    host.put("/etc/sysctl.d/95-all.conf", "net.ipv4.conf.*.forwarding = 0\n-net.ipv4.conf.eth0.forwarding\n")
    assert files(host, "net.ipv4.conf.eth0.forwarding") == {OWN: {"net.ipv4.conf.eth0.forwarding": "1"}}


SPELLINGS = st.sampled_from(
    [KEY, "net/ipv4/tcp_syncookies", "-" + KEY, "-net/ipv4/tcp_syncookies", "kernel.panic", "# " + KEY]
)
LINES = st.tuples(SPELLINGS, st.sampled_from(["=", " = ", "= "]), st.sampled_from(["0", "1", "2", "2\t2"])).map("".join)
PLACES = st.tuples(
    st.sampled_from(sysctl.FOLDERS), st.sampled_from(["10-a.conf", "90-anwei.conf", "99-z.conf", "a.conf"])
).map("/".join)
PAGES = st.dictionaries(st.one_of(PLACES, st.just("/etc/sysctl.conf")), st.lists(LINES, max_size=4))


def _booted(host: Kernel, *, classic_last: bool | None) -> str | None:
    """The value that a host boots with, by a loader of the plainest kind."""
    names = sorted({path.name for folder in sysctl.FOLDERS for path in Path(host.path(folder)).glob("*.conf")})
    order = [next(f"{folder}/{name}" for folder in sysctl.FOLDERS if host.exists(f"{folder}/{name}")) for name in names]
    classic = ["/etc/sysctl.conf"]
    value = None
    for path in {None: order, True: order + classic, False: classic + order}[classic_last]:
        for line in host.lines(path):
            name, equals, text = line.partition("=")
            if equals and name.strip().lstrip("-").replace("/", ".") == KEY:
                value = text.strip()
    return value


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PAGES)
def test_whatever_is_there_every_loader_ends_with_the_value(
    tmp_path_factory: pytest.TempPathFactory, pages: State
) -> None:
    host = Kernel(str(tmp_path_factory.mktemp("host")))
    Path(host.path("/etc/sysctl.d")).mkdir(parents=True)
    for path, lines in pages.items():
        host.put(path, "".join(line + "\n" for line in lines))
    persist(host, KEY, "2 2")
    for classic_last in (None, True, False):
        assert sysctl.plain(str(_booted(host, classic_last=classic_last))) == "2 2"
    written = {path: Path(host.path(path)).read_text() for path in files(host, KEY, "2 2")}
    persist(host, KEY, "2 2")
    assert {path: Path(host.path(path)).read_text() for path in files(host, KEY, "2 2")} == written
    for path, lines in pages.items():
        if not path.startswith("/etc/"):
            assert Path(host.path(path)).read_text() == "".join(line + "\n" for line in lines)
