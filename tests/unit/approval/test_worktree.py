"""The folder that a change runs from is the signed commit and nothing else, whatever was tampered with before."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anwei.approval import hashing, repository
from anwei.approval.worktree import tree
from anwei.errors import AnweiError
from tests.unit.approval.checkout import Checkout, misdirect

FILES = {
    "README.md": "# project\n",
    "roles/harden/tasks.yml": "- sound\n",
    "hostkit/run.sh": "#!/bin/sh\n",
    "a.b/c": "sorted between a and a/",
    "a/c": "",
    "变更/说明 一.md": "名称有汉字和空格\n",
    "crlf.txt": "one\r\ntwo\n",
}


class Runner:
    """A checkout, and the runner's own repository and folder for its commit."""

    def __init__(self, folder: Path) -> None:
        self.checkout = Checkout(folder / "checkout")
        self.bare = folder / "home" / "repository.git"
        self.folder = folder / "home" / "trees" / "one"
        for name, content in FILES.items():
            self.checkout.write(name, content)
        (self.checkout.path / "hostkit" / "run.sh").chmod(0o755)
        (self.checkout.path / "link").symlink_to("roles/harden")
        self.commit = self.checkout.commit()

    def lay(self, commit: str = "") -> Path:
        repository.fetch(self.checkout.path, commit or self.commit, self.bare)
        return tree(self.bare, commit or self.commit, self.folder)

    def refused(self, commit: str = "") -> AnweiError:
        with pytest.raises(AnweiError) as refused:
            self.lay(commit)
        return refused.value


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return Runner(tmp_path)


def contents(folder: Path) -> dict[str, bytes]:
    pages = [page for page in folder.rglob("*") if page.is_file() and not page.is_symlink()]
    return {str(page.relative_to(folder)): page.read_bytes() for page in pages}


SIGNED = {name: content.encode() for name, content in FILES.items()}


def test_it_holds_the_bytes_that_were_committed(runner: Runner) -> None:
    folder = runner.lay()
    assert contents(folder) == SIGNED
    assert (folder / "link").readlink() == Path("roles/harden")
    assert not (folder / ".git").exists()


def test_it_is_for_the_runner_alone_whatever_the_umask(runner: Runner) -> None:
    before = os.umask(0)
    try:
        folder = runner.lay()
    finally:
        os.umask(before)
    modes = {path.lstat().st_mode & 0o777 for path in (folder, *folder.rglob("*")) if not path.is_symlink()}
    assert modes == {0o700, 0o600}
    assert (folder / "hostkit" / "run.sh").stat().st_mode & 0o777 == 0o700


def test_what_is_live_in_the_checkout_does_not_come(runner: Runner) -> None:
    runner.checkout.write("roles/harden/tasks.yml", "- edited\n")
    runner.checkout.write("roles/harden/new.yml", "- new\n")
    runner.checkout.git("add", "-A")
    assert contents(runner.lay()) == SIGNED


def test_a_later_commit_that_nobody_signed_does_not_come(runner: Runner) -> None:
    runner.checkout.write("roles/harden/tasks.yml", "- later\n")
    runner.checkout.commit()
    assert contents(runner.lay()) == SIGNED


