"""What a lab could leave behind on the machine."""

import json
import subprocess
import time
from pathlib import Path

STATE = Path("/var/lib/anwei-lab")
LEFT_IN_RUN = ("anwei*", "netns/aw*", "systemd/nspawn/*/*")


def footprint() -> dict[str, list[str]]:
    """Mounts, network namespaces, links, routes, control groups, processes, files and the inotify setting."""
    return {
        "mounts": sorted(Path("/proc/self/mounts").read_text().splitlines()),
        "namespaces": _lines("ip", "netns", "list"),
        "links": sorted(link["ifname"] for link in json.loads(_output("ip", "-json", "link", "show"))),
        "routes": _lines("ip", "route", "show"),
        "groups": sorted(str(path) for path in Path("/sys/fs/cgroup").glob("**/aw*")),
        "processes": _processes(),
        "files": sorted(str(path) for pattern in LEFT_IN_RUN for path in Path("/run").glob(pattern))
        + sorted(str(path) for path in STATE.glob("*")),
        "inotify": [Path("/proc/sys/fs/inotify/max_user_instances").read_text()],
    }


def settled(before: dict[str, list[str]], seconds: float = 10.0) -> dict[str, list[str]]:
    """What differs from `before`, once the machine's first process has had time to reap the dead."""
    deadline = time.monotonic() + seconds
    while True:
        now = footprint()
        different = {key: sorted(set(now[key]) ^ set(before[key])) for key in before if now[key] != before[key]}
        if not different or time.monotonic() > deadline:
            return different
        time.sleep(0.2)


def _processes() -> list[str]:
    """Command lines of whatever looks like a lab: nspawn, its guests, builders."""
    marks = ("systemd-nspawn", "boot.sh", "mmdebstrap", "/lib/systemd", "/sbin/init")
    return sorted(line for line in _lines("ps", "-eo", "args=") if any(mark in line for mark in marks))


def _lines(*words: str) -> list[str]:
    return sorted(_output(*words).splitlines())


def _output(*words: str) -> str:
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout
