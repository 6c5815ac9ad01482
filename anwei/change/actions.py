"""The actions: each is a playbook that plays roles. What they take and touch is the roles' own word."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from anwei.errors import BadInput
from anwei.estate.problems import listed
from anwei.home import ROOT
from anwei.texts import language

Page = Mapping[str, Any]


@dataclass(frozen=True)
class Role:
    """What a role says of itself in its `meta/`."""

    name: str
    folder: Path

    @cached_property
    def spec(self) -> Page:
        """Its entry of argument_specs.yml."""
        spec: Page = self._page("argument_specs")["argument_specs"]["main"]
        return spec

    @property
    def title(self) -> str:
        """What it does, in the language of the reader; the spec has both in one line."""
        chinese, _, english = str(self.spec["short_description"]).partition("。 ")
        return english.removesuffix(".") if language() == "en" else chinese.removesuffix("。")

    @property
    def options(self) -> Mapping[str, Page]:
        """Its parameters by name."""
        options: Mapping[str, Page] = self.spec.get("options", {})
        return options

    @property
    def lock_out(self) -> str:
        """The parameter that arms the dead-man, when the role can lock people out."""
        return str(self._page("footprint")["lock_out"])

    @property
    def notice(self) -> str:
        """What users will notice."""
        return str(self._page("footprint")["notice"][language()])

    @property
    def cannot_take_back(self) -> list[str]:
        """What stays when the change is taken back."""
        return [str(said[language()]) for said in self._page("footprint")["cannot_take_back"]]

    @property
    def checks(self) -> frozenset[str]:
        """The checks of the catalogue that tell what it did."""
        return frozenset(self._page("footprint")["checks"])

    @property
    def tried(self) -> frozenset[str]:
        """The releases on which the project itself tests it."""
        return frozenset(self._page("tried")["releases"])

    def _page(self, name: str) -> Page:
        """One page of its `meta/`."""
        page: Page = yaml.safe_load((self.folder / "meta" / f"{name}.yml").read_text(encoding="utf-8"))
        return page


@dataclass(frozen=True)
class Action:
    """A playbook and its roles."""

    name: str
    roles: tuple[Role, ...]

    @property
    def title(self) -> str:
        """What it does."""
        return listed(role.title for role in self.roles)

    @property
    def options(self) -> dict[str, Page]:
        """The parameters of all its roles."""
        return {name: option for role in self.roles for name, option in role.options.items()}


def actions(root: Path = ROOT) -> dict[str, Action]:
    """Every action by name. A playbook that plays no role is a tool and no action."""
    found = (_action(page, root) for page in sorted((root / "playbooks").glob("*.yml")))
    return {action.name: action for action in found if action.roles}


def named(name: str, root: Path = ROOT) -> Action:
    """The action of this name; what is none is refused with those that there are."""
    known = actions(root)
    if name not in known:
        raise BadInput("AW-action-unknown", action=name, known=listed(known))
    return known[name]


def _action(playbook: Path, root: Path) -> Action:
    """The roles that a playbook plays, in order."""
    plays = yaml.safe_load(playbook.read_text(encoding="utf-8"))
    entries = [entry for play in plays for entry in play.get("roles", ())]
    names = [entry["role"] if isinstance(entry, Mapping) else entry for entry in entries]
    return Action(playbook.stem, tuple(Role(name, root / "roles" / name) for name in names))
