"""Promises about the repository itself: short functions, locks without addresses, one command behind every pipeline."""

import ast
import re
import subprocess
from pathlib import Path

import pytest
import yaml

PROJECT = Path(__file__).resolve().parents[2]
LONGEST_FUNCTION = 60
LOCKS = ["requirements.lock", "requirements-dev.lock", "requirements-2.19.lock"]
PYTHON = [
    path
    for folder in ("anwei", "lab", "baselines", "action_plugins", "roles", "scripts")
    for path in PROJECT.glob(f"{folder}/**/*.py")
]


def _functions(path: Path) -> list[tuple[str, int]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [(f"{path.name}:{node.name}", (node.end_lineno or 0) - node.lineno + 1) for node in found]


def test_functions_are_short() -> None:
    lengths = dict(pair for path in PYTHON for pair in _functions(path))
    assert {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION} == {}
    assert sorted(lengths.values())[len(lengths) // 2] < 15


def test_imports_point_one_way() -> None:
    for path in PROJECT.glob("anwei/*/*.py"):
        imported = set(re.findall(r"^\s*from (anwei(?:\.\w+)?)", path.read_text(encoding="utf-8"), re.MULTILINE))
        assert "anwei.cli" not in imported, path
        if path.parent.name in ("evidence", "estate"):
            assert imported.isdisjoint({"anwei.baseline", "anwei.report", "anwei.commands"}), path


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_have_hashes_and_no_address(lock: str) -> None:
    content = (PROJECT / lock).read_text()
    assert "://" not in content
    pins = re.findall(r"^[\w.-]+==", content, re.MULTILINE)
    assert len(pins) > 20
    assert len(re.findall(r"^[\w.-]+==[^\n]*\\\n    --hash=sha256:", content, re.MULTILINE)) == len(pins)


def test_the_runtime_lock_is_part_of_the_development_lock() -> None:
    pins = [set(re.findall(r"^([\w.-]+==\S+)", (PROJECT / lock).read_text(), re.MULTILINE)) for lock in LOCKS[:2]]
    assert pins[0] <= pins[1]


def test_pipelines_call_the_same_targets_as_people() -> None:
    assert "exec make test" in (PROJECT / ".ci" / "run").read_text()
    pipelines = [PROJECT / ".gitlab-ci.yml", PROJECT / ".github" / "workflows" / "test.yml"]
    targets = {
        word
        for path in pipelines
        for words in re.findall(r"make ([a-z -]+)", path.read_text())
        for word in words.split()
    }
    known = set(re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE))
    assert targets <= known
    for path in pipelines:
        yaml.safe_load(path.read_text())


def test_every_make_target_is_explained() -> None:
    shown = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=PROJECT, capture_output=True, text=True, check=True
    ).stdout
    targets = set(re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE))
    assert {line.split()[1] for line in shown.splitlines()} == targets


def test_both_forges_ask_the_same_of_a_change() -> None:
    asked = [
        PROJECT / ".github" / "pull_request_template.md",
        PROJECT / ".gitlab" / "merge_request_templates" / "Default.md",
    ]
    assert asked[0].read_text() == asked[1].read_text()


def test_links_between_pages_lead_somewhere() -> None:
    pages = [*PROJECT.glob("*.md"), *PROJECT.glob("docs/**/*.md")]
    links = [(page, link) for page in pages for link in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8"))]
    local = [(page, link) for page, link in links if ":" not in link]
    assert len(local) > 10
    assert [(page.name, link) for page, link in local if not (page.parent / link).exists()] == []
