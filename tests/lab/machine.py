"""What a lab could leave behind on the machine."""

import json
import subprocess
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

STATE = Path("/var/lib/anwei-lab")
LEFT_IN_RUN = ("anwei*", "netns/aw*", "systemd/nspawn/*/*")


def footprint(*prefixes: str) -> dict[str, list[str]]:
    """Mounts, network namespaces, links, routes, control groups, processes, files and the inotify setting.

    Of processes those of labs with these prefixes count: in another lab that is up they come and go.
    """
    return {
        "mounts": sorted(Path("/proc/self/mounts").read_text().splitlines()),
        "namespaces": _lines("ip", "netns", "list"),
        "links": sorted(link["ifname"] for link in json.loads(_output("ip", "-json", "link", "show"))),
        "routes": _lines("ip", "route", "show"),
        "groups": sorted(str(path) for path in Path("/sys/fs/cgroup").glob("**/aw*")),
        "processes": _processes(prefixes),
        "files": sorted(str(path) for pattern in LEFT_IN_RUN for path in Path("/run").glob(pattern))
        + sorted(str(path) for path in STATE.glob("*")),
        "inotify": [Path("/proc/sys/fs/inotify/max_user_instances").read_text()],
    }


def settled(before: dict[str, list[str]], *prefixes: str, seconds: float = 10.0) -> dict[str, list[str]]:
    """What differs from `before`, once the machine's first process has had time to reap the dead."""
    deadline = time.monotonic() + seconds
    while True:
        now = footprint(*prefixes)
        different = {key: _difference(now[key], before[key]) for key in before if now[key] != before[key]}
        if not different or time.monotonic() > deadline:
            return different
        time.sleep(0.2)


def _difference(now: list[str], before: list[str]) -> list[str]:
    """What is there more often or less often than before."""
    return sorted(((Counter(now) - Counter(before)) + (Counter(before) - Counter(now))).elements())


def _processes(prefixes: tuple[str, ...]) -> list[str]:
    """Command lines of what lives in a lab's control group, or looks like any lab's: nspawn, boot.sh, builders."""
    marks = ("systemd-nspawn", "boot.sh", "mmdebstrap")
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it may end while it is being read
            line = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            groups = (process / "cgroup").read_text()
            if any(f"/{prefix}" in groups for prefix in prefixes) or any(mark in line for mark in marks):
                found.append(line)
    return sorted(filter(None, found))


def _lines(*words: str) -> list[str]:
    return sorted(_output(*words).splitlines())


def _output(*words: str) -> str:
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout
