"""What the modules' documentation shows works as it stands there."""

import runpy
from pathlib import Path

import pytest
import yaml

from tests.lab.conftest import BIN, PROJECT, Lab

MODULES = ["state", "state_info", "take_back"]


def _documentation(module: str, part: str) -> str:
    """A part of a module's documentation."""
    return str(runpy.run_path(str(PROJECT / "library" / f"{module}.py"))[part])


@pytest.mark.needs("web1")
def test_every_example_runs(lab: Lab, tmp_path: Path) -> None:
    tasks = [task for module in MODULES for task in yaml.safe_load(_documentation(module, "EXAMPLES"))]
    play = {"hosts": "web1", "gather_facts": False, "tasks": tasks, "vars": {"anwei_change": "examples"}}
    page = tmp_path / "examples.yml"
    page.write_text(yaml.safe_dump([play]))
    for options in (["--check", "--diff"], []):
        # A host without the change has nothing to take back: the check comes first for what needs no change.
        shown = [task for task in tasks if not options or "take_back" not in task]
        page.write_text(yaml.safe_dump([{**play, "tasks": shown}]))
        lab._run([str(BIN / "ansible-playbook"), str(page), *options], check=True)
    lab.anwei("host", "back", "examples", "--limit", "web1")
    lab.anwei("host", "clean", "--limit", "web1")


@pytest.mark.parametrize("module", MODULES)
def test_ansible_doc_knows_the_module(lab: Lab, module: str) -> None:
    shown = lab._run([str(BIN / "ansible-doc"), "-t", "module", module], check=True).stdout
    assert _documentation(module, "EXAMPLES").strip().splitlines()[0].strip() in shown
