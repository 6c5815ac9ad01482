"""Every check of H3C devices: on a sound one with Comware 7, on a bad old one, and on the odd ones that there are."""

import pytest

from anwei.baseline.result import Outcome
from tests.unit.baseline.device import CATALOGUE, assessed, device, entries, result

MET, NOT_MET, MANUAL, NOT_APPLICABLE = Outcome.MET, Outcome.NOT_MET, Outcome.MANUAL, Outcome.NOT_APPLICABLE
V7, V5 = "comware7_session", "comware5_configuration"
SNMP = " snmp-agent sys-info version v3\n"
LOCK = "login-attempt 5 exceed lock-time 10"
# What a person decides in the end, whatever the text says.
FOR_A_PERSON = {"IAd-01", "ACc-01", "AUc-01", "IPe-01", "BRc-01", "NAc-01", "NAe-01"}
PARTLY = {"IAa-01", "BRa-01"}
NO_FINDING = {"ACa-02", "BPa-02", "BPb-01", "CMa-01"}

Changes = tuple[tuple[str, str], ...]

CASES: list[tuple[str, str, Changes, Outcome, str]] = [
    # password rules: never met as a whole, since the age of each password is not in the text
    ("IAa-01", V7, (), MANUAL, "composition 3"),
    ("IAa-01", V7, ((" password-control enable\n", ""),), NOT_MET, "未设置 password-control enable"),
    ("IAa-01", V7, (("password-control length 10", "password-control length 6"),), NOT_MET, "length 6"),
    ("IAa-01", V7, (("type-number 3", "type-number 2"),), NOT_MET, "composition 2"),
    ("IAa-01", V7, ((" password-control composition type-number 3 type-length 1\n", ""),), NOT_MET, "composition 1"),
    ("IAa-01", V7, (("password-control aging 90", "undo password-control aging enable"),), NOT_MET, "aging off"),
    ("IAa-01", V7, (("password-control aging 90", "password-control aging 365"),), NOT_MET, "aging 365"),
    ("IAa-01", V7, ((" password-control history 4\n", ""),), MANUAL, "history 4"),
    (
        "IAa-01",
        V7,
        ((" service-type ssh terminal\n", " service-type ssh\n password-control length 4\n"),),
        NOT_MET,
        "netops",
    ),
    ("IAa-01", V5, (), NOT_MET, "password-control enable"),
    (
        "IAa-01",
        V7,
        (("domain system\n", "domain system\n authentication login hwtacacs-scheme ops local\n"),),
        MANUAL,
        "hwtacacs",
    ),
    # lines: settings of a class hold where the line says nothing
    ("IAa-02", V7, (), MET, "line aux 0 1: scheme"),
    ("IAa-02", V7, (("line class aux\n authentication-mode scheme\n", "line class aux\n"),), NOT_MET, "aux 0 1: none"),
    ("IAa-02", V7, (("line vty 0 63\n authentication-mode scheme\n", "line vty 0 63\n"),), MET, "vty 0 63: 未设置"),
    (
        "IAa-02",
        V7,
        (
            (
                "line vty 0 63\n authentication-mode scheme\n",
                "line vty 0 63\n set authentication password hash $h$6$ab\n",
            ),
        ),
        NOT_MET,
        "vty 0 63: password",
    ),
    (
        "IAa-02",
        V7,
        (("line vty 0 63\n authentication-mode scheme", "line vty 0 63\n authentication-mode none"),),
        NOT_MET,
        "none",
    ),
    ("IAa-02", V5, (), NOT_MET, "vty 5 15: none"),
    # passwords of users
    ("IAa-03", V7, (), MANUAL, "display local-user"),
    ("IAa-03", V7, ((" password-control enable\n", ""),), NOT_MET, "netops"),
    ("IAa-03", V5, (), NOT_MET, "admin: simple <plain:5:known>"),
    ("IAa-03", V5, (("password simple admin", "password hash $h$6$abcdefgh"),), MET, "legacy: cipher"),
    (
        "IAa-03",
        V7,
        (
            (" password-control enable\n", ""),
            ("authentication-type password\n", "authentication-type publickey assign publickey k\n"),
            ("watch class manage\n", "watch class manage\n password hash $h$6$abc\n"),
        ),
        MANUAL,
        "netops",
    ),
    # locking
    ("IAb-01", V7, (), MET, "lock-time 10"),
    ("IAb-01", V7, ((LOCK, "login-attempt 10 exceed lock-time 10"),), NOT_MET, "login-attempt 10"),
    ("IAb-01", V7, ((LOCK, "login-attempt 3 exceed unlock"),), NOT_MET, "unlock"),
    ("IAb-01", V7, ((LOCK, "login-attempt 3 exceed lock"),), MET, "exceed lock"),
    ("IAb-01", V7, ((f" password-control {LOCK}\n", ""),), NOT_MET, "lock-time 1"),
    (
        "IAb-01",
        V7,
        (("user-group system\n", "user-group system\n password-control login-attempt 9\n"),),
        NOT_MET,
        "user-group",
    ),
    ("IAb-01", V5, (("#\nvlan 1\n", "#\n attack-defense login enable\n#\nvlan 1\n"),), MANUAL, "attack-defense"),
    ("IAb-01", V5, (), NOT_MET, "password-control"),
    # idle
    ("IAb-02", V7, (), MET, "vty 0 63: 5 min"),
    ("IAb-02", V7, ((" idle-timeout 5 0\n#\nline vty", " idle-timeout 0 0\n#\nline vty"),), NOT_MET, "aux 0 1: 0 min"),
    ("IAb-02", V7, (("network-operator\n idle-timeout 5 0", "network-operator\n idle-timeout 30"),), NOT_MET, "30 min"),
    ("IAb-02", V5, (), NOT_MET, "vty 0 4: 0 min"),
    # tries of SSH
    ("IAb-03", V7, (), MET, "3 次"),
    ("IAb-03", V7, ((" ssh server acl", " ssh server authentication-retries 7\n ssh server acl"),), NOT_MET, "7 次"),
    ("IAb-03", V7, ((" ssh server acl", " ssh server authentication-timeout 90\n ssh server acl"),), NOT_MET, "90 秒"),
    ("IAb-03", V5, (), NOT_APPLICABLE, "SSH"),
    # Telnet and web
    ("IAc-01", V7, (), MET, "telnet server: off"),
    (
        "IAc-01",
        V7,
        ((" ssh server enable\n", " telnet server enable\n ssh server enable\n"),),
        MET,
        "telnet server: on",
    ),
    ("IAc-01", V7, ((" protocol inbound ssh\n", ""),), MET, "ssh telnet"),
    (
        "IAc-01",
        V7,
        ((" protocol inbound ssh\n", ""), (" ssh server enable\n", " telnet server enable\n ssh server enable\n")),
        NOT_MET,
        "vty 0 63: ssh telnet",
    ),
    ("IAc-01", V7, ((" ssh server enable\n", " ip http enable\n ssh server enable\n"),), NOT_MET, "http server: on"),
    ("IAc-01", V5, (), NOT_MET, "telnet server: on"),
    # SSH
    ("IAc-02", V7, (), MET, "aes256-ctr"),
    ("IAc-02", V7, (("cipher aes256-ctr", "cipher 3des-cbc"),), NOT_MET, "3des-cbc"),
    (
        "IAc-02",
        V7,
        (("key-exchange dh-group-exchange-sha256", "key-exchange dh-group1-sha1"),),
        NOT_MET,
        "dh-group1-sha1",
    ),
    ("IAc-02", V7, ((" ssh server acl", " ssh server compatible-ssh1x enable\n ssh server acl"),), NOT_MET, "ssh1x"),
    ("IAc-02", V7, ((" ssh2 algorithm mac sha2-256 sha2-512\n", ""),), MANUAL, "未设置 ssh hmac"),
    # SNMP
    ("IAc-03", V7, (), MET, "nmsuser"),
    ("IAc-03", V7, ((SNMP, SNMP + " snmp-agent community write simple Q1w2e3\n"),), NOT_MET, "<plain:6>"),
    ("IAc-03", V7, (("group v3 nms privacy", "group v3 nms"),), NOT_MET, "group v3 nms"),
    ("IAc-03", V7, ((" privacy-mode aes128 $c$3$PrivPrivPrivPrivPrivPriv==", ""),), NOT_MET, "usm-user nmsuser"),
    ("IAc-03", V5, (), NOT_MET, "community read"),
    # accounts
    ("ACa-01", V7, (), MET, "watch(security-audit ssh)"),
    ("ACa-01", V5, (), NOT_MET, "legacy(telnet)"),
    ("ACa-01", V7, ((" service-type ssh terminal\n", ""),), MANUAL, "netops"),
    ("ACa-02", V7, (), MET, "header legal"),
    ("ACa-02", V5, (), MANUAL, "header"),
    ("ACb-01", V7, (), MET, "netops"),
    ("ACb-01", V7, (("printer1 class network\n service-type lan-access\n", "admin class network\n"),), MET, "netops"),
    ("ACb-01", V5, (), NOT_MET, "admin(3"),
    ("ACd-01", V7, (), MET, "security-audit"),
    ("ACd-01", V7, (("user-role security-audit", "user-role level-15"),), NOT_MET, "watch(level-15"),
    ("ACd-01", V5, (("service-type telnet level 3", "service-type telnet\n level 3"),), NOT_MET, "legacy(3"),
    (
        "ACd-01",
        V7,
        (("domain system\n", "domain system\n authentication default radius-scheme r local\n"),),
        MANUAL,
        "radius",
    ),
    ("ACe-01", V7, (), MET, "没有super"),
    ("ACe-01", V5, (), NOT_MET, "<plain:8>"),
    (
        "ACe-01",
        V5,
        (("super password level 3 simple Winter08", "super password role network-admin hash $h$6$abc"),),
        MET,
        "<hash:8>",
    ),
    # logs and clock
    ("AUa-01", V7, (), MET, "192.0.2.62"),
    ("AUa-01", V5, (), NOT_MET, "undo info-center"),
    ("AUa-01", V7, ((" info-center loghost 192.0.2.62 facility local2\n", ""),), NOT_MET, "loghost"),
    (
        "AUa-01",
        V7,
        ((" info-center loghost 192", " info-center source default loghost deny\n info-center loghost 192"),),
        NOT_MET,
        "deny",
    ),
    ("AUa-02", V7, (), MET, "command accounting"),
    (
        "AUa-02",
        V7,
        ((" command accounting\n", ""), (" accounting command hwtacacs-scheme ops\n", "")),
        MANUAL,
        "本地日志",
    ),
    ("AUa-02", V5, (), NOT_MET, "undo info-center"),
    ("AUb-01", V7, (), MET, "synchronized"),
    ("AUb-01", V7, (("status: synchronized", "status: unsynchronized"),), NOT_MET, "unsynchronized"),
    ("AUb-01", V7, ((" ntp-service enable\n", ""),), NOT_MET, "ntp-service enable"),
    (
        "AUb-01",
        V7,
        (("ntp-service unicast-server 192.0.2.61 authentication-keyid 7", "sntp unicast-server 192.0.2.61"),),
        MANUAL,
        "sntp",
    ),
    ("AUb-01", V7, (("dis ntp-service status", "dis ntp-service sess"),), MANUAL, "display ntp-service status"),
    ("AUb-01", V5, (), NOT_MET, "unicast-server"),
    ("AUb-02", V7, (), MET, "keyid 7"),
    ("AUb-02", V7, ((" ntp-service reliable", " ntp-service other"),), NOT_MET, "reliable"),
    ("AUb-03", V7, (), MET, "默认"),
    (
        "AUb-03",
        V7,
        ((" info-center loghost 192", " info-center timestamp loghost none\n info-center loghost 192"),),
        NOT_MET,
        "none",
    ),
    ("AUc-01", V5, (), NOT_MET, "loghost"),
    # services and addresses of managers
    ("IPb-01", V7, (), MET, "ftp: off"),
    ("IPb-01", V5, (), NOT_MET, "telnet、ftp、http"),
    ("IPb-02", V7, (), MET, "没有"),
    ("IPb-02", V5, (), NOT_MET, "<plain:6:known>"),
    ("IPb-02", V7, ((SNMP, SNMP + " snmp-agent community read cipher $c$3$abc==\n"),), MANUAL, "<cipher:10>"),
    ("IPc-01", V7, (), MET, "acl 2001"),
    ("IPc-01", V7, ((" ssh server acl 2001\n", ""),), NOT_MET, "未设置 acl"),
    ("IPc-01", V7, (("ssh server acl 2001", "ssh server acl name GONE"),), NOT_MET, "GONE"),
    ("IPc-01", V7, (("rule 0 permit source 192.0.2.16 0.0.0.15", "rule 0 permit"),), NOT_MET, "任何地址"),
    (
        "IPc-01",
        V7,
        ((" protocol inbound ssh\n", ""), (" ssh server acl", " telnet server enable\n ssh server acl")),
        NOT_MET,
        "未设置 acl",
    ),
    ("IPc-02", V7, (), MET, "nmsuser"),
    ("IPc-02", V5, (), NOT_MET, "community read"),
    # stored secrets and saved configuration
    ("DCb-01", V7, (), MET, "<cipher:"),
    ("DCb-01", V5, (), NOT_MET, "key authentication <plain:9>"),
    ("BRa-01", V7, (), MANUAL, "一致"),
    (
        "BRa-01",
        V7,
        (("configuration diff\n", "configuration diff\n--- Startup\n+++ Running\n@@ -1 +1 @@\n"),),
        NOT_MET,
        "不一致",
    ),
    # boundary
    ("NAd-01", V7, (), MET, "acl 3001"),
    ("NAd-01", V5, (("packet-filter 3000 inbound", "packet-filter 3999 inbound"),), NOT_MET, "3999 不存在或没有规则"),
    ("BCa-01", V7, (), MET, "Ten-GigabitEthernet1/0/49: acl 3001"),
    ("BCa-01", V5, (("packet-filter 3000 inbound", "packet-filter name X inbound"),), NOT_MET, "acl X"),
    ("BCa-01", V7, ((" packet-filter 3001 inbound\n", " qos apply policy p inbound\n"),), MET, "qos apply policy p"),
    ("BCa-02", V7, (), MET, "packet-filter default deny"),
    ("BCa-02", V7, ((" packet-filter default deny\n", ""),), NOT_MET, "acl 3001 未设置 deny"),
    ("BCa-02", V5, (), NOT_MET, "acl 3000"),
    ("BCa-02", V5, ((" packet-filter 3000 inbound\n", ""),), MANUAL, "没有在接口上"),
    ("BCb-01", V7, (), MET, "acl 3001: 2"),
    ("BCb-01", V5, (), NOT_MET, "不会生效"),
    ("BCb-01", V5, (), NOT_MET, "acl 3999 没有被使用"),
    ("BCc-01", V7, (), MET, "permit icmp"),
    ("BCc-01", V5, (), NOT_MET, "permit ip"),
    # ports
    ("BPa-01", V7, (), MET, "GE1/0/2: adm"),
    ("BPa-01", V7, (("GE1/0/2              ADM", "GE1/0/2              DOWN"),), NOT_MET, "GE1/0/2: down"),
    ("BPa-01", V5, (), MANUAL, "display interface brief"),
    ("BPa-02", V7, (), MET, "Ten-GigabitEthernet1/0/49"),
    ("BPa-02", V5, (), MANUAL, "GigabitEthernet1/0/1"),
    ("BPb-01", V7, (), MET, "dot1x"),
    ("BPb-01", V5, (), MANUAL, "接入控制"),
    # management centre
    ("CMa-01", V7, (), MET, "M-GigabitEthernet0/0/0"),
    ("CMa-01", V5, (), MANUAL, "专用"),
    ("CMb-01", V7, (), MET, "ssh"),
    ("CMb-01", V5, (), NOT_MET, "telnet"),
    ("CMd-01", V7, (), MET, "192.0.2.62"),
    ("CMd-01", V5, (), NOT_MET, "loghost"),
]


