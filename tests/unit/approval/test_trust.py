"""The history of the trust file: a version counts if the version before signed it, and any edit is refused by name."""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from anwei.approval import signing, trust, trust_changes
from anwei.errors import AnweiError
from tests.unit.approval.people import Somebody, somebody, trust_bytes


@dataclass
class Node:
    """A control node with three people, and the folder where they write."""

    home: Path
    desk: Path
    people: list[Somebody]
    stranger: Somebody
    history: Path

    @property
    def folder(self) -> Path:
        return self.home / "trust"

    def file(self, name: str, *people: Somebody, **changed: Any) -> Path:
        page = self.desk / name
        page.write_bytes(trust_bytes(*people, **changed))
        return page

    def begin(self) -> None:
        trust_changes.begin(self.file("first.yml", *self.people[:2]))

    def next(self, *people: Somebody, **changed: Any) -> Path:
        """A file that follows the version in force."""
        return self.file("next.yml", *people, follows=trust.load().digest, **changed)

    def adopt(self, *people: Somebody, by: list[Somebody] | None = None, **changed: Any) -> None:
        file = self.next(*people, **changed)
        shutil.rmtree(trust_changes.beside(file), ignore_errors=True)
        for who in by if by is not None else self.people[:2]:
            trust_changes.sign(file, who.key)
        trust_changes.adopt(file)

    def third(self) -> None:
        """Three versions in force one after the other."""
        shutil.copytree(self.history, self.home)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> list[Somebody]:
    folder = tmp_path_factory.mktemp("keys")
    roles = {"yezhu-1": "业主", "yezhu-2": "业主", "anquan-1": "安全", "stranger": "业主"}
    return [somebody(folder, who, role) for who, role in roles.items()]


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory, keys: list[Somebody]) -> Path:
    """The folder of a node that has had three versions."""
    desk = tmp_path_factory.mktemp("desk")
    node = Node(desk / "home", desk, keys[:3], keys[3], desk)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANWEI_HOME", str(node.home))
        node.begin()
        node.adopt(*node.people)
        node.adopt(*node.people[1:])
    return node.home


@pytest.fixture
def node(tmp_path: Path, keys: list[Somebody], history: Path, monkeypatch: pytest.MonkeyPatch) -> Node:
    monkeypatch.setenv("ANWEI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ANWEI_LANG", "en")
    (tmp_path / "desk").mkdir()
    return Node(tmp_path / "home", tmp_path / "desk", keys[:3], keys[3], history)


def refusal(call: Callable[..., object], *given: object) -> AnweiError:
    with pytest.raises(AnweiError) as refused:
        call(*given)
    return refused.value


def broken(version: int) -> str:
    """Why a version is refused."""
    error = refusal(trust.load)
    assert (error.code, error.values, int(error.exit_status)) == ("AW-trust-broken", {"version": version}, 3)
    assert f"{version:04}.yml" in error.where
    return error.details[0]


def test_without_a_trust_file_nothing_is_trusted(node: Node) -> None:
    assert refusal(trust.load).code == "AW-trust-none"
    assert refusal(trust_changes.adopt, node.desk / "x").code == "AW-trust-none"


def test_the_first_version_is_what_the_node_was_set_up_with(node: Node) -> None:
    node.begin()
    found = trust.load()
    assert (found.version, found.history[0].signers) == (1, ())
    assert found.digest == found.history[0].digest
    assert (node.folder / "0001.yml").read_bytes() == (node.desk / "first.yml").read_bytes()
    modes = {path.name: path.stat().st_mode & 0o777 for path in (node.home, node.folder, node.folder / "0001.yml")}
    assert modes == {"home": 0o700, "trust": 0o700, "0001.yml": 0o600}


def test_it_is_begun_once(node: Node) -> None:
    node.begin()
    error = refusal(trust_changes.begin, node.file("again.yml", node.stranger, node.people[0]))
    assert error.code == "AW-trust-begun"
    assert [page.name for page in node.folder.iterdir()] == ["0001.yml"]


