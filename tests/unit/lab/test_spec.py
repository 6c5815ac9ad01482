"""Which hosts the lab has, from the inventory file that Ansible reads too."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anwei.errors import BadInput
from lab import spec
from lab.spec import HostSpec, chosen, clones, declared


def test_the_declared_estate_has_every_base_and_every_way_in() -> None:
    hosts = declared()
    assert [host.name for host in hosts] == ["web1", "web2", "app1", "db1", "kylin1", "legacy1"]
    assert {host.base for host in hosts} == {"bookworm", "trixie", "bullseye", "kylin", "legacy"}
    assert {host.connection for host in hosts} == {"plain", "slow-shell", "su", "jump", "requiretty", "no-sftp"}


def test_clones_make_up_the_total() -> None:
    hosts = chosen([], total=40)
    assert len(hosts) == 40
    assert [host.name for host in hosts[6:8]] == ["clone001", "clone002"]
    assert len({host.address for host in hosts}) == 40


def test_named_hosts_only_and_each_once() -> None:
    assert [host.name for host in chosen(["web2", "web1", "web2"], total=None)] == ["web2", "web1"]


def test_a_host_behind_the_jump_host_brings_it_along() -> None:
    assert [host.name for host in chosen(["db1"], total=None)] == ["db1", "web1"]


@pytest.mark.parametrize("count", [-1, spec.MOST_CLONES + 1])
def test_too_few_and_too_many_are_refused(count: int) -> None:
    with pytest.raises(BadInput, match="AW-lab-count"):
        clones(count)


@given(number=st.integers(0, 255), octet=st.integers(2, 254))
def test_a_host_keeps_its_place_in_every_lab(number: int, octet: int) -> None:
    host = HostSpec("x", "bookworm", f"10.213.0.{octet}", inner_address=f"10.214.0.{octet}").in_lab(number)
    assert (host.address, host.inner_address) == (f"10.213.{number}.{octet}", f"10.214.{number}.{octet}")
    assert host.octet == octet


@pytest.mark.parametrize(
    "content",
    [
        "all: [",
        "all: {hosts: {x: {lab_base: bookworm}}}",
        "all: {hosts: [x]}",
        "all: {hosts: {x: {lab_base: bookworm, address: 10.213.0}}}",
        "all: {hosts: {x: {lab_base: b, address: 192.0.2.1}}}",
        "- 1",
        "all: {hosts: {x: 1}}",
        "\x00",
    ],
)
def test_a_list_that_cannot_be_read_is_refused_by_file(tmp_path: Path, content: str) -> None:
    path = tmp_path / "hosts.yml"
    path.write_text(content)
    with pytest.raises(BadInput, match="AW-lab-spec") as refused:
        declared(path)
    assert refused.value.where == str(path)


@given(content=st.text(max_size=200))
def test_any_text_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: str) -> None:
    path = tmp_path_factory.mktemp("spec") / "hosts.yml"
    path.write_text(content, encoding="utf-8", errors="surrogatepass")
    try:
        assert isinstance(declared(path), list)
    except BadInput as refused:
        assert refused.code == "AW-lab-spec"
