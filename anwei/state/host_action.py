"""An action plugin that has hostkit do something on a host: the trips, and what is said when none succeeds."""

from __future__ import annotations

import hashlib
import json
import secrets
from abc import abstractmethod
from collections.abc import Mapping
from typing import Any

from anwei.errors import AnweiError, Failure
from anwei.reach.asking import Asking, last_words
from anwei.state import transport
from anwei.state.secret_key import HOSTS, derived
from anwei.state.transport import Place, Reply
from anwei.texts import catalogue, language

# Ansible reads this file before it starts a process per host: what each of them would read is read here, once.
catalogue(language())


class HostAction(Asking):
    """One request to hostkit: one round trip where a payload can be piped and hostkit is there already."""

    _supports_check_mode = True
    SPEC: Mapping[str, Mapping[str, Any]]

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Check the arguments, act, and turn what is wrong into one message for a person."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _, arguments = self.validate_argument_spec(argument_spec=self.SPEC)
        self.host = str((task_vars or {}).get("inventory_hostname", ""))
        self._python = str(self._templar.template((task_vars or {}).get("ansible_python_interpreter", "")))
        try:
            said = self.act(arguments, task_vars or {})
        except AnweiError as error:
            said = failure(error)
        return {**result, **said, "round_trips": self.round_trips}

    @abstractmethod
    def act(self, arguments: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        """What the plugin does; its result."""

    @property
    def with_diff(self) -> bool:
        """Whether the reader asked for diffs."""
        return bool(self._task.diff)

    @property
    def only_looking(self) -> bool:
        """Whether nothing may be changed."""
        return bool(self._task.check_mode)

    def hostkit(self, request: Mapping[str, Any]) -> Reply:
        """Have hostkit answer; it is sent along only when the host has not got it."""
        content = json.dumps({**request, "key": derived(HOSTS)}).encode()
        kit = transport.kit()
        reply = self._exchange(content, kit.digest, 0)
        if reply.status == "wanted":
            reply = self._exchange(kit.content + content, kit.digest, len(kit.content))
        if reply.status == "no-python":
            raise Failure("AW-host-python", where=self.host)
        return reply

    def _exchange(self, payload: bytes, digest: str, kit_bytes: int) -> Reply:
        """One payload, one reply."""
        nonce = secrets.token_hex(8)

        def command(place: Place) -> str:
            """What is run on the host."""
            return transport.command(digest, kit_bytes, nonce, self._python, place)

        def kept(path: str) -> str:
            """The same for a payload that lies in a file."""
            return f"({command(Place(path, hashlib.sha256(payload).hexdigest()))}\n)"

        done = self.ask_with(payload, command(Place()), kept)
        reply = transport.read(done["stdout"], nonce)
        if reply is None:
            raise Failure("AW-host-silent", where=self.host, details=[last_words(done)])
        return reply


def failure(error: AnweiError) -> dict[str, Any]:
    """Ansible's result for an error: its message, and for machines its code and exit status."""
    return {"failed": True, "msg": str(error), "code": error.code, "status": int(error.exit_status)}


def plain(mapping: Mapping[str, Any]) -> dict[str, Any]:
    """An argument as JSON takes it: Ansible's own kinds of text, such as vaulted ones, become text."""
    return {str(name): _plain(value) for name, value in mapping.items()}


def _plain(value: object) -> object:
    """One value of it."""
    if isinstance(value, Mapping):
        return plain(value)
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value if value is None or isinstance(value, bool | int | float) else str(value)
