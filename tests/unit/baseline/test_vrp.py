"""Every check of Huawei devices: on sound ones of both generations, on bad ones, and on the odd ones that there are."""

import pytest

from anwei.baseline.result import Outcome
from tests.unit.baseline.device import CATALOGUE, SAMPLES, assessed, device, entries, result

MET, NOT_MET, MANUAL, NOT_APPLICABLE = Outcome.MET, Outcome.NOT_MET, Outcome.MANUAL, Outcome.NOT_APPLICABLE
V5, V8 = "vrp5_session", "vrp8_configuration"
VTY = "user-interface vty 0 14\n acl 2001 inbound\n authentication-mode aaa\n idle-timeout 5 0\n protocol inbound ssh\n"
SNMP = "snmp-agent sys-info version v3\n"
USER = " local-user watch privilege level 1\n"
# What a person decides in the end, whatever the text says.
FOR_A_PERSON = {"IAd-01", "ACc-01", "AUc-01", "IPe-01", "BRc-01", "NAc-01", "NAe-01"}
PARTLY = {"IAa-01", "BRa-01"}
NO_FINDING = {"ACa-02", "AUa-02", "BPa-02", "BPb-01", "CMa-01"}

Changes = tuple[tuple[str, str], ...]


def _manual(sample: str) -> set[str]:
    found = assessed(device(sample))
    assert not found.findings, [(each.check.id, each.observed) for each in found.findings]
    return {each.check.id[4:] for each in found.results if each.outcome is MANUAL}


def test_a_sound_vrp5_session_leaves_to_a_person_only_what_no_text_tells() -> None:
    assert _manual(V5) == FOR_A_PERSON | PARTLY


def test_a_sound_vrp8_configuration_alone_leaves_the_state_of_ports_and_clock_open_too() -> None:
    unseen = {"AUb-01", "BPa-01"}
    no_boundary = {"NAd-01", "BCa-01", "BCa-02", "BCc-01"}
    assert _manual(V8) == FOR_A_PERSON | PARTLY | unseen | no_boundary | {"ACa-02", "AUa-02", "BPb-01"}


