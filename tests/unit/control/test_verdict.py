"""Guard-rail or control: only where nothing lets anybody round it is it called a control."""

import os
import pwd
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from anwei.control import verdict
from anwei.estate import Estate, Host, Place

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to a service account")
NOBODY = 65534  # it cannot log in, as a service account


@pytest.fixture
def site(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program of root's, a control folder and a host key of a service account's."""
    program = tmp_path / "program"
    (program / "anwei").mkdir(parents=True)
    (program / "anwei" / "cli.py").touch()
    monkeypatch.setattr(verdict, "ROOT", program)
    monkeypatch.setattr(sys, "prefix", "/usr")
    monkeypatch.setattr(sys, "executable", "/bin/sh")
    (home / "id").touch(mode=0o600)
    for path in (home, home / "id"):
        os.chown(path, NOBODY, NOBODY)
    return tmp_path


def estate(**variables: object) -> Estate:
    """Two hosts that are reached with the account's key; the second may be reached otherwise."""
    usual = {"ansible_ssh_common_args": "-o IdentityFile=${ANWEI_HOME}/id"}
    place = Place(Path("hosts.yml"), 1)
    hosts = (Host("web1", usual, (), place), Host("web2", {**usual, **variables}, (), place))
    return Estate("small", Path("/nowhere"), hosts, {})


def test_where_nothing_speaks_against_it_it_is_a_control(site: Path) -> None:
    found = verdict.verdict(estate())
    assert (found.reasons, found.control) == ((), True)
    assert str(found).startswith("CONTROL: ")
    assert pwd.getpwuid(NOBODY).pw_name in str(found)


SPOILT: dict[str, tuple[Callable[[Path], object], str]] = {
    "root's folder": (lambda site: os.chown(site / "home", 0, 0), "folder is root's"),
    "nobody's folder": (lambda site: os.chown(site / "home", 54321, -1), "does not exist"),
    "open folder": (lambda site: (site / "home").chmod(0o711), "get into the control folder"),
    "open key": (lambda site: (site / "home" / "id").chmod(0o640), "can read the host key"),
    "root's key": (lambda site: os.chown(site / "home" / "id", 0, 0), "root's, not nobody's"),
    "no key": (lambda site: (site / "home" / "id").unlink(), "were not found"),
    "writable program": (lambda site: (site / "program" / "anwei" / "cli.py").chmod(0o664), "cli.py (0664)"),
    "foreign program": (lambda site: os.chown(site / "program" / "anwei", NOBODY, -1), "anwei (nobody)"),
    "program below a person's folder": (lambda site: os.chown(site, NOBODY, -1), "(nobody)"),
}


@pytest.mark.parametrize("what", SPOILT)
def test_each_way_round_makes_it_a_guard_rail(site: Path, what: str) -> None:
    spoil, said = SPOILT[what]
    spoil(site)
    found = verdict.verdict(estate())
    assert not found.control
    assert any(said in reason for reason in found.reasons), found.reasons
    assert str(found).startswith("GUARD-RAIL: ")


def test_an_account_that_can_log_in_is_none(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = pwd.getpwuid(NOBODY)
    person = pwd.struct_passwd((*real[:5], str(site), "/bin/bash"))
    monkeypatch.setattr(pwd, "getpwuid", lambda _: person)
    assert any("can log in (/bin/bash)" in reason for reason in verdict.verdict(estate()).reasons)
    (site / ".ssh").mkdir()
    (site / ".ssh" / "authorized_keys").touch()
    monkeypatch.setattr(pwd, "getpwuid", lambda _: pwd.struct_passwd((*real[:5], str(site), "/usr/sbin/nologin")))
    assert any("authorized_keys" in reason for reason in verdict.verdict(estate()).reasons)


def test_without_looking_at_credentials_it_is_not_called_a_control(site: Path) -> None:
    assert not verdict.verdict(None).control
    looked_up = estate(ansible_ssh_private_key_file="{{ lookup('env', 'X') }}")
    assert not verdict.verdict(looked_up).control
    assert not verdict.verdict(estate(ansible_password="x")).control  # noqa: S106 - a sample


BY = {
    "launcher": (["sudo", "-u", "anwei", "anwei-runner", "doctor"], True),
    "its path": (["sudo", "-n", "-u", "anwei", "/usr/local/sbin/anwei-runner", "doctor"], True),
    "any command": (["sudo", "-u", "anwei", "anwei", "doctor"], False),
    "su": (["su", "-s", "/bin/sh", "anwei"], False),
    "root's own": (["/usr/sbin/cron", "-f"], True),
    "a container's first": ([], True),
}


@pytest.mark.parametrize("how", BY)
def test_who_came_by_another_way_than_the_launcher_shows_that_there_is_one(
    site: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    words, control = BY[how]
    monkeypatch.setattr(os, "geteuid", lambda: NOBODY)
    monkeypatch.setattr(verdict, "_who_made_us_this_account", lambda: words)
    assert verdict.verdict(estate()).control == control
    monkeypatch.setattr(os, "geteuid", lambda: NOBODY - 1)
    assert not verdict.verdict(estate()).control


def test_what_goes_away_while_it_is_looked_at_is_no_control(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(site / "gone"))
    monkeypatch.setattr(verdict, "_who_made_us_this_account", lambda: Path("/proc/gone/status").read_text().split())
    monkeypatch.setattr(os, "geteuid", lambda: (site / "home").stat().st_uid)
    found = verdict.verdict(estate())
    assert (found.control, "/proc/gone/status" in str(found)) == (False, True)
