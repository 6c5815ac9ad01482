"""Types of objects beside Linux for the sample assessments: plausible checks on the real units. Nothing here ships."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from anwei.baseline import units
from anwei.baseline.catalogue import MLPS
from anwei.baseline.result import Check, Severity
from anwei.baseline.units import Requirement

LEVEL = 3


@dataclass(frozen=True)
class Type:
    """A type of object with its checks, and what its commands print."""

    code: str
    name: str
    kind: str
    prefix: str
    command: str


TYPES = {
    each.code: each
    for each in (
        Type("linux", "Linux 操作系统", "OS", "LNX", "cat -- /etc/login.defs"),
        Type("mysql", "MySQL / MariaDB", "DB", "MYS", "mysql -e 'SHOW GLOBAL VARIABLES'"),
        Type("redis", "Redis", "DB", "RDS", "redis-cli CONFIG GET '*'"),
        Type("nginx", "Nginx", "MW", "NGX", "nginx -T"),
        Type("apache", "Apache httpd", "MW", "APA", "httpd -S"),
        Type("tomcat", "Tomcat", "MW", "TOM", "cat -- conf/server.xml"),
        Type("vrp", "华为 VRP 交换机", "NET", "HWV", "display current-configuration"),
        Type("comware", "H3C Comware 交换机", "NET", "H3C", "display current-configuration"),
    )
}


@cache
def required() -> Mapping[str, Requirement]:
    return {each.unit.id: each for each in units.load(LEVEL, MLPS)}


@cache
def checks_of(code: str, count: int) -> tuple[Check, ...]:
    """Checks of a type, spread over the units that are asked of its kind; a few are not scored."""
    about, known = TYPES[code], list(required().values())
    asked = [each for each in known if about.kind in each.objects and each.area.code == "CES"]
    others = [each for each in known if about.kind not in each.objects and each.area.code == "CES"]
    picked = [asked[number % len(asked)] for number in range(count - 2)] + others[:2]
    return tuple(_check(about, number, each) for number, each in enumerate(picked))


def _check(about: Type, number: int, unit: Requirement) -> Check:
    severity = tuple(Severity)[number % 3]
    return Check(
        id=f"{about.prefix}-{unit.unit.id[3:6]}-{number:02d}",
        title=f"{unit.unit.title[:18]}（{number}）",
        unit=unit.unit,
        severity=severity,
        expected=f"setting_{number} ≤ {number + 5}",
        certainty="VSIM"[number % 4],
        high_risk_case=unit.high_risk[0].number if unit.high_risk and severity is Severity.HIGH else "",
        sub_checks=(1 + number // 30 % len(unit.sub_checks),),
        scored=about.kind in unit.objects,
        fix=f"把 setting_{number} 改为 {number + 5}，重新加载后核对生效值",
        disruption=("none", "reload", "restart", "reboot", "lockout", "app")[number % 6],
    )


def with_sub_checks(checks: Sequence[Check]) -> list[Check]:
    """Checks of the sample list with the sub-checks that they are about: one after the other."""
    counts: dict[str, int] = {}
    done = []
    for each in checks:
        counts[each.unit.id] = counts.get(each.unit.id, 0) + 1
        whole = len(required()[each.unit.id].sub_checks) if each.unit.id in required() else 1
        done.append(replace(each, sub_checks=(1 + (counts[each.unit.id] - 1) % whole,)))
    return done
