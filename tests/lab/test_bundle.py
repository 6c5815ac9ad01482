"""A host that reaches nothing becomes a control node from the bundle alone, and looks at another host."""

import os
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab.conftest import PROJECT, Lab

SITE = """\
all:
  hosts:
    web2:
      ansible_host: {address}
      ansible_user: ops
      ansible_become: true
      ansible_ssh_private_key_file: ~/key
      ansible_ssh_common_args: -o UserKnownHostsFile=~/known_hosts -o HostKeyAlias=web2
      address: {address}
      zone: all
      subnet: all
      owner: operator
      criticality: 一般
      mlps_level: 3
      system: linux
  vars:
    estate_title: 现场
    estate_zones: {{all: {{title: 全部}}}}
    estate_subnets: {{all: {{zone: all, title: 全部, cidr: 10.213.0.0/16}}}}
    estate_owners: {{operator: {{title: 操作员}}}}
"""


@pytest.fixture(scope="module")
def bundle() -> Path:
    """The archive for this machine's kind of control node, of the commit that is checked out."""
    made = subprocess.run(
        [PROJECT / "scripts" / "bundle.sh"],
        env={**os.environ, "BUNDLE_FOR": f"3.11:{os.uname().machine}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    return PROJECT / made.stdout.split()[-1]


@pytest.fixture(autouse=True)
def _tidy(lab: Lab) -> Iterator[None]:
    """Others look at whole home directories of this host."""
    yield
    lab.ssh("web1", "rm -rf anwei-* damaged* bundle.tar.gz key known_hosts")


@pytest.mark.pinned_core
@pytest.mark.needs("web1", "web2")
def test_a_host_without_a_network_becomes_a_control_node(lab: Lab, bundle: Path) -> None:
    _copy(lab, bundle, "web1", "bundle.tar.gz")
    inside = "tar -xzf bundle.tar.gz && cd anwei-* && "
    lab.ssh("web1", f"{inside} sha256sum --quiet --check SHA256SUMS && make setup")

    address = lab.ssh("web2", "hostname -I").stdout.split()[-1]
    _copy(lab, lab.directory / "id_ed25519", "web1", "key")
    _copy(lab, lab.directory / "known_hosts", "web1", "known_hosts")
    site = shlex.quote(SITE.format(address=address))
    lab.ssh("web1", f"cd anwei-* && mkdir -p inventories/site && printf %s {site} > inventories/site/hosts.yml")
    looked = lab.ssh("web1", "cd anwei-* && .venv/bin/anwei check mlps --level 3 --estate site", check=False)
    assert looked.returncode == 1, looked.stdout + looked.stderr
    assert "LNX-" in looked.stdout

    run = lab.ssh("web1", "cd anwei-* && make run")
    assert "AW-lab-unfit" in run.stderr, "without a mirror the lab cannot run there, and that is said"
    assert "localhost" in run.stdout
    lab.ssh("web1", "test -s anwei-*/build/report/report.html")


@pytest.mark.pinned_core
@pytest.mark.needs("web1")
def test_a_damaged_bundle_is_noticed(lab: Lab, bundle: Path) -> None:
    _copy(lab, bundle, "web1", "damaged.tar.gz")
    damage = "mkdir damaged && tar -xzf damaged.tar.gz -C damaged && cd damaged/anwei-* && echo x >> Makefile"
    checked = lab.ssh("web1", f"{damage} && sha256sum --quiet --check SHA256SUMS", check=False)
    assert checked.returncode != 0
    assert "Makefile" in checked.stdout


def _copy(lab: Lab, source: Path, host: str, target: str) -> None:
    words = ["ssh", "-F", str(lab.directory / "ssh_config"), host, f"umask 077; cat > {target}"]
    with source.open("rb") as content:
        subprocess.run(words, stdin=content, check=True)
