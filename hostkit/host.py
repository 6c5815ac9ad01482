"""The host that hostkit runs on: its programs, its files, and what it cannot do.

Kinds reach the host through this class only, so that a test can put a folder and a recorder in its place.
"""

import os
import re
import signal
import subprocess
import threading

from hostkit.blobs import Blobs
from hostkit.compat import native, octets
from hostkit.refusal import Refusal
from hostkit.walk import Walk

MYPY = False
if MYPY:
    from typing import Any, Dict, List, Optional, Sequence

SEARCHED = ("/usr/sbin", "/usr/bin", "/sbin", "/bin")
# The same for every program, whoever started us.
ENVIRONMENT = {"PATH": ":".join(SEARCHED), "LC_ALL": "C", "HOME": "/root", "LANG": "C"}
SECONDS = 90
LONGEST_WORDS = 400


class Host(object):
    """Programs are found in fixed folders and run with a fixed environment, never through a shell."""

    def __init__(self, root="/", booting=False):
        # type: (str, bool) -> None
        self.root = root
        # At boot nothing may wait for services: those that are to run have not been started yet.
        self.booting = booting
        self.walk = Walk(root)
        self.blobs = Blobs()
        # Contents that this run will write, by path: their digests.
        self.coming = {}  # type: Dict[str, str]
        # What this host cannot do and a reader must know, such as `acl-unreadable`.
        self.limits = []  # type: List[str]

    def path(self, name):
        # type: (str) -> str
        """Where a file of this host is."""
        return name if self.root == "/" else self.root + name

    def lines(self, name):
        # type: (str) -> List[str]
        """The lines of a small text file, without their ends; none when there is no such file."""
        try:
            with open(self.path(name), "rb") as page:
                return [native(line) for line in page.read().splitlines()]
        except IOError:
            return []

    def coming_lines(self, name):
        # type: (str) -> List[str]
        """The lines that a file will have once this run has written it; those it has when the run leaves it alone."""
        if name in self.coming:
            return [native(line) for line in self.blobs.bytes(self.coming[name]).splitlines()]
        return self.lines(name)

    def release(self):
        # type: () -> str
        """Which operating-system release this is, such as `debian-12-bookworm` or `kylin-v10-lance`."""
        about = dict(line.split("=", 1) for line in self.lines("/etc/os-release") if "=" in line)
        lines = [" ".join([about.get("ID", ""), about.get("VERSION", about.get("VERSION_ID", ""))]).strip()]
        # Before there was os-release, each family had a file of its own.
        lines += self.lines("/etc/neokylin-release") + self.lines("/etc/redhat-release")
        return re.sub("[^a-z0-9.]+", "-", ([line for line in lines if line] + ["unknown"])[0].lower()).strip("-")

    def exists(self, name):
        # type: (str) -> bool
        """Whether there is such a path; a link counts, wherever it leads."""
        return os.path.lexists(self.path(name))

    def program(self, name):
        # type: (str) -> Optional[str]
        """Where a program is, or None."""
        for folder in SEARCHED if "/" not in name else ("",):
            found = os.path.join(folder, name)
            if os.access(found, os.X_OK) and os.path.isfile(found):
                return found
        return None

    def demand_program(self, name):
        # type: (str) -> str
        """Where a program is that must be there."""
        found = self.program(name)
        if found is None:
            raise Refusal("program-missing", program=name)
        return found

    def limit(self, name):
        # type: (str) -> None
        """Note what cannot be done here."""
        if name not in self.limits:
            self.limits.append(name)

    def run(self, words, stdin=b"", seconds=SECONDS):
        # type: (Sequence[str], bytes, int) -> Done
        """Run a program and wait; its whole process group is ended when it takes too long."""
        child = subprocess.Popen(
            [self.demand_program(words[0])] + list(words[1:]),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=ENVIRONMENT,
            cwd="/",
            close_fds=True,
            preexec_fn=os.setsid,  # noqa: PLW1509 - there are no threads when a program is started
        )
        timer = threading.Timer(seconds, _end, [child])
        timer.start()
        try:
            output, errors = child.communicate(octets(stdin))
        finally:
            timer.cancel()
        return Done(child.returncode, output, errors)

    def demand(self, words, stdin=b"", item=""):
        # type: (Sequence[str], bytes, str) -> str
        """Run a program that must succeed; what it printed."""
        done = self.run(words, stdin)
        if done.status != 0:
            raise Refusal("program-failed", item, program=words[0], status=done.status, words=done.last_words())
        return native(done.output)


class Done(object):
    """What a program left: its status and what it printed."""

    def __init__(self, status, output, errors):
        # type: (int, bytes, bytes) -> None
        self.status = status
        self.output = output
        self.errors = errors

    def last_words(self):
        # type: () -> str
        """The end of what it said, for a person."""
        return native(self.errors.strip() or self.output.strip())[-LONGEST_WORDS:]


def _end(child):
    # type: (Any) -> None
    """End a program and what it started."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except OSError:
        pass
