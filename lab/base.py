"""One root file system per operating system, built once into a cache shared by all checkouts of this machine.

A recipe is `NAME.yml` (suite or parent, packages) and, if it needs one, `NAME.sh`. The cache folder of a base carries
the digest of everything in its recipe, so a changed recipe is a new base and an old checkout keeps its own.
"""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import yaml

from anwei.errors import AnweiError, BadInput, Failure
from anwei.texts import text
from lab.place import CACHE, locked, private_folder

RECIPES = Path(__file__).parent / "bases"
ROOT_SCRIPT = RECIPES / "common.sh"
LAST_SCRIPT = RECIPES / "finish.sh"
NSPAWN = Path(__file__).with_name("nspawn.sh")
BUILDERS = 2

Say = Callable[[str], None]


@dataclass(frozen=True)
class Recipe:
    """How one base is made."""

    name: str
    suite: str
    parent: str
    packages: tuple[str, ...]

    @classmethod
    def load(cls, name: str) -> "Recipe":
        """The recipe called `name`."""
        path = RECIPES / f"{name}.yml"
        if not path.exists():
            known = ", ".join(sorted(recipe.stem for recipe in RECIPES.glob("*.yml")))
            raise BadInput("AW-lab-base-unknown", name=name, known=known)
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        return cls(name, data.get("suite", ""), data.get("parent", ""), tuple(data["packages"]))

    @property
    def scripts(self) -> list[Path]:
        """What runs inside the base once its packages are there."""
        own = [RECIPES / f"{self.name}.sh"] if (RECIPES / f"{self.name}.sh").exists() else []
        return [*([] if self.parent else [ROOT_SCRIPT]), *own, LAST_SCRIPT]

    @property
    def digest(self) -> str:
        """Digest of all that decides what the base contains."""
        parts = [path.read_bytes() for path in [RECIPES / f"{self.name}.yml", *self.scripts]]
        parts += [Recipe.load(self.parent).digest.encode()] if self.parent else []
        return hashlib.sha256(b"\0".join(parts)).hexdigest()[:12]

    @property
    def root(self) -> Path:
        """Where the finished base lies."""
        return CACHE / "bases" / f"{self.name}-{self.digest}"


def ensure(names: Iterable[str], say: Say) -> Mapping[str, AnweiError]:
    """Build the bases that are missing, two at a time; returns those that could not be built, with the reason."""
    wanted = sorted({Recipe.load(name) for name in names}, key=lambda recipe: (recipe.parent != "", recipe.name))
    with ThreadPoolExecutor(BUILDERS) as builders:
        outcomes = builders.map(lambda recipe: _attempt(recipe, say), wanted)
    return {recipe.name: error for recipe, error in zip(wanted, outcomes, strict=True) if error}


def _attempt(recipe: Recipe, say: Say) -> AnweiError | None:
    """Build one base; a failure is an answer, because the other bases are still wanted."""
    try:
        _ensure_one(recipe, say)
    except AnweiError as error:
        return error
    return None


def _ensure_one(recipe: Recipe, say: Say) -> None:
    """Build a base and its parent unless they are there. One builder at a time on the whole machine."""
    if recipe.parent:
        _ensure_one(Recipe.load(recipe.parent), say)
    with locked(f"base-{recipe.name}"):
        if recipe.root.exists():
            return
        say(text("lab.building", name=recipe.name))
        partial = recipe.root.with_suffix(".partial")
        shutil.rmtree(partial, ignore_errors=True)
        private_folder(partial.parent)
        _build(recipe, partial)
        partial.rename(recipe.root)
        say(text("lab.built", name=recipe.name))


def _build(recipe: Recipe, tree: Path) -> None:
    """Make the tree: from a copy of the parent, or from nothing with mmdebstrap."""
    log = tree.with_suffix(".log")
    if recipe.parent:
        _run(recipe, log, "cp", "--archive", str(Recipe.load(recipe.parent).root), str(tree))
        _inside(recipe, tree, log, _install(recipe))
    else:
        options = ["--quiet", "--variant=minbase", '--aptopt=Acquire::Languages "none"']
        _run(
            recipe,
            log,
            "mmdebstrap",
            *options,
            f"--include={','.join(recipe.packages)}",
            recipe.suite,
            str(tree),
            mirror(),
        )
    for script in recipe.scripts:
        _inside(recipe, tree, log, script.read_text(encoding="utf-8"))
    log.unlink()


def _install(recipe: Recipe) -> str:
    """A script that adds the recipe's packages to its parent's, without starting anything."""
    suite = Recipe.load(recipe.parent).suite
    return "\n".join(
        [
            "set -eu",
            "export DEBIAN_FRONTEND=noninteractive",
            f"echo 'deb {mirror()} {suite} main' > /etc/apt/sources.list",
            r"printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d && chmod +x /usr/sbin/policy-rc.d",
            "mkdir -p /usr/share/man/man1",  # openjdk's scripts fail without it
            "apt-get -qq update",
            f"apt-get -qq install --yes --no-install-recommends {' '.join(recipe.packages)}",
            "rm /usr/sbin/policy-rc.d",
        ]
    )


def _inside(recipe: Recipe, tree: Path, log: Path, script: str) -> None:
    """Run a script inside the tree as a container: it can change nothing but the tree."""
    (tree / "build.sh").write_text(script, encoding="utf-8")
    container = ["--quiet", "--register=no", "--keep-unit", "--pipe", "--resolv-conf=copy-host", f"--directory={tree}"]
    _run(recipe, log, str(NSPAWN), *container, f"--machine=build-{recipe.name}", "/bin/sh", "/build.sh")
    (tree / "build.sh").unlink()


def _run(recipe: Recipe, log: Path, *words: str) -> None:
    """Run one building step; what it prints goes to a log that is kept if it fails."""
    with log.open("ab") as output:
        done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False)
    if done.returncode != 0:
        last = log.read_text(errors="replace").strip().splitlines()[-3:]
        raise Failure("AW-lab-base-failed", where=str(log), details=last, name=recipe.name, step=words[0])


def mirror() -> str:
    """The Debian mirror that this machine is set to use, or the one that ANWEI_APT_MIRROR names."""
    named = os.environ.get("ANWEI_APT_MIRROR")
    if named:
        return named
    fields = "$(CREATED_BY) $(ORIGIN) $(LABEL) $(REPO_URI)"
    asked = subprocess.run(["apt-get", "indextargets", "--format", fields], capture_output=True, text=True, check=False)
    for line in asked.stdout.splitlines():
        if line.startswith("Packages Debian Debian "):
            return line.split()[-1]
    raise Failure("AW-lab-no-mirror")
