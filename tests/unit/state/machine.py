"""A host for the transport: this machine's shell and a store in a temporary folder instead of /var/lib/anwei."""

import hashlib
import importlib.util
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from anwei.home import ROOT
from anwei.state import transport
from anwei.state.host_action import HostAction
from anwei.state.transport import Kit, Place, Reply

NONCE = "0123abcd"
TASK = "role : Do it"
PYTHONS = sorted({sys.executable, *map(str, Path.home().glob(".pyenv/versions/*/bin/python"))})
# Answers with what it was asked, where it runs from, and its umask; `crash` fails with a message that holds a secret.
MAIN = """
import json, os, sys
def main(request):
    asked = json.loads(request.decode("utf-8"))
    if asked.get("verb") == "crash":
        raise OSError(28, "No space left on device", "/secret/path")
    os.umask(os.umask(0))
    mask = os.umask(0)
    os.umask(mask)
    answer = {"ok": True, "asked": asked, "file": __file__, "version": list(sys.version_info[:2]), "umask": mask}
    return json.dumps(dict(answer, **asked.get("answer", {}))), asked.get("status", 0)
def run():
    sys.stdout.write(" ".join(sys.argv[1:]))
    return 7
"""


def stub_kit(folder: Path, main: str = MAIN) -> Kit:
    """A small hostkit that answers with what it was asked."""
    (folder / "hostkit").mkdir(parents=True, exist_ok=True)
    (folder / "hostkit" / "__init__.py").write_text("")
    (folder / "hostkit" / "__main__.py").write_text(main)
    return transport.kit(folder / "hostkit")


@dataclass
class Machine:
    """Runs what a connection would run."""

    folder: Path
    owner: int = field(default_factory=os.geteuid)

    @property
    def store(self) -> Path:
        """Where the bootstrap keeps hostkit."""
        return self.folder / "anwei"

    @property
    def kits(self) -> list[str]:
        """What lies in the store."""
        return sorted(path.name for path in (self.store / "hostkit").iterdir())

    def sh(self, command: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """Run a command as the host would."""
        here = command.replace('"/var/lib/anwei"', f'"{self.store}"').replace("OWNER = 0\n", f"OWNER = {self.owner}\n")
        assert here != command or "bootstrap" not in command
        return subprocess.run(["/bin/sh", "-c", here], input=stdin, capture_output=True, check=False, timeout=60)

    def ask(self, kit: Kit, request: bytes, *, send: bool = False, python: str = sys.executable) -> Reply:
        """Hand a request to the kit's digest, with or without the kit; the reply."""
        size = len(kit.content) if send else 0
        done = self.sh(
            transport.command(kit.digest, size, NONCE, python), kit.content + request if send else request
        )  # fmt: skip
        return self.reply(done)

    def ask_by_file(self, kit: Kit, page: Path, digest: str) -> Reply:
        """The same with the payload in a file."""
        place = Place(str(page), digest)
        return self.reply(self.sh(transport.command(kit.digest, len(kit.content), NONCE, sys.executable, place)))

    @staticmethod
    def reply(done: subprocess.CompletedProcess[bytes]) -> Reply:
        """The reply in what was printed."""
        reply = transport.read(done.stdout.decode(), NONCE)
        assert reply, done
        return reply


def reason(reply: Reply) -> str:
    """Why nothing was done."""
    assert reply.answer["ok"] is False
    return str(reply.answer["refusals"][0]["reason"])


def sha256(content: bytes) -> str:
    """A digest in hex."""
    return hashlib.sha256(content).hexdigest()


class Connection(SimpleNamespace):
    """What an action plugin needs to know of a connection."""

    def __init__(self, **options: str) -> None:
        super().__init__(options=options, closed=0, _shell=SimpleNamespace(tmpdir="/nowhere"))

    def has_option(self, name: str) -> bool:
        return name in self.options

    def get_option(self, name: str) -> str:
        return str(self.options[name])

    def set_option(self, name: str, value: str) -> None:
        self.options[name] = value

    def close(self) -> None:
        self.closed += 1


def plugin(name: str) -> type[HostAction]:
    """One of our action plugins, as Ansible loads it."""
    spec = importlib.util.spec_from_file_location(f"plugin_{name}", ROOT / "action_plugins" / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: type[HostAction] = module.ActionModule
    return found


def on_machine(plugin: type[HostAction], machine: Machine, arguments: dict[str, Any], **task: object) -> HostAction:
    """An action plugin whose connection is the machine's shell. `asked` holds each command with the options it had."""

    class OnMachine(plugin):  # type: ignore[misc]
        """The plugin, with the three things replaced that need Ansible."""

        def __init__(self) -> None:
            about = {"async_val": 0, "check_mode": False, "diff": False, "action": "state", "_uuid": "mac-0000b"}
            self._task = SimpleNamespace(args=arguments, get_name=lambda: TASK, **{**about, **task})
            self._connection = Connection(ssh_args="-o ControlMaster=auto")
            self._templar = SimpleNamespace(template=lambda value: value)
            self._load_name = "state"
            self.asked: list[tuple[str, str]] = []
            self.pipes = bool(task.get("pipes", True))

        def _is_pipelining_enabled(self, _style: str) -> bool:
            return self.pipes

        def _early_needs_tmp_path(self) -> bool:
            return False

        def _low_level_execute_command(self, command: str, *, in_data: bytes | None, sudoable: bool) -> dict[str, Any]:
            self.asked.append((command, self._connection.get_option("ssh_args")))
            done = machine.sh(command, in_data or b"")
            return {"rc": done.returncode, "stdout": done.stdout.decode(), "stderr": done.stderr.decode()}

    return OnMachine()
