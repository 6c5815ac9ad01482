"""From the live checkout into the signed commit: everything that judges and changes runs from there.

The runner keeps a repository and a clean tree per change of its own. What lies in the live checkout, and what stands in
the caller's environment, has no effect on a run, apart from the approvals, which are signed.
"""

import os
import pwd
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from anwei.approval import repository, worktree
from anwei.change import locks
from anwei.change.changefile import REHEARSAL
from anwei.change.order import Order
from anwei.evidence.naming import safe_name
from anwei.home import home, make_private

# Isolated: no PYTHON* variable, no folder of the caller's; the signed tree comes before everything that is installed.
ENTRY = (
    "import os, sys; os.chdir(sys.argv[1]); sys.path.insert(0, sys.argv[1]); sys.dont_write_bytecode = True; "
    "from anwei.change.started import main; sys.exit(main(sys.argv[2]))"
)
# What a person's terminal, language and keys need, and where the embedded estate is. Nothing else comes through.
PASSED_ON = ("TERM", "COLUMNS", "ANWEI_LANG", "ANWEI_LAB_DIR", "SSH_AUTH_SOCK")
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def launch(order: Order) -> NoReturn:
    """Become the runner, which carries the order out from the tree of its commit."""
    checkout = Path(order.checkout)
    # A tree that a run is using is not laid out anew below it.
    with locks.held(locks.CHANGES, [order.change, order.change + REHEARSAL], order.change, order.by):
        repository.fetch(checkout, order.commit, repository.own())
        tree = worktree.tree(repository.own(), order.commit, tree_of(order))
    words = [sys.executable, "-I", "-c", ENTRY, str(tree), order.as_text()]
    os.execve(sys.executable, words, environment(os.environ, checkout))


def asking_account() -> str:
    """Who asks: the account that we run as, and whom sudo says it did so for."""
    own = pwd.getpwuid(os.getuid()).pw_name
    return f"{os.environ['SUDO_USER']} ({own})" if os.environ.get("SUDO_USER") else own


def tree_of(order: Order) -> Path:
    """Where the runner keeps the tree of a commit that a change runs from."""
    return home() / "runs" / safe_name(order.change) / order.commit


def environment(given: Mapping[str, str], checkout: Path) -> dict[str, str]:
    """What a run is started with, whatever the caller's environment holds."""
    kept = {name: given[name] for name in PASSED_ON if name in given}
    return {
        "ANWEI_LAB_DIR": str(checkout / ".lab"),
        **kept,
        "PATH": f"{Path(sys.executable).parent}:{PATH}",
        "HOME": pwd.getpwuid(os.getuid()).pw_dir,
        "LANG": "C.UTF-8",
        "ANWEI_HOME": str(home()),
        "TMPDIR": str(make_private(home() / "tmp")),  # what is private for the moment lies in no folder of everybody's
        "ANSIBLE_HOME": str(home() / "ansible"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
