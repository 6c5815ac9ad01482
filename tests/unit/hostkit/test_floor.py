"""Hostkit runs on old hosts as they are: standard library only, every Python from 2.6 on, small enough to be read."""

import ast
import re
import subprocess
import sys
import tokenize
from pathlib import Path
from typing import Any

import pytest

import hostkit
from tests.unit.hostkit.pythons import pythons, told

HOSTKIT = Path(hostkit.__file__).parent
PAGES = {str(page.relative_to(HOSTKIT)): page for page in sorted(HOSTKIT.rglob("*.py"))}
# The design aims at 4,000 lines of code; what only mypy reads is none.
LINES_OF_CODE, LINES_OF_A_FUNCTION = 4450, 60
# Only mypy reads what stands under `if MYPY:`; attributes.py asks before it calls what Python 3 has.
# `file` is our module, not Python 2's name for open().
UNKNOWN_TO_VERMIN = ["typing", "file", "os.getxattr", "os.listxattr", "os.removexattr", "os.setxattr"]
FLOOR = [
    "--target=2.6-", "--target=3.3-", "--violations", "--no-tips", "--pessimistic",
    *(word for name in UNKNOWN_TO_VERMIN for word in ("--exclude", name)),
]  # fmt: skip
# Syntax, by the code of the interpreter itself; lone surrogates and all.
COMPILE = """
def ask(pages):
    return [page for page in sorted(pages) if compile(pages[page].encode("utf-8"), page, "exec") is None]
"""
IMPORT = """
import os
def ask(names):
    return [name for name in names if __import__(name, fromlist=["x"]).__name__ != name]
"""


def _tree(page: str) -> ast.Module:
    return ast.parse(PAGES[page].read_text("utf-8"))


def _for_mypy(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "MYPY"


def _imports(tree: ast.Module, *, types_too: bool) -> list[tuple[str, str, int]]:
    """Modules, the names that they are known by, and where; with or without what only mypy reads."""
    skipped = {id(inner) for node in ast.walk(tree) if _for_mypy(node) and not types_too for inner in ast.walk(node)}
    found = []
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            found += [(alias.name, alias.asname or alias.name.split(".")[0], node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found += [(str(node.module), alias.asname or alias.name, node.lineno) for alias in node.names]
    return found


def _code_lines(page: Path) -> int:
    """Lines that hold code: neither blank, nor comment, nor docstring."""
    ignored = {
        tokenize.COMMENT,
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENDMARKER,
        tokenize.ENCODING,
    }
    with page.open("rb") as opened:
        tokens = [token for token in tokenize.tokenize(opened.readline) if token.type not in ignored]
    lines = {line for token in tokens for line in range(token.start[0], token.end[0] + 1)}
    for node in filter(_for_mypy, ast.walk(ast.parse(page.read_text("utf-8")))):
        lines -= set(range(node.lineno, int(node.end_lineno or 0) + 1))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    for node in ast.walk(ast.parse(page.read_text("utf-8"))):
        if isinstance(node, documented) and ast.get_docstring(node, clean=False) is not None:
            lines -= set(range(node.body[0].lineno, int(node.body[0].end_lineno or 0) + 1))
    return len(lines)


@pytest.mark.parametrize("page", PAGES)
def test_it_needs_nothing_but_the_standard_library(page: str) -> None:
    known = {*sys.stdlib_module_names, "hostkit"}
    assert [name for name, _, _ in _imports(_tree(page), types_too=True) if name.split(".")[0] not in known] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_import_is_used(page: str) -> None:
    lines = PAGES[page].read_text("utf-8").splitlines()
    for _, name, where in _imports(_tree(page), types_too=True):
        rest = "\n".join(line for number, line in enumerate(lines, 1) if number != where and "import " not in line)
        assert re.search(rf"\b{name}\b", rest), f"{page}:{where}: {name}"


@pytest.mark.parametrize("page", PAGES)
def test_types_are_not_imported_when_it_runs(page: str) -> None:
    assert "typing" not in {name for name, _, _ in _imports(_tree(page), types_too=False)}


@pytest.mark.parametrize("page", PAGES)
def test_functions_are_short(page: str) -> None:
    for node in ast.walk(_tree(page)):
        if isinstance(node, ast.FunctionDef):
            assert int(node.end_lineno or 0) - node.lineno < LINES_OF_A_FUNCTION, f"{page}:{node.lineno}: {node.name}"


def test_it_is_small_enough_to_be_read() -> None:
    lines = {page: _code_lines(path) for page, path in PAGES.items()}
    assert 1000 < sum(lines.values()) < LINES_OF_CODE, lines


@pytest.mark.parametrize("version", sorted(pythons()))
def test_every_python_compiles_all_of_it(version: str) -> None:
    pages = {page: path.read_text("utf-8") for page, path in PAGES.items()}
    assert len(pages) > 30
    assert told(pythons()[version], COMPILE, pages) == []


@pytest.mark.parametrize("version", sorted(pythons()))
def test_every_python_imports_all_of_it(version: str) -> None:
    names = ["hostkit." + page.removesuffix(".py").replace("/", ".") for page in PAGES if not page.endswith("__.py")]
    assert told(pythons()[version], IMPORT, [name for name in names if name != "hostkit.bootstrap"]) == []


def _vermin(*pages: Path) -> Any:
    return subprocess.run(
        [Path(sys.executable).with_name("vermin"), *FLOOR, *pages],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_nothing_in_it_is_newer_than_python_2_6() -> None:
    done = _vermin(HOSTKIT)
    assert (done.returncode, re.findall(r"^ +'.*|^!?~?\d.*", done.stdout, re.MULTILINE)) == (0, []), done.stdout


@pytest.mark.parametrize(
    "newer",
    [
        "value = {1, 2}",
        "value = {word: 1 for word in ()}",
        "value = '{}'.format(1)",
        "import argparse",
        "from collections import OrderedDict",
        "import subprocess\nsubprocess.check_output(['true'])",
        "value = f'{1}'",
        "import pathlib",
        "def one():\n    yield from ()",
        "def one(*, name):\n    pass",
        "import unittest.mock",
        "with open('a') as one, open('b') as two:\n    pass",
        "raise KeyError() from None",
        "def one():\n    nonlocal_name = 1\n    def two():\n        nonlocal nonlocal_name",
    ],
)
def test_newer_ways_of_writing_would_be_noticed(newer: str, tmp_path: Path) -> None:
    page = tmp_path / "newer.py"
    page.write_text(newer + "\n")
    assert _vermin(page).returncode != 0
