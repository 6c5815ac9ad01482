"""The sample estate against the figures of GGZY in the requirements, loaded by Ansible itself."""

from collections import defaultdict
from ipaddress import ip_address, ip_network

import pytest

from anwei.estate import Estate, Host, load_estate

DOCUMENTATION = [
    ip_network(net) for net in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "10.0.0.0/8")
]
# Services as the requirements count them, each instance on a host of its own.
SERVICES = {
    "sqlserver": 19, "iis": 24, "mysql": 32, "nginx": 21, "tongweb": 33, "elasticsearch": 4, "tomcat": 6, "apache": 1,
    "elk": 1, "redis": 1, "spark": 7,
}  # fmt: skip
CLOUD = {
    "61 Linux": (61, lambda host: is_a(host, "linux", "internet")),
    "3 Windows": (3, lambda host: is_a(host, "windows", "internet")),
    "3 Kylin": (3, lambda host: is_a(host, "kylin", "government")),
    "12 more Linux": (12, lambda host: is_a(host, "linux", "government")),
}


def is_a(host: Host, system: str, zone: str) -> bool:
    return (host.variables["system"], host.variables["zone"]) == (system, zone)


@pytest.fixture(scope="module")
def trading() -> Estate:
    return load_estate("trading")


def on(estate: Estate, platform: str) -> list[Host]:
    return [host for host in estate.hosts if host.variables["platform"] == platform]


def test_it_has_two_zones_and_eleven_subnetworks_all_in_use(trading: Estate) -> None:
    assert {zone["title"] for zone in trading.settings["estate_zones"].values()} == {"互联网区", "政务外网区"}
    assert len(trading.settings["estate_subnets"]) == 11
    assert {host.variables["subnet"] for host in trading.hosts} == set(trading.settings["estate_subnets"])


def test_25_physical_servers_are_windows(trading: Estate) -> None:
    assert [host.variables["system"] for host in on(trading, "物理机")] == ["windows"] * 25


def test_sql_server_and_iis_stand_on_the_physical_servers_only(trading: Estate) -> None:
    carrying = [host for host in trading.hosts if {"sqlserver", "iis"} & set(host.groups)]
    assert carrying == on(trading, "物理机")


@pytest.mark.parametrize("kind", CLOUD)
def test_79_cloud_servers_by_system(kind: str, trading: Estate) -> None:
    figure, belongs = CLOUD[kind]
    assert len(on(trading, "云主机")) == sum(figure for figure, _ in CLOUD.values()) == 79
    assert len([host for host in on(trading, "云主机") if belongs(host)]) == figure


@pytest.mark.parametrize("service", SERVICES)
def test_services_are_as_many_as_required(service: str, trading: Estate) -> None:
    assert len([host for host in trading.hosts if service in host.groups]) == SERVICES[service]


def test_seven_mysql_pairs_of_one_primary_and_one_replica(trading: Estate) -> None:
    pairs = defaultdict(list)
    for host in trading.hosts:
        if "mysql" in host.groups and "ha_group" in host.variables:
            pairs[host.variables["ha_group"]].append(host.variables["mysql_role"])
    assert [sorted(roles) for roles in pairs.values()] == [["primary", "replica"]] * 7


def test_ten_struts_applications_run_on_tongweb(trading: Estate) -> None:
    struts = [host for host in trading.hosts if "struts" in host.groups]
    assert len(struts) == 10
    assert all("tongweb" in host.groups for host in struts)


@pytest.mark.parametrize(
    "group", ["switches", "firewalls", "load_balancers", "bastions", "ssl_vpns", "tamper_protection"]
)
def test_devices_of_every_kind_are_there(group: str, trading: Estate) -> None:
    devices = [host for host in trading.hosts if group in host.groups]
    assert devices
    assert {host.variables["platform"] for host in devices} == {"专用设备"}


def test_switches_are_of_both_vendors(trading: Estate) -> None:
    assert {host.variables["system"] for host in trading.hosts if "switches" in host.groups} == {"vrp", "comware"}


def test_addresses_are_for_documentation_and_unique(trading: Estate) -> None:
    addresses = [ip_address(host.variables["address"]) for host in trading.hosts]
    assert len(set(addresses)) == len(addresses) == 25 + 79 + 18
    assert [address for address in addresses if not any(address in net for net in DOCUMENTATION)] == []


def test_key_periods_have_dates_and_reasons(trading: Estate) -> None:
    assert [freeze["name"] for freeze in trading.settings["estate_freezes"]] == ["春节", "全国两会", "国庆节"]


def test_a_host_with_several_services_has_the_health_checks_of_all(trading: Estate) -> None:
    (host,) = (host for host in trading.hosts if host.name == "ext-member-tongweb-01")
    names = [check["name"] for check in host.health_checks if check["type"] == "service"]
    assert names == ["sshd", "mysqld", "nginx", "tongweb"]


def test_every_host_says_when_it_is_healthy(trading: Estate) -> None:
    assert [host.name for host in trading.hosts if not host.health_checks] == []


def test_a_host_knows_the_line_that_defines_it(trading: Estate) -> None:
    for host in trading.hosts:
        line = host.where.file.read_text(encoding="utf-8").splitlines()[host.where.line - 1]
        assert line.strip().startswith(f"{host.name}: {{address: {host.variables['address']}")


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("gov*:&mysql:!tongweb", ["gov-exchange-datax-01", *(f"gov-supervise-mysql-0{n}" for n in (1, 2, 3, 4))]),
        ("~ext-core-switch-\\d+", ["ext-core-switch-01", "ext-core-switch-02"]),
        ("ext-trade-tongweb-03,kylin[0]", ["ext-trade-tongweb-03", "gov-expert-tongweb-01"]),
    ],
)
def test_patterns_are_those_of_ansible(pattern: str, expected: list[str], trading: Estate) -> None:
    assert [host.name for host in trading.select(pattern)] == expected


def test_the_pattern_all_is_everything(trading: Estate) -> None:
    assert trading.select("all") == trading.hosts
