"""The laws of accounts and groups, proved on the host that runs this. Python 2.7 and 3: it is sent there as it is.

Each law is a function on a fresh host; `proved()` runs all of them and says what went wrong where. The names begin with
anwt, and whatever happens they are gone afterwards.
"""

import json
import os
import pkgutil
import shutil
import subprocess
import tempfile
import traceback

from hostkit import engine, kinds
from hostkit.compat import native, octets
from hostkit.host import Host
from hostkit.kinds import account, group, sudo
from hostkit.refusal import Refusal

NAME, OTHER, TEAM = "anwt1", "anwt2", "anwteam"
FILES = ("/etc/passwd", "/etc/shadow", "/etc/group", "/etc/gshadow", "/etc/subuid", "/etc/subgid")
HASH = "$6$lawsOfPeople$" + "abcdefghij./ABCDEFGHIJ0123456789" * 2 + "abcdefghijklmnopqrstuv"
SECOND = HASH.replace("lawsOfPeople", "secondOne")
CHANGES = (
    {"comment": native(json.loads('"\\u5f20\\u4e09, \\u8fd0\\u7ef4"')), "shell": "/bin/bash"},
    {"home": "/srv/anwt1", "group": "daemon", "uid": 54321},
    {"min_days": 1, "max_days": 90, "warn_days": 14, "inactive_days": 30, "expires": "2030-02-28"},
    {"min_days": -1, "max_days": -1, "warn_days": -1, "inactive_days": -1, "expires": ""},
    {"locked": True},
)
GROUP_CHANGES = (
    {"with": [OTHER], "without": [NAME]},
    {"members": []},
    {"gid": 54321},
    {"members": [OTHER], "gid": 54322},
)


class Recorder(Host):
    """The real host, with a list of what it ran."""

    def __init__(self):
        Host.__init__(self)
        self.ran = []

    def run(self, words, stdin=b"", seconds=90):
        self.ran.append(list(words))
        return Host.run(self, words, stdin, seconds)

    def tools(self):
        """The programs that were run to change something."""
        return [words for words in self.ran if words[0] != "getent"]


def bring(kind, key, wanted):
    """Bring one item to what is wanted, as the engine does it; the states before and after, and who did it."""
    host, module = Recorder(), kinds.named(kind)
    now = module.read(host, key, wanted)
    wish = module.wish(host, key, wanted, now)
    companion = kinds.companion(host, kind, key, now, wish)
    if companion and wish["present"]:
        bring(*companion)
    module.write(host, key, now, wish)
    if companion and not wish["present"]:
        bring(*companion)
    seen = module.read(host, key, {})
    assert seen == wish, (seen, wish)
    return now, seen, host


def back(kind, key, former, own_group=True):
    """Take one item back, as the engine does it: kept fields stay as they are; an account's own group goes with it."""
    host, module = Recorder(), kinds.named(kind)
    now = module.read(host, key, {})
    kept = kinds.kept(kind + ":" + key, former, now)
    wish = dict(former, **dict((field, now[field]) for field in kept if field in now))
    if now != wish and "present" not in kept:
        module.write(host, key, now, wish)
    if own_group and kind == "account" and not former["present"]:
        back("group", key, former)
    return module.read(host, key, {}), host


def undo(kind, key, former, lefts, options=(), own_group=True):
    """Take one item back by the generated script alone; its exit status and what it said."""
    folder = tempfile.mkdtemp()
    script = [resource("undo.sh"), resource("undo.d/group.sh"), resource("undo.d/account.sh")]
    lines = kinds.named(kind).undo(key, former, lefts)
    if own_group and kind == "account" and not former["present"]:
        lines += group.undo(key, former, [state for state in [group.read(Host(), key, {})] if state["present"]])
    script += [octets(line) for line in lines] + [b"finish", b""]
    with open(folder + "/undo", "wb") as page:
        page.write(b"\n".join(script))
    run = subprocess.Popen(
        ["sh", folder + "/undo"] + list(options), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, close_fds=True
    )
    said = run.communicate()[0]
    shutil.rmtree(folder)
    return run.returncode, native(said)


def resource(name):
    """A file of hostkit."""
    return pkgutil.get_data("hostkit", name)


