"""Whether the approvals are enough, and if not, exactly what is missing. Pure: nothing is read here.

People are counted, not files: two keys of one name are one person, and so are two names with one key.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from anwei.approval.model import Approver, Rule
from anwei.estate.problems import listed
from anwei.texts import text


@dataclass(frozen=True)
class Authors:
    """Who made a change: the addresses and the signing keys in git's commits. None of them can approve it."""

    emails: frozenset[str]
    fingerprints: frozenset[str]


@dataclass(frozen=True)
class Person:
    """Somebody who signed, under all the names and with all the keys that belong together."""

    names: frozenset[str]
    fingerprints: frozenset[str]
    roles: frozenset[str]


@dataclass(frozen=True)
class Tally:
    """The outcome. `missing` more signatures are needed, `roles` of which must be held by those who give them."""

    needed: int
    counted: tuple[Person, ...]
    authors: tuple[Person, ...]
    missing: int
    roles: tuple[str, ...]

    @property
    def enough(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing

    def __str__(self) -> str:
        key = "enough" if self.enough else "missing-roles" if self.roles else "missing"
        values = {"counted": len(self.counted), "needed": self.needed, "missing": self.missing}
        said = text(f"approval.tally.{key}", None, roles=listed(self.roles), **values)
        names = listed(name for person in self.authors for name in sorted(person.names))
        return said + (text("approval.tally.authors", names=names) if names else "")


def tally(approvals: Iterable[Approver], rule: Rule, authors: Authors, extra: int = 0) -> Tally:
    """Hold the good approvals against a rule; `extra` more are needed where a change was not rehearsed."""
    everybody = people(approvals)
    wrote = tuple(person for person in everybody if _wrote(person, authors))
    counted = tuple(person for person in everybody if person not in wrote)
    needed = rule.count + extra
    roles = unfilled(rule.roles, [person.roles for person in counted])
    missing = max(needed - len(counted), len(roles), 0)
    return Tally(needed, counted, wrote, missing, roles)


def people(approvals: Iterable[Approver]) -> list[Person]:
    """The approvals as people: what shares a name or a key, also by way of a third, is one."""
    found: list[Person] = []
    for approver in sorted(approvals):
        person = Person(
            frozenset({approver.name.casefold()}), frozenset({approver.fingerprint}), frozenset(approver.roles)
        )
        same = [other for other in found if other.names & person.names or other.fingerprints & person.fingerprints]
        found = [other for other in found if other not in same]
        found.append(_one([*same, person]))
    return found


def unfilled(wanted: Sequence[str], held: Sequence[frozenset[str]]) -> tuple[str, ...]:
    """The roles that stay open when each is given to a different person, as well as that can be done.

    A matching by augmenting paths: who already fills a role gives it up where they can fill another.
    """
    filled_by: dict[int, int] = {}

    def place(role: int, tried: set[int]) -> bool:
        """Find somebody for a role, moving others where that helps."""
        for person, roles in enumerate(held):
            if wanted[role] in roles and person not in tried:
                tried.add(person)
                if person not in filled_by or place(filled_by[person], tried):
                    filled_by[person] = role
                    return True
        return False

    return tuple(name for role, name in enumerate(wanted) if not place(role, set()))


def _one(parts: Sequence[Person]) -> Person:
    """Several parts of one person put together."""
    names = frozenset[str]().union(*(part.names for part in parts))
    fingerprints = frozenset[str]().union(*(part.fingerprints for part in parts))
    return Person(names, fingerprints, frozenset[str]().union(*(part.roles for part in parts)))


def _wrote(person: Person, authors: Authors) -> bool:
    """Whether the person is one of the authors, by any of their names or keys; case does not tell addresses apart."""
    emails = {email.casefold() for email in authors.emails}
    return not (person.names.isdisjoint(emails) and person.fingerprints.isdisjoint(authors.fingerprints))
