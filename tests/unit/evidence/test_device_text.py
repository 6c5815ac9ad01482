"""Texts that engineers saved from switches become evidence: which device, which answers, and no secret."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anwei.errors import BadInput
from anwei.evidence.device_family import recognised
from anwei.evidence.device_text import CONFIGURATION, load, masked, refusal, transcript
from anwei.evidence.transcript import Transcript

TAKEN = datetime(2026, 11, 21, tzinfo=UTC)
DEVICES = Path(__file__).parents[1] / "baseline" / "devices"
BARE = "!Software Version V200R019C10SPC500\n#\nsysname SW1\n#\nvlan batch 10\n#\nreturn\n"


def _read(text: str | bytes, **told: str) -> Transcript:
    return transcript(text.encode() if isinstance(text, str) else text, "saved", TAKEN, **told)


def _said(found: Transcript, command: str = CONFIGURATION) -> str:
    return found.answers[command].stdout.decode()


def test_a_bare_configuration_is_the_answer_to_one_command() -> None:
    found = _read(BARE + "<SW1>\n<SW1>quit\n")
    assert (found.object, found.object_type, found.taken_at) == ("SW1", "vrp", TAKEN)
    assert list(found.answers) == [CONFIGURATION]
    assert _said(found) == BARE


def test_a_session_gives_each_command_its_answer_whatever_was_typed() -> None:
    found = _read((DEVICES / "vrp5_session.txt").read_bytes())
    assert sorted(found.answers) == [
        "compare configuration",
        CONFIGURATION,
        "display interface brief",
        "display ntp status",
        "display ntp-service status",
        "display version",
    ]
    assert _said(found).startswith("!Software Version")
    assert _said(found).endswith("return\n")
    assert "<HX-SW1>" in _said(found), "a banner may hold what looks like a prompt"
    assert found.answers["display ntp status"].status == 1
    assert b"Unrecognized" in found.answers["display ntp status"].stderr


@pytest.mark.parametrize(
    ("typed", "full"),
    [
        ("dis cur", CONFIGURATION),
        ("display  current-configuration ", CONFIGURATION),
        ("DIS CU", CONFIGURATION),
        ("disp ver", "display version"),
        ("dis int br", "display interface brief"),
        ("dis ntp-s st", "display ntp-service status"),
        ("dis cur | include x", "display cur | include x"),
        ("dis ntp st", "display ntp status"),
        ("dis foo bar", "display foo bar"),
        ("compare conf", "compare configuration"),
    ],
)
def test_an_abbreviated_command_is_kept_in_full_words(typed: str, full: str) -> None:
    assert full in _read(f"<SW1>dis clock\n10:00:00\n[SW1]{typed}\nanswer\n<SW1>\n{BARE}", object_type="vrp").answers


@pytest.mark.parametrize(
    "prompt", ["<SW1>", "[SW1]", "[~SW1]", "[*SW1]", "HRP_M<SW1>", "RBM_P<SW1>", "  <SW1> ", "<核心 交换机>"]
)
def test_every_form_of_prompt_is_known(prompt: str) -> None:
    found = _read(f"{prompt}dis cur\n{BARE}{prompt}dis ver\nVRP (R) software, Version 5.170\n{prompt}quit\nbye\n")
    assert _said(found) == BARE
    assert _said(found, "display version") == "VRP (R) software, Version 5.170\n"


def test_what_only_looks_like_a_prompt_ends_no_answer() -> None:
    text = "[V200R009C00SPC500]\n" + BARE.replace("vlan batch 10", "interface Vlanif1\n description <x>\n[Y/N]")
    assert _said(_read(f"<SW1>dis cur\n{text}<SW1>\n")) == text


def test_a_view_of_the_same_device_ends_an_answer() -> None:
    found = _read(f"<SW1>dis clock\n10:00:00\n[SW1-GigabitEthernet0/0/1]shutdown\nnoise\n<SW1>dis cur\n{BARE}")
    assert _said(found, "display clock") == "10:00:00\n"


def test_a_whole_answer_is_kept_before_a_cut_or_refused_one() -> None:
    cut = BARE.partition("#\nvlan")[0]
    refused = "        ^\nError: Too many parameters found at '^' position.\n"
    for order in ((cut, BARE), (BARE, cut), (refused, BARE), (BARE, refused)):
        assert _said(_read("".join(f"<SW1>dis cur\n{each}" for each in order))) == BARE


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gbk", "gb18030"])
def test_chinese_is_read_in_the_encodings_of_terminal_programs(encoding: str) -> None:
    text = BARE.replace("SW1", "核心交换机").replace("\n", "\r\n")
    found = _read(text.encode(encoding))
    assert found.object == "核心交换机"
    assert "\r" not in _said(found)


def test_bytes_of_no_encoding_are_kept_visible() -> None:
    assert "\\xff" in _said(_read(BARE.encode().replace(b"vlan batch 10", b"vlan batch 10\n description \xff\xff")))


def test_a_text_without_a_name_has_the_name_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "机房-2.txt"
    path.write_text(BARE.replace("sysname SW1\n#\n", ""), encoding="utf-8")
    os.utime(path, (1_700_000_000, 1_700_000_000))
    found = load(path)
    assert (found.object, found.taken_at.year) == ("机房-2", 2023)


def test_the_same_text_gives_the_same_evidence_and_it_can_be_stored(tmp_path: Path) -> None:
    raw = (DEVICES / "comware7_session.txt").read_bytes()
    found = _read(raw)
    assert found.digest == _read(raw).digest
    assert Transcript.load(found.save(tmp_path)) == found


@pytest.mark.parametrize(
    ("text", "family"),
    [
        (BARE, "vrp"),
        ("#\n version 7.1.070, Release 6616\n#\n sysname SW\n#\nreturn\n", "comware"),
        ("#\n version 5.20, ESS 1808\n#\nreturn\n", "comware"),
        ("#\nsysname SW\n#\nuser-interface con 0\n#\nreturn\n", "vrp"),
        ("hostname sw1\ninterface Gi0/1\n switchport\nend\n", ""),
        ("", ""),
    ],
)
def test_the_family_is_recognised_from_the_text(text: str, family: str) -> None:
    assert recognised(text) == family


@pytest.mark.parametrize(
    ("text", "told", "code"),
    [
        (b"PK\x03\x04\x14\x00\x00\x00vrpcfg.cfg\x00\x9f\x1b", "", "AW-device-text"),
        (b"", "", "AW-device-text"),
        (b"hostname sw1\n!\nend\n", "", "AW-device-text"),
        (BARE.encode(), "comware", "AW-device-family"),
        (BARE.encode(), "ios", "AW-device-family"),
        (b"<A>dis cur\n" + BARE.encode() + b"<B>dis ver\nx\n", "", "AW-device-several"),
    ],
)
def test_what_is_no_such_text_is_refused_by_name(text: bytes, told: str, code: str) -> None:
    with pytest.raises(BadInput) as refused:
        _read(text, object_type=told)
    assert refused.value.code == code


def test_a_text_that_tells_nothing_is_taken_as_it_is_told() -> None:
    assert _read("#\nvlan 1\n#\nreturn\n", object_type="comware").object_type == "comware"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (
            "     ^\nError: Unrecognized command found at '^' position.",
            "Error: Unrecognized command found at '^' position.",
        ),
        ("     ^\n % Unrecognized command found at '^' position.", "% Unrecognized command found at '^' position."),
        ("Permission denied.", "Permission denied."),
        ("Info: nothing", ""),
        ("GigabitEthernet0/0/1 up\nCRC 0 % of packets", ""),
        ("\n".join(["line"] * 20 + ["Error: a word in a log"]), ""),
    ],
)
def test_a_refusal_is_told_from_an_answer(answer: str, said: str) -> None:
    assert refusal(answer) == said


SECRETS = [
    (" local-user a password irreversible-cipher $1a$x\"y'z$", "<irreversible-cipher:10>"),
    (' local-user a password cipher %^%#ab"c`d<e%^%#', "<cipher:16>"),
    (" local-user a password simple Admin-2026", "<plain:10>"),
    (" local-user a password Admin-2026", "<plain:10>"),
    (" password hash $h$6$salt$abc==", "<hash:15>"),
    (" password simple admin", "<plain:5:known>"),
    (" set authentication password cipher $1c$K{o$abc$", "<hash:12>"),
    (" set authentication password simple Q1w2e3r4", "<plain:8>"),
    ("super password level 3 cipher $c$3$abc==", "<cipher:10>"),
    (" super password role network-admin hash $h$6$abc", "<hash:8>"),
    ("super password level 3 Winter08", "<plain:8>"),
    ("snmp-agent community read cipher %^%#abc%^%# mib-view all", "<cipher:11>"),
    ("snmp-agent community write Q1w2e3r4 acl 2000", "<plain:8>"),
    ("snmp-agent community read simple public", "<plain:6:known>"),
    (" snmp-agent community simple read Q1w2e3r4", "<plain:8>"),
    ("snmp-agent target-host trap address udp-domain 192.0.2.1 params securityname Q1w2e3r4 v2c", "<plain:8>"),
    (
        "snmp-agent usm-user v3 u g cipher authentication-mode sha $c$3$a== privacy-mode aes128 $c$3$bcd==",
        "<cipher:10>",
    ),
    ("snmp-agent usm-user v3 u authentication-mode sha2-256 cipher %^%#abc%^%#", "<cipher:11>"),
    ("snmp-agent usm-user v3 u g simple authentication-mode md5 Q1w2e3r4", "<plain:8>"),
    (" hwtacacs-server shared-key cipher %^%#abc%^%#", "<cipher:11>"),
    (" radius-server shared-key Q1w2e3r4", "<plain:8>"),
    (" primary authentication 192.0.2.7 1812 key cipher $c$3$abc==", "<cipher:10>"),
    (" key authentication simple Q1w2e3r4", "<plain:8>"),
    (" key accounting Q1w2e3r4", "<plain:8>"),
    (" pre-shared-key cipher %^%#abc%^%#", "<cipher:11>"),
    (" pre-shared-key address 192.0.2.9 255.255.255.255 key simple Q1w2e3r4", "<plain:8>"),
    (" security wpa2 psk pass-phrase Q1w2e3r4 aes", "<plain:8>"),
    (" ntp-service authentication-keyid 7 authentication-mode md5 Q1w2e3r4", "<plain:8>"),
    (" ospf authentication-mode md5 1 plain Q1w2e3r4", "<plain:8>"),
    (" vrrp vrid 1 authentication-mode simple cipher %^%#abc%^%#", "<cipher:11>"),
    (" peer 192.0.2.1 password cipher %^%#abc%^%#", "<cipher:11>"),
    (" ppp chap password simple Q1w2e3r4", "<plain:8>"),
    (
        "set save-configuration backup-to-server server 192.0.2.1 transport-type ftp user b password Q1w2e3r4 path x",
        "<plain:8>",
    ),
    (" radius server shared-key-cipher %^%#abc%^%#", "<cipher:11>"),
    (" some new-setting %@%@abcd%@%@", "<cipher:12>"),
    (" some new-setting $1d$abcd$efgh$", "<hash:14>"),
    (" command 2 copy ftp://keeper:Q1w2e3r4@192.0.2.1/a", "<plain:8>"),
    (' local-user a password simple "two words"', "<plain:9>"),
]
VALUES = ("Admin-2026", "Q1w2e3r4", "Winter08", "%^%#", "$h$", "$c$", "$1a$", "$1c$", "two words", " admin", "public")
SETTINGS = [
    "ssh server cipher aes256_ctr aes128_ctr",
    "ssh client cipher aes256_ctr",
    " ssh2 algorithm cipher aes256-ctr",
    "ssh server key-exchange dh_group16_sha512",
    " local-aaa-user password policy administrator",
    "  password expire 90",
    "  password history record number 5",
    "  undo password alert original",
    " local-aaa-user wrong-password retry-interval 5 retry-time 3 block-time 5",
    " user-password min-len 8",
    " set password min-length 10",
    " password-control length 10",
    "ssh user a authentication-type password",
    "ssh user a authentication-type password service-type stelnet",
    "ssh authentication-type default password",
    " authentication-mode password",
    "snmp-agent community complexity-check disable",
    "snmp-agent target-host trap address udp-domain 192.0.2.1 params securityname nmsuser v3 privacy",
    "ntp-service unicast-server 192.0.2.1 authentication-keyid 7",
    "ntp-service reliable authentication-keyid 7",
    "rsa peer-public-key k encoding-type der",
    " public-key-code begin",
    "ssh server rekey-interval 1",
    " rule 5 permit tcp source 192.0.2.1 0 destination-port eq 22",
]


@pytest.mark.parametrize(("line", "mask"), SECRETS)
def test_a_secret_is_cut_to_its_kind_and_length(line: str, mask: str) -> None:
    shown = masked(line)
    assert mask in shown, shown
    assert not [value for value in VALUES if value in shown.replace("network-admin", "")], shown
    assert shown.partition(" ")[0] == line.partition(" ")[0]
    assert masked(shown) == shown, "masking again changes nothing"


@pytest.mark.parametrize("line", SETTINGS)
def test_a_setting_about_secrets_is_kept(line: str) -> None:
    assert masked(line) == line


def test_a_private_key_is_taken_out_whole() -> None:
    key = "-----BEGIN RSA PRIVATE KEY-----\nMIIabc\ndef=\n-----END RSA PRIVATE KEY-----"
    assert "MIIabc" not in masked(f"pki import\n{key}\nvlan 1")
    assert "vlan 1" in masked(f"pki import\n{key}\nvlan 1")


def test_no_sample_keeps_a_secret() -> None:
    for path in sorted(DEVICES.glob("*.txt")):
        said = b"".join(each.stdout + each.stderr for each in _read(path.read_bytes()).answers.values())
        for value in (b"%^%#", b"$1a$", b"$1d$", b"$c$3$", b"Winter08", b"RadiusOne", b"read public", b"Q=^Q`MAF4"):
            assert value not in said, (path.name, value)


@settings(max_examples=150, deadline=None)
@given(
    raw=st.binary(max_size=300)
    | st.text(max_size=300).map(lambda each: f"<S>dis cur\n{each}\n<S>dis ver\n".encode("utf-8", "replace"))
)
def test_no_bytes_end_the_reading_with_anything_but_a_refusal(raw: bytes) -> None:
    try:
        found = transcript(raw, "saved", TAKEN)
        assert set(found.answers) <= {CONFIGURATION, "display version"} or found.answers
    except BadInput as refused:
        assert refused.code.startswith("AW-device-")
    assert _read(BARE.encode() + raw, object_type="vrp").answers


@given(
    words=st.lists(
        st.sampled_from(
            ["password", "cipher", "simple", "key", "community", "read", "<plain:3>", "hash", "super", "x", "$h$1"]
        )
    )
)
def test_masking_twice_is_masking_once(words: list[str]) -> None:
    once = masked(" ".join(words))
    assert masked(once) == once
