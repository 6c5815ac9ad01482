"""Assessments as a real run over an estate would give them, for tests of the views. Nothing here ships."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from functools import cache
from pathlib import Path

from anwei.baseline import result as found
from anwei.baseline.judging import judged
from anwei.baseline.result import Assessment, Check, ObjectAssessment, Outcome, Result, Severity, Unit, Waiver
from tests.sample_types import TYPES, checks_of, required, with_sub_checks

BEIJING = timezone(timedelta(hours=8))
HIGH, MEDIUM, LOW = Severity
MET, NOT_MET, NOT_APPLICABLE, MANUAL = Outcome

_POINTS = {
    "8.1.4.1": "身份鉴别",
    "8.1.4.2": "访问控制",
    "8.1.4.3": "安全审计",
    "8.1.4.4": "入侵防范",
    "8.1.4.5": "恶意代码防范",
    "8.1.4.8": "数据保密性",
    "8.1.4.10": "剩余信息保护",
}

_CHECKS = Path(__file__).with_name("sample_checks.txt")

_SYSTEMS = [
    ("Kylin Linux Advanced Server V10 (Lance)", "4.19.90-52.15.v2207.ky10.x86_64", "3.7.9"),
    ("CentOS Linux 7 (Core)", "3.10.0-1160.el7.x86_64", "2.7.5"),
    ("openEuler 22.03 (LTS-SP3)", "5.10.0-182.0.0.95.oe2203sp3.x86_64", "3.9.9"),
]
_ROLES = ["jyweb", "jyapp", "jydb", "file", "elk", "nginx"]


@cache
def catalogue() -> tuple[tuple[Check, str, str, str], ...]:
    """Each check with its command and what is seen when it is met and when it is not."""
    rows = _CHECKS.read_text(encoding="utf-8").splitlines()
    entries = [_entry(*row.split("|")) for row in rows if not row.startswith("#")]
    whole = with_sub_checks([entry[0] for entry in entries])
    return tuple((check, *entry[1:]) for check, entry in zip(whole, entries, strict=True))


def _entry(*columns: str) -> tuple[Check, str, str, str]:
    name, clause, unit_id, severity, certainty, case, title, expected, command, good, bad = columns
    point = _POINTS[clause.split()[0]]
    unit = Unit(unit_id, clause, point, f"{point} {clause[-1]}" if " " in clause else point)
    fix, disruption = f"按加固措施“{title}”整改", "lockout" if "IA" in name else "reload"
    known = Check(name, title, unit, Severity(severity), expected, certainty, case, fix=fix, disruption=disruption)
    return known, command, good, bad


def sample(hosts: int = 14, unreachable: int = 2) -> Assessment:
    """A plausible estate: some measures fail nearly everywhere, most fail on a few hosts, some need a person.

    Two hosts have services; one finding is waived, and one waiver has expired.
    """
    looked_at = [_host(number) for number in range(1, hosts - unreachable + 1)]
    services = [_service(each, code, 24) for each, code in zip(looked_at, ("mysql", "nginx"), strict=False)]
    missing = [_missing(number) for number in range(hosts - unreachable + 1, hosts + 1)]
    listed = tuple(entry[0] for entry in catalogue()) + checks_of("mysql", 24) + checks_of("nginx", 24)
    excused = [_excused(each, number) for number, each in enumerate(looked_at)]
    return assessment(*excused, *services, *missing, checks=listed)


def large(objects: int = 1000, checks: int = 60) -> Assessment:
    """As many objects of all types as an estate of a thousand has; half of what is seen differs everywhere."""
    codes = list(TYPES)
    hosts = [ObjectAssessment(f"host-{number:04d}.example.gov") for number in range(objects)]
    made = [_service(each, codes[number % len(codes)], checks) for number, each in enumerate(hosts)]
    return assessment(*made, checks=tuple(each for code in codes for each in checks_of(code, checks)))


def assessment(*hosts: ObjectAssessment, checks: tuple[Check, ...] = (), estate: str = "trading") -> Assessment:
    """An assessment at level 3 of these hosts."""
    moment = datetime(2026, 11, 21, 9, 30, 5, tzinfo=BEIJING)
    return Assessment(estate, 3, moment, checks or _checks_of(hosts), 34, hosts)


def _checks_of(hosts: tuple[ObjectAssessment, ...]) -> tuple[Check, ...]:
    return tuple({result.check.id: result.check for host in hosts for result in host.results}.values())


def check(name: str) -> Check:
    """A check of the sample catalogue by its id."""
    return next(entry[0] for entry in catalogue() if entry[0].id == name)


def _host(number: int) -> ObjectAssessment:
    system, kernel, python = _SYSTEMS[number % len(_SYSTEMS)]
    name = f"{_ROLES[number % len(_ROLES)]}-{number:03d}"
    address = f"198.51.{100 + number // 250}.{number % 250}"
    return ObjectAssessment(
        name,
        {"system": system, "kernel": kernel, "python": python, "address": address},
        (results := tuple(_results(name))),
        _units("OS", results),
        type="linux",
        type_name=TYPES["linux"].name,
        round_trips=1 + (_share(name, "trips") > 0.8),
        seconds=0.6 + 2 * _share(name, "seconds"),
        transcript_digest="sha256:" + hashlib.sha256(name.encode()).hexdigest(),
    )


def _service(host: ObjectAssessment, code: str, checks: int) -> ObjectAssessment:
    about, name = TYPES[code], host.name if code in ("linux", "vrp", "comware") else f"{host.name}/{code}"
    results = tuple(_of_service(name, each, about.command) for each in checks_of(code, checks))
    return ObjectAssessment(
        name,
        {"version": f"8.0.{len(name)}", "address": host.facts.get("address", "198.51.100.9"), "account": "anwei"},
        results,
        _units(about.kind, results),
        type=code,
        type_name=about.name,
        round_trips=1,
        seconds=0.8,
        transcript_digest="sha256:" + hashlib.sha256(host.name.encode()).hexdigest(),
    )


def _of_service(name: str, each: Check, command: str) -> Result:
    chance = _share(name, each.id)
    outcome = NOT_MET if chance < 0.25 else MANUAL if chance < 0.33 else NOT_APPLICABLE if chance < 0.36 else MET
    own = f"；由 {name} 的配置第 {int(1000 * chance)} 行" if _share(each.id) < 0.5 else ""
    return Result(each, outcome, f"{each.expected.split()[0]} 为 {int(20 * chance)}，生效值与文件一致{own}", (command,))


def _units(kind: str, results: Sequence[Result]) -> tuple[found.UnitResult, ...]:
    """What the units of this kind come to; half of the units count as shown whole by their checks."""
    shown = {name: range(1, 9) for number, name in enumerate(required()) if number % 2 == 0}
    return judged([*required().values()], kind, results, shown)


def _excused(host: ObjectAssessment, number: int) -> ObjectAssessment:
    """Two hosts have a waiver for their first finding, one of them an old one."""
    if number not in (2, 3):
        return host
    until = date(2027, 3, 31) if number == 2 else date(2026, 10, 1)
    waiver = Waiver("厂商补丁尚未发布", "只允许堡垒机地址访问", "anquan-1", until, expired=number == 3)
    first = next(each for each in host.results if each.outcome is NOT_MET)
    results = tuple(replace(each, waiver=waiver) if each is first else each for each in host.results)
    return replace(host, results=results)


def _results(host: str) -> Iterator[Result]:
    for listed, command, good, bad in catalogue():
        if listed.id == "LNX-IAb-04":
            yield Result(listed, NOT_APPLICABLE, good, (command,))
        elif listed.id in {"LNX-ACc-01", "LNX-ACf-01"} or _share(host, listed.id, "manual") > 0.97:
            yield Result(listed, MANUAL, "账户权限不足或需访谈确认，命令没有给出足够证据", (command,))
        else:
            bad_here = _share(host, listed.id) < 0.9 * _share(listed.id) ** 3
            yield Result(listed, NOT_MET if bad_here else MET, bad if bad_here else good, (command,))


def _share(*words: str) -> float:
    """A number from 0 to 1 that looks like chance and is the same in every run."""
    return int.from_bytes(hashlib.sha256("|".join(words).encode()).digest()[:4]) / 2**32


def _missing(number: int) -> ObjectAssessment:
    reasons = ["SSH 连接超时（10 秒）：198.51.100.77:22", "sudo 要求口令，采集账户没有免口令授权"]
    return ObjectAssessment(f"old-{number:03d}", unreachable=reasons[number % 2])


HOSTILE = {
    "markup": '<script>window.owned=1</script><img src=http://192.0.2.1/x onerror="window.owned=1">',
    "attribute": '" onmouseover="window.owned=1" x=\'',
    "closing": "</div></td></table></details></section></main><h1>篡改</h1><style>*{display:none}</style>",
    "template": "{{ 7 * 7 }}{% raw %}{0}{title}",
    "terminal": "\x1b[2J\x1b[31m红色\x1b]0;title\x07",
    "long": "A" * 10_000,
    "direction": "\u202etxt.exe\u2066 \u200f\u061c",
    "nul": "before\x00after\x7f\x9b",
    "surrogate": "bad byte \udcff",
    "formula": '=HYPERLINK("http://192.0.2.1","x")',
    "lines": "\n" * 500 + "\u2028\u2029\x0c\r",
}


def hostile() -> Assessment:
    """Every hostile text in every place that a host can fill."""
    first, second = check("LNX-IAa-01"), check("LNX-IAb-01")
    hosts = [
        ObjectAssessment(
            f"{name} {text[:300]}",
            {"system": text, "kernel": text, text[:80]: text, "address": "192.0.2.7"},
            (results := (Result(first, NOT_MET, text, (text, f"cat {text}")), Result(second, MANUAL, text, (text,)))),
            _units("OS", results),
            transcript_digest=text,
            type=text[:40],
            type_name=text,
        )
        for name, text in HOSTILE.items()
    ]
    excused = Waiver(HOSTILE["markup"], HOSTILE["closing"], HOSTILE["direction"], date(2027, 1, 1), expired=False)
    hosts.append(replace(hosts[0], name="excused", results=(Result(first, NOT_MET, "x", (), excused),)))
    lost = [ObjectAssessment(f"lost {name}", unreachable=text) for name, text in HOSTILE.items()]
    return assessment(*hosts, *lost, estate=HOSTILE["markup"])
