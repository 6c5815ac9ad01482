"""The page for the reviewer: golden pages, hosts with the same change told together, and nothing in it plays tricks."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from anwei.change import actions, plan, plan_page
from anwei.change.foretelling import Foretold
from anwei.change.plan import Plan
from anwei.estate import Estate, Host, Place
from anwei.state import shown
from tests.unit.change.site import DIFF, SSHD, TWIN, Site, change_of, foretold, usual

HERE = Path(__file__).parent
FOLLOWS = {"field": "reload", "before": "", "after": "/etc/ssh/sshd_config"}
RELOAD = {"item": "service:ssh", "why": "", "fields": [FOLLOWS], "diff": ""}
MODE = {"field": "mode", "before": "0644", "after": "0600"}


def page_of(site: Site, made: Plan) -> str:
    change, estate = site.change, site.estate
    return plan_page.render(change, actions.named(change["action"]), estate, made)


def of(site: Site, **said: Foretold) -> str:
    """The page of a plan in which hosts say this; `app_01` stands for app-01."""
    hosts = {name.replace("_", "-"): each for name, each in said.items()}
    return page_of(site, plan.made(site.change, site.estate, hosts))


def part(page: str, head: str) -> str:
    """What stands below a heading."""
    return re.split(r"^## ", page.partition(f"## {head}\n")[2], flags=re.MULTILINE)[0].strip()


# Golden pages


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_is_as_it_was_reviewed(site: Site, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two hosts on which the same is changed, one on which something else is, and one that cannot be asked."""
    monkeypatch.setenv("ANWEI_LANG", language)
    site.write(hosts="all", risk="高", unrehearsed="演练组没有 kylin", soak=60)
    site.inventory(estate_freezes=[{"name": "两会", "from": "2031-03-03", "to": "2031-03-11", "reason": "重点保障"}])
    elsewhere = DIFF.replace(" Port 22", " Port 2222")  # around the change, not in it
    said = {
        "web-01": foretold(change_of(why="8.1.4.1 b")),
        "web-02": foretold(change_of(SSHD, elsewhere, "8.1.4.1 b")),
        "app-01": foretold(change_of(SSHD, "", "", MODE), RELOAD, release="kylin-v10-lance", others=["Reboot"]),
        TWIN: Foretold(trouble="连接被拒绝"),
    }
    page = page_of(site, plan.made(site.change, site.estate, said))
    assert page == (HERE / f"plan.{language}.md").read_text(encoding="utf-8")


def test_it_is_written_beside_the_plan(site: Site) -> None:
    made = site.planned()
    page = (site.place / "plan.md").read_text(encoding="utf-8")
    assert made.digest in page
    assert f"anwei change approve {site.change.id}" in page


# What is told together


def test_hosts_are_apart_where_one_loses_the_line_that_another_gets(site: Site) -> None:
    goes, comes = (f"--- a\n+++ b\n@@ -1 +1 @@\n{sign}PermitRootLogin no\n" for sign in "-+")
    page = of(site, web_01=foretold(change_of(diff=goes)), app_01=foretold(change_of(diff=comes)))
    assert page.count("\n### ") == 2


@pytest.mark.parametrize("other", ["reason", "field", "release", "hidden"])
def test_hosts_are_apart_where_anything_else_differs(site: Site, other: str) -> None:
    usual_one, hidden = foretold(change_of()), [change_of(diff=f"{name}") for name in ("one", "two")]
    pairs = {
        "reason": (usual_one, foretold(change_of(why="C1"))),
        "field": (usual_one, foretold(change_of(SSHD, DIFF, "", MODE))),
        "release": (usual_one, foretold(change_of(), release="debian-13-trixie")),
        "hidden": tuple(foretold({**each, "diff": ""}) for each in hidden),
    }
    first, second = pairs[other]
    assert of(site, web_01=first, app_01=second).count("\n### ") == 2
    assert of(site, web_01=first, app_01=first).count("\n### ") == 1


def test_hosts_that_are_as_wished_are_named_once(site: Site) -> None:
    page = of(site, web_01=foretold(change_of()), app_01=foretold())
    assert "As wished already, and not changed: app-01." in page
    assert "No host needs to be changed." in of(site, app_01=foretold())


# In words


def test_lines_of_a_file_are_told_in_words_before_the_diff(site: Site) -> None:
    lines = part(of(site, app_01=foretold(change_of())), "What is changed").splitlines()
    assert lines[2:9] == [
        "- `file:/etc/ssh/sshd_config`",
        "  - content changes",
        "    - goes: `X11Forwarding yes`",
        "    - comes: `X11Forwarding no`",
        "    - comes: `MaxAuthTries 5`",
        "",
        "<details><summary>Line by line</summary>",
    ]


def test_thirty_lines_are_told_and_the_rest_is_counted(site: Site) -> None:
    diff = "--- a\n+++ b\n@@ -0,0 +1,40 @@\n" + "".join(f"+line {number}\n" for number in range(40))
    page = of(site, app_01=foretold(change_of(diff=diff)))
    assert page.count("    - comes: ") == 30
    assert "    - … 10 more lines, in the diff below\n" in page
    assert "\n+line 39\n" in page


def test_lines_that_look_like_the_head_of_a_diff_and_empty_ones_are_told(site: Site) -> None:
    diff = "--- a\n+++ b\n@@ -1,3 +1,2 @@\n--- old\n-\n+++ new\n"
    page = of(site, app_01=foretold(change_of(diff=diff)))
    assert [line.strip() for line in page.splitlines() if "goes:" in line or "comes:" in line] == [
        "- goes: `-- old`",
        "- goes: (an empty line)",
        "- comes: `++ new`",
    ]