def refused(reason, call, *arguments):
    """The call is refused for this reason."""
    try:
        call(*arguments)
    except Refusal as refusal:
        assert refusal.reason == reason, refusal
    else:
        raise AssertionError("not refused: " + reason)


def databases():
    """The content of the files that hold accounts and groups."""
    return dict((path, open(path, "rb").read()) for path in FILES if os.path.exists(path))


def there(name, wanted=()):
    """Make an account and say how it is."""
    return bring("account", name, dict(wanted))[1]


def law_of_all_that_is_there_nothing_is_written():
    """Wishing nothing, or all that is read, changes nothing."""
    host = Recorder()
    for row in kinds.named("account").people.rows(host, "passwd"):
        now = account.read(host, row[0], {})
        same = dict((field, now[field]) for field in now if field != "password")
        assert account.wish(host, row[0], same, now) == now, row[0]
        account.write(host, row[0], now, now)
    for row in kinds.named("account").people.rows(host, "group"):
        now = group.read(host, row[0], {})
        assert group.wish(host, row[0], {"members": now["members"], "gid": now["gid"]}, now) == now, row[0]
        group.write(host, row[0], now, now)
    assert host.ran == [], host.ran


def law_a_new_account_comes_and_goes_without_a_trace():
    """Made, made again, taken back: files, home and mailbox are as before."""
    before = databases()
    former, left, _ = bring("account", NAME, {"comment": "law", "max_days": 60})
    assert (left["locked"], left["password"], left["max_days"]) == (True, "none", 60), left
    assert os.path.isdir(left["home"]), left
    assert bring("account", NAME, {"comment": "law", "max_days": 60})[2].ran == []
    seen, host = back("account", NAME, former)
    assert seen == former, seen
    assert databases() == before
    assert not os.path.exists(left["home"]), host.limits
    assert not os.path.exists("/var/mail/" + NAME)


def law_the_script_takes_a_new_account_away():
    """The same by the undo script."""
    before = databases()
    former, left, _ = bring("account", NAME, {})
    assert undo("account", NAME, former, [left])[0] == 0
    assert databases() == before
    assert not os.path.exists(left["home"])
    assert undo("account", NAME, former, [left])[0] == 0, "nothing to do is no failure"


def law_a_home_in_use_stays_and_is_named():
    """One file changed, added or removed, and the home stays."""
    for use in ("echo mine >> .profile", "touch notes", "rm .profile"):
        for way in ("back", "undo"):
            former, left, _ = bring("account", NAME, {})
            Host().demand(["sh", "-c", 'cd "$1" && ' + use, "sh", left["home"]])
            if way == "back":
                _, host = back("account", NAME, former)
                assert host.limits == ["home-left"], (use, host.limits)
            else:
                _, said = undo("account", NAME, former, [left])
                assert left["home"] in said, (use, said)
            assert account.read(Host(), NAME, {}) == {"present": False}
            assert os.path.exists(left["home"] + "/.bashrc")
            shutil.rmtree(left["home"])


def law_a_system_account_has_a_low_number_and_no_home():
    """As its programs expect it."""
    left = there(NAME, {"system": True, "shell": "/usr/sbin/nologin"})
    assert 100 < left["uid"] < 1000, left
    assert left["max_days"] == -1
    assert not os.path.exists(left["home"])


def law_every_field_is_set_once_and_comes_back():
    """Each change: reached, stable, and taken back by code and by script."""
    for wanted in CHANGES:
        there(NAME, {"password_hash": HASH})
        former, left, host = bring("account", NAME, wanted)
        assert left != former, wanted
        for field in wanted:
            assert left[field] == wanted[field], (field, left)
        assert len(host.tools()) <= 1, host.tools()
        assert bring("account", NAME, wanted)[2].tools() == []
        seen, _ = back("account", NAME, former)
        assert seen == former, (wanted, seen)
        account.write(Host(), NAME, former, left)
        status, said = undo("account", NAME, former, [left])
        assert status == 0, said
        assert account.read(Host(), NAME, {}) == former, (wanted, said)


def law_what_somebody_changed_since_is_a_conflict():
    """The script leaves others' work alone until it is told otherwise."""
    there(NAME)
    former, left, _ = bring("account", NAME, {"shell": "/bin/bash", "comment": "left"})
    Host().demand(["usermod", "-s", "/bin/dash", NAME])
    status, said = undo("account", NAME, former, [left])
    now = account.read(Host(), NAME, {})
    assert status == 5, said
    assert (now["shell"], now["comment"]) == ("/bin/dash", former["comment"]), now
    assert undo("account", NAME, former, [left], ["--over"])[0] == 0
    assert account.read(Host(), NAME, {}) == former