def test_the_first_version_follows_none(node: Node) -> None:
    file = node.file("first.yml", *node.people, follows="sha256:" + "ab" * 32)
    assert refusal(trust_changes.begin, file).code == "AW-trust-file"
    assert not node.home.exists()


def test_a_version_that_enough_signed_comes_into_force(node: Node) -> None:
    node.third()
    found = trust.load()
    assert found.version == 3
    assert [len(version.signers) for version in found.history] == [0, 2, 2]
    assert {each.name for each in found.approvers} == {"yezhu-2@example.gov", "anquan-1@example.gov"}
    assert not [page.name for page in node.folder.iterdir() if page.name.startswith(".")]


def test_too_few_signatures_are_refused(node: Node) -> None:
    node.begin()
    file = node.next(*node.people)
    trust_changes.sign(file, node.people[0].key)
    error = refusal(trust_changes.adopt, file)
    assert (error.code, error.values) == ("AW-trust-unsigned", {"count": 2, "have": 1})
    assert trust.load().version == 1


def test_the_same_key_signing_twice_counts_once(node: Node) -> None:
    node.begin()
    file = node.next(*node.people)
    page = trust_changes.sign(file, node.people[0].key)
    (page.parent / "other.sig").write_text(page.read_text())
    assert refusal(trust_changes.adopt, file).code == "AW-trust-unsigned"


def test_those_who_come_in_cannot_let_themselves_in(node: Node) -> None:
    node.begin()
    file = node.next(*node.people, node.stranger)
    for who in (node.people[2], node.stranger, node.people[0]):
        trust_changes.sign(file, who.key)
    error = refusal(trust_changes.adopt, file)
    assert (error.code, error.values["have"]) == ("AW-trust-unsigned", 1)
    assert len(error.details) == 2
    assert all("somebody who is not in the version in force" in said for said in error.details)


def test_the_number_demanded_is_that_of_the_version_before(node: Node) -> None:
    node.begin()
    file = node.next(*node.people, trust={"count": 1})
    trust_changes.sign(file, node.people[0].key)
    assert refusal(trust_changes.adopt, file).code == "AW-trust-unsigned"


def test_who_left_can_no_longer_sign(node: Node) -> None:
    node.third()
    file = node.next(*node.people)
    for who in node.people[:2]:
        trust_changes.sign(file, who.key)
    assert refusal(trust_changes.adopt, file).values["have"] == 1


def test_a_file_edited_after_it_was_signed_is_not_adopted(node: Node) -> None:
    node.begin()
    file = node.next(*node.people)
    for who in node.people[:2]:
        trust_changes.sign(file, who.key)
    file.write_bytes(file.read_bytes().replace(b"longest_days: 30", b"longest_days: 31"))
    error = refusal(trust_changes.adopt, file)
    assert (error.code, error.values["have"]) == ("AW-trust-unsigned", 0)
    assert all("does not belong to the content" in said for said in error.details)


def test_an_approval_of_the_same_bytes_is_no_signature_of_trust(node: Node) -> None:
    node.begin()
    file = node.next(*node.people)
    trust_changes.beside(file).mkdir()
    for number, who in enumerate(node.people[:2]):
        signature = signing.sign(file.read_bytes(), who.key, signing.APPROVAL)
        (trust_changes.beside(file) / f"{number}.sig").write_text(signature)
    assert refusal(trust_changes.adopt, file).values["have"] == 0


def test_a_useless_signature_does_not_hide_a_good_one(node: Node) -> None:
    node.begin()
    file = node.next(*node.people)
    for who in [*node.people[:2], node.stranger]:
        trust_changes.sign(file, who.key)
    (trust_changes.beside(file) / "0.sig").write_text("nonsense")
    (trust_changes.beside(file) / "1.sig").mkdir()
    trust_changes.adopt(file)
    assert trust.load().version == 2
    assert len(list((node.folder / "0002.sig").iterdir())) == 2, "only what counts is kept"


