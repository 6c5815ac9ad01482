"""The Python interpreters of this machine: hostkit runs under whatever a host has."""

import json
import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[3]
VERSIONS = ["2.6", "2.7", *(f"3.{minor}" for minor in range(3, 14))]
ASK = "import sys; sys.stdout.write('%d.%d' % sys.version_info[:2])"
# `ask` is what the caller's code defines: a function of one plain value.
AROUND = """
import json, sys
from hostkit.compat import canonical, plain
{code}
sys.stdout.write(canonical(ask(plain(json.loads(sys.stdin.read())))))
"""


@cache
def pythons() -> dict[str, Path]:
    """One interpreter per version, as far as there are any; oldest first."""
    named = [Path(path) for version in VERSIONS if (path := shutil.which(f"python{version}"))]
    built = sorted(Path.home().glob(".pyenv/versions/*/bin/python"))
    found: dict[str, Path] = {}
    for python in [*named, *built, Path(sys.executable)]:
        done = subprocess.run([python, "-c", ASK], capture_output=True, text=True, check=False)
        if done.returncode == 0 and re.fullmatch(r"\d+\.\d+", done.stdout) and done.stdout in VERSIONS:
            found.setdefault(done.stdout, python)
    return {version: found[version] for version in VERSIONS if version in found}


def told(python: Path, code: str, given: object) -> object:
    """What the function `ask`, which the code defines, gives under an interpreter."""
    done = subprocess.run(
        [python, "-c", AROUND.replace("{code}", code)],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.returncode == 0, f"{python}: {done.stderr}"
    answer: object = json.loads(done.stdout)
    return answer