def law_a_password_is_set_unseen_and_never_retired_ones():
    """The hash stands in shadow, in no argument, and the old one does not come back."""
    there(NAME)
    bring("account", NAME, {"password_hash": HASH})
    former, left, host = bring("account", NAME, {"password_hash": SECOND})
    assert hashed(NAME) == SECOND
    assert not any(SECOND in word for words in host.ran for word in words), host.ran
    assert [words[0] for words in host.tools()] == ["chpasswd"], host.ran
    assert bring("account", NAME, {"password_hash": SECOND})[2].tools() == []
    back("account", NAME, former)
    assert undo("account", NAME, former, [left], ["--over"])[0] == 0
    assert hashed(NAME) == SECOND
    refused("password-retired", account.write, Host(), NAME, left, former)


def law_a_password_behind_a_lock_stays_behind_it():
    """At no moment is a locked account open."""
    there(NAME, {"password_hash": HASH})
    bring("account", NAME, {"locked": True})
    _, _, host = bring("account", NAME, {"password_hash": SECOND})
    assert hashed(NAME) == "!" + SECOND
    assert [words[0] for words in host.tools()] == ["chpasswd"], host.ran


def law_two_marks_of_older_tools_are_unlocked():
    """passwd -l of some systems writes two; usermod -U takes one."""
    there(NAME, {"password_hash": HASH})
    Host().demand(["chpasswd", "-e"], octets("%s:!!%s\n" % (NAME, HASH)))
    bring("account", NAME, {"locked": False})
    assert hashed(NAME) == HASH


def law_no_door_opens_that_never_had_a_key():
    """Unlocking without a password is refused, also when it is a take-back."""
    there(NAME)
    refused("account-unlock", bring, "account", NAME, {"locked": False})
    Host().demand(["passwd", "-d", NAME])
    former, left, _ = bring("account", NAME, {"locked": True})
    assert (former["password"], left["password"]) == ("empty", "none"), (former, left)
    back("account", NAME, former)
    undo("account", NAME, former, [left], ["--over"])
    assert hashed(NAME) == "!"


def law_a_revoked_account_stays_revoked():
    """A take-back does not open it; a document must say so."""
    there(NAME, {"password_hash": HASH})
    former, left, _ = bring("account", NAME, {"revoked": True, "comment": "gone"})
    assert (left["revoked"], left["locked"], left["expires"]) == (True, True, "1970-01-02"), left
    seen, _ = back("account", NAME, former)
    assert seen == dict(left, comment=former["comment"]), seen
    undo("account", NAME, former, [left], ["--over"])
    assert account.read(Host(), NAME, {}) == seen
    refused("account-retired", account.write, Host(), NAME, seen, former)
    refused("account-revoked", bring, "account", NAME, {"expires": "2031-01-01"})
    assert bring("account", NAME, {"revoked": False})[1] == former


def law_a_group_that_was_there_before_its_account_stays():
    """userdel would take it along; by code and by script it stays, and of a new one its own item decides."""
    bring("group", NAME, {"gid": 54321})
    before = group.read(Host(), NAME, {})
    for way in ("back", "undo"):
        former, left, _ = bring("account", NAME, {})
        if way == "back":
            back("account", NAME, former, own_group=False)
        else:
            assert undo("account", NAME, former, [left], own_group=False)[0] == 0
        assert account.read(Host(), NAME, {}) == former
        assert group.read(Host(), NAME, {}) == before, way


def law_what_comes_with_an_account_goes_with_it():
    """Its group is foretold, made first, and removed with it again; both have one number where that is free."""
    before = databases()
    steps = engine.survey(Host(), {"account": {NAME: {}}}, {})
    assert [step.item for step in steps] == ["group:" + NAME, "account:" + NAME], steps
    assert steps[0].wish["gid"] == steps[1].wish["uid"]
    there(NAME)
    steps = engine.survey(Host(), {"account": {NAME: {"present": False}}}, {})
    assert [step.item for step in steps] == ["account:" + NAME, "group:" + NAME], steps
    for step in steps:
        kinds.named(step.kind).write(Host(), step.key, step.now, step.wish)
    assert databases() == before