CASES: list[tuple[str, str, Changes, Outcome, str]] = [
    # password rules: never met as a whole, since the age of each password is not in the text
    ("IAa-01", V5, (), MANUAL, "min-length 10"),
    ("IAa-01", V5, (("password expire 60", "password expire 0"),), NOT_MET, "expire 0"),
    ("IAa-01", V5, (("  password expire 60\n", ""),), MANUAL, "expire 90"),
    ("IAa-01", V5, (("  password expire 60\n", "  password history record number 0\n"),), NOT_MET, "history 0"),
    ("IAa-01", V5, (("  password expire 60\n", "  undo password alert original\n"),), NOT_MET, "undo password alert"),
    ("IAa-01", V5, ((" local-aaa-user password policy administrator\n  password expire 60\n", ""),), NOT_MET, "policy"),
    ("IAa-01", V5, ((" set password min-length 10\n", " set password min-length 6\n"),), NOT_MET, "min-length 6"),
    ("IAa-01", V5, ((" set password min-length 10\n", ""),), MANUAL, "未设置 min-length"),
    (
        "IAa-01",
        V5,
        ((" domain default\n", " undo user-password complexity-check\n domain default\n"),),
        NOT_MET,
        "undo user",
    ),
    ("IAa-01", V8, (("aaa\n", "aaa\n undo local-user policy security-enhance\n"),), NOT_MET, "security-enhance"),
    ("IAa-01", V8, ((" user-password expire 90 prompt 7\n", ""),), NOT_MET, "未设置 password expire"),
    ("IAa-01", V8, (("user-password expire 90", "user-password expire 365"),), NOT_MET, "expire 365"),
    # lines
    ("IAa-02", V5, (), MET, "con 0: aaa"),
    ("IAa-02", V5, (("con 0\n authentication-mode aaa", "con 0\n authentication-mode password"),), NOT_MET, "password"),
    ("IAa-02", V5, (("con 0\n authentication-mode aaa", "con 0\n authentication-mode none"),), NOT_MET, "con 0: none"),
    ("IAa-02", V5, (("con 0\n authentication-mode aaa\n", "con 0\n"),), MANUAL, "未设置 authentication-mode"),
    ("IAa-02", V5, (("vty 16 20\n", "vty 16 20\n authentication-mode none\n"),), NOT_MET, "vty 16 20: none"),
    # passwords of users
    ("IAa-03", V5, (), MET, "netops: irreversible-cipher"),
    ("IAa-03", V5, ((" local-user watch pass", " local-user other pass"),), NOT_MET, "watch"),
    ("IAa-03", V5, (("watch password irreversible-cipher $1a$", "watch password simple Ab1 #"),), NOT_MET, "<plain:3>"),
    (
        "IAa-03",
        V5,
        (("watch password irreversible-cipher $1a$", "watch password simple Huawei@123 #"),),
        NOT_MET,
        "known",
    ),
    # locking
    ("IAb-01", V5, (), MET, "block-time 10"),
    (
        "IAb-01",
        V5,
        ((" local-aaa-user wrong-password retry-interval 5 retry-time 3 block-time 10\n", ""),),
        MET,
        "默认",
    ),
    ("IAb-01", V5, (("retry-time 3 block", "retry-time 10 block"),), NOT_MET, "retry-time 10"),
    (
        "IAb-01",
        V5,
        (("local-aaa-user wrong-password retry", "undo local-aaa-user wrong-password retry"),),
        NOT_MET,
        "undo",
    ),
    ("IAb-01", V8, (("failed-times 3", "failed-times 0"),), NOT_MET, "failed-times 0"),
    ("IAb-01", V8, ((" user-block failed-times 3 period 5\n", ""),), MET, "5/5"),
    ("IAb-01", V8, (("period 5\n", "period 5\n user-block reactive 1\n"),), NOT_MET, "reactive 1"),
    (
        "IAb-01",
        V5,
        (
            (
                "  authentication-mode local\n authentication-scheme r",
                "  authentication-mode hwtacacs local\n authentication-scheme r",
            ),
        ),
        MANUAL,
        "hwtacacs local",
    ),
    (
        "IAb-01",
        V8,
        (("user-block failed-times 3 period 5", "undo user-block failed-times"),),
        NOT_MET,
        "undo user-block",
    ),
    (
        "IAb-01",
        V8,
        ((" authentication-scheme default\n", " authentication-scheme default\n  authentication-mode radius local\n"),),
        MANUAL,
        "radius local",
    ),
    # idle
    ("IAb-02", V5, (), MET, "5 min"),
    (
        "IAb-02",
        V5,
        (("con 0\n authentication-mode aaa\n idle-timeout 5 0", "con 0\n authentication-mode aaa"),),
        MET,
        "con 0: 10 min",
    ),
    ("IAb-02", V5, (("idle-timeout 5 0\n protocol", "idle-timeout 0 0\n protocol"),), NOT_MET, "0 min 0 s"),
    ("IAb-02", V5, (("idle-timeout 5 0\n protocol", "idle-timeout 3600\n protocol"),), NOT_MET, "3600 min"),
    ("IAb-02", V5, (("idle-timeout 5 0\n protocol", "idle-timeout 10 1\n protocol"),), NOT_MET, "10 min 1 s"),
    # tries of SSH
    ("IAb-03", V5, (), MET, "3 次"),
    ("IAb-03", V5, (("ssh user netops\n", "ssh server authentication-retries 9\n"),), NOT_MET, "9 次"),
    ("IAb-03", V5, (("ssh user netops\n", "ssh server timeout 120\n"),), NOT_MET, "120 秒"),
    ("IAb-03", V5, (("stelnet server enable\n", ""),), NOT_APPLICABLE, "SSH"),
    # Telnet and web
    ("IAc-01", V5, (), MET, "telnet server: off"),
    (
        "IAc-01",
        V5,
        (("undo telnet server", "telnet server"), ("protocol inbound ssh", "protocol inbound all")),
        NOT_MET,
        "telnet",
    ),
    ("IAc-01", V5, (("undo telnet server", "telnet server"),), MET, "telnet server: on"),
    (
        "IAc-01",
        V5,
        (("undo telnet server enable\n", ""), ("protocol inbound ssh", "protocol inbound all")),
        MANUAL,
        "telnet",
    ),
    ("IAc-01", V5, (("undo telnet server enable\n", ""), (" protocol inbound ssh\n", "")), MANUAL, "未设置 protocol"),
    ("IAc-01", V5, (("undo http server", "http server"),), NOT_MET, "http server: on"),
    (
        "IAc-01",
        V8,
        (("telnet server disable\ntelnet", "undo telnet server disable\ntelnet"), ("inbound ssh", "inbound all")),
        NOT_MET,
        "on",
    ),
    (
        "IAc-01",
        V8,
        (("telnet ipv6 server disable", "telnet ipv6 server enable"), ("inbound ssh", "inbound all")),
        NOT_MET,
        "on",
    ),
    # SSH
    ("IAc-02", V5, (), MET, "aes256_ctr"),
    ("IAc-02", V5, (("ssh server cipher aes256_ctr", "ssh server cipher aes256_cbc"),), NOT_MET, "cipher aes256_cbc"),
    ("IAc-02", V5, (("hmac sha2_256", "hmac sha2_256 sha1_96"),), NOT_MET, "sha1_96"),
    ("IAc-02", V5, (("undo ssh server comp", "ssh server comp"),), NOT_MET, "ssh1x"),
    ("IAc-02", V5, (("ssh server hmac sha2_256\n", ""),), MANUAL, "未设置 ssh hmac"),
    ("IAc-02", V5, (("stelnet server enable\n", ""),), NOT_APPLICABLE, "SSH"),
    # SNMP
    ("IAc-03", V5, (), MET, "usm-user nmsuser"),
    ("IAc-03", V5, ((SNMP, SNMP + "snmp-agent community read cipher %^%#abc%^%#\n"),), NOT_MET, "<cipher:11>"),
    ("IAc-03", V5, ((SNMP, SNMP + "snmp-agent community complexity-check disable\n"),), MET, "nms"),
    ("IAc-03", V5, (("group v3 nms privacy", "group v3 nms authentication"),), NOT_MET, "nms authentication"),
    ("IAc-03", V5, (("nmsuser privacy-mode aes128", "other privacy-mode aes128"),), NOT_MET, "usm-user nmsuser"),
    ("IAc-03", V5, (("securityname nmsuser v3 privacy", "securityname public"),), NOT_MET, "<plain:6:known>"),
    (
        "IAc-03",
        V8,
        (("snmp-agent acl NMS\n", "undo snmp-agent protocol source-status ipv6 all-interface\n"),),
        MET,
        "nms",
    ),
    ("IAc-03", V8, (("#\nstelnet", "undo snmp-agent protocol source-status all-interface\n#\nstelnet"),), MET, "nms"),
    ("IAc-03", V8, (("#\nstelnet", "undo snmp-agent\n#\nstelnet"),), NOT_APPLICABLE, "SNMP"),
    # accounts
    ("ACa-01", V5, (), MET, "netops(15 ssh terminal)"),
    ("ACa-01", V5, (("watch service-type ssh", "watch service-type telnet ssh"),), NOT_MET, "watch(1 ssh telnet)"),
    ("ACa-01", V5, ((" local-user watch service-type ssh\n", ""),), MANUAL, "未设置 service-type"),
    ("ACa-02", V5, (), MET, "header login"),
    ("ACa-02", V8, (), MANUAL, "未设置 header"),
    ("ACb-01", V5, (), MET, "netops"),
    ("ACb-01", V5, (("local-user watch ", "local-user Admin "),), NOT_MET, "Admin"),
    ("ACb-01", V5, (("local-user watch ", "local-user admin@ops "),), NOT_MET, "admin@ops"),
    ("ACd-01", V5, (), MET, "watch(1"),
    ("ACd-01", V5, ((USER, USER.replace("level 1", "level 3")),), NOT_MET, "watch(3"),
    ("ACd-01", V8, (("watch level 1", "watch level 3"),), NOT_MET, "watch(3"),
    ("ACe-01", V5, (), MET, "没有super"),
    ("ACe-01", V5, (("vlan batch", "super password level 3 cipher %^%#abc%^%#\nvlan batch"),), NOT_MET, "<cipher:11>"),
    ("ACe-01", V5, (("vlan batch", "super password level 3 cipher $1a$abc$\nvlan batch"),), MET, "<hash:8>"),
    # logs and clock
    ("AUa-01", V5, (), MET, "192.0.2.62"),
    ("AUa-01", V5, (("info-center loghost 192", "info-center logbuffer 192"),), NOT_MET, "loghost"),
    ("AUa-01", V5, (("vlan batch", "undo info-center enable\nvlan batch"),), NOT_MET, "undo info-center"),
    ("AUa-01", V5, (("channel 2 log level informational", "channel 2 log state off"),), NOT_MET, "state off"),
    ("AUa-02", V5, (), MET, "cmd recording-scheme"),
    ("AUa-02", V5, ((" cmd recording-scheme ops\n", ""),), MANUAL, "本地日志"),
    ("AUb-01", V5, (), MET, "synchronized"),
    ("AUb-01", V5, (("status: synchronized", "status: unsynchronized"),), NOT_MET, "unsynchronized"),
    ("AUb-01", V5, (("ntp-service unicast-server", "ntp-service nowhere"),), NOT_MET, "unicast-server"),
    ("AUb-01", V5, (("clock status: synchronized", "nothing"),), MANUAL, "192.0.2.61"),
    ("AUb-02", V5, (), MET, "192.0.2.61"),
    ("AUb-02", V5, (("ntp-service authentication enable\n", ""),), NOT_MET, "authentication enable"),
    ("AUb-02", V8, (("192.0.2.61 authentication-keyid 7", "192.0.2.61"),), NOT_MET, "192.0.2.61"),
    ("AUb-02", V8, (("ntp trusted", "ntp unknown"),), NOT_MET, "reliable"),
    ("AUb-02", V8, (("ntp unicast-server", "ntp nowhere"),), NOT_APPLICABLE, "时间服务器"),
    ("AUb-03", V5, (), MET, "默认"),
    ("AUb-03", V5, (("vlan batch", "info-center timestamp log boot\nvlan batch"),), NOT_MET, "boot"),
    ("AUc-01", V5, (("info-center loghost 192", "info-center logbuffer 192"),), NOT_MET, "loghost"),
    # services and addresses of managers
    ("IPb-01", V5, (), MET, "ftp: off"),
    ("IPb-01", V5, (("vlan batch", "ftp server enable\nvlan batch"),), NOT_MET, "ftp"),
    ("IPb-01", V5, (("undo telnet server", "telnet server"),), NOT_MET, "telnet"),
    ("IPb-01", V5, (("undo telnet server enable\n", ""),), MANUAL, "telnet server"),
    ("IPb-02", V5, (), MET, "没有"),
    ("IPb-02", V5, ((SNMP, SNMP + "snmp-agent community read Private\n"),), NOT_MET, "known"),
    ("IPb-02", V5, ((SNMP, SNMP + "snmp-agent community read cipher %^%#abc%^%#\n"),), MANUAL, "cipher"),
    ("IPb-02", V5, ((SNMP, SNMP + "snmp-agent community write Qx7-not-common acl 2002\n"),), MET, "<plain:14>"),
    ("IPc-01", V5, (), MET, "acl 2001"),
    ("IPc-01", V5, ((" acl 2001 inbound\n", ""),), NOT_MET, "未设置 acl"),
    ("IPc-01", V8, ((" rule 5 permit source 192.0.2.16 0.0.0.15\n rule 100 deny\n", ""),), NOT_MET, "没有规则"),
    ("IPc-01", V5, (("acl 2001 inbound", "acl 2999 inbound"),), NOT_MET, "2999 不存在"),
    ("IPc-01", V5, (("source 192.0.2.16 0.0.0.15", "source any"),), NOT_MET, "任何地址"),
    ("IPc-01", V5, ((" acl 2001 inbound\n", ""), ("ssh user netops\n", "ssh server acl 2001\n")), MET, "acl 2001"),
    ("IPc-02", V5, (), MET, "nmsuser"),
    ("IPc-02", V5, ((" acl 2002\nsnmp", "\nsnmp"),), NOT_MET, "未设置 acl"),
    ("IPc-02", V8, (), MET, "nmsuser"),
    ("IPc-02", V8, (("snmp-agent acl NMS", "snmp-agent acl GONE"),), NOT_MET, "GONE"),
    # stored secrets and saved configuration
    ("DCb-01", V5, (), MET, "shared-key cipher <cipher:"),
    (
        "DCb-01",
        V5,
        (("netops password irreversible-cipher $1a$", "netops password cipher %^%#"),),
        NOT_MET,
        "netops password",
    ),
    ("DCb-01", V5, (("shared-key cipher %^%#", "shared-key simple %^%#"),), NOT_MET, "<plain:"),
    ("BRa-01", V5, (), MANUAL, "一致"),
    ("BRa-01", V5, (("is the same as", "is not the same as"),), NOT_MET, "不一致"),
    ("BRa-01", V5, (("Info: The current configuration is the same as", "====== Current"),), NOT_MET, "不一致"),
    ("BRa-01", V8, (("saved at 2026-10-07", "saved at 2026-10-06"),), NOT_MET, "2026-10-06"),
    # boundary
    ("NAd-01", V5, (), MET, "acl 3001"),
    ("NAd-01", V5, (("filter inbound acl 3001", "filter inbound acl 3009"),), NOT_MET, "3009 不存在"),
    ("BCa-01", V5, (), MET, "GigabitEthernet0/0/1: acl 3001"),
    ("BCa-01", V5, (("filter inbound acl 3001", "filter inbound acl name GONE"),), NOT_MET, "GONE"),
    ("BCa-01", V5, ((" traffic-filter inbound acl 3001\n", ""),), MANUAL, "没有在接口上"),
    ("BCa-02", V5, (), MET, "acl 3001"),
    ("BCa-02", V5, ((" rule 1000 deny ip\n", ""),), NOT_MET, "未设置 deny"),
    ("BCb-01", V5, (), MET, "acl 3001: 3"),
    ("BCb-01", V5, (("rule 1000 deny ip", "rule 1000 permit ip source any"),), NOT_MET, "permit ip source any"),
    ("BCb-01", V5, (("rule 10 permit udp", "rule 1 deny ip\n rule 10 permit udp"),), NOT_MET, "不会生效"),
    ("BCb-01", V5, (("snmp-agent group v3 nms privacy read-view all acl 2002", ""),), NOT_MET, "2002 没有被使用"),
    ("BCc-01", V5, (), MET, "eq 443"),
    ("BCc-01", V5, ((" destination-port eq 443", ""),), NOT_MET, "rule 5"),
    ("BCc-01", V5, (("permit tcp source", "permit ip source"),), NOT_MET, "permit ip"),
    # ports
    ("BPa-01", V5, (), MET, "GigabitEthernet0/0/4: *down"),
    ("BPa-01", V5, (("*down down", "down down"),), NOT_MET, "GigabitEthernet0/0/4: down"),
    ("BPa-01", V5, (("Interface                   PHY", "Interface"), ("PHY: Physical", "")), MANUAL, "表头"),
    ("BPa-02", V5, (), MET, "GigabitEthernet0/0/2"),
    ("BPa-02", V5, ((" description [ISP line] <backup>\n", ""),), MANUAL, "GigabitEthernet0/0/2"),
    ("BPb-01", V5, (), MET, "port-security"),
    (
        "BPb-01",
        V5,
        ((" port-security enable\n port-security max-mac-num 2\n", ""), ("vlan batch", "dot1x enable\nvlan batch")),
        MANUAL,
        "dot1x",
    ),
    # management centre
    ("CMa-01", V5, (), MET, "interface Vlanif99"),
    (
        "CMa-01",
        V5,
        (("ssh server-source -i Vlanif99", "ssh server-source all-interface"), (" description MGMT\n", "")),
        MANUAL,
        "专用",
    ),
    ("CMb-01", V5, (), MET, "ssh"),
    ("CMb-01", V5, (("undo http server", "http server"),), NOT_MET, "http"),
    ("CMd-01", V5, (), MET, "192.0.2.62"),
    ("CMd-01", V5, (("info-center loghost 192", "info-center logbuffer 192"),), NOT_MET, "loghost"),
]


