"""No third state: hostkit is killed at random moments on real hosts, under Python 2.7 and 3.

The long run is `make soak`; it counts and prints what happened.
"""

import json
import os
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from anwei.state import transport
from tests.lab.conftest import Lab, every
from tests.lab.on_host import OnHost

SCRIPT = Path(__file__).with_name("kills_on_host.py")
HOSTS = ["web1", "web2", "app1", "kylin1"]
ROUNDS = 250 if os.environ.get("ANWEI_SOAK") else 8
SEED = 20261121


def test_a_run_killed_at_any_moment_is_finished_or_taken_back(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    hosts = [OnHost(lab, name) for name in every(lab, *HOSTS)]
    with ThreadPoolExecutor() as pool:
        counts = list(pool.map(_kills, hosts))
    with capsys.disabled():
        for host, counted in zip(hosts, counts, strict=True):
            print(f"\n{host.host}: {counted}")
    for counted in counts:
        assert counted["rounds"] == counted["taken back"] == ROUNDS, counted
        assert counted["killed"] > ROUNDS // 3


def _kills(host: OnHost) -> dict[str, Any]:
    """What happened on one host; where something went wrong, what was said of it."""
    kit = host.send(transport.kit().content, "kit.zip")
    script = host.send(SCRIPT.read_bytes(), "kills.py")
    try:
        printed = host.shell(f"{host.python} {script} {kit} {ROUNDS} {SEED} 2>&1; true")
    finally:
        host.shell("rm -rf /etc/anwei-kills /etc/anwei-kills.link")
        host.clear()
    found = re.search(r"<kills>(.*)</kills>", printed)
    counted: dict[str, Any] = json.loads(found[1]) if found else {"rounds": 0, "taken back": printed}
    return counted
