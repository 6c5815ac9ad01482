from pathlib import Path

import pytest

from anwei.errors import BadInput
from anwei.evidence.commands import Command, Declarations

PAGE = """
seconds: 9
parameters: {path: '/[a-z/]+'}
commands:
  linux:
    - command: cat -- %s
      parameters: [path]
      first_round: [/etc/passwd, [/etc/group]]
    - command: stat -c '%a' -- /etc/passwd
      seconds: 3
    - command: head -- %s
      parameters: [path]
"""


@pytest.fixture
def declarations(tmp_path: Path) -> Declarations:
    page = tmp_path / "commands.yml"
    page.write_text(PAGE)
    return Declarations.load(page, "linux")


def test_the_first_round_holds_every_command_that_needs_nothing_learnt(declarations: Declarations) -> None:
    assert [command.text for command in declarations.first_round()] == [
        "cat -- /etc/passwd",
        "cat -- /etc/group",
        "stat -c '%a' -- /etc/passwd",
    ]


def test_parameters_are_quoted_as_testinfra_quotes_them() -> None:
    assert Command("cat -- %s", ("/etc/a b'c",)).text == """cat -- '/etc/a b'"'"'c'"""


def test_time_limits_are_per_command_with_a_default(declarations: Declarations) -> None:
    seconds = [declarations.seconds(command) for command in declarations.first_round()]
    assert seconds == [9, 9, 3]


def test_a_declared_command_passes(declarations: Declarations) -> None:
    declarations.verify(Command("head -- %s", ("/etc/hosts",)))


def test_an_undeclared_command_is_refused_by_name(declarations: Declarations) -> None:
    with pytest.raises(BadInput) as refused:
        declarations.verify(Command("rm -rf /"))
    assert refused.value.code == "AW-command-undeclared"
    assert "rm -rf /" in str(refused.value)


@pytest.mark.parametrize("arguments", [("relative",), ("/etc/x; id",), ("/etc/x\n",), (), ("/etc/a", "/etc/b")])
def test_a_parameter_that_does_not_fit_is_refused_by_name(
    declarations: Declarations, arguments: tuple[str, ...]
) -> None:
    with pytest.raises(BadInput) as refused:
        declarations.verify(Command("cat -- %s", arguments))
    assert refused.value.code == "AW-command-parameter"
    assert "cat -- %s" in str(refused.value)


def test_a_first_round_that_breaks_its_own_types_is_refused_when_the_list_is_read(tmp_path: Path) -> None:
    page = tmp_path / "commands.yml"
    page.write_text(PAGE.replace("/etc/passwd, ", "/etc/PASSWD, "))
    with pytest.raises(BadInput, match="AW-command-parameter"):
        Declarations.load(page, "linux")
