"""Running hostkit on a lab host as root: the folder travels as one zip, as it does at a site."""

import base64
import io
import json
import re
import shlex
import subprocess
import zipfile
from dataclasses import dataclass
from functools import cached_property

import pexpect

from tests.lab.conftest import PROJECT, Lab

BETWEEN = re.compile(r"<answer>(.*?)</answer>", re.DOTALL)
BY_SU = "app1"
BEGIN = """# -*- coding: utf-8 -*-
import base64, json, sys
sys.dont_write_bytecode = True
sys.path.insert(0, {zip!r})
from hostkit.host import Host
host = Host()
answer = None
"""
END = """
print("<answer>%s</answer>" % base64.b64encode(json.dumps(answer).encode("ascii")).decode("ascii"))
"""


@dataclass
class OnHost:
    """hostkit on one host of a lab."""

    lab: Lab
    host: str

    def run(self, snippet: str) -> object:
        """Run a Python snippet as root with hostkit and a `host` at hand; what it puts into `answer`."""
        code = BEGIN.format(zip=self.zip) + snippet + END
        place = self.send(code.encode(), "snippet.py")
        printed = self.shell(f"{self.python} {shlex.quote(place)} 2>&1")
        found = BETWEEN.search(printed)
        assert found, f"{self.host}: {printed}"
        answer: object = json.loads(base64.b64decode(found[1]))
        return answer

    def shell(self, command: str) -> str:
        """Run one command line as root on a terminal; what it printed. Ansible would take ten times as long."""
        become = "su root -c" if self.host == BY_SU else "sudo -n sh -c"
        config = str(self.lab.directory / "ssh_config")
        words = ["-q", "-tt", "-F", config, self.host, f"{become} {shlex.quote(command)}"]
        child = pexpect.spawn("ssh", words, encoding="utf-8", timeout=None)
        if self.host == BY_SU:
            child.expect("assword: ")
            child.sendline((self.lab.directory / "become_password").read_text().strip())
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus == 0, f"{self.host}: {command}: {child.exitstatus}\n{child.before}"
        return str(child.before)

    @cached_property
    def python(self) -> str:
        """The interpreter of this host: app1 has Python 2.7 only."""
        return _last_line(self.lab.ssh(self.host, "command -v python3 || command -v python2.7").stdout)

    @cached_property
    def zip(self) -> str:
        """Where hostkit lies on the host: in a folder of root's."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted((PROJECT / "hostkit").rglob("*")):
                if path.is_file() and "__pycache__" not in path.parts:
                    archive.write(path, path.relative_to(PROJECT))
        return self.send(packed.getvalue(), "hostkit.zip")

    def send(self, content: bytes, name: str) -> str:
        """Bring a file through the login account into a new folder that is root's alone."""
        script = "umask 077; f=$(mktemp) && cat > $f && echo $f"
        words = ["ssh", "-F", str(self.lab.directory / "ssh_config"), self.host, script]
        sent = subprocess.run(words, input=content, capture_output=True, check=True).stdout.decode()
        sent = shlex.quote(_last_line(sent))
        folder = "/root/hostkit-tests"
        self.shell(f"mkdir -p -m 700 {folder} && cp {sent} {folder}/{name} && rm -f {sent}")
        return f"{folder}/{name}"

    def clear(self) -> None:
        """Leave nothing behind."""
        self.shell("rm -rf /root/hostkit-tests")


def _last_line(printed: str) -> str:
    """Without the greeting that a login may print first."""
    return printed.strip().splitlines()[-1]
