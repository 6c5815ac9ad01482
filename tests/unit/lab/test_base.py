"""Recipes: a base is rebuilt when anything in its recipe changes, and only then."""

import shutil
from pathlib import Path

import pytest

from anwei.errors import BadInput, Failure
from lab import base
from lab.base import Recipe

NAMES = ["bookworm", "bullseye", "kylin", "legacy", "trixie"]


@pytest.fixture
def recipes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the recipes that a test may change."""
    folder = shutil.copytree(base.RECIPES, tmp_path / "bases")
    monkeypatch.setattr(base, "RECIPES", folder)
    monkeypatch.setattr(base, "ROOT_SCRIPT", folder / "common.sh")
    monkeypatch.setattr(base, "LAST_SCRIPT", folder / "finish.sh")
    return folder


def _digests() -> dict[str, str]:
    return {name: Recipe.load(name).digest for name in NAMES}


@pytest.mark.parametrize(
    ("changed", "rebuilt"),
    [
        ("trixie.yml", {"trixie"}),
        ("kylin.sh", {"kylin"}),
        ("legacy.yml", {"legacy", "bookworm", "kylin"}),
        ("common.sh", set(NAMES)),
        ("finish.sh", set(NAMES)),
    ],
)
def test_a_change_rebuilds_what_it_touches(recipes: Path, changed: str, rebuilt: set[str]) -> None:
    before = _digests()
    (recipes / changed).write_text((recipes / changed).read_text() + "\n# changed\n")
    after = _digests()
    assert {name for name in NAMES if before[name] != after[name]} == rebuilt


def test_an_unknown_base_is_refused_with_those_that_exist() -> None:
    with pytest.raises(BadInput, match="AW-lab-base-unknown") as refused:
        Recipe.load("neokylin")
    assert "bookworm" in str(refused.value)


def test_a_base_that_fails_is_an_answer_and_the_others_are_still_built(
    recipes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "CACHE", tmp_path)
    monkeypatch.setattr("lab.place.LOCKS", tmp_path / "locks")

    def build(recipe: Recipe, tree: Path) -> None:
        if recipe.name == "bullseye":
            raise Failure("AW-lab-base-failed", name=recipe.name, step="mmdebstrap")
        tree.mkdir()

    monkeypatch.setattr(base, "_build", build)
    failed = base.ensure(["bullseye", "trixie"], lambda _line: None)
    assert list(failed) == ["bullseye"]
    assert Recipe.load("trixie").root.is_dir()
    assert not Recipe.load("bullseye").root.exists()


def test_the_mirror_can_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANWEI_APT_MIRROR", "file:///srv/mirror")
    assert base.mirror() == "file:///srv/mirror"
