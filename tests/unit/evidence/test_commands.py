from pathlib import Path

import pytest

from anwei.errors import BadInput
from anwei.evidence.commands import Command, Declarations, named

PAGE = """
seconds: 9
parameters: {path: '/[a-z/]+'}
commands:
  - command: cat -- %s
    parameters: [path]
    first_round: [/etc/passwd, [/etc/group]]
  - command: stat -c '%a' -- /etc/passwd
    seconds: 3
  - name: top
    command: head -- %s
    parameters: [path]
"""


@pytest.fixture
def declarations(tmp_path: Path) -> Declarations:
    return declared(tmp_path, PAGE)


def declared(folder: Path, *pages: str) -> Declarations:
    """What the pages declare, each for a type of its own."""
    names = [f"type{number}" for number in range(len(pages))]
    for name, page in zip(names, pages, strict=True):
        (folder / name).mkdir()
        (folder / name / "commands.yml").write_text(page)
    return Declarations.load(folder, names)


def test_the_first_round_holds_every_command_that_needs_nothing_learnt(declarations: Declarations) -> None:
    assert [command.text for command in declarations.commands()] == [
        "cat -- /etc/passwd",
        "cat -- /etc/group",
        "stat -c '%a' -- /etc/passwd",
    ]


def test_parameters_are_quoted_as_testinfra_quotes_them() -> None:
    assert Command("cat -- %s", ("/etc/a b'c",)).text == """cat -- '/etc/a b'"'"'c'"""


def test_time_limits_are_per_command_with_a_default(declarations: Declarations) -> None:
    seconds = [declarations.seconds(command) for command in declarations.commands()]
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
    with pytest.raises(BadInput, match="AW-command-parameter"):
        declared(tmp_path, PAGE.replace("/etc/passwd, ", "/etc/PASSWD, "))


def test_two_types_may_share_a_command_and_each_has_its_own_first_round(tmp_path: Path) -> None:
    service = "{seconds: 1, commands: [{command: cat -- %s, parameters: []}, {command: nginx -T}]}"
    both = declared(tmp_path, PAGE, service)
    assert [command.text for command in both.commands("type1")] == ["nginx -T"]
    assert Command("cat -- %s", ("/etc/hosts",)) in both
    assert Command("cat -- %s", ("/etc/HOSTS",)) not in both
    assert both.seconds(Command("nginx -T")) == 1


def test_a_command_with_a_name_is_found_by_it(tmp_path: Path) -> None:
    declared(tmp_path, PAGE)
    assert named(tmp_path / "type0" / "commands.yml") == {"top": "head -- %s"}
