"""Versions against the lowest without a known serious hole. Distributions mend their packages under old numbers."""

import re

from baselines.mlps.web.seen import Seen


def is_packaged(program: str) -> bool:
    """Whether a program lies where packages of the distribution put theirs."""
    return program.startswith(("/usr/", "/sbin/", "/bin/")) and not program.startswith("/usr/local/")


def number(version: str) -> tuple[int, ...]:
    """The parts of a version for comparing."""
    return tuple(int(each) for each in re.findall(r"\d+", version)[:4])


def judged(program: str, version: str, lowest: str) -> Seen:
    """High enough is good; too low is bad where no distribution could have mended it."""
    row = f"{version} {program}"
    if number(version) >= number(lowest):
        return Seen(good=[row])
    return Seen(odd=[row]) if is_packaged(program) else Seen(bad=[row])
