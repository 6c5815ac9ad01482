"""How our action plugins ask a host: by standard input where that works, else by a private file and a terminal."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

# The folder is new and its owner's alone, so nobody can put another file in its place before it is read.
KEEP = (
    'umask 077 && folder=$(mktemp -d "${TMPDIR:-/tmp}/anwei-XXXXXXXXXX") && '
    'cat >"$folder/payload" && echo "@anwei-in $folder@"'
)
MARK = "@anwei-"
WANTS_TERMINAL = re.compile(r"\btty\b|\bterminal\b")
LONGEST_REASON = 400
# First come wins in ssh: this is put before what the inventory says. A dead connection is noticed after 15 seconds.
OWN = "-o ControlMaster=no -o ControlPath=none -o ServerAliveInterval=5 -o ServerAliveCountMax=3"

Done = dict[str, Any]


class Asking(ActionBase):  # type: ignore[misc]  # Ansible has no types
    """An action plugin that hands bytes to a command on the host and reads what it printed between our marks."""

    round_trips = 0

    def ask_with(self, payload: bytes, piped: str, kept: Callable[[str], str]) -> Done:
        """Run `piped` with the payload on standard input; where that cannot be, `kept` of the file that holds it.

        A sudo that turns out to demand a terminal is given one.
        """
        if self._is_pipelining_enabled("new"):
            done = self.ask(piped, in_data=payload)
            if answered(done) or not WANTS_TERMINAL.search(done["stderr"]):
                return done
        return self._with_terminal(payload, kept)

    def ask(self, command: str, *, in_data: bytes | None = None, sudoable: bool = True) -> Done:
        """One round trip."""
        self.round_trips += 1
        done: Done = self._low_level_execute_command(command, in_data=in_data, sudoable=sudoable)
        return done

    @contextmanager
    def own_connections(self) -> Iterator[None]:
        """Make a new TCP connection for each command in here: a kept one proves nothing about getting in."""
        connection = self._connection
        if not connection.has_option("ssh_args"):
            connection.close()
            yield
            return
        kept = connection.get_option("ssh_args")
        connection.set_option("ssh_args", f"{OWN} {kept or ''}")
        try:
            yield
        finally:
            connection.set_option("ssh_args", kept)

    def _with_terminal(self, payload: bytes, kept: Callable[[str], str]) -> Done:
        """Keep the payload in a private file on the host, run there, and take it away, whatever happens."""
        done = self.ask(KEEP, in_data=payload, sudoable=False)
        place = re.search(r"@anwei-in (/[^@\r\n]+)@", done["stdout"])
        if not place:
            return done
        folder = shlex.quote(place[1])
        removed = False
        try:
            done = self.ask(f"{kept(place[1] + '/payload')}; rm -rf {folder}")
            removed = answered(done)
        finally:
            if not removed:
                self.ask(f"rm -rf {folder}", sudoable=False)
        return done


def answered(done: Done) -> bool:
    """Whether what was asked ran at all."""
    return MARK in done["stdout"]


def last_words(done: Done) -> str:
    """What the host said instead of an answer, for a person."""
    words = (done["stderr"].strip() or done["stdout"].strip())[-LONGEST_REASON:]
    return f"exit status {done['rc']}: {words}"


def checked(done: Done) -> str:
    """The answer; when there is none, fail with the host's own last words."""
    if not answered(done):
        raise AnsibleActionFail(last_words(done))
    return str(done["stdout"])
