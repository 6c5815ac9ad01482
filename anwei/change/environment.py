"""Whether what is installed is what the lock file of the signed commit names: the code of others runs too."""

import re
from importlib.metadata import PackageNotFoundError, version

from packaging.requirements import Requirement

from anwei.home import ROOT

LOCKS = ("requirements.lock", "requirements-2.19.lock")
PIN = re.compile(r"^[A-Za-z0-9._-]+==[^\\\n]+", re.MULTILINE)


def differences() -> list[str]:
    """The packages that are not installed as locked; nothing when one of the tested locks is met."""
    found = [_differing(lock) for lock in LOCKS]
    return [] if not all(found) else min(found, key=len)


def _differing(lock: str) -> list[str]:
    """The packages that differ from one lock file."""
    pins = map(Requirement, PIN.findall((ROOT / lock).read_text(encoding="utf-8")))
    wanted = [pin for pin in pins if pin.marker is None or pin.marker.evaluate()]
    there = {pin.name: _installed(pin.name) for pin in wanted}
    return [
        f"{pin.name} {there[pin.name] or '–'} ({pin.specifier})" for pin in wanted if not _met(pin, there[pin.name])
    ]


def _met(pin: Requirement, installed: str) -> bool:
    """Whether the installed version is the locked one."""
    return bool(installed) and pin.specifier.contains(installed, prereleases=True)


def _installed(name: str) -> str:
    """The version of a package that Python would import."""
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
