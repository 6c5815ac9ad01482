"""Bring the lab up, take it down, say how it is. Each can be killed at any moment and simply be run again."""

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from anwei.errors import AnweiError, BadInput, Failure
from anwei.texts import text
from lab import base, cgroups, connections, limits, machine, network
from lab.access import Access, hand_over
from lab.place import STATE, Place, locked, private_folder
from lab.spec import JUMP, HostSpec, chosen

PROGRAMS = ("systemd-nspawn", "mmdebstrap", "ip", "ssh", "ssh-keygen", "openssl", "unshare", "mount")
ANSWER_SECONDS = 60.0
Say = Callable[[str], None]


@dataclass(frozen=True)
class Up:
    """What `up` did: the hosts that answer, the bases that could not be built, the hosts that are missing by base."""

    hosts: tuple[HostSpec, ...]
    failed: dict[str, AnweiError]
    left_out: dict[str, list[str]]
    seconds: float


def up(place: Place, names: Sequence[str], total: int | None, say: Say) -> Up:
    """Start the hosts that are not running yet and wait until all of them answer ssh."""
    require_root()
    wanted = chosen(names, total)
    for host in wanted:
        connections.style(host.connection)
        base.Recipe.load(host.base)
    require_fit()
    with locked(f"lab-{place.id}"):
        if not place.read_record().get("complete"):
            _clear(place)
        with cgroups.joined(cgroups.of_lab(place)):
            result = _start(place, wanted, say)
        if not place.read_record():
            _clear(place)  # no base, no host: nothing half-made
        return result


def down(place: Place) -> None:
    """Take everything away that this lab has put on the machine, in whatever state it is."""
    require_root()
    with locked(f"lab-{place.id}"):
        _clear(place)


def status(place: Place) -> list[dict[str, object]]:
    """Every host of the record with its state: running, silent (it lives but no ssh) or stopped."""
    record = place.read_record()
    hosts = [HostSpec.from_record(host) for host in record.get("hosts", [])]
    return [{**asdict(host), "state": _state(place, host)} for host in hosts]


def ssh_words(place: Place, host: str, command: Sequence[str]) -> list[str]:
    """The ssh command line that enters `host` as people do."""
    access = Access(place)
    if not access.config.exists():
        raise BadInput("AW-lab-not-up", config=access.config)
    known = [entry["name"] for entry in place.read_record().get("hosts", [])]
    if host not in known:
        raise BadInput("AW-lab-host-unknown", names=host, known=", ".join(known))
    return ["ssh", "-F", str(access.config), host, *command]


def require_root() -> None:
    """Refuse before anything is touched."""
    if os.geteuid() != 0:
        raise BadInput("AW-lab-root")


def require_fit() -> None:
    """Refuse a machine that lacks what the lab runs on."""
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    missing += ["cgroup2"] if cgroups.hierarchy() is None else []
    missing += [] if _has_overlay() else ["overlayfs"]
    if missing:
        raise Failure("AW-lab-unfit", missing=", ".join(missing))


def _has_overlay() -> bool:
    """Whether the kernel has overlayfs, as part of it or as a module that the first mount will load."""
    if "overlay" in Path("/proc/filesystems").read_text():
        return True
    if shutil.which("modprobe") is None:
        return False
    return subprocess.run(["modprobe", "--dry-run", "overlay"], capture_output=True, check=False).returncode == 0


def _start(place: Place, wanted: Sequence[HostSpec], say: Say) -> Up:
    """Start what is missing among `wanted`; the clock runs once the bases are there."""
    given_up = os.environ.get("ANWEI_WITHOUT", "").replace(",", " ").split()
    failed = dict(base.ensure({host.base for host in wanted if host.base not in given_up}, say))
    left_out = {name: [host.name for host in wanted if host.base == name] for name in sorted({*failed, *given_up})}
    left_out = {name: hosts for name, hosts in left_out.items() if hosts}

    began = time.monotonic()
    number, up_already = _number_and_hosts(place)
    hosts = [host.in_lab(number) for host in wanted if host.base not in left_out]
    missing = [host for host in hosts if not cgroups.running(cgroups.of_host(place, host.name))]
    if missing:
        say(text("lab.starting", count=len(missing)))
        names = {host.name for host in hosts}
        _boot_all(place, number, missing, [*(host for host in up_already if host.name not in names), *hosts])
    return Up(tuple(hosts), failed, left_out, time.monotonic() - began)


