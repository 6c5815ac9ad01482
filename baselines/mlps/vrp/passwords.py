"""Password rules of Huawei devices: V5 keeps them in a policy for administrators, V8 as settings of the `aaa` view."""

from collections.abc import Iterator

from testinfra.host import Host

from anwei.baseline.verdict import Verdict, manual
from baselines.mlps.device.central import remote
from baselines.mlps.device.configuration import Configuration, Section
from baselines.mlps.device.reading import configuration
from baselines.mlps.device.weighing import Rows, by_default, some, unset
from baselines.mlps.vrp.generation import V5, generation

POLICY = "local-aaa-user password policy administrator"
Row = tuple[bool | None, str]


def password_policy(host: Host, *, min_length: int, max_days: int, history: int) -> Verdict:
    """Length, complexity, age and history of local passwords. What the release decides is for a person."""
    found = configuration(host)
    seen = [*_complexity(found), *_length(found, min_length), *_age(found, max_days)]
    if generation(host, found) == V5:
        seen += _history(found, history)
    rows = Rows()
    for fits, row in seen:
        rows.put(row, fits=fits)
    server = remote(found)
    return manual("device.remote", rows=server) if server and not rows.bad else rows.verdict("password")


def lockout(host: Host, *, max_tries: int, min_minutes: int) -> Verdict:
    """An account is locked for some minutes after some failures; both generations do so unless told otherwise."""
    found = configuration(host)
    read = _wrong_password if generation(host, found) == V5 else _user_block
    tries, minutes, rows = read(found)
    if not (0 < tries <= max_tries and minutes >= min_minutes):
        return Rows(bad=rows).verdict("lock")
    server = remote(found)
    return manual("device.remote", rows=server) if server else Rows(rows).verdict("lock")


def _aaa(found: Configuration) -> Section:
    """All of the `aaa` view."""
    return Section("aaa", [child for view, _ in found.views("aaa") for child in view.children])


def _policy(found: Configuration) -> Section | None:
    """The policy for administrators, where there is one."""
    return next((each for each in _aaa(found).walk() if each.line == POLICY), None)


def _complexity(found: Configuration) -> Iterator[Row]:
    """Complexity is asked for unless somebody took that away."""
    off = (
        r"undo user-password complexity-check|undo local-user policy security-enhance|undo user-security-policy enable"
    )
    bad = [match[0] for match in _aaa(found).found(off)]
    yield (not bad, some(bad) if bad else by_default("complexity-check"))


def _length(found: Configuration, least: int) -> Iterator[Row]:
    """The least length; where nothing is written the release decides (6 or 8)."""
    length = r"(?:user-password min-len|set password min-length|password min-length) (\d+)"
    value = _aaa(found).value(length) or found.value(length)
    yield (int(value) >= least, f"min-length {value}") if value else (None, unset("min-length"))


def _age(found: Configuration, most: int) -> Iterator[Row]:
    """The age. Without a policy passwords never grow old; with one they do after 90 days."""
    policy = _policy(found)
    value = _aaa(found).value(r"user-password expire (\d+).*")
    if policy:
        value = policy.value(r"password expire (\d+)") or "90"
    yield (0 < int(value) <= most, f"expire {value}") if value else (False, unset("password expire"))


def _history(found: Configuration, least: int) -> Iterator[Row]:
    """How many former passwords are refused, five unless written; and a first password that must be changed."""
    policy = _policy(found)
    if not policy:
        yield False, unset(POLICY)
        return
    value = int(policy.value(r"password history record number (\d+)") or 5)
    yield value >= least, f"history {value}"
    forced = not policy.has("undo password alert original")
    yield forced, "password alert original" if forced else "undo password alert original"


def _wrong_password(found: Configuration) -> tuple[int, int, list[str]]:
    """Tries and minutes on V5: five minutes after three failures in five minutes, unless written."""
    if _aaa(found).has(r"undo local-aaa-user wrong-password.*"):
        return 0, 0, ["undo local-aaa-user wrong-password"]
    rows = _aaa(found).found(r"local-aaa-user wrong-password retry-interval \d+ retry-time (\d+) block-time (\d+)")
    if not rows:
        return 3, 5, [by_default("local-aaa-user wrong-password 5/3/5")]
    return int(rows[-1][1]), int(rows[-1][2]), [rows[-1][0]]


def _user_block(found: Configuration) -> tuple[int, int, list[str]]:
    """Tries and minutes on V8: five minutes after five failures, unless written; 0 tries is no limit."""
    aaa = _aaa(found)
    tries, minutes = (int(aaa.value(rf"user-block {key} (\d+).*") or 5) for key in ("failed-times", "reactive"))
    if aaa.has("undo user-block failed-times.*"):
        tries = 0
    written = [match[0] for match in aaa.found(r"(?:undo )?user-block .*")]
    return tries, minutes, written or [by_default("user-block 5/5")]