def test_a_version_must_say_which_one_it_follows(node: Node) -> None:
    node.begin()
    first = trust.load().digest
    node.adopt(*node.people)
    for follows in (first, None):
        file = node.file("stale.yml", *node.people, **({"follows": follows} if follows else {}))
        error = refusal(trust_changes.propose, file)
        assert error.code == "AW-trust-follows"
        assert trust.load().digest in error.part("remedy")


def test_signing_needs_no_trust_folder_and_takes_no_bad_file(node: Node) -> None:
    file = node.file("next.yml", *node.people)
    assert trust_changes.sign(file, node.people[0].key).parent == node.desk / "next.yml.sig"
    assert not node.home.exists()
    file.write_text("approvers: []\n")
    assert refusal(trust_changes.sign, file, node.people[0].key).code == "AW-trust-file"
    assert refusal(trust_changes.sign, node.desk / "none", node.people[0].key).code == "AW-trust-file"


def _edit(page: Path, before: bytes = b"longest_days: 30", after: bytes = b"longest_days: 31") -> None:
    content = page.read_bytes()
    assert content.count(before) == 1
    page.write_bytes(content.replace(before, after))


def test_an_edited_first_version_is_refused_as_soon_as_another_follows(node: Node) -> None:
    node.third()
    _edit(node.folder / "0001.yml")
    assert broken(2).startswith("it says that it follows sha256:")


def test_an_edited_later_version_is_refused(node: Node) -> None:
    node.third()
    _edit(node.folder / "0003.yml")
    assert broken(3) == "2 people of the version before must sign it, only 0 good signatures are there"


def test_an_edit_in_the_middle_is_refused(node: Node) -> None:
    node.third()
    _edit(node.folder / "0002.yml")
    assert broken(2).endswith("only 0 good signatures are there")


def test_one_more_space_is_an_edit(node: Node) -> None:
    node.third()
    with (node.folder / "0003.yml").open("ab") as page:
        page.write(b" ")
    broken(3)


def test_an_edit_that_spoils_the_file_is_told_by_its_problems(node: Node) -> None:
    node.third()
    _edit(node.folder / "0002.yml", b"longest_days: 30", b"longest_days: 0")
    assert "longest_days: 0" in broken(2)


def test_a_version_that_is_gone_is_refused(node: Node) -> None:
    node.third()
    (node.folder / "0002.yml").unlink()
    assert broken(2) == "the file is gone"
    (node.folder / "0001.yml").unlink()
    assert broken(1) == "the file is gone"


def test_signatures_that_are_gone_are_missed(node: Node) -> None:
    node.third()
    next((node.folder / "0002.sig").iterdir()).unlink()
    assert broken(2).endswith("only 1 good signatures are there")
    shutil.rmtree(node.folder / "0003.sig")
    shutil.rmtree(node.folder / "0002.sig")
    assert broken(2).endswith("only 0 good signatures are there")


def test_a_version_put_there_without_signatures_is_refused(node: Node) -> None:
    node.begin()
    file = node.next(node.stranger, node.people[0], trust={"count": 1})
    shutil.copy(file, node.folder / "0002.yml")
    (node.folder / "0002.yml").chmod(0o600)
    assert broken(2).endswith("only 0 good signatures are there")


def test_signatures_of_another_version_do_not_serve(node: Node) -> None:
    node.third()
    shutil.rmtree(node.folder / "0003.sig")
    shutil.copytree(node.folder / "0002.sig", node.folder / "0003.sig")
    assert broken(3).endswith("only 0 good signatures are there")


@pytest.mark.parametrize("name", ["0002.yml~", "1.yml", "00001.yml", "notes", "0002.yaml"])
def test_what_does_not_belong_there_is_refused(name: str, node: Node) -> None:
    node.begin()
    (node.folder / name).write_text("")
    error = refusal(trust.load)
    assert (error.code, error.values) == ("AW-trust-strange", {"names": name})


