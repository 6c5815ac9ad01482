"""What may run with our rights: judged from the commit's own files as data, before any of its code is there."""

import json
import os
from pathlib import Path

import pytest

from anwei.approval import approvals
from anwei.change import changefile, launching
from anwei.control import planning, signed
from anwei.errors import AnweiError
from anwei.home import home as control_home
from tests.unit.change.conftest import made_site, site  # noqa: F401
from tests.unit.change.site import AUTHOR, CHANGE, Site


def refused(site: Site, **order: object) -> AnweiError:  # noqa: F811
    """Why an order may not go on."""
    verb = "rehearse" if order.get("rehearsal") else "run"
    with pytest.raises(AnweiError) as error:
        signed.demand(site.order(verb, **order))
    return error.value


def unapproved(site: Site) -> None:  # noqa: F811
    """Take every approval away."""
    for page in (site.place / approvals.FOLDER).iterdir():
        page.unlink()


def test_what_enough_people_signed_may_run(site: Site) -> None:  # noqa: F811
    signed.demand(site.order())
    signed.demand(site.order("rehearse", rehearsal=True))


def test_a_run_needs_all_and_a_rehearsal_one_who_is_not_the_author(site: Site) -> None:  # noqa: F811
    unapproved(site)
    assert refused(site).code == "AW-gate-approval"
    assert refused(site, rehearsal=True).code == "AW-control-unread"
    site.approve(AUTHOR)
    assert refused(site, rehearsal=True).code == "AW-control-unread"
    site.approve("stranger")
    assert refused(site, rehearsal=True).code == "AW-control-unread"
    site.approve("yezhu-1")
    signed.demand(site.order("rehearse", rehearsal=True))
    assert refused(site).code == "AW-gate-approval"


def test_a_commit_that_a_forged_statement_names_does_not_get_in(site: Site) -> None:  # noqa: F811
    site.checkout.write("anwei/change/started.py", "raise SystemExit(99)\n")
    evil = site.checkout.commit("stranger")
    for page in (site.place / approvals.FOLDER).iterdir():
        content = json.loads(page.read_text())
        content["statement"]["commit"] = evil
        page.write_text(json.dumps(content))
    assert refused(site, commit=evil).code == "AW-gate-approval"
    assert not (control_home() / "runs").exists() or not list((control_home() / "runs").rglob(evil))


@pytest.mark.parametrize("name", ["change.yml", "plan.json"])
def test_the_two_files_count_as_the_commit_has_them(site: Site, name: str) -> None:  # noqa: F811
    commit = site.commit
    (site.place / name).write_text("nonsense")
    signed.demand(site.order(commit=commit))
    (site.place / name).unlink()
    (site.place / name).symlink_to("/etc/passwd")
    linked = site.checkout.commit()
    assert refused(site, commit=linked).code in ("AW-change-unknown", "AW-plan-missing")


def test_a_commit_without_the_change_is_refused_by_name(site: Site) -> None:  # noqa: F811
    (site.place / "change.yml").rename(site.place / "change.txt")
    assert refused(site, commit=site.checkout.commit()).code == "AW-change-unknown"


def test_the_way_back_is_not_asked(site: Site) -> None:  # noqa: F811
    unapproved(site)
    signed.demand(site.order("rollback"))


def test_a_link_is_not_read_for_whoever_put_it_there(site: Site, tmp_path: Path) -> None:  # noqa: F811
    (tmp_path / "secret").write_text("a: Pl4nted\nb: [\n")
    (site.place / "change.yml").unlink()
    (site.place / "change.yml").symlink_to(tmp_path / "secret")
    with pytest.raises(AnweiError, match="AW-change-unreadable") as error:
        changefile.load(CHANGE, site.changes)
    assert "Pl4nted" not in str(error.value)


CLI = """
import json, os, sys
def main(words):
    print(json.dumps({"words": words, "path": sys.path[0], "cwd": os.getcwd(), "home": os.environ["ANWEI_HOME"]}))
    return 1
"""


def test_a_plan_is_made_in_the_tree_of_the_commit(
    site: Site,  # noqa: F811
    capfd: pytest.CaptureFixture[str],
) -> None:
    for name, content in {"anwei/__init__.py": "", "anwei/cli.py": CLI}.items():
        site.checkout.write(name, content)
    site.checkout.commit()
    site.checkout.write("anwei/cli.py", "raise SystemExit(99)\n")
    assert planning.plan(CHANGE, site.folder / "checkout", as_json=True) == 1
    told = json.loads(capfd.readouterr().out)
    tree = str(control_home() / "runs" / CHANGE / "planning")
    assert told == {"words": ["change", "plan", CHANGE, "--json"], "path": tree, "cwd": tree, "home": str(site.home)}
    assert launching.environment(os.environ, site.folder)["ANWEI_HOME"] == told["home"]
