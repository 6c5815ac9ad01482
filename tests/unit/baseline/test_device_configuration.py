"""The text of a configuration as sections, and what it decides when it is cut, flat or of nobody's making."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anwei.baseline.result import Outcome
from anwei.evidence.device_terminal import clean
from anwei.evidence.script import Answer
from anwei.evidence.transcript import Transcript
from baselines.mlps.device.acls import acls
from baselines.mlps.device.configuration import parsed
from tests.unit.baseline.device import CONFIGURATION, SAMPLES, TAKEN, assessed, device, result

HUAWEI = "!Software Version V200R019C10SPC500\n#\nsysname SW\n#\n"


def _answered(code: str, configuration: str | bytes, status: int = 0) -> Transcript:
    """A device that answered only for its configuration, as something other than our reader may have stored it."""
    raw = configuration.encode() if isinstance(configuration, str) else configuration
    return Transcript("SW", code, TAKEN, answers={CONFIGURATION: Answer(status, raw, b"", 0)})


def test_views_hold_their_lines_at_any_depth_and_global_lines_hold_none() -> None:
    found = parsed(
        "#\n sysname SW\n#\n irf mac\n irf auto\n#\nospf 1\n area 0.0.0.0\n"
        "  network 192.0.2.0\n#\nvlan 1\nvlan 2\n name x\nreturn\n"
    )
    assert [each.line for each in found.sections] == ["sysname SW", "irf mac", "irf auto", "ospf 1", "vlan 1", "vlan 2"]
    assert [each.line for each in found.sections[3].walk()] == ["area 0.0.0.0", "network 192.0.2.0"]
    assert found.sections[3].children[0].children[0].line == "network 192.0.2.0"
    assert found.views(r"vlan (\d)")[1][0].value(r"name (.+)") == "x"


def test_marks_inside_a_view_part_nothing_and_odd_depths_are_still_inside() -> None:
    found = parsed(
        "aaa\n undo policy\n  local-user a level 3\n local-user b level 1\n #\n"
        " domain default\n#\nbgp 1\n #\n ipv4-family unicast\n  peer x\nreturn"
    )
    assert [match[1] for match in found.sections[0].found(r"local-user (\w) .*")] == ["a", "b"]
    assert found.sections[1].has("peer x")


def test_an_undo_takes_away_and_the_last_line_counts() -> None:
    found = parsed("undo telnet server enable\n#\nundo info-center enable\ninfo-center enable\nreturn\n")
    assert found.is_on("telnet server enable") is False
    assert found.is_on("info-center enable") is True
    assert found.is_on("ftp server enable") is None
    assert found.is_on("ftp server enable", default=False) is False


def test_what_stands_after_the_end_and_in_banners_is_no_setting() -> None:
    found = parsed(
        'header shell information "Keep out\ntelnet server enable\nreturn\n"\n#\n'
        " header legal %\nip http enable\n%\n#\nvlan 1\nreturn\nftp server enable\n"
    )
    assert [each.line.split()[0] for each in found.sections] == ["header", "header", "vlan"]
    assert found.complete


def test_line_ends_tabs_and_chinese_change_nothing() -> None:
    found = parsed("#\r\nsysname 核心交换机\r\n#\r\ninterface\tVlanif1 \r\n\tdescription 办公 网\r\nreturn\r\n")
    assert found.value(r"sysname (.+)") == "核心交换机"
    assert found.views("interface Vlanif1")[0][0].has("description 办公 网")


@pytest.mark.parametrize(
    "paged",
    [
        "vlan 1\n  ---- More ----\x1b[42D                                          \x1b[42D name x\nreturn\n",
        "vlan 1\n  ---- More ----[42D                                          [42D name x\nreturn\n",
        "vlan 1\r\n---- More ----\r                \r name x\r\nreturn\r\n",
        "vlan 1\n---- More ----" + "\x08" * 14 + " " * 14 + "\x08" * 14 + " name x\nreturn\n",
        "vlan 1\n  ---- More ----\n name x\nreturn\n",
        "vlan 1\n  ---- More ----" + " " * 42 + " name x\nreturn\n",
        "vlan 1\n  ---- More ----\x1b[16D                \x1b[16D name x\nreturn\n",
        "vlan 1\n\x00\x07---- More ----\x1b[2K\r name x\nreturn\n",
        "vlan 1\n name y\x08x\nreturn\n",
        "vlan 1\n name yy\x1b[2Dx \nreturn\n",
        "vlan 1\n\x1b[1;32m name x\x1b[0m\nreturn\n",
        "vlan 1\n%Nov 21 10:00:00:000 2026 SW SHELL/5/SHELL_LOGIN: netops logged in from 192.0.2.9.\n name x\nreturn\n",
        "vlan 1\nNov 21 2026 10:00:00+08:00 SW %%01SHELL/5/CMDRECORD(s)[1]:Recorded command.\n name x\nreturn\n",
        "2026-11-21 10:00:00.123+08:00\nvlan 1\n name x\nreturn\n",
    ],
)
def test_what_the_terminal_left_is_taken_away(paged: str) -> None:
    found = parsed(paged)
    assert [(each.line, [child.line for child in each.children]) for each in found.sections] == [("vlan 1", ["name x"])]


def test_blanks_that_erased_the_pager_are_no_indentation() -> None:
    found = parsed("vlan 1\n  ---- More ----" + " " * 42 + "vlan 2\n name x\nreturn\n")
    assert [each.line for each in found.sections] == ["vlan 1", "vlan 2"]


@pytest.mark.parametrize(
    ("view", "names", "rules"),
    [
        ("acl number 3001\n rule 5 permit ip", ["3001"], 1),
        ("acl number 3001 name WEB\n rule 5 permit ip", ["3001", "WEB"], 1),
        ("acl name VTY-IN 2000\n rule permit", ["2000", "VTY-IN"], 1),
        ("acl name WEB advance\n description rule of the web\n rule 5 permit ip\n rule 5 description x", ["WEB"], 1),
        ("acl basic 2000\n rule 0 permit", ["2000"], 1),
        ("acl advanced name AP match-order auto\n rule 5 deny ip", ["AP"], 1),
        ("acl ipv6 advanced 3600\n rule 0 deny ipv6", ["3600"], 1),
        ("acl ipv6 number 3600\n", ["3600"], 0),
    ],
)
def test_acls_are_known_by_number_and_by_name(view: str, names: list[str], rules: int) -> None:
    known = acls(parsed(f"#\n{view}\n#\nreturn\n"))
    assert sorted(known) == names
    assert {len(each.rules) for each in known.values()} == {rules}


@pytest.mark.parametrize(
    ("rule", "everything"),
    [
        ("permit", True),
        ("permit ip", True),
        ("permit source any", True),
        ("permit ip source any destination any", True),
        ("permit ip vpn-instance top logging", True),
        ("permit ip time-range work", False),
        ("permit tcp", False),
        ("permit ip source 192.0.2.0 0.0.0.255", False),
    ],
)
def test_a_rule_that_asks_for_nothing_takes_everything(rule: str, everything: bool) -> None:
    acl = acls(parsed(f"acl number 3001\n rule 5 {rule}\nreturn\n"))["3001"]
    assert acl.rules[0].takes_all is everything


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HUAWEI + "telnet server enable\n", "return"),
        (
            HUAWEI + "aaa\nlocal-user a password simple b\nuser-interface vty 0 4\nprotocol inbound all\n#\nreturn\n",
            "缩进",
        ),
        ("#\nvlan 1\n#\nreturn\n", "辨认"),
        ("", "return"),
        ("        ^\nError: Unrecognized command found at '^' position.\n", "Unrecognized"),
        (" % Incomplete command found at '^' position.\n", "Incomplete"),
        (b"\xff\xfe\x00\xff#\n\xb2\xe2\xca\xd4", "return"),
    ],
)
@pytest.mark.parametrize("code", ["vrp", "comware"])
def test_a_text_that_is_cut_flat_refused_or_foreign_decides_nothing(code: str, text: str | bytes, said: str) -> None:
    results = assessed(_answered(code, text)).results
    assert {each.outcome for each in results} == {Outcome.MANUAL}
    assert all(said in each.observed for each in results), {each.observed for each in results}


@pytest.mark.parametrize("code", ["vrp", "comware"])
def test_a_device_that_said_nothing_or_was_refused_leaves_all_to_a_person(code: str) -> None:
    for said in (Transcript("SW", code, TAKEN), _answered(code, "", 1)):
        assert {each.outcome for each in assessed(said).results} == {Outcome.MANUAL}


def test_one_generation_is_told_from_the_other_by_its_words_or_by_display_version() -> None:
    plain = HUAWEI + "aaa\n domain default\n#\nreturn\n"
    version = {"display version": Answer(0, b"VRP (R) software, Version 5.170 (S5735 V200R019C10SPC500)\n", b"", 0)}
    asked = _answered("vrp", plain)
    unasked = result("HWV-IAb-01", asked)
    assert (unasked.outcome, "display version" in unasked.observed) == (Outcome.MANUAL, True)
    told = Transcript("SW", "vrp", TAKEN, answers={**asked.answers, **version})
    assert "5/3/5" in result("HWV-IAb-01", told).observed
    nonsense = {"display version": Answer(0, b"Version unknown\n", b"", 0)}
    odd = result("HWV-IAb-01", Transcript("SW", "vrp", TAKEN, answers={**asked.answers, **nonsense}))
    assert (odd.outcome, "VRP" in odd.observed) == (Outcome.MANUAL, True)


def test_a_very_large_configuration_is_read_and_of_many_rows_only_the_first_are_quoted() -> None:
    ports = "".join(f"interface GigabitEthernet0/0/{n}\n port link-type trunk\n#\n" for n in range(3, 6000))
    found = result("HWV-BPa-02", device("vrp5_session", ("interface NULL0\n", ports + "interface NULL0\n")))
    assert found.outcome is Outcome.MANUAL
    assert "项" in found.observed
    assert len(found.observed) < 1000


WORDS = (
    "aaa",
    " local-user",
    "rule",
    "acl",
    "number",
    "name",
    "permit",
    "deny",
    "interface",
    "user-interface vty 0",
    "line vty",
)
WORDS += (
    "password-control",
    "login-attempt",
    "idle-timeout",
    "snmp-agent",
    "community",
    "usm-user v3",
    "#",
    "\n",
    "\n ",
    "undo",
)
WORDS += (
    "!Last configuration was updated at 2026-13-45 99:99:99",
    "retry-time",
    "99999999999",
    "<plain:6:known>",
    "return",
    "%",
    '"',
)
LIKELY = st.lists(st.sampled_from(WORDS) | st.text(max_size=8), max_size=60).map(" ".join)


@pytest.mark.parametrize("code", ["vrp", "comware"])
@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=300) | LIKELY)
def test_no_text_ends_a_check_with_anything_but_a_result(code: str, text: str) -> None:
    head = HUAWEI if code == "vrp" else "#\n version 7.1.070, Release 1\n#\n"
    found = assessed(_answered(code, f"{head}{text}\n#\nreturn\n".encode("utf-8", errors="replace")))
    assert len(found.results) > 40


@given(text=st.text(alphabet=st.sampled_from("ab \r\n\x08\x1b[2DK-More#"), max_size=80) | st.text(max_size=80))
def test_cleaning_twice_is_cleaning_once_for_text_without_cursor_moves(text: str) -> None:
    once = clean(text)
    assert not set(once) & set("\x00\x07\x08\x1b")
    assert clean("\n".join(line for line in SAMPLES["vrp8_configuration"].splitlines())).count("\n") > 100