def test_a_hidden_value_that_changes_does_not_look_the_same(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    hidden = {"field": "mode", "before": shown.MASK, "after": shown.OTHER_MASK}
    change = {"item": "file:/etc/app.conf", "why": "", "fields": [hidden], "diff": ""}
    assert "  - mode: secret, and changes (****** → another ******)\n" in of(site, app_01=foretold(change))
    monkeypatch.setenv("ANWEI_LANG", "zh")
    assert "  - mode：内容保密，会改变（****** → 另一个 ******）\n" in of(site, app_01=foretold(change))


def test_a_diff_that_may_hide_a_change_says_so(site: Site) -> None:
    page = of(site, web_01=foretold(change_of(diff=DIFF + shown.MAY_DIFFER)), app_01=foretold(change_of()))
    told = [line.strip() for line in page.splitlines()]
    assert told.count("- the file also holds what is hidden as ******: that may change too, and cannot be shown") == 1
    assert page.count("\n### ") == 2, "a host on which more may change is told apart"
    assert f"\n{shown.MAY_DIFFER}```" in page, "the diff itself says it as well"


def test_content_that_is_not_shown_says_so(site: Site) -> None:
    page = of(site, app_01=foretold(change_of(diff="")))
    assert "  - content changes, and cannot be shown (secret, too large, or no text)\n" in page
    assert "<details>" not in page


def test_a_long_diff_is_cut_and_says_so(site: Site) -> None:
    diff = "--- a\n+++ b\n@@ @@\n" + "+x\n" * 300
    assert "… 103 more lines, see plan.json" in of(site, app_01=foretold(change_of(diff=diff)))


# Nothing plays tricks

HOSTILE = "a`b``c ```\n~~~\n</details><img src=x>[click](https://example.gov) **bold** | cell | \x1b[2J\u202e # head"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_field_of_the_change_is_mark_up(site: Site, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANWEI_LANG", language)
    texts = dict.fromkeys(("reason", "notice", "emergency", "unrehearsed"), HOSTILE)
    site.write(**texts, title=HOSTILE[:100], clauses=[HOSTILE])
    estate = {"estate_title": HOSTILE, "estate_owners": {"platform": {"title": HOSTILE}}}
    freeze = {"name": HOSTILE, "from": "2031-03-03", "to": "2031-03-11", "reason": HOSTILE}
    site.inventory(**estate, estate_freezes=[freeze])
    field = {"field": "owner", "before": HOSTILE, "after": [HOSTILE]}
    change = change_of(f"file:/{HOSTILE}", DIFF, HOSTILE, field)
    said = foretold(change, release=HOSTILE, others=[HOSTILE], limits=[HOSTILE])
    made = plan.made(site.change, site.estate, {"app-01": said, "web-01": Foretold(trouble=HOSTILE)})
    assert_tame(page_of(site, made))


def test_a_diff_cannot_leave_its_block(site: Site) -> None:
    diff = "--- a\n+++ b\n@@ @@\n+```\n+````diff\n-~~~\n```\n````\n</details>\n# head\n+\x1b[2J\u202egnp\r+x\n"
    page = of(site, app_01=foretold(change_of(diff=diff)))
    assert_tame(page)
    assert "\n`````diff\n" in page
    assert "\n+<U+001B>[2J<U+202E>gnp<U+000D>+x\n" in page


def assert_tame(page: str) -> None:
    """Besides what our own form writes, there is no mark-up outside of code."""
    assert not set(page) & set("\x1b\u202e\r")
    bare = "\n".join(_outside_of_code(page))
    left = re.sub(r"\\[!-/:-@\[-`{-~]", "", bare)
    for ours in ("<details>", "<summary>", "</details>", "</summary>"):
        left = left.replace(ours, "")
    assert not re.search(r"[<>`~\[\]]|\*\*bold", left.replace("\n> ", "\n"))
    heads = [line for line in left.splitlines() if line.startswith("#")]
    assert len(heads) == len([line for line in heads if re.match(r"#{1,3} ", line)]) == len(set(heads))
    assert {row.count("|") for row in left.splitlines() if row.startswith("|")} == {3, 4}
    assert left.count("<details>") == left.count("</details>")


def _outside_of_code(page: str) -> Iterator[str]:
    """The lines that stand in no block of code, without what is code within them."""
    marks = ""
    for line in page.split("\n"):
        fence = re.fullmatch(r"(`{3,})(\w*)", line)
        if marks:
            marks = "" if fence and not fence[2] and len(fence[1]) >= len(marks) else marks
        elif fence:
            marks = fence[1]
        else:
            yield re.sub(r"(?<![\\`])(`+)(?!`).*?(?<!`)\1(?!`)", "", line)
    assert not marks


# A large estate


def test_five_thousand_hosts_are_planned_and_shown_in_no_time(site: Site) -> None:
    place = Place(Path("hosts.yml"))
    groups = [f"pair-{number // 2}" if number < 4000 else "" for number in range(5000)]
    hosts = tuple(Host(f"h{number:04}", {"ha_group": group}, (), place) for number, group in enumerate(groups))
    estate = Estate("small", Path(), hosts, site.estate.settings)
    said = {host.name: foretold(change_of(), change_of("file:/etc/issue")) for host in hosts}
    change, action = site.change, actions.named("harden_sshd")
    began = time.process_time()
    made = plan.made(change, estate, said)
    page = plan_page.render(change, action, estate, made)
    assert time.process_time() - began < 2
    plan.save(made, change)
    assert plan.load(change).digest == made.digest
    assert page.count("\n### ") == 1
    assert sum(map(len, made.waves)) == 5000


def test_the_usual_plan_of_the_site_is_one_part(site: Site) -> None:
    assert [found.hosts for found in plan_page.parts(plan.made(site.change, site.estate, usual()))] == [
        ("app-01", "web-01", "web-02")
    ]