def test_attributes_and_filters_change_no_byte(runner: Runner, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    rows = ["*.md filter=evil ident", "*.txt text eol=crlf", "*.yml export-ignore working-tree-encoding=UTF-16"]
    runner.checkout.git("config", "core.autocrlf", "true")
    for kind in ("clean", "smudge", "process"):
        runner.checkout.git("config", f"filter.evil.{kind}", f"touch {mark}; cat")
    (runner.checkout.path / ".git" / "info" / "attributes").write_text("\n".join(rows))
    assert contents(runner.lay()) == SIGNED
    blob = runner.checkout.blob(b"\n".join(row.encode() for row in rows))
    runner.checkout.git("update-index", "--add", "--cacheinfo", f"100644,{blob},.gitattributes")
    with_attributes = runner.checkout.commit_staged()
    mark.unlink(missing_ok=True)  # the person's own git ran it
    laid = contents(runner.lay(with_attributes))
    del laid[".gitattributes"]
    assert laid == SIGNED
    assert not mark.exists()


def test_hooks_do_not_run(runner: Runner, tmp_path: Path) -> None:
    runner.lay()
    mark = tmp_path / "ran"
    for place in (runner.checkout.path / ".git", runner.bare):
        (place / "hooks").mkdir(exist_ok=True)
        for name in ("post-checkout", "reference-transaction", "post-index-change", "fsmonitor-watchman"):
            (place / "hooks" / name).write_text(f"#!/bin/sh\ntouch {mark}\n")
            (place / "hooks" / name).chmod(0o755)
    runner.checkout.write("x", "x")
    commit = runner.checkout.git("commit-tree", "-m", "x", "HEAD^{tree}", **_identity())
    shutil.rmtree(runner.folder)
    runner.lay(commit)
    assert not mark.exists()


def _identity() -> dict[str, str]:
    return {f"GIT_{who}_{what}": "x@example.gov" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


def test_a_replaced_object_has_no_effect(runner: Runner) -> None:
    blob = runner.checkout.id_of("HEAD:roles/harden/tasks.yml")
    runner.lay()
    evil = runner.checkout.git(f"--git-dir={runner.bare}", "hash-object", "-w", "--stdin", given=b"evil\n")
    runner.checkout.git(f"--git-dir={runner.bare}", "replace", blob, evil)
    shutil.rmtree(runner.folder)
    assert contents(runner.lay()) == SIGNED


# a folder that is there already


def _edit(folder: Path) -> None:
    (folder / "roles" / "harden" / "tasks.yml").write_text("- evil!\n")


def _add(folder: Path) -> None:
    (folder / "roles" / "harden" / "more.yml").write_text("- evil\n")


def _add_hidden(folder: Path) -> None:
    (folder / ".ansible.cfg").write_text("[defaults]\n")


def _add_empty(folder: Path) -> None:
    (folder / "roles" / "empty").mkdir()


def _add_pipe(folder: Path) -> None:
    os.mkfifo(folder / "pipe")


def _add_git(folder: Path) -> None:
    (folder / ".git").mkdir()


def _remove(folder: Path) -> None:
    (folder / "a" / "c").unlink()


def _make_program(folder: Path) -> None:
    (folder / "README.md").chmod(0o700)


def _unmake_program(folder: Path) -> None:
    (folder / "hostkit" / "run.sh").chmod(0o600)


def _open_file(folder: Path) -> None:
    (folder / "README.md").chmod(0o620)


def _open_folder(folder: Path) -> None:
    (folder / "roles").chmod(0o702)


def _open_top(folder: Path) -> None:
    folder.chmod(0o770)


def _lend_account(folder: Path) -> None:
    (folder / "hostkit" / "run.sh").chmod(0o4700)


def _turn_link(folder: Path) -> None:
    (folder / "link").unlink()
    (folder / "link").symlink_to("roles")


def _file_to_link(folder: Path) -> None:
    copy = folder.parent / "copy"
    (folder / "README.md").rename(copy)
    (folder / "README.md").symlink_to(copy)


def _folder_to_link(folder: Path) -> None:
    (folder / "roles").rename(folder.parent / "roles")
    (folder / "roles").symlink_to("../roles")


def _top_to_link(folder: Path) -> None:
    folder.rename(folder.parent / "other")
    folder.symlink_to("other")


def _top_to_file(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_text("")


TAMPERINGS = [_edit, _add, _add_hidden, _add_empty, _add_pipe, _add_git, _remove, _make_program, _unmake_program]
TAMPERINGS += [_open_file, _open_folder, _open_top, _lend_account, _turn_link]
TAMPERINGS += [_file_to_link, _folder_to_link, _top_to_link, _top_to_file]


@pytest.mark.parametrize("tamper", TAMPERINGS, ids=lambda tamper: tamper.__name__.strip("_"))
def test_a_folder_that_was_tampered_with_is_made_anew(tamper: Callable[[Path], None], runner: Runner) -> None:
    held = os.open(runner.lay(), os.O_RDONLY)  # the number of a folder that is held open is not given out again
    try:
        tamper(runner.folder)
        folder = runner.lay()
        assert not folder.is_symlink()
        assert folder.stat().st_ino != os.fstat(held).st_ino
    finally:
        os.close(held)
    assert contents(folder) == SIGNED
    assert (folder / "link").readlink() == Path("roles/harden")
    assert not [path.name for path in folder.parent.iterdir() if path.name.startswith(".")]
    assert tree(runner.bare, runner.commit, folder) == folder
    modes = {path.lstat().st_mode & 0o7777 for path in (folder, *folder.rglob("*")) if not path.is_symlink()}
    assert modes == {0o700, 0o600}


def test_an_untouched_folder_is_used_again(runner: Runner) -> None:
    inode = runner.lay().stat().st_ino
    assert runner.lay().stat().st_ino == inode


def test_a_folder_of_another_commit_is_made_anew(runner: Runner) -> None:
    runner.lay()
    runner.checkout.write("README.md", "# later\n")
    assert contents(runner.lay(runner.checkout.commit()))["README.md"] == b"# later\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_file_of_another_account_is_taken_back(runner: Runner) -> None:
    page = runner.lay() / "README.md"
    os.chown(page, 65534, 65534)
    assert (runner.lay() / "README.md").stat().st_uid == 0


def test_a_place_that_others_can_write_is_refused(runner: Runner) -> None:
    runner.lay()
    runner.folder.parent.chmod(0o777)
    assert runner.refused().code == "AW-approval-open"


def test_what_the_system_refuses_is_told_in_its_words(runner: Runner) -> None:
    home = runner.bare.parent
    home.write_text("a file where the folder should be")
    assert runner.refused().code == "AW-approval-unusable"
    home.unlink()
    runner.lay()
    shutil.rmtree(runner.folder.parent)
    runner.folder.parent.write_text("")
    assert runner.refused().code == "AW-approval-unusable"


# the runner's own repository


def test_an_altered_object_of_the_runners_own_repository_is_found(runner: Runner) -> None:
    runner.lay()
    shutil.rmtree(runner.folder)
    tasks, readme = (runner.checkout.id_of(f"HEAD:{name}") for name in ("roles/harden/tasks.yml", "README.md"))
    misdirect(runner.bare, tasks, readme)
    assert runner.refused().code == "AW-approval-damaged"
    assert not runner.folder.exists()
    assert not list(runner.folder.parent.iterdir())


def test_an_altered_tree_of_the_runners_own_repository_is_found(runner: Runner) -> None:
    """The listing lies then: one folder stands in for another."""
    runner.lay()
    misdirect(runner.bare, runner.checkout.id_of("HEAD:hostkit"), runner.checkout.id_of("HEAD:a"))
    error = runner.refused()
    assert error.code == "AW-approval-altered"
    assert error.details


def test_an_altered_commit_of_the_runners_own_repository_is_found(runner: Runner) -> None:
    runner.checkout.write("README.md", "# evil\n")
    other = runner.checkout.commit()
    runner.lay(other)
    repository.fetch(runner.checkout.path, runner.commit, runner.bare)
    misdirect(runner.bare, runner.commit, other)
    assert runner.refused().code == "AW-approval-damaged"


# what a commit may not hold

LINKS = {
    "absolute": {"evil": "/etc/passwd"},
    "upwards": {"evil": "../x"},
    "upwards in a folder": {"a/evil": "../../x"},
    "by way of another link": {"a/deep/er/up": "../../..", "a/deep/er/evil": "up/../x"},
    "up and in again": {"evil": "../one/README.md"},
}


@pytest.mark.parametrize("which", LINKS)
def test_links_that_lead_out_are_refused(which: str, runner: Runner) -> None:
    for name, target in LINKS[which].items():
        page = runner.checkout.write(name, "x")
        page.unlink()
        page.symlink_to(target)
    error = runner.refused(runner.checkout.commit())
    assert error.code == "AW-approval-tree"
    assert "evil" in error.details[0]
    assert not list(runner.folder.parent.iterdir())


def test_links_that_stay_inside_are_laid_out(runner: Runner) -> None:
    for name, target in {"a/up": "../README.md", "gone": "nowhere", "round": "round", "dot": "."}.items():
        (runner.checkout.path / name).symlink_to(target)
    folder = runner.lay(runner.checkout.commit())
    assert (folder / "a" / "up").read_text() == "# project\n"


def test_submodules_are_refused(runner: Runner) -> None:
    runner.checkout.git("update-index", "--add", "--cacheinfo", f"160000,{runner.commit},vendor/other")
    error = runner.refused(runner.checkout.commit_staged())
    assert error.code == "AW-approval-tree"
    assert error.details == ["vendor/other 是子模块"]


def test_a_commit_that_never_came_is_refused(runner: Runner) -> None:
    runner.lay()
    with pytest.raises(AnweiError) as refused:
        tree(runner.bare, "ab" * 20, runner.folder)
    assert refused.value.code == "AW-approval-damaged"


# our ids are git's


NAMES = st.text("abcz.-_ 变", min_size=1, max_size=4).filter(lambda name: name not in {".", ".."})
PATHS = st.lists(NAMES, min_size=1, max_size=3).map("/".join)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=st.dictionaries(PATHS, st.tuples(st.binary(max_size=20), st.booleans()), max_size=8))
def test_the_id_of_a_folder_is_the_one_that_git_gives_it(
    files: dict[str, tuple[bytes, bool]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    made = Checkout(tmp_path_factory.mktemp("any"))
    for name, (content, program) in files.items():
        page = made.path / name
        if not page.exists() and not any(parent.is_file() for parent in page.parents):
            made.write(name, content).chmod(0o755 if program else 0o644)
    made.git("add", "-A")
    wanted = made.git("write-tree")
    shutil.rmtree(made.path / ".git")
    listing: hashing.Listing = {}
    assert hashing.folder_id(made.path, wanted, listing) == wanted
    assert len(listing) == sum(path.is_file() for path in made.path.rglob("*"))
