"""Every command that can be asked beforehand, run for real on this machine: none of them writes anything."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from anwei.baseline import catalogue
from anwei.evidence import carried
from anwei.evidence.commands import Command

CALLS = (
    "open,openat,creat,unlink,unlinkat,rename,renameat,renameat2,mkdir,mkdirat,rmdir,chmod,fchmod,fchmodat,chown,fchown,"
    "lchown,fchownat,link,linkat,symlink,symlinkat,truncate,ftruncate,mknod,mknodat,utimensat,setxattr,lsetxattr,"
    "fsetxattr,mount,umount2,init_module,finit_module,settimeofday,clock_settime,sethostname,swapon,swapoff,reboot"
)
OWN = re.compile(
    r"O_RDONLY"  # nothing but reading
    r"|\(AT_FDCWD, \"/dev/(null|tty)\""
    r"|/\.anwei-[0-9a-f]{16}-\d+[/\"]"  # the collector's own folder
    r"|unlinkat\(\d+, \"(ledger|\d+\.(out|err|status))\""  # rm, which is in that folder
    r"|O_TMPFILE"  # a file without a name that is gone when it is closed
    r"|= -1 E|^(\+\+\+|---)"
)
# A file for each process: in one for all of them a call can be cut in two by another process.
TRACER = ("strace", "-f", "-ff", "--seccomp-bpf", "-qq", "-s", "400", "-o", "traces/of", "-e", f"trace={CALLS}")
SECONDS = 3  # on a large machine not all searches come to their end; that they only read shows earlier


def traced(folder: Path, commands: Sequence[Command]) -> list[str]:
    """The calls by which the collector and its commands changed anything; nothing where no call can be traced."""
    (folder / "traces").mkdir()
    (folder / "collector.sh").write_text(carried.write("linux", [(each, SECONDS) for each in commands]))
    words = [*(TRACER if can_trace() else ()), "sh", "collector.sh"]
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, check=True, timeout=300)
    content = done.stdout.decode()
    (folder / "web1.txt").write_text(content)
    assert len(carried.read(content, folder / "web1.txt", commands).answers) == len(commands)
    pages = [page.read_text(errors="replace") for page in (folder / "traces").iterdir()]
    return [line for page in pages for line in page.splitlines() if not OWN.search(line)]


def can_trace() -> bool:
    """Whether there is strace and it is allowed here: containers often forbid it."""
    return (
        bool(shutil.which("strace"))
        and not subprocess.run(["strace", "-o", os.devnull, "true"], check=False).returncode
    )


def fingerprint(*places: Path) -> Iterator[tuple[str, int, int, int, int]]:
    """Mode, owner, size and time of everything in some places."""
    for place in places:
        for path in sorted(place.rglob("*")):
            about = path.lstat()
            yield str(path), about.st_mode, about.st_uid, about.st_size, about.st_mtime_ns


def test_none_of_them_writes(tmp_path: Path) -> None:
    commands = list(catalogue.load(max(catalogue.LEVELS)).declarations("linux").commands())
    assert len(commands) > 10
    own = tmp_path / "home"
    own.mkdir()
    before = list(fingerprint(Path("/etc")))
    assert traced(own, commands) == []
    assert list(fingerprint(Path("/etc"))) == before
    assert {path.name for path in own.iterdir()} == {"collector.sh", "traces", "web1.txt"}


WRITING = ["touch made", "mkdir made", "echo x >>made", "rm -f collector.sh", "ln -s x made", "chmod 644 collector.sh"]


@pytest.mark.skipif(not can_trace(), reason="calls cannot be traced here")
@pytest.mark.parametrize("writing", WRITING)
def test_one_that_writes_would_be_seen(tmp_path: Path, writing: str) -> None:
    assert traced(tmp_path, [Command(writing)])
