"""No third state: hostkit is killed at random moments on real hosts, under Python 2.7 and 3.

The long run is `make soak`; it counts and prints what happened.
"""

import json
import os
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from anwei.change import transport
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
    for host, counted in zip(hosts, counts, strict=True):
        with capsys.disabled():
            print(f"\n{host.host}: {counted}")
        assert counted["rounds"] == counted["taken back"] == ROUNDS
        assert counted["killed"] > ROUNDS // 3


def _kills(host: OnHost) -> dict[str, int]:
    """What happened on one host."""
    kit = host.send(transport.kit().content, "kit.zip")
    script = host.send(SCRIPT.read_bytes(), "kills.py")
    try:
        printed = host.shell(f"{host.python} {script} {kit} {ROUNDS} {SEED} 2>&1")
    finally:
        host.shell("rm -rf /etc/anwei-kills /etc/anwei-kills.link")
        host.clear()
    found = re.search(r"<kills>(.*)</kills>", printed)
    assert found, printed
    counted: dict[str, int] = json.loads(found[1])
    return counted
