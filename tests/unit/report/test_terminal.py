from dataclasses import replace

import pytest

from anwei.baseline import checking
from anwei.evidence.reasons import Unreachable
from anwei.evidence.transcript import Transcript
from anwei.report import terminal
from tests.unit.baseline.machine import CATALOGUE, SS, TAKEN, transcript

TELNET = {"ss -lntup": SS + "tcp LISTEN 0 5 *:23 *:* \n"}
BAD = {**TELNET, "cat -- /etc/login.defs": "PASS_MAX_DAYS 365\n"}


def render(**collected: Transcript | Unreachable) -> list[str]:
    return terminal.render(checking.assess(CATALOGUE, "trading", collected, TAKEN)).splitlines()


def test_each_host_has_one_line_with_its_counts_or_its_reason() -> None:
    lines = render(web1=transcript(), web2=transcript(BAD), web3=Unreachable("refused", "port 22"))
    assert "3 台主机，11 项检查，涉及 34 个测评单元中的 7 个" in lines[0]
    assert lines[1] == "web1  Kylin Linux Advanced Server V10 (Lance)  满足 9  不满足 0  需人工核查 2"
    assert lines[2].endswith("满足 7  不满足 3  需人工核查 1")
    assert (lines[3].startswith("web3  失联："), lines[3].endswith("（port 22）")) == (True, True)


def test_findings_are_grouped_by_check_worst_first_and_quote_each_host() -> None:
    lines = render(web1=transcript(TELNET), web2=transcript(BAD))
    headings = [line.split()[0] for line in lines if line.startswith("  [")]
    assert headings == ["[高]", "[高]", "[中]"]
    at = next(number for number, line in enumerate(lines) if "LNX-IAc-01" in line)
    assert "8.1.4.1 c" in lines[at]
    assert lines[at + 1].split("：")[0].strip() == "web1、web2"
    assert "*:23" in lines[at + 1]
    assert lines[at + 2].startswith("  [")


def test_what_differs_has_a_line_of_its_own_and_many_hosts_become_a_number() -> None:
    many = {f"host{number}": transcript(TELNET) for number in range(9)}
    lines = render(**many, other=transcript({"ss -lntup": SS + "tcp LISTEN 0 5 *:21 *:* \n"}))
    at = next(number for number, line in enumerate(lines) if "LNX-IAc-01" in line)
    assert lines[at + 1].strip().startswith("host0、host1、host2、host3、host4、host5 等 9 台：")
    assert lines[at + 2].strip().startswith("other：")


def test_a_clean_host_says_so_and_how_much_is_left_for_a_person() -> None:
    assert render(web1=transcript())[-2:] == ["没有不满足的检查项", "另有 2 项需人工核查，见报告"]


def test_no_evidence_is_not_called_clean() -> None:
    lines = render(web1=Unreachable("refused"))
    assert "没有不满足的检查项" not in lines
    assert "什么也没有核查" in lines[-1]


def test_english_is_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANWEI_LANG", "en")
    unreachable = replace(Unreachable("refused"), detail="port 22")
    assert "web1  unreachable: connection refused; nothing listens for SSH on that port (port 22)" in render(
        web1=unreachable
    )


def test_the_list_names_every_check_with_its_clause_and_expectation() -> None:
    lines = terminal.listing(CATALOGUE.checks, 3, 34).splitlines()
    assert len(lines) == len(CATALOGUE.checks) + 1
    assert all(
        check.expected in line and check.unit.id in line for check, line in zip(CATALOGUE.checks, lines, strict=False)
    )