@pytest.mark.parametrize(("check", "sample", "changes", "outcome", "quoted"), CASES)
def test_the_verdict_is_right_and_quotes_what_was_seen(
    check: str, sample: str, changes: Changes, outcome: Outcome, quoted: str
) -> None:
    found = result(f"HWV-{check}", device(sample, *changes))
    assert (found.outcome, quoted in found.observed) == (outcome, True), found.observed


@pytest.mark.parametrize("check", [check[4:] for check in entries("vrp")])
def test_every_check_is_shown_in_both_directions(check: str) -> None:
    outcomes = {outcome for id_, _, _, outcome, _ in CASES if id_ == check}
    if check in FOR_A_PERSON - {"AUc-01"}:
        return
    assert NOT_MET in outcomes or check in NO_FINDING
    assert outcomes & {MET, MANUAL} or check == "AUc-01"


def test_the_checks_have_the_ids_of_this_type_and_of_the_fact_base() -> None:
    assert all(check.startswith("HWV-") for check in entries("vrp"))
    assert {check[4:] for check in entries("vrp")} == {check[4:] for check in entries("comware")}


def test_a_firewall_with_policies_is_judged_by_them() -> None:
    policy = (
        "#\nsecurity-policy\n default action permit\n rule name web\n  source-zone trust\n  destination-zone untrust\n"
        "  source-address 198.51.100.0 mask 255.255.255.0\n  service http\n  action permit\n"
        " rule name all\n  source-zone trust\n  action permit\n#\nreturn\n"
    )
    firewall = device(V8, ("#\nreturn\n", policy))
    assert "default action permit" in result("HWV-BCa-02", firewall).observed
    assert "rule name all" in result("HWV-BCb-01", firewall).observed
    assert "rule name web" not in result("HWV-BCc-01", firewall).observed
    assert "rule name all" in result("HWV-BCc-01", firewall).observed


def test_facts_come_from_the_same_evidence() -> None:
    facts = assessed(device(V5)).facts
    assert facts["system"] == "Huawei VRP V200R019C10SPC500"
    assert facts["model"] == "S5735-L48T4S-A Routing Switch"
    assert facts["address"] == "198.51.100.1、192.0.2.2"
    assert assessed(device(V8)).facts["address"].startswith("192.0.2.3")


def test_no_verdict_and_no_fact_holds_a_secret() -> None:
    for sample in (V5, V8):
        found = assessed(device(sample))
        words = " ".join([*(each.observed for each in found.results), *found.facts.values()])
        assert not [secret for secret in ("%^%#", "$1a$", "$1d$") if secret in words]


def test_every_command_reads_and_has_no_parameter() -> None:
    commands = [command.text for command in CATALOGUE.declarations("vrp").commands()]
    assert commands
    assert all(command.split()[0] in ("display", "compare") for command in commands)
    assert set(SAMPLES) >= {V5, V8}
