#!/usr/bin/env python3
"""Show on the embedded estate what a change is: planned, approved, run in waves, taken back; and one that goes wrong.

The one that goes wrong runs beside the other on a host of its own, because its half minute is the host's own.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from anwei.errors import Exit
from anwei.texts import text
from lab.place import Place
from lab.site import Site

PROJECT = Path(__file__).resolve().parents[1]
PAGES = PROJECT / "build" / "report"
REPORT = PAGES / "record"
HOSTS, LOCKED = ["app1", "web1", "web2"], "kylin1"
GOOD, BAD = "harden-sshd", "lock-out"
SECONDS = 30
# Passes `sshd -t`, and sshd itself says that everybody is admitted; but nobody comes to this port.
LOCKOUT = {
    "settings_undo_unless_confirmed": SECONDS,
    "settings_files": [
        {
            "path": "/etc/ssh/sshd_config",
            "dialect": "sshd",
            "settings": {"Port": "2222"},
            "validate": ["sshd", "-t", "-f", "%s"],
            "reload": ["ssh"],
        }
    ],
}


def main() -> int:
    """All of it; what does not come out as foretold ends it with the whole output."""
    up = {host["name"] for host in json.loads(Place.of_checkout().record.read_text(encoding="utf-8"))["hosts"]}
    hosts = [host for host in HOSTS if host in up]
    if not hosts or LOCKED not in up:
        print(text("demo.missing", hosts=", ".join({*HOSTS, LOCKED} - up)))
        return 0
    with TemporaryDirectory(prefix="anwei-demo-") as folder:
        site = Site(Path(folder), Place.of_checkout().directory).set_up()
        print(text("demo.begin", hosts=", ".join(hosts), locked=LOCKED), flush=True)
        _planned_and_approved(site, hosts)
        _checked(site, hosts, "before")
        with _going_wrong(site) as lockout:
            _carried_out(site)
            _checked(site, hosts, "after", "--before", str(PAGES / "before" / "report.json"))
            _seen_to_come_back(site, lockout)
        _taken_back(site)
        _shown(site)
    return 0


def _planned_and_approved(site: Site, hosts: list[str]) -> None:
    """Write both changes, plan them, have two people sign each."""
    site.write(GOOD, ",".join(hosts), "harden_sshd", {}, title=text("demo.good"), clauses=["H1"])
    site.write(BAD, LOCKED, "settings", LOCKOUT, title=text("demo.bad"), clauses=["R2"])
    for name in (GOOD, BAD):
        site.anwei("change", "plan", name)
    site.commit("plans")
    REPORT.mkdir(parents=True, exist_ok=True)
    page = REPORT / "plan.md"
    page.write_text((site.checkout / "changes" / GOOD / "plan.md").read_text(encoding="utf-8"), encoding="utf-8")
    print("\n" + text("demo.plan", change=GOOD, page=page))
    for name in (GOOD, BAD):
        site.approve(name)
    print(text("demo.approve", change=GOOD), flush=True)


def _checked(site: Site, hosts: list[str], when: str, *words: str) -> None:
    """What the compliance page says of the hosts, before the change or after it."""
    where = ["--limit", ",".join(hosts), "--out", str(PAGES / when), "--format", "html", *words]
    checked = site.anwei("check", "mlps", "--level", "3", *where, check=False)
    _demand(checked.returncode == Exit.FINDINGS, checked.stderr)
    if when == "after":
        print("\n" + text("demo.checked", page=PAGES / when / "report.html"), flush=True)


@contextmanager
def _going_wrong(site: Site) -> Iterator[subprocess.Popen[str]]:
    """The change that locks everybody out, running."""
    run = subprocess.Popen(
        site.words("change", "run", BAD), cwd=site.checkout, env=site.environment, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        yield run
    finally:
        run.kill()


def _carried_out(site: Site) -> None:
    """The good change, in waves, before the operator's eyes."""
    print("\n" + text("demo.run", change=GOOD), flush=True)
    _watched(site, "run")


def _seen_to_come_back(site: Site, lockout: subprocess.Popen[str]) -> None:
    """Wait for the bad one: nobody gets in, the host comes back by itself, and the run says so."""
    began = time.monotonic()
    print("\n" + text("demo.lockout", host=LOCKED, seconds=SECONDS), flush=True)
    printed = lockout.communicate()[0]
    _demand(lockout.returncode == Exit.ROLLED_BACK, f"exit {lockout.returncode}\n{printed}")
    print("  " + "\n  ".join(printed.strip().splitlines()))
    print("  " + text("demo.returned", host=LOCKED, seconds=round(time.monotonic() - began)))


def _taken_back(site: Site) -> None:
    """The good change as well: the way back is one command, any time."""
    print("\n" + text("demo.back", change=GOOD), flush=True)
    _watched(site, "rollback")


def _watched(site: Site, verb: str) -> None:
    """Have the good change run or taken back on this terminal."""
    ran = subprocess.run(site.words("change", verb, GOOD), cwd=site.checkout, env=site.environment, check=False)
    _demand(ran.returncode == Exit.GOOD, f"exit {ran.returncode}")


def _shown(site: Site) -> None:
    """The records of both, verified, as pages."""
    print("\n" + site.anwei("record", "verify").stdout.strip())
    for name in (GOOD, BAD):
        site.anwei("record", "show", name, "--out", str(REPORT / name), "--format", "html,xlsx,docx")
    pages = sorted(str(page) for page in REPORT.glob("*/*.html"))
    print(text("demo.end", pages="\n  ".join(pages)))


def _demand(holds: bool, otherwise: str) -> None:
    """End it all where something else happens than is told here."""
    if not holds:
        raise SystemExit(text("demo.unexpected") + "\n" + otherwise)


if __name__ == "__main__":
    sys.exit(main())
