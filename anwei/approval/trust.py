"""The trust file and its history: each version is in force because enough people of the version before signed it.

It lives in the control node's own folder, never in the checkout: who can change the code must not be able to
change who approves it. The whole chain is verified each time that it is read.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

from anwei.approval import signing, trust_file
from anwei.approval.guarded import usable, weak, weaknesses
from anwei.approval.model import Approver, Rule, Trust, Version
from anwei.errors import BadInput, Refused
from anwei.estate.problems import listed
from anwei.home import home
from anwei.texts import text

PAGE = re.compile(r"[0-9]{4}\.yml")
SIGNATURES = re.compile(r"[0-9]{4}\.sig")


@dataclass(frozen=True)
class Signatures:
    """The signatures over one version: those that count by who gave them, and why the others do not."""

    good: Mapping[Approver, str]
    useless: tuple[str, ...]


def folder() -> Path:
    """The folder of the versions: `0001.yml`, `0002.yml` with `0002.sig/`, and so on."""
    return home() / "trust"


def load(*, real: bool = True) -> Trust:
    """The version in force, with the chain behind it. For `real` use it must not lie in a checkout."""
    place = folder()
    with usable("AW-trust-unusable", place):
        found = pages(place)
        if not found:
            raise Refused("AW-trust-none", where=str(place))
        if real and (checkout := inside(place)):
            raise Refused("AW-trust-inside", where=str(place), checkout=checkout)
        trust = _verified(1, found[0], None)
        for number, page in enumerate(found[1:], 2):
            trust = _verified(number, page, trust)
    return trust


def rules(found: Trust) -> dict[str, Rule]:
    """Every rule under the name that people know it by."""
    others = {"emergency": found.emergency, "rollback": found.rollback, "trust": Rule(found.changing)}
    by_risk = {text("trust.risk", risk=risk): rule for risk, rule in found.approvals.items()}
    return by_risk | {text(f"trust.rule.{name}"): rule for name, rule in others.items()}


def inside(place: Path) -> Path | None:
    """The git checkout that a folder lies in, if it lies in one."""
    return next((above for above in (place, *place.parents) if (above / ".git").exists()), None)


def pages(place: Path) -> list[Path]:
    """The versions in their order; a folder that others can write, and what does not belong there, is refused."""
    if not place.exists():
        return []
    _refuse_open(place, weaknesses(place))
    # A draft, and signatures without their version, are left by an adoption that was killed.
    names = sorted(page.name for page in place.iterdir() if not page.name.startswith("."))
    if strange := [name for name in names if not (PAGE.fullmatch(name) or SIGNATURES.fullmatch(name))]:
        raise Refused("AW-trust-strange", where=str(place), names=listed(strange))
    found = [place / name for name in names if PAGE.fullmatch(name)]
    for number, page in enumerate(found, 1):
        if page.name != f"{number:04}.yml":
            _refuse(number, place / f"{number:04}.yml", [text("trust.broken.gone")])
    return found


def signatures(content: bytes, place: Path, before: Trust) -> Signatures:
    """Who of the version before signed `content`. A useless file neither counts nor hides a good one."""
    good: dict[Approver, str] = {}
    useless: list[str] = []
    for page in sorted(place.glob("*.sig")):
        signature = page.read_text(encoding="ascii", errors="replace") if page.is_file() else ""
        if key := signing.signer(content, signature, before.keys, signing.TRUST):
            good[before.holder(key)] = signature
        else:
            reason = "stranger" if signing.is_whole(content, signature, signing.TRUST) else "forged"
            useless.append(text(f"trust.useless.{reason}", None, file=page.name))
    return Signatures(good, tuple(useless))


def _verified(number: int, page: Path, before: Trust | None) -> Trust:
    """One more version of the chain, if it follows the one before and was signed into force."""
    _refuse_open(page, weak(page))
    content = page.read_bytes()
    try:
        trust = trust_file.read(content, page)
    except BadInput as error:
        _refuse(number, page, error.details)
    expected = before.digest if before else ""
    if trust.follows != expected:
        _refuse(number, page, [text("trust.broken.follows", follows=trust.follows or "-", digest=expected or "-")])
    signers = _signers(number, page, content, before) if before else ()
    history = before.history if before else ()
    return replace(trust, history=(*history, Version(number, trust.digest, signers)))


def _signers(number: int, page: Path, content: bytes, before: Trust) -> tuple[str, ...]:
    """The names of those who signed a version into force, if they are enough."""
    place = page.with_suffix(".sig")
    written = [place, *place.iterdir()] if place.is_dir() else []
    _refuse_open(place, (said for path in written for said in weak(path)))
    found = signatures(content, place, before)
    if len(found.good) < before.changing:
        said = text("trust.broken.unsigned", count=before.changing, have=len(found.good))
        _refuse(number, page, [said, *found.useless])
    return tuple(sorted(approver.name for approver in found.good))


def _refuse_open(path: Path, found: Iterable[str]) -> None:
    """Refuse what others could have written, with all that is wrong."""
    if details := list(found):
        raise Refused("AW-trust-open", where=str(path), details=details)


def _refuse(number: int, page: Path, reasons: list[str]) -> NoReturn:
    """Refuse the whole chain for one version."""
    raise Refused("AW-trust-broken", where=str(page), details=reasons, version=number)
