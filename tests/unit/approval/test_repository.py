"""What git tells of a change, and its commit brought to the runner: what a checkout was made to say does not count."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from anwei.approval import git, repository
from anwei.approval.counting import Authors
from anwei.errors import AnweiError
from tests.unit.approval.checkout import Checkout, misdirect, overwrite
from tests.unit.approval.people import somebody

CHANGE = "changes/2026-q4-sshd"
EVIL = b"evil\n"


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """Three commits: the project by one, the change by two others."""
    made = Checkout(tmp_path / "checkout")
    made.write("roles/harden/tasks.yml", "- sound\n")
    made.commit("kaifa-1")
    made.write(f"{CHANGE}/change.yml", "action: harden\n")
    made.commit("yunwei-1", "yunwei-2")
    made.write(f"{CHANGE}/plan.md", "# plan\n")
    made.commit("yunwei-3")
    return made


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    return tmp_path / "home" / "repository.git"


def refusal(call: Callable[..., object], *given: object) -> AnweiError:
    with pytest.raises(AnweiError) as refused:
        call(*given)
    return refused.value


def content(place: Path, name: str) -> bytes:
    return git.asked(place, ["cat-file", "blob", name])


def mails(*who: str) -> frozenset[str]:
    return frozenset(f"{each}@example.gov" for each in who)


# fetching


def test_a_commit_comes_with_all_that_it_needs(checkout: Checkout, bare: Path) -> None:
    commit = checkout.id_of("HEAD")
    repository.fetch(checkout.path, commit, bare)
    assert content(bare, f"{commit}:roles/harden/tasks.yml") == b"- sound\n"
    assert git.asked(bare, ["rev-list", "--count", commit]).strip() == b"3"
    assert bare.stat().st_mode & 0o777 == 0o700
    assert not list((bare / "objects" / "info").iterdir()), "no alternates: the objects are its own"


def test_a_commit_that_no_branch_leads_to_comes_too(checkout: Checkout, bare: Path) -> None:
    signed = checkout.id_of("HEAD")
    checkout.git("reset", "-q", "--hard", "HEAD~1")
    repository.fetch(checkout.path, signed, bare)
    assert content(bare, f"{signed}:{CHANGE}/plan.md") == b"# plan\n"


def test_it_comes_once_and_a_later_one_beside_it(checkout: Checkout, bare: Path) -> None:
    first = checkout.id_of("HEAD")
    repository.fetch(checkout.path, first, bare)
    checkout.write("roles/harden/tasks.yml", "- better\n")
    second = checkout.commit()
    repository.fetch(checkout.path, second, bare)
    shutil.rmtree(checkout.path / ".git" / "objects")
    (checkout.path / ".git" / "objects").mkdir()
    for commit in (first, second):
        repository.fetch(checkout.path, commit, bare)


def test_from_a_linked_worktree_and_from_a_bare_repository(checkout: Checkout, tmp_path: Path, bare: Path) -> None:
    checkout.git("worktree", "add", "-q", "--detach", "../linked", "HEAD")
    checkout.git("clone", "-q", "--bare", ".", "../other.git")
    commit = checkout.id_of("HEAD")
    for number, source in enumerate((tmp_path / "linked", tmp_path / "other.git")):
        place = bare.with_name(f"{number}.git")
        repository.fetch(source, commit, place)
        assert content(place, f"{commit}:{CHANGE}/plan.md") == b"# plan\n"


def test_a_repository_with_long_ids_comes_as_well(tmp_path: Path, bare: Path) -> None:
    made = Checkout(tmp_path / "long", "--object-format=sha256")
    made.write("a", "a\n")
    commit = made.commit()
    repository.fetch(made.path, commit, bare)
    assert (len(commit), content(bare, f"{commit}:a")) == (64, b"a\n")


@pytest.mark.parametrize("commit", ["HEAD", "main", "abc1234", "ab" * 20, "ab" * 32, "--upload-pack=x", ""])
def test_what_is_no_whole_commit_of_the_repository_is_refused(commit: str, checkout: Checkout, bare: Path) -> None:
    for call in (
        lambda: repository.fetch(checkout.path, commit, bare),
        lambda: repository.authors(checkout.path, commit, CHANGE),
        lambda: repository.changed_since(checkout.path, commit, CHANGE),
    ):
        shutil.rmtree(bare, ignore_errors=True)
        assert refusal(call).code == "AW-approval-commit"


def test_a_tree_is_no_commit(checkout: Checkout, bare: Path) -> None:
    tree = checkout.id_of("HEAD^{tree}")
    assert refusal(repository.fetch, checkout.path, tree, bare).code == "AW-approval-commit"
    assert refusal(repository.authors, checkout.path, tree, CHANGE).code == "AW-approval-commit"


def test_a_shallow_clone_is_refused_with_the_remedy(checkout: Checkout, tmp_path: Path, bare: Path) -> None:
    checkout.git("clone", "-q", "--depth=1", f"file://{checkout.path}", "../shallow")
    commit = checkout.id_of("HEAD")
    for call in (
        lambda: repository.fetch(tmp_path / "shallow", commit, bare),
        lambda: repository.authors(tmp_path / "shallow", commit, CHANGE),
    ):
        error = refusal(call)
        assert error.code == "AW-approval-shallow"
        assert "git fetch --unshallow" in error.part("remedy")


def test_a_folder_that_is_no_repository_is_refused(tmp_path: Path, bare: Path) -> None:
    assert refusal(repository.fetch, tmp_path, "ab" * 20, bare).code == "AW-approval-repository"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize("name", ["plain", 'a "b" \\ c; # 变更', "two\nlines"], ids=["plain", "odd", "lines"])
def test_a_checkout_of_another_account_can_be_fetched_from(name: str, tmp_path: Path, bare: Path) -> None:
    made = Checkout(tmp_path / name)
    made.write("a", "a\n")
    commit = made.commit()
    for path in (made.path, *made.path.rglob("*")):
        os.chown(path, 65534, 65534, follow_symlinks=False)
    with pytest.raises(subprocess.CalledProcessError):
        made.git("log")  # git as it is would not touch it
    repository.fetch(made.path, commit, bare)
    assert content(bare, f"{commit}:a") == b"a\n"


def test_a_repository_that_others_can_write_is_refused(checkout: Checkout, bare: Path) -> None:
    bare.mkdir(parents=True)
    bare.chmod(0o770)
    assert refusal(repository.fetch, checkout.path, checkout.id_of("HEAD"), bare).code == "AW-approval-open"


# tampering with the checkout


def _overwrite_blob(made: Checkout) -> None:
    overwrite(made.loose("HEAD:roles/harden/tasks.yml"), "blob", EVIL)


def _overwrite_tree(made: Checkout) -> None:
    made.write("roles/harden/tasks.yml", EVIL)
    made.git("add", "-A")
    evil = made.git("write-tree")
    raw = git.asked(made.path / ".git", ["cat-file", "tree", evil])
    overwrite(made.loose("HEAD^{tree}"), "tree", raw)


def _overwrite_commit(made: Checkout) -> None:
    raw = git.asked(made.path / ".git", ["cat-file", "commit", "HEAD"])
    overwrite(made.loose("HEAD"), "commit", raw.replace(b"yunwei-3", b"anquan-9"))


def _remove_blob(made: Checkout) -> None:
    made.loose("HEAD:roles/harden/tasks.yml").unlink()


def _misdirect_pack(made: Checkout) -> None:
    evil = made.blob(EVIL)
    made.git(
        "update-ref",
        "refs/heads/kept",
        made.git(
            "commit-tree",
            "-m",
            "x",
            made.git("mktree", given=f"100644 blob {evil}\tx\n".encode()),
            GIT_AUTHOR_NAME="x",
            GIT_AUTHOR_EMAIL="x@example.gov",
            GIT_COMMITTER_NAME="x",
            GIT_COMMITTER_EMAIL="x@example.gov",
        ),
    )
    made.git("repack", "-q", "-a", "-d")
    misdirect(made.path / ".git", made.id_of("HEAD:roles/harden/tasks.yml"), evil)


def _spoil_pack(made: Checkout) -> None:
    made.git("repack", "-q", "-a", "-d")
    (pack,) = (made.path / ".git" / "objects" / "pack").glob("*.pack")
    pack.chmod(0o644)
    spoilt = bytearray(pack.read_bytes())
    for at in range(12, len(spoilt) - 20):
        spoilt[at] ^= 0xFF
    pack.write_bytes(spoilt)


def _alternate(made: Checkout) -> None:
    """The objects lie elsewhere, and one of them is another."""
    objects = made.path / ".git" / "objects"
    elsewhere = made.path.parent / "elsewhere"
    _overwrite_blob(made)
    objects.rename(elsewhere)
    (objects / "info").mkdir(parents=True)
    (objects / "info" / "alternates").write_text(f"{elsewhere}\n")


@pytest.mark.parametrize(
    "tamper",
    [_overwrite_blob, _overwrite_tree, _overwrite_commit, _remove_blob, _misdirect_pack, _spoil_pack, _alternate],
    ids=lambda tamper: tamper.__name__.strip("_"),
)
def test_objects_that_were_altered_are_found(
    tamper: Callable[[Checkout], None], checkout: Checkout, bare: Path
) -> None:
    commit = checkout.id_of("HEAD")
    tamper(checkout)
    error = refusal(repository.fetch, checkout.path, commit, bare)
    assert error.code == "AW-approval-damaged"
    assert error.details
    assert refusal(repository.fetch, checkout.path, commit, bare).code == "AW-approval-damaged", "and again"


def test_the_tampering_above_does_deceive_git_itself(checkout: Checkout) -> None:
    _misdirect_pack(checkout)
    assert checkout.git("cat-file", "-p", "HEAD:roles/harden/tasks.yml") == "evil"


def test_objects_that_fsck_refuses_are_refused(checkout: Checkout, bare: Path) -> None:
    """A tree with a folder `.git`, which git itself would never write."""
    blob = checkout.blob(EVIL)
    inner = checkout.git("mktree", given=f"100644 blob {blob}\tconfig\n".encode())
    raw = b"40000 .git\0" + bytes.fromhex(inner)
    tree = checkout.git("hash-object", "-t", "tree", "-w", "--stdin", "--literally", given=raw)
    names = {f"GIT_{who}_{what}": "x@example.gov" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    commit = checkout.git("commit-tree", "-m", "x", tree, **names)
    error = refusal(repository.fetch, checkout.path, commit, bare)
    assert error.code == "AW-approval-damaged"
    assert any("hasDotgit" in said for said in error.details)


def test_replaced_objects_have_no_effect(checkout: Checkout, bare: Path) -> None:
    commit, blob = checkout.id_of("HEAD"), checkout.id_of("HEAD:roles/harden/tasks.yml")
    checkout.git("replace", blob, checkout.blob(EVIL))
    checkout.git("replace", "--graft", commit)
    assert checkout.git("cat-file", "-p", "HEAD:roles/harden/tasks.yml") == "evil"
    assert checkout.git("rev-list", "--count", "HEAD") == "1"
    repository.fetch(checkout.path, commit, bare)
    assert content(bare, f"{commit}:roles/harden/tasks.yml") == b"- sound\n"
    for place in (bare, checkout.path):
        assert repository.authors(place, commit, CHANGE).emails == mails("yunwei-1", "yunwei-2", "yunwei-3")


def test_replaced_objects_in_the_runners_own_repository_have_no_effect(checkout: Checkout, bare: Path) -> None:
    commit = checkout.id_of("HEAD")
    repository.fetch(checkout.path, commit, bare)
    checkout.git(f"--git-dir={bare}", "replace", "--graft", commit)
    assert repository.authors(bare, commit, CHANGE).emails == mails("yunwei-1", "yunwei-2", "yunwei-3")


def test_grafts_hide_no_author(checkout: Checkout, bare: Path) -> None:
    commit = checkout.id_of("HEAD")
    (checkout.path / ".git" / "info" / "grafts").write_text(f"{commit}\n")
    assert checkout.git("rev-list", "--count", "HEAD") == "1"
    assert repository.authors(checkout.path, commit, CHANGE).emails == mails("yunwei-1", "yunwei-2", "yunwei-3")
    assert refusal(repository.fetch, checkout.path, commit, bare).code == "AW-approval-damaged"


def test_sound_objects_that_lie_elsewhere_are_as_good_as_any(checkout: Checkout, tmp_path: Path, bare: Path) -> None:
    checkout.git("clone", "-q", "--shared", ".", "../shared")
    commit = checkout.id_of("HEAD")
    repository.fetch(tmp_path / "shared", commit, bare)
    shutil.rmtree(checkout.path)
    assert content(bare, f"{commit}:{CHANGE}/plan.md") == b"# plan\n"


def test_neither_hooks_nor_configuration_nor_the_environment_run_anything(
    checkout: Checkout, bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark, home = tmp_path / "ran", tmp_path / "person"
    touch = tmp_path / "touch.sh"
    touch.write_text(f"#!/bin/sh\ntouch {mark}\n")
    touch.chmod(0o755)
    for name in ("reference-transaction", "post-checkout", "pre-receive", "post-update", "pre-auto-gc", "post-merge"):
        shutil.copy(touch, checkout.path / ".git" / "hooks" / name)
    keys = ["uploadpack.packObjectsHook", "core.fsmonitor", "gpg.program", "gpg.ssh.program", "core.sshCommand"]
    for key in [*keys, "core.pager", "diff.external", "filter.evil.smudge", "core.alternateRefsCommand"]:
        checkout.git("config", key, str(touch))
    checkout.git("config", "log.showSignature", "true")
    home.mkdir()
    shutil.copy(checkout.path / ".git" / "config", home / ".gitconfig")
    for name, value in {
        "HOME": str(home),
        "GIT_DIR": str(tmp_path / "nowhere"),
        "GIT_OBJECT_DIRECTORY": str(tmp_path / "nowhere"),
        "GIT_CONFIG_GLOBAL": str(home / ".gitconfig"),
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "uploadpack.packObjectsHook",
        "GIT_CONFIG_VALUE_0": str(touch),
        "GIT_EXEC_PATH": str(tmp_path),
        "GIT_TRACE": str(mark),
    }.items():
        monkeypatch.setenv(name, value)
    commit = Checkout.id_of(checkout, "HEAD")
    repository.fetch(checkout.path, commit, bare)
    repository.authors(checkout.path, commit, CHANGE)
    repository.changed_since(checkout.path, commit, CHANGE)
    assert not mark.exists()


# authors


def test_authors_are_all_who_touched_the_change_and_who_made_the_commit(checkout: Checkout) -> None:
    checkout.write("docs/a.md", "a\n")
    commit = checkout.commit("hebing-1", "hebing-2")
    found = repository.authors(checkout.path, commit, CHANGE)
    assert found == Authors(mails("yunwei-1", "yunwei-2", "yunwei-3", "hebing-1", "hebing-2"), frozenset())


def test_a_side_branch_that_ended_the_same_hides_nobody(checkout: Checkout) -> None:
    """Git's own history would leave out a branch whose work was undone again before the merge."""
    checkout.git("checkout", "-q", "-b", "side")
    checkout.write(f"{CHANGE}/change.yml", "action: other\n")
    checkout.commit("cebian-1")
    checkout.write(f"{CHANGE}/change.yml", "action: harden\n")
    checkout.commit("cebian-2")
    checkout.git("checkout", "-q", "main")
    checkout.write("docs/a.md", "a\n")
    checkout.commit("kaifa-1")
    names = {f"GIT_{who}_{what}": "x@example.gov" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    checkout.git("merge", "-q", "--no-ff", "-m", "merge", "side", **names)
    assert "cebian-1@example.gov" not in checkout.git("log", "--format=%ae", "--", CHANGE)
    found = repository.authors(checkout.path, checkout.id_of("HEAD"), CHANGE).emails
    assert found >= mails("cebian-1", "cebian-2", "x")


def test_a_mailmap_hides_nobody(checkout: Checkout) -> None:
    checkout.write(".mailmap", "<anquan-9@example.gov> <yunwei-1@example.gov>\n")
    found = repository.authors(checkout.path, checkout.commit("kaifa-1"), CHANGE)
    assert "yunwei-1@example.gov" in found.emails
    assert "anquan-9@example.gov" not in found.emails


def test_the_key_that_a_commit_was_signed_with_is_an_authors(checkout: Checkout, tmp_path: Path) -> None:
    one, two = (somebody(tmp_path / "keys", who) for who in ("yunwei-4", "yunwei-5"))
    for who, name in ((one, f"{CHANGE}/change.yml"), (two, "docs/a.md")):
        checkout.git("config", "gpg.format", "ssh")
        checkout.git("config", "user.signingkey", str(who.key))
        checkout.write(name, who.name)
        commit = checkout.commit("yunwei-1", "", "-S")
    assert repository.authors(checkout.path, commit, CHANGE).fingerprints == {one.fingerprint, two.fingerprint}


def test_a_crooked_author_line_hides_no_address(checkout: Checkout) -> None:
    raw = git.asked(checkout.path / ".git", ["cat-file", "commit", "HEAD"]).decode()
    crooked = raw.replace("author yunwei-3 <yunwei-3@example.gov>", "author x <a@example.gov> <b@example.gov>")
    commit = checkout.git("hash-object", "-t", "commit", "-w", "--stdin", "--literally", given=crooked.encode())
    assert repository.authors(checkout.path, commit, CHANGE).emails >= mails("a", "b")


def test_a_path_is_taken_as_it_is_written(checkout: Checkout) -> None:
    found = repository.authors(checkout.path, checkout.id_of("HEAD"), "changes/*")
    assert found.emails == mails("yunwei-3")


# edited since


def test_an_unchanged_folder_differs_in_nothing(checkout: Checkout) -> None:
    commit = checkout.id_of("HEAD")
    for _ in range(2):
        assert repository.changed_since(checkout.path, commit, CHANGE) == []
        checkout.write(f"{CHANGE}/approvals/a.json", "{}")
        checkout.write(f"{CHANGE}/plan.md", "# later\n")
        checkout.write("roles/harden/tasks.yml", "- elsewhere\n")


def test_what_was_edited_added_or_removed_is_named(checkout: Checkout) -> None:
    checkout.write(f"{CHANGE}/files/a", "a")
    checkout.write(f"{CHANGE}/files/b", "b")
    checkout.write(f"{CHANGE}/files/c", "c")
    commit = checkout.commit()
    checkout.write(f"{CHANGE}/change.yml", "action: harden \n")
    checkout.write(f"{CHANGE}/new", "")
    (checkout.path / CHANGE / "files" / "a").unlink()
    (checkout.path / CHANGE / "files" / "b").chmod(0o755)
    (checkout.path / CHANGE / "files" / "c").unlink()
    (checkout.path / CHANGE / "files" / "c").symlink_to("b")
    assert repository.changed_since(checkout.path, commit, CHANGE) == [
        "change.yml",
        "files/a",
        "files/b",
        "files/c",
        "new",
    ]


def test_a_folder_that_is_gone_or_was_never_there_differs_in_all(checkout: Checkout) -> None:
    commit = checkout.id_of("HEAD")
    shutil.rmtree(checkout.path / CHANGE)
    assert repository.changed_since(checkout.path, commit, CHANGE, apart_from=()) == ["change.yml", "plan.md"]
    checkout.write("changes/new/change.yml", "action: x\n")
    assert repository.changed_since(checkout.path, commit, "changes/new") == ["change.yml"]


def test_it_can_be_asked_of_the_runners_own_repository(checkout: Checkout, bare: Path) -> None:
    """The checkout was made to believe that the edited file is the one that was committed."""
    checkout.write(f"{CHANGE}/files/a", "a\n")
    commit = checkout.commit()
    repository.fetch(checkout.path, commit, bare)
    checkout.write(f"{CHANGE}/files/a", EVIL)
    row = b"100644 a\0" + bytes.fromhex(checkout.blob(EVIL))
    overwrite(checkout.loose(f"{commit}:{CHANGE}/files"), "tree", row)
    assert repository.changed_since(checkout.path, commit, CHANGE) == []
    assert repository.changed_since(checkout.path, commit, CHANGE, bare) == ["files/a"]