OPEN = ["home", "home/trust", "home/trust/0001.yml", "home/trust/0002.sig", "home/trust/0002.sig/*"]


@pytest.mark.parametrize("mode", [0o020, 0o002], ids=["group", "world"])
@pytest.mark.parametrize("which", OPEN)
def test_what_others_can_write_is_refused(which: str, mode: int, node: Node) -> None:
    node.third()
    path = next(node.home.parent.glob(which))
    path.chmod(path.stat().st_mode | mode)
    error = refusal(trust.load)
    assert error.code == "AW-trust-open"
    assert str(path) in error.details[0]
    assert error.details[0].endswith("others can write it")


def test_a_folder_above_that_others_can_write_is_refused(node: Node) -> None:
    node.begin()
    node.home.parent.chmod(0o777)
    assert refusal(trust.load).code == "AW-trust-open"
    node.home.parent.chmod(0o1777)
    assert trust.load().version == 1, "where only owners can rename, nobody can put another folder there"


def test_a_link_is_refused(node: Node) -> None:
    node.begin()
    node.folder.rename(node.home / "elsewhere")
    node.folder.symlink_to("elsewhere")
    assert refusal(trust.load).details == [f"{node.folder} is a link"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize("which", OPEN)
def test_what_belongs_to_another_account_is_refused(which: str, node: Node) -> None:
    node.third()
    os.chown(next(node.home.parent.glob(which)), 65534, 65534)
    error = refusal(trust.load)
    assert error.code == "AW-trust-open"
    assert "another account (uid 65534)" in error.details[0]


@pytest.mark.parametrize("git", ["folder", "file"])
def test_inside_a_checkout_it_is_good_for_trying_out_only(git: str, node: Node) -> None:
    node.begin()
    mark = node.home.parent / ".git"
    mark.mkdir() if git == "folder" else mark.write_text("gitdir: elsewhere\n")
    error = refusal(trust.load)
    assert (error.code, error.values) == ("AW-trust-inside", {"checkout": node.home.parent})
    assert trust.load(real=False).version == 1


def test_an_adoption_that_was_killed_can_be_done_again(node: Node) -> None:
    node.begin()
    node.adopt(*node.people)
    (node.folder / "0003.sig").mkdir(mode=0o700)
    (node.folder / "0003.sig" / "old.sig").write_text("left over")
    (node.folder / ".draft-x").write_text("left over")
    assert trust.load().version == 2
    node.adopt(*node.people[1:])
    assert trust.load().version == 3
    assert not (node.folder / "0003.sig" / "old.sig").exists()


def test_killed_at_any_write_of_an_adoption_one_version_or_the_next_is_in_force(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    node.begin()
    file = node.next(*node.people)
    for who in node.people[:2]:
        trust_changes.sign(file, who.key)
    put = trust_changes.write_whole
    for write in range(3):
        done = iter(range(write))

        def dying(page: Path, content: bytes, done: Any = done) -> None:
            if next(done, None) is None:
                raise KeyboardInterrupt
            put(page, content)

        monkeypatch.setattr(trust_changes, "write_whole", dying)
        with pytest.raises(KeyboardInterrupt):
            trust_changes.adopt(file)
        assert trust.load().version == 1
    monkeypatch.setattr(trust_changes, "write_whole", put)
    assert trust_changes.adopt(file).version == 2


def test_what_the_system_refuses_is_told_in_its_words(node: Node) -> None:
    file = node.file("first.yml", *node.people)
    node.home.write_text("a file where the folder should be")
    assert refusal(trust_changes.begin, file).code == "AW-trust-unusable"
    node.home.unlink()
    node.begin()
    (node.folder / "0002.yml").mkdir(mode=0o700)
    error = refusal(trust.load)
    assert error.code == "AW-trust-unusable"
    assert "Is a directory" in error.details[0]
    trust_changes.beside(file).write_text("")
    assert refusal(trust_changes.sign, file, node.people[0].key).code == "AW-trust-unusable"
