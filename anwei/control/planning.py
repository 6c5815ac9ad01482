"""Planning a change that lies in another checkout than the program: from its commit, with the runner's environment.

A plan is made by code that nobody signed yet, and it looks at hosts as root: the launcher leaves it to root.
"""

import os
import subprocess
import sys
from pathlib import Path

from anwei.approval import repository, worktree
from anwei.change import approving, launching
from anwei.change.changefile import demand_name
from anwei.home import home

ENTRY = (
    "import sys; sys.path.insert(0, sys.argv[1]); sys.dont_write_bytecode = True; "
    "from anwei.cli import main; sys.exit(main(sys.argv[2:]))"
)


def plan(change: str, checkout: Path, *, as_json: bool) -> int:
    """Plan from the commit that is checked out there; the answer names the pages, which then go into the checkout."""
    commit = approving.head(checkout)
    repository.fetch(checkout, commit, repository.own())
    tree = worktree.tree(repository.own(), commit, home() / "runs" / demand_name(change) / "planning")
    words = [sys.executable, "-I", "-c", ENTRY, str(tree), "change", "plan", change, *["--json"] * as_json]
    return subprocess.run(words, env=launching.environment(os.environ, checkout), cwd=tree, check=False).returncode
