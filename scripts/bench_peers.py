"""The same hundred settings by `state`, by lineinfile and by pyinfra: all three must find nothing to do."""

import re
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench_figures import PROJECT, Bench, seconds

PYINFRA = "3.10.0"
FOLDER = "/etc/anwei-bench"
FILES = [f"{FOLDER}/part{number:02}.conf" for number in range(20)]
NAMES = [f"setting_{number}" for number in range(5)]
COUNT = len(FILES) * len(NAMES)
# What else is in such a file.
AROUND = "".join(f"# About other_{number}.\nother_{number} = {number}\n" for number in range(40))
ENDED = re.compile(r"^\S+ +: ok=(\d+) +changed=(\d+) +unreachable=(\d+) +failed=(\d+)", re.MULTILINE)
SETTINGS = {"dialect": "equals", "settings": dict.fromkeys(NAMES, "on")}
ONE_TASK: list[dict[str, Any]] = [{"state": {"document": {"file": dict.fromkeys(FILES, SETTINGS)}}}]
# Of the table's last line: operations, those that changed something, errors, those with nothing to do.
TOTAL = re.compile(r"Grand total +(\S+) +(\S+) +(\S+) +(\S+)")
DEPLOY = """from pyinfra.operations import files

for path in {files}:
    for name in {names}:
        files.line(path=path, line=f"^{{name}} *=.*$", replace=f"{{name}} = on", _sudo=True)
"""


@dataclass
class Workload:
    """A hundred settings in twenty files on some clones."""

    bench: Bench
    hosts: int

    @property
    def title(self) -> str:
        """What it is, for the page."""
        return f"{COUNT} settings in {len(FILES)} files on {self.hosts} hosts"

    def prepare(self) -> None:
        """Lay the files, with every setting as it shall be."""
        content = AROUND + "".join(f"{name} = on\n" for name in NAMES)
        made = {FOLDER: {"type": "directory"}} | {path: {"content": content} for path in FILES}
        self.bench.play("clones", [{"state": {"document": {"file": made}}}])

    def by_ansible(self, tasks: list[dict[str, Any]], **values: str) -> float:
        """The time of a play; no task may find anything to do on any host."""
        began = time.monotonic()
        printed = self.bench.play("clones", tasks, **values)
        took = time.monotonic() - began
        if ENDED.findall(printed) != [(str(len(tasks)), "0", "0", "0")] * self.hosts:
            raise SystemExit(f"to Ansible, something is to be done:\n{printed}")
        return took


def by_state(work: Workload) -> float:
    """One task, over the connections that Ansible keeps."""
    return work.by_ansible(ONE_TASK)


def by_state_logging_in(work: Workload) -> float:
    """The same when every host has to be logged in to first, as pyinfra has to each time."""
    with TemporaryDirectory(dir=work.bench.folder, ignore_cleanup_errors=True) as connections:
        return work.by_ansible(ONE_TASK, ansible_control_path_dir=connections)


def by_lineinfile(work: Workload) -> float:
    """A task for each setting."""
    lines = [{"path": path, "regexp": f"^{name} *=", "line": f"{name} = on"} for path in FILES for name in NAMES]
    return work.by_ansible([{"ansible.builtin.lineinfile": line} for line in lines])


@contextmanager
def pyinfra(work: Workload) -> Iterator[Callable[[], float]]:
    """An operation for each setting: what runs it and gives its time. Its environment is there for as long."""
    program = install_pyinfra(work.bench)
    folder = work.bench.folder / "pyinfra"
    folder.mkdir()
    names = [f"clone{number + 1:03}" for number in range(work.hosts)]
    lab = work.bench.folder / "lab"
    access = {"ssh_config_file": str(lab / "ssh_config"), "ssh_known_hosts_file": str(lab / "known_hosts")}
    (folder / "hosts.py").write_text(f"hosts = {[(name, access) for name in names]!r}\n", encoding="utf-8")
    (folder / "deploy.py").write_text(DEPLOY.format(files=FILES, names=NAMES), encoding="utf-8")
    yield lambda: seconds(lambda: demand_nothing_done(work, program, folder))
    shutil.rmtree(program.parents[1])


def demand_nothing_done(work: Workload, program: Path, folder: Path) -> None:
    """Run pyinfra; no operation may have anything to do on any host."""
    done = work.bench.run(program, "--yes", folder / "hosts.py", folder / "deploy.py")
    printed = done.stdout + done.stderr
    total = TOTAL.search(printed)
    expected = str(COUNT * work.hosts)
    if not total or total.groups() != (expected, "-", "-", expected):
        raise SystemExit(f"to pyinfra, something is to be done:\n{printed}")


def install_pyinfra(bench: Bench) -> Path:
    """The program, in an environment of its own, with its code compiled as it is after a usual installation."""
    place = PROJECT / "build" / "pyinfra"
    shutil.rmtree(place, ignore_errors=True)
    wanted = f"pyinfra=={PYINFRA}"
    if shutil.which("uv"):
        bench.run("uv", "venv", "--quiet", "--python", sys.executable, place)
        bench.run("uv", "pip", "install", "--quiet", "--compile-bytecode", "--python", place, wanted)
    else:
        bench.run(sys.executable, "-m", "venv", place)
        bench.run(place / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wanted)
    return place / "bin" / "pyinfra"
