import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from anwei.baseline import catalogue
from anwei.errors import BadInput
from tests.unit.baseline import standard

Change = Callable[[dict[str, Any]], object]

# The unit of level 3 under which the checks of a letter stand.
UNITS = {
    "IAa": "L3-CES1-01",
    "IAb": "L3-CES1-02",
    "IAc": "L3-CES1-03",
    "IAd": "L3-CES1-04",
    "ACa": "L3-CES1-05",
    "ACb": "L3-CES1-06",
    "ACc": "L3-CES1-07",
    "ACd": "L3-CES1-08",
    "ACe": "L3-CES1-09",
    "ACf": "L3-CES1-10",
    "ACg": "L3-CES1-11",
    "AUa": "L3-CES1-12",
    "AUb": "L3-CES1-13",
    "AUc": "L3-CES1-14",
    "AUd": "L3-CES1-15",
    "IPa": "L3-CES1-17",
    "IPb": "L3-CES1-18",
    "IPc": "L3-CES1-19",
    "IPe": "L3-CES1-21",
    "IPf": "L3-CES1-22",
    "MC-": "L3-CES1-23",
    "TV-": "L3-CES1-24",
    "DI-01": "L3-CES1-25",
    "DI-02": "L3-CES1-26",
    "BRa": "L3-CES1-29",
    "SMb": "L3-SMC1-08",
    "SMc": "L3-SMC1-09",
    "SMd": "L3-SMC1-10",
    "DCb": "L3-CES1-28",
    "RIa": "L3-CES1-32",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the catalogue to spoil."""
    copy = tmp_path / "mlps"
    shutil.copytree(catalogue.MLPS, copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


def spoil(folder: Path, change: Change) -> None:
    path = folder / "linux" / "checks.yml"
    page = yaml.safe_load(path.read_text())
    change(page)
    path.write_text(yaml.safe_dump(page, allow_unicode=True))


def check(page: dict[str, Any], name: str) -> dict[str, Any]:
    """One check of a page."""
    found: dict[str, Any] = next(each for each in page["checks"] if each["id"] == name)
    return found


@pytest.mark.parametrize("level", [3, 2])
def test_every_check_stands_under_the_clause_and_unit_of_its_level(level: int) -> None:
    loaded = catalogue.load(level)
    numbers = {row.name: (row.id, row.clause) for row in standard.rows(level)}
    touched = {check.unit.id[3:6] for check in loaded.checks}
    assert loaded.units_in_standard == sum(unit[3:6] in touched for unit, _ in numbers.values())
    for check in loaded.checks:
        if check.id.startswith("LNX-"):
            name = UNITS.get(check.id[4:]) or UNITS[check.id[4:7]]
            assert (check.unit.id, check.unit.clause) == numbers[name]


def test_thresholds_are_in_the_words_of_the_expectation() -> None:
    expected = {check.id: check.expected for check in catalogue.load(3).checks}
    assert "90 天" in expected["LNX-IAa-04"]
    assert "21、23、512" in expected["LNX-IAc-01"]
    assert not [text for text in expected.values() if "{" in text]


def test_a_site_can_change_a_threshold_without_touching_code(folder: Path) -> None:
    spoil(folder, lambda page: check(page, "LNX-IAa-04")["thresholds"].update(max_days=180))
    entry = next(each for each in catalogue.load(3, folder).entries if each.check.id == "LNX-IAa-04")
    assert (entry.thresholds["max_days"], "180 天" in entry.check.expected) == (180, True)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda page: page["checks"][0].update(unit="L3-CES1-16"), "L3-CES1-16"),
        (lambda page: page["checks"][1].update(id=page["checks"][0]["id"]), "LNX-IAa-01"),
        (lambda page: page["checks"][0].update(high_risk_case="6.4.9.9"), "6.4.9.9"),
        (lambda page: page["checks"][0].update(severity="严重"), "checks[0].severity"),
        (lambda page: page["checks"][0].update(sevrity="高"), "sevrity"),
        (lambda page: page["checks"][0].update(id="LNX-2"), "LNX-2"),
        (lambda page: page["checks"][0].pop("expected"), "expected"),
        (lambda page: page["checks"][0].update(function="accounts.nowhere"), "accounts.nowhere"),
        (lambda page: page["checks"][0].update(function="nowhere.unique"), "nowhere.unique"),
        (lambda page: page["checks"][0].update(sub_checks=[5]), "LNX-IAa-01: L3-CES1-01 has 4"),
        (lambda page: page["checks"][0].update(sub_checks=["2"]), "sub_checks"),
        (lambda page: page["shown"].update({"L3-CES1-03": [2]}), "shown: L3-CES1-03 has 1"),
        (lambda page: page["shown"].update({"L3-CES1-16": [1]}), "shown: no unit L3-CES1-16"),
        (lambda page: page["object"].update(kind="PRINTER"), "PRINTER"),
        (lambda page: check(page, "LNX-IAa-04").update(thresholds={"maximum": 90}), "maximum"),
        (lambda page: check(page, "LNX-IAa-04").pop("thresholds"), "LNX-IAa-04"),
        (lambda page: page.update(units=[]), "units"),
    ],
)
def test_a_slip_in_the_catalogue_is_named_and_all_of_it_refused(folder: Path, change: Change, named: str) -> None:
    spoil(folder, change)
    with pytest.raises(BadInput) as refused:
        catalogue.load(3, folder)
    assert refused.value.code == "AW-catalogue"
    assert named in str(refused.value)
    assert str(folder) in refused.value.where or refused.value.where == "linux"


def test_no_command_of_the_list_can_read_a_password_file_or_a_private_key() -> None:
    declarations = catalogue.load(3).declarations("linux")
    cat = next(command for command in declarations.commands() if command.template == "cat -- %s")
    for path in (
        "/etc/shadow",
        "/etc/shadow-",
        "/etc/gshadow",
        "/etc/ssh/ssh_host_rsa_key",
        "/etc/ssl/private/a",
        "/etc/x/../shadow",
        "/root/.ssh/id_rsa",
        "/etc/nginx/site.key",
    ):
        with pytest.raises(BadInput, match="AW-command-parameter"):
            declarations.verify(type(cat)("cat -- %s", (path,)))


def test_no_first_round_command_names_a_program_that_writes() -> None:
    words = " ".join(command.text for command in catalogue.load(3).declarations("linux").commands())
    for program in (
        " rm ",
        "tee ",
        "chmod",
        "systemctl st",
        "systemctl en",
        "systemctl dis",
        "sed -i",
        " mv ",
        ">/etc",
    ):
        assert program not in words
    assert not re.search(r">\s*/(?!dev/null)", words)
