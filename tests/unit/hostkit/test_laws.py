"""The laws of the four verbs, on real files that hypothesis makes up."""

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.hostkit.site import Site

NAMES = ["a", "b.conf", "c", "d/e", "d/f", "g/h/i"]
CONTENTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=80)
MODES = st.sampled_from(["0600", "0644", "0755", "0400", "4755", "1777"])
SETTINGS = st.dictionaries(
    st.sampled_from(["alpha", "beta", "gamma"]),
    st.one_of(st.none(), st.text("abc019_/", min_size=1, max_size=6)),
    min_size=1,
)
FILE = st.one_of(
    st.fixed_dictionaries({"content": CONTENTS}, optional={"mode": MODES}),
    st.fixed_dictionaries({"settings": SETTINGS}, optional={"mode": MODES}).map(
        lambda item: {**item, "dialect": "equals", "create": True}
    ),
    st.just({"type": "absent"}),
)
BYTES = st.lists(
    st.sampled_from([b"alpha=1", b"beta = 2", b"# alpha=x", b"", b"\tgamma=3 ", b"\xb9\xdc=\xff", b"alpha=7"]),
    max_size=6,
).flatmap(lambda lines: st.sampled_from([b"\n", b"\r\n"]).map(lambda end: end.join(lines)))
HOSTS = st.dictionaries(st.sampled_from(NAMES), st.tuples(BYTES, st.sampled_from([0o644, 0o600, 0o755])))
DOCUMENTS = st.dictionaries(st.sampled_from(NAMES), FILE, min_size=1).map(
    lambda items: {**{"/srv/" + name: item for name, item in items.items()}, **_folders(items)}
)
given_hosts = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _folders(items: dict[str, Any]) -> dict[str, Any]:
    """The folders that the wanted files stand in."""
    parents = {
        str(parent) for name, item in items.items() if item != {"type": "absent"} for parent in Path(name).parents
    }
    return {"/srv/" + parent: {"type": "directory"} for parent in parents - {"."}}


def _site(folder: str, files: dict[str, tuple[bytes, int]]) -> Site:
    site = Site(Path(folder, "host"))
    for name, (content, mode) in files.items():
        site.put("/srv/" + name, content, mode)
    return site


@given_hosts
@given(HOSTS, DOCUMENTS)
def test_apply_reaches_what_was_wanted_and_what_diff_foretold(files: dict[str, Any], wanted: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        site = _site(folder, files)
        untouched = {name: content for name, content in site.listing().items() if "/" + name not in wanted}
        foretold = site.diff(wanted)
        before, listed = site.fingerprint(), site.listing()
        done = site.apply(wanted)
        assert done["changes"] == foretold["changes"]
        assert done["changed"] == (site.fingerprint() != before)
        assert not site.diff(wanted)["changed"]
        assert not site.apply(wanted)["changed"]
        now = site.listing()
        assert {name: now[name] for name in untouched} == untouched
        if done["changed"]:
            site.back()
        assert (site.fingerprint(), site.listing()) == (before, listed)


@given_hosts
@given(HOSTS)
def test_applying_what_is_there_changes_nothing(files: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        site = _site(folder, files)
        read = site.ask("read", document={"file": {"/srv": {"deep": True}}})["document"]
        wanted = {
            item.removeprefix("file:"): {field: state[field] for field in ("type", "owner", "group", "mode", "acl")}
            for item, state in read.items()
        }
        assert len(wanted) > len(files)
        assert not site.diff(wanted)["changed"]


@given_hosts
@given(HOSTS, SETTINGS, SETTINGS)
def test_documents_compose(files: dict[str, Any], first: dict[str, Any], second: dict[str, Any]) -> None:
    """Applying two documents in turn is applying them together, when they do not contradict."""
    apart = {name: value for name, value in second.items() if name not in first}
    items = [
        {"/srv/a": {"dialect": "equals", "create": True, "settings": part}}
        for part in (first, apart, {**first, **apart})
    ]
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as other:
        one, two = _site(folder, files), _site(other, files)
        one.apply(items[0], change="c1")
        if apart:
            one.apply(items[1], change="c2")
        assert not one.diff(items[2])["changed"]
        two.apply(items[2])
        assert not two.diff(items[0])["changed"]
