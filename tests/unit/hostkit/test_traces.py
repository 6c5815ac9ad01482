"""What killed account tools leave behind is cleared: /etc/group is written first, /etc/gshadow after it."""

from pathlib import Path

import pytest

from hostkit import apply, traces
from hostkit.store import Store
from tests.unit.hostkit.people_host import PeopleHost

GSHADOW = "root:*::\nops:!:boss:\nwheel:!::ops,web"  # no line end at the end


@pytest.fixture
def host(tmp_path: Path) -> PeopleHost:
    host = PeopleHost(tmp_path)
    (tmp_path / "var/lib").mkdir(parents=True)
    host.put("gshadow", GSHADOW)
    return host


def _gshadow(host: PeopleHost) -> str:
    return Path(host.root, "etc/gshadow").read_text()


@pytest.mark.parametrize(
    ("name", "group", "after"),
    [
        ("new", "new:x:1001:\n", f"{GSHADOW}\nnew:!::\n"),
        ("ops", "ops:x:1000:web\n", GSHADOW.replace("boss:", "boss:web") + "\n"),
        ("ops", "", "root:*::\nwheel:!::ops,web\n"),
        ("wheel", "wheel:x:10:ops,web\n", GSHADOW),
        ("nobody", "", GSHADOW),
    ],
)
def test_the_second_book_says_what_the_first_says(host: PeopleHost, name: str, group: str, after: str) -> None:
    host.put("group", group)
    traces.agree(host, name)
    assert _gshadow(host) == after


def test_a_host_without_the_second_book_gets_none(host: PeopleHost) -> None:
    Path(host.root, "etc/gshadow").unlink()
    traces.agree(host, "ops")
    assert not Path(host.root, "etc/gshadow").exists()


@pytest.mark.parametrize(("event", "cleared"), [("applying", True), ("returning", True), ("applied", False)])
def test_the_next_run_clears_after_a_killed_one_and_only_what_it_was_at(
    host: PeopleHost, event: str, cleared: bool
) -> None:
    store = Store(host)
    store.change("c1").note(event, items=["group:new"])
    host.put("group", "new:x:1001:\nother:x:1002:\n")
    host.put(".shadow.anwei", "half a fi")
    apply.recover(host, store)
    assert Path(host.root, "etc/.shadow.anwei").exists() != cleared
    assert ("new:!::" in _gshadow(host)) == cleared
    assert "other" not in _gshadow(host)
