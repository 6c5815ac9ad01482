"""Launching: what runs is the signed commit, started with nothing of the caller's."""

import json
import multiprocessing
import os
import pwd
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from anwei.change import launching
from anwei.change.order import Order
from tests.unit.change.site import Site

FORK = multiprocessing.get_context("fork")
# Takes the place of the real one in the site's commits: it tells how it was started.
STARTED = """
import json, os, sys
def main(words):
    told = {"env": dict(os.environ), "path": sys.path[0], "file": __file__, "order": json.loads(words)}
    told |= {"isolated": sys.flags.isolated, "cwd": os.getcwd(), "modules": sorted(sys.modules), "version": "VERSION"}
    print(json.dumps(told))
    return 7
"""
DIRTY = {
    "ANSIBLE_CONFIG": "/nowhere/ansible.cfg",
    "ANSIBLE_CHECK_MODE_MARKERS": "1",
    "ANSIBLE_LIBRARY": "/nowhere",
    "PYTHONPATH": "/nowhere",
    "PYTHONSTARTUP": "/nowhere/x.py",
    "PYTHONHOME": "",
    "LD_PRELOAD": "",
    "LD_LIBRARY_PATH": "/nowhere",
    "GIT_DIR": "/nowhere",
    "GIT_CONFIG_GLOBAL": "/nowhere",
    "GIT_SSH_COMMAND": "/nowhere/ssh",
    "BASH_ENV": "/nowhere/rc",
    "ENV": "/nowhere/rc",
    "IFS": "x",
    "HTTPS_PROXY": "http://192.0.2.7:3128",
    "SUDO_USER": "yunwei-1",
    "PATH": "/nowhere",
    "HOME": "/nowhere",
    "LANG": "tlh",
    "TMPDIR": "/nowhere",
    "ANWEI_HOME": "/nowhere",
    "ANWEI_SYSLOG": "192.0.2.7:514",
    "ANWEI_SSH_KEY": "/nowhere/key",
}
PEOPLES = {"TERM": "xterm", "COLUMNS": "120", "ANWEI_LANG": "en", "SSH_AUTH_SOCK": "/run/agent"}


def committed(site: Site, version: str = "1") -> Order:
    """An order to run a commit that tells how it was started."""
    for folder in ("anwei", "anwei/change"):
        site.checkout.write(f"{folder}/__init__.py", "")
    site.checkout.write("anwei/change/started.py", STARTED.replace("VERSION", version))
    return site.order(commit=site.checkout.commit())


def launched(order: Order, capfd: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """How it was started, and by its exit status that it was. The process that launches becomes the runner."""
    process = FORK.Process(target=launching.launch, args=(order,))
    process.start()
    process.join(60)
    assert process.exitcode == 7
    told: dict[str, Any] = json.loads(capfd.readouterr().out)
    return told


def test_an_order_crosses_as_it_was_given(site: Site) -> None:
    order = site.order("rollback", limit="web:&外部", over=True, rehearsal=True, json=True)
    assert Order.parse(order.as_text()) == order
    assert order.folder == site.place


def test_nothing_of_the_callers_comes_through(site: Site) -> None:
    given = launching.environment({**DIRTY, **PEOPLES}, site.folder / "checkout")
    assert {name: given[name] for name in PEOPLES} == PEOPLES
    ours = {"PATH", "HOME", "LANG", "ANWEI_HOME", "ANWEI_LAB_DIR", "ANSIBLE_HOME", "TMPDIR", "PYTHONDONTWRITEBYTECODE"}
    assert set(given) == ours | set(PEOPLES)
    assert not [value for value in given.values() if "/nowhere" in value]
    assert (given["ANWEI_HOME"], given["HOME"]) == (str(site.home), pwd.getpwuid(os.getuid()).pw_dir)
    assert given["PATH"].split(":")[0] == str(Path(sys.executable).parent)


def test_a_run_is_started_from_the_signed_tree_alone(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    order = committed(site)
    trap = tmp_path / "trap"
    trap.mkdir()
    for module in ("sitecustomize", "usercustomize", "json", "anwei"):
        (trap / f"{module}.py").write_text("raise SystemExit(99)\n")
    for name, value in {**DIRTY, **PEOPLES, "PYTHONPATH": str(trap)}.items():
        if value and not name.startswith(("ANWEI_HOME", "LD_", "PATH", "GIT_")):
            monkeypatch.setenv(name, value)
    monkeypatch.chdir(trap)
    told = launched(order, capfd)
    tree = str(launching.tree_of(order))
    assert (told["path"], told["cwd"], told["isolated"]) == (tree, tree, 1)
    assert told["file"] == f"{tree}/anwei/change/started.py"
    assert not {"ANSIBLE_CONFIG", "ANSIBLE_LIBRARY", "PYTHONPATH", "PYTHONSTARTUP", "BASH_ENV"} & set(told["env"])
    assert Order(**told["order"]) == order


def test_what_lies_in_the_checkout_and_newer_commits_have_no_effect(
    site: Site, capfd: pytest.CaptureFixture[str]
) -> None:
    order = committed(site)
    committed(site, "2")
    site.checkout.write("anwei/change/started.py", "raise SystemExit(99)\n")
    assert launched(order, capfd)["version"] == "1"


def test_a_tree_that_was_edited_is_laid_out_anew(site: Site, capfd: pytest.CaptureFixture[str]) -> None:
    order = committed(site)
    launched(order, capfd)
    tree = launching.tree_of(order)
    (tree / "anwei" / "change" / "started.py").write_text("raise SystemExit(99)\n")
    (tree / "json.py").write_text("raise SystemExit(99)\n")
    assert launched(order, capfd)["version"] == "1"
    assert not (tree / "json.py").exists()


def test_every_commit_of_a_change_has_a_tree_of_its_own_that_only_we_can_read(
    site: Site, capfd: pytest.CaptureFixture[str]
) -> None:
    order = committed(site)
    launched(order, capfd)
    tree = launching.tree_of(order)
    others = [replace(order, change="another"), replace(order, commit="ab" * 20)]
    assert len({tree, *map(launching.tree_of, others)}) == 3
    assert tree.is_relative_to(site.home)
    assert not [path for path in (tree, *tree.rglob("*")) if path.lstat().st_mode & 0o077]