def _number_and_hosts(place: Place) -> tuple[int, list[HostSpec]]:
    """The number and the hosts of this lab as it is up, or a free number and none."""
    record = place.read_record()
    if record:
        return record["number"], [HostSpec.from_record(host) for host in record["hosts"]]
    with locked("numbers"):
        private_folder(STATE)
        place.state.mkdir(exist_ok=True)
        return network.free_number(place), []


def _boot_all(place: Place, number: int, missing: Sequence[HostSpec], everyone: Sequence[HostSpec]) -> None:
    """Boot `missing` hosts among `everyone`; the record says complete only when all of them answer."""
    access = Access(place)
    access.prepare()
    _write_record(place, number, everyone, complete=False)
    for host in missing:
        cgroups.end(cgroups.of_host(place, host.name))
        if place.host(host.name).exists():
            machine.remove(place, host.name)
    network.down(place, [host.name for host in missing])
    network.up(place, number, missing)
    names = "127.0.0.1 localhost\n" + "".join(f"{host.address} {host.name}\n" for host in everyone)
    for host in missing:
        machine.prepare(place, access, host, names)
    limits.follow_hosts()
    for host in missing:
        machine.boot(place, host)
    access.write(everyone)
    _wait_for(place, missing)
    _write_record(place, number, everyone, complete=True)


def _wait_for(place: Place, hosts: Sequence[HostSpec]) -> None:
    """Wait until every host answers; hosts behind the jump host last, because they need it."""
    deadline = time.monotonic() + ANSWER_SECONDS
    silent = sorted(hosts, key=lambda host: host.connection == JUMP)
    while silent:
        silent = [host for host in silent if not _answers(place, host)]
        if silent and time.monotonic() > deadline:
            logs = ", ".join(str(place.host(host.name) / "console.log") for host in silent)
            names = ", ".join(host.name for host in silent)
            raise Failure("AW-lab-silent", where=logs, names=names, seconds=int(ANSWER_SECONDS))
        time.sleep(0.05 if silent else 0)


def _answers(place: Place, host: HostSpec) -> bool:
    """Whether the host's sshd says who it is; through the jump host only a login can tell."""
    if host.connection == JUMP:
        words = ["ssh", "-F", str(Access(place).config), "-o", "ConnectTimeout=5", "-o", "BatchMode=yes", host.name]
        return subprocess.run([*words, "true"], capture_output=True, check=False).returncode == 0
    try:
        with socket.create_connection((host.address, 22), timeout=0.5) as connection:
            return connection.recv(4) == b"SSH-"
    except OSError:
        return False


def _state(place: Place, host: HostSpec) -> str:
    """The host's state in one word."""
    if not cgroups.running(cgroups.of_host(place, host.name)):
        return "stopped"
    return "running" if _answers(place, host) else "silent"


def _clear(place: Place) -> None:
    """Processes first, then what they held: namespaces, links, mounts, files, the inotify setting."""
    cgroups.end(cgroups.of_lab(place))
    network.down(place)
    if place.state.exists():
        for folder in [path for path in place.state.iterdir() if path.is_dir()]:
            machine.remove(place, folder.name)
        shutil.rmtree(place.state)
    limits.follow_hosts()
    with locked("numbers"), suppress(OSError):  # the last lab of the machine takes along what is common to all
        STATE.rmdir()
        network.forget_namespaces()
    Access(place).remove()


def _write_record(place: Place, number: int, hosts: Sequence[HostSpec], *, complete: bool) -> None:
    """Say what is up, for people and for the inventory."""
    content = {"id": place.id, "number": number, "complete": complete, "hosts": [asdict(host) for host in hosts]}
    fresh = place.record.with_suffix(".new")
    fresh.write_text(json.dumps(content, indent=2))
    hand_over(fresh)
    fresh.rename(place.record)
