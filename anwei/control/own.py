"""What is the control node's own: its folder, its two keys, and the file that says who may approve."""

import os
import pwd
import stat
from collections.abc import Iterator
from pathlib import Path

from anwei.approval import counting, trust
from anwei.approval.guarded import weaknesses_above
from anwei.approval.model import Trust
from anwei.control.finding import Finding, bad, fine, joined, unknown, warning
from anwei.estate.problems import listed
from anwei.home import home
from anwei.record import node_key, store
from anwei.state import secret_key

OTHERS = stat.S_IRWXG | stat.S_IRWXO
BLOCKS = Path("/sys/dev/block")
LONGEST = 107 - len("/cp/01234567/0123456789.0123456789abcdef")  # of a socket's path, less what ssh makes of it


def name_of(uid: int) -> str:
    """An account as people call it."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def folder() -> Iterator[Finding]:
    """Nobody else can look into the control folder, change it or put another in its place."""
    place = home()
    if not place.is_dir():
        yield warning("home-none", path=place)
        return
    wrong = list(wrong_with(place))
    yield from wrong or [fine("home", path=place, owner=name_of(place.stat().st_uid))]
    yield fine("encrypted") if encrypted(place) else unknown("encryption")


def wrong_with(place: Path) -> Iterator[Finding]:
    """What lets others in."""
    found = place.stat()
    if found.st_mode & OTHERS:
        yield bad("home-open", path=place, mode=_mode(found))
    if os.geteuid() not in (0, found.st_uid):
        yield bad("home-foreign", path=place, owner=name_of(found.st_uid))
    if len(str(place)) > LONGEST:
        yield bad("home-long", path=place, longest=LONGEST)
    if checkout := trust.inside(place):
        yield bad("home-inside", path=place, checkout=checkout)
    if above := list(weaknesses_above(place)):
        yield bad("home-replaceable", path=place, reasons=joined(above))


def encrypted(place: Path, blocks: Path = BLOCKS) -> bool:
    """Whether the kernel encrypts the disk below a folder. What a hypervisor or the disk itself does is not seen."""
    device = place.stat().st_dev
    return _is_crypt(blocks / f"{os.major(device)}:{os.minor(device)}")


def _is_crypt(device: Path) -> bool:
    """Whether a block device is an encrypted one, or stands on such only."""
    uuid, below = device / "dm" / "uuid", list((device / "slaves").glob("*"))
    if uuid.is_file() and uuid.read_text(encoding="utf-8").startswith("CRYPT-"):
        return True
    return bool(below) and all(map(_is_crypt, below))


def keys() -> Iterator[Finding]:
    """The key for digests and the one that signs records are there, closed, and what they should be."""
    pages = [home() / "key", home() / "node_key"]
    wrong = [found for page in pages for found in _wrong_with_key(page)]
    yield from wrong
    if not wrong and all(page.exists() for page in pages):
        secret_key.key()
        if node_key.holds("doctor", node_key.sign("doctor"), node_key.public()):
            yield fine("keys", fingerprint=node_key.fingerprint(node_key.public()))
        else:
            yield bad("keys-apart", path=node_key.public())


def _wrong_with_key(page: Path) -> Iterator[Finding]:
    """What is wrong with one key as a file."""
    if not page.exists():
        yield warning("key-gone", path=page) if store.names() else fine("key-none", path=page)
        return
    found = page.stat()
    if found.st_mode & OTHERS:
        yield bad("key-open", path=page, mode=_mode(found))
    if found.st_uid != home().stat().st_uid:
        yield bad("key-foreign", path=page, owner=name_of(found.st_uid))


def trusted() -> Iterator[Finding]:
    """The chain of trust files holds, and its rules can be met when somebody is away."""
    if not trust.pages(trust.folder()):
        yield warning("trust-none", path=trust.folder())
        return
    found = trust.load()
    people = len(counting.people(found.approvers))
    yield fine("trust", version=found.version, digest=found.digest, count=people)
    if thin := _thin(found):
        yield warning("trust-thin", rules=listed(thin), count=people)


def _thin(found: Trust) -> list[str]:
    """The rules that take everybody, or the only one in a role: nobody may then be away, or be the author."""
    people = counting.people(found.approvers)
    alone = {role for person in people for role in person.roles if sum(role in each.roles for each in people) == 1}
    rules = trust.rules(found).items()
    return [name for name, rule in rules if rule.count >= len(people) or alone.intersection(rule.roles)]


def _mode(found: os.stat_result) -> str:
    """The mode as chmod takes it."""
    return f"{stat.S_IMODE(found.st_mode):04o}"