def test_a_sound_device_leaves_to_a_person_only_what_no_text_tells() -> None:
    found = assessed(device(V7))
    assert not found.findings, [(each.check.id, each.observed) for each in found.findings]
    manual = {each.check.id[4:] for each in found.results if each.outcome is MANUAL}
    assert manual == FOR_A_PERSON | PARTLY | {"IAa-03"}


@pytest.mark.parametrize(("check", "sample", "changes", "outcome", "quoted"), CASES)
def test_the_verdict_is_right_and_quotes_what_was_seen(
    check: str, sample: str, changes: Changes, outcome: Outcome, quoted: str
) -> None:
    found = result(f"H3C-{check}", device(sample, *changes))
    assert (found.outcome, quoted in found.observed) == (outcome, True), found.observed


@pytest.mark.parametrize("check", [check[4:] for check in entries("comware")])
def test_every_check_is_shown_in_both_directions(check: str) -> None:
    outcomes = {outcome for id_, _, _, outcome, _ in CASES if id_ == check}
    if check in FOR_A_PERSON - {"AUc-01"}:
        return
    assert NOT_MET in outcomes or check in NO_FINDING
    assert outcomes & {MET, MANUAL} or check == "AUc-01"


def test_a_firewall_with_policies_is_judged_by_them() -> None:
    policy = (
        "#\nsecurity-policy ip\n rule 0 name web\n  action pass\n  source-zone Trust\n"
        "  source-ip-subnet 198.51.100.0 255.255.255.0\n  service https\n rule 1 name old\n  action pass\n  disable\n"
        " rule 2 name all\n  action pass\n rule 3 name drop\n#\nreturn\n"
    )
    firewall = device(V5, ("#\nreturn\n", policy), (" packet-filter 3000 inbound\n", ""))
    assert "rule 2 name all" in result("H3C-BCa-02", firewall).observed
    observed = result("H3C-BCc-01", firewall).observed
    assert ("rule 2 name all" in observed, "old" in observed, "web" in observed) == (True, False, False)


def test_facts_come_from_the_same_evidence() -> None:
    assert assessed(device(V7)).facts["model"] == "S6520X-54QC-EI"
    assert assessed(device(V5)).facts["system"] == "H3C Comware 5.20, Release 2202P19"


def test_no_verdict_and_no_fact_holds_a_secret() -> None:
    for sample in (V5, V7):
        found = assessed(device(sample))
        words = " ".join([*(each.observed for each in found.results), *found.facts.values()])
        assert not [secret for secret in ("$c$3$", "Winter08", "RadiusOne", "OUM!K", "read public") if secret in words]


def test_every_command_reads_and_has_no_parameter() -> None:
    commands = [command.text for command in CATALOGUE.declarations("comware").commands()]
    assert commands
    assert all(command.startswith("display ") for command in commands)