def law_a_removed_account_stays_removed():
    """Neither code nor script brings it back."""
    former = there(NAME, {"password_hash": HASH})
    _, left, _ = bring("account", NAME, {"present": False})
    assert left == {"present": False}
    assert back("account", NAME, former)[0] == left
    assert undo("account", NAME, former, [left], ["--over"])[0] == 0
    refused("account-retired", account.write, Host(), NAME, left, former)
    assert account.read(Host(), NAME, {}) == left


def law_a_group_comes_changes_and_goes():
    """Number and members, forth and back, by code and by script."""
    there(NAME)
    there(OTHER)
    before = databases()
    absent, made, _ = bring("group", TEAM, {"members": [NAME]})
    for wanted in GROUP_CHANGES:
        former, left, _ = bring("group", TEAM, wanted)
        assert left != former, wanted
        assert bring("group", TEAM, wanted)[2].tools() == []
        assert back("group", TEAM, former)[0] == former, wanted
        group.write(Host(), TEAM, former, left)
        status, said = undo("group", TEAM, former, [left])
        assert status == 0, said
        assert group.read(Host(), TEAM, {}) == former, (wanted, said)
    former, left, _ = bring("group", TEAM, {"present": False})
    assert undo("group", TEAM, former, [left])[0] == 0
    assert group.read(Host(), TEAM, {}) == former
    bring("group", TEAM, {"present": False})
    assert back("group", TEAM, former)[0] == former
    assert undo("group", TEAM, absent, [made])[0] == 0
    assert databases() == before


def law_a_new_member_of_a_new_group_comes_with_it():
    """One document makes both, in whatever order the wishes are asked for; it is taken back the other way round."""
    before, host = databases(), Recorder()
    wanted = {"group": {TEAM: {"with": [NAME]}}, "account": {NAME: {"group": TEAM}, OTHER: {}}}
    steps = engine.survey(host, wanted, {})
    numbers = [step.wish["uid"] for step in steps if step.kind == "account"]
    assert len(set(numbers)) == 2, "two new accounts never get one number"
    for step in steps:
        kinds.named(step.kind).write(host, step.key, step.now, step.wish)
    for step in steps:
        assert kinds.named(step.kind).read(host, step.key, {}) == step.wish, step.item
    for step in reversed(steps):
        assert back(step.kind, step.key, step.now)[0] == step.now, step.item
    assert databases() == before


def law_a_member_that_nobody_knows_is_refused():
    """In a document by name; of a former state it is left out."""
    refused("member-missing", bring, "group", TEAM, {"with": ["anwt-nobody"]})
    host, now = Host(), group.read(Host(), TEAM, {})
    group.write(host, TEAM, now, dict(now, members=["anwt-nobody"]))
    assert host.limits == ["member-gone"], host.limits


def law_visudo_judges_rules():
    """The checker takes a good file and not a bad one."""
    for rule, good in (("%s ALL=(root) /bin/true" % NAME, True), ("%s ALL=(root" % NAME, False)):
        ((_, path, wanted),) = sudo.lower(Host(), NAME, {"rules": [rule]})
        place = tempfile.mkdtemp() + "/new"
        with open(place, "w") as page:
            page.write(wanted["content"])
        status = Host().run([word.replace("%s", place) for word in wanted["validate"]]).status
        shutil.rmtree(os.path.dirname(place))
        assert (status == 0) == good, (path, rule, status)


def hashed(name):
    """The hash that stands in shadow."""
    return [line.split(":")[1] for line in open("/etc/shadow") if line.startswith(name + ":")][0]


def clear():
    """Whatever a law left."""
    for name in (NAME, OTHER):
        for words in (["userdel", "-r", name], ["groupdel", name]):
            Host().run(words)
        shutil.rmtree("/home/" + name, ignore_errors=True)
    Host().run(["groupdel", TEAM])


def proved():
    """Every law by name, with what went wrong: nothing where it holds."""
    results = {}
    for name, law in sorted(globals().items()):
        if name.startswith("law_"):
            clear()
            try:
                law()
                results[name] = ""
            except Exception:
                results[name] = traceback.format_exc()
            finally:
                clear()
    return results
