"""Kind `account`: a local account, field by field.

`locked` is the `!` before the hash, as `usermod -L` writes it: key logins still work. `revoked` also lets the account
expire at the second day of 1970, which closes every way in. What was revoked, removed or given another password stays
so when the change is taken back.
"""

import datetime
import hashlib
import os
import re

from hostkit import homes, people, traces
from hostkit.compat import octets
from hostkit.refusal import Refusal
from hostkit.shell import called

MYPY = False
if MYPY:
    from typing import Any, Dict, Iterable, List, Optional, Tuple

    from hostkit.host import Host

    State = Dict[str, Any]

REVOKED = "1970-01-02"
EPOCH = datetime.date(1970, 1, 1).toordinal()
LAST = datetime.date.max.toordinal() - EPOCH
DAYS = {"min_days": 3, "max_days": 4, "warn_days": 5, "inactive_days": 6}  # where they stand in a shadow row
AGES = {"min_days": "PASS_MIN_DAYS", "max_days": "PASS_MAX_DAYS", "warn_days": "PASS_WARN_AGE"}  # in login.defs
PLAIN = ("group", "comment", "home", "shell") + tuple(DAYS)
USERMOD = (("uid", "-u"), ("group", "-g"), ("comment", "-c"), ("home", "-d"), ("shell", "-s"))
CHAGE = (("min_days", "-m"), ("max_days", "-M"), ("warn_days", "-W"), ("inactive_days", "-I"), ("expires", "-E"))
# In place of a digest: no password is asked for; no password fits.
EMPTY, NONE = "empty", "none"
SHORTEST = 13  # of a hash; what is shorter (`*`, `!!`) fits no password
CRYPT = re.compile(r"\A\$[0-9a-z]{1,8}(\$[A-Za-z0-9./=,+-]*)*\$[A-Za-z0-9./]{22,}\Z")
NO_LOGIN = ("nologin", "false")


def read(host, key, wanted):
    # type: (Host, str, State) -> State
    """What /etc/passwd and /etc/shadow say; the password is named by a digest of its hash."""
    row = people.row(host, "passwd", key)
    if row is None:
        return {"present": False}
    shadow = people.shadow(host, key)
    state = dict((field, _number(shadow[at])) for field, at in DAYS.items())  # type: State
    state.update(present=True, uid=int(row[2]), comment=row[4], home=row[5], shell=row[6])
    state["group"] = people.name_of(host, "group", row[3]) or row[3]
    state.update(password=_password(shadow[1]), locked=shadow[1].startswith("!"), expires=_date(_number(shadow[7])))
    return _with_revoked(state)


def wish(host, key, wanted, now):
    # type: (Host, str, State, State) -> State
    """The account with the named fields."""
    people.demand_local(host, "passwd", key)
    if not wanted.get("present", True):
        state = {"present": False}  # type: State
    else:
        state = dict(now) if now["present"] else _new(host, key, wanted)
        if wanted.get("uid", state["uid"]) != state["uid"]:
            state["uid"] = people.number(host, "passwd", key, wanted["uid"])
        state.update((field, wanted[field]) for field in PLAIN if field in wanted)
        _wish_password(host, key, wanted, state)
        _wish_access(host, key, wanted, state)
        _demand_shell(host, state, now)
    if now.get("uid") == 0:
        _demand_root_can_work(state, now)
    return state


def write(host, key, now, wish):
    # type: (Host, str, State, State) -> None
    """Bring the account there with the system's tools: each is called once, for all the fields that it sets."""
    if not wish["present"]:
        if people.row(host, "passwd", key):
            _remove(host, key)
            homes.clear(host, key, now)
        return
    if not now["present"]:
        _create(host, key, wish)
        now = read(host, key, wish)
    if now["revoked"] and not wish["revoked"] and key not in people.asked(host).opened:
        raise Refusal("account-retired", "account:" + key)
    if now["password"] != wish["password"] and wish["password"] not in (EMPTY, NONE):
        _set_password(host, key, wish)
        now = dict(now, locked=wish["locked"])
    _usermod(host, key, now, wish)
    ages = _options(CHAGE, now, wish)
    if ages:
        host.demand(["chage"] + ages + [key], item="account:" + key)


def unmake(host, key):
    # type: (Host, str) -> None
    """Take a half-made account away, so that it is made anew: a killed useradd leaves out what it writes last."""
    state = read(host, key, {})
    if state["present"]:
        _remove(host, key)
        traces.forget(host, key)
        homes.clear(host, key, state, half_made=True)


def clear(host, key, left):
    # type: (Host, str, State) -> None
    """Remove what userdel leaves of an account that a change had made; also when a take-back was killed in between."""
    if people.row(host, "passwd", key) is None:
        traces.forget(host, key)
        homes.clear(host, key, left)


def companion(host, key, now, wish):
    # type: (Host, str, State, State) -> Optional[Tuple[str, str, State]]
    """The group of the same name, which comes with a new account and goes with a removed one: an item of its own."""
    if now["present"] == wish["present"]:
        return None
    if wish["present"]:
        return ("group", key, {}) if wish["group"] == key else None
    row = people.row(host, "group", key)
    others = [one[0] for one in people.rows(host, "passwd") if row and one[3] == row[2] and one[0] != key]
    return ("group", key, {"present": False}) if row and now["group"] == key and not (row[3] or others) else None


def kept(former, now):
    # type: (State, State) -> Iterable[str]
    """What a take-back leaves as it is: removed and revoked accounts, passwords, and locks that keep a door shut."""
    if not former["present"]:
        return ()
    if not now["present"]:
        return ("present",)
    fields = set(["password"])
    if now["revoked"]:
        fields.update(("revoked", "locked", "expires"))
    if former["password"] == EMPTY:
        fields.add("locked")
    return fields


def undo(key, former, lefts):
    # type: (str, State, List[State]) -> List[str]
    """One line for an account that came, and else one for each field that the change may have left different."""
    there = [state for state in lefts if state["present"]]
    if not former["present"]:
        return [called("account_gone", [key] + _words("uid", there))]
    lines = []  # type: List[str]
    for field in sorted(set(former) - set(["present", "revoked"])):  # `revoked` is what `locked` and `expires` say
        differing = [state for state in there if state[field] != former[field]]
        if differing and not any(field in kept(former, state) for state in there):
            words = [key, field, _word(field, former)] + _words(field, differing)
            lines.append(called("account_field", words))
    return lines


def _new(host, key, wanted):
    # type: (Host, str, State) -> State
    """A new account as the tools would make it on this host; without a password it is locked."""
    found, system = people.settings(host), wanted.get("system", False)
    home = ["-m"] if wanted.get("create_home", not system) else ["-M"]
    people.asked(host).new[key] = home + (["-r"] if system else [])
    own = found["USERGROUPS_ENAB"] == "yes" or people.row(host, "group", key)
    state = dict((field, -1 if system else int(found[word])) for field, word in AGES.items())  # type: State
    state.update(present=True, uid=people.number(host, "passwd", key, wanted.get("uid"), system))
    state.update(group=key if own else people.name_of(host, "group", found["GROUP"]) or found["GROUP"])
    state.update(comment="", home=found["HOME"] + "/" + key, shell=found["SHELL"], inactive_days=int(found["INACTIVE"]))
    state.update(password=NONE, locked=True, expires="", revoked=False)
    return state


def _wish_password(host, key, wanted, state):
    # type: (Host, str, State, State) -> None
    """The wanted hash by its digest. An account's first password opens it; a later one leaves a lock as it is."""
    if "password_hash" not in wanted:
        return
    if not CRYPT.match(wanted["password_hash"]):
        raise Refusal("password-plain")
    if state["password"] == NONE and not state["revoked"]:
        state["locked"] = False
    state["password"] = _password(wanted["password_hash"])
    people.asked(host).hashes[state["password"]] = wanted["password_hash"]


def _wish_access(host, key, wanted, state):
    # type: (Host, str, State, State) -> None
    """Locks and expiry. Only the word `revoked` itself opens an account that was revoked."""
    was_locked, was_revoked, revoked = state["locked"], state["revoked"], wanted.get("revoked")
    if revoked is not None and revoked != was_revoked:
        state.update(locked=revoked, expires=REVOKED if revoked else "")
    state.update((field, wanted[field]) for field in ("locked", "expires") if field in wanted)
    state["expires"] = _date(_days(state["expires"]))
    _with_revoked(state)
    if revoked is not None and revoked != state["revoked"]:
        raise Refusal("revoked-contradiction")
    if was_revoked and not state["revoked"]:
        if revoked is None:
            raise Refusal("account-revoked")
        people.asked(host).opened.add(key)
    if was_locked and not state["locked"] and state["password"] in (EMPTY, NONE):
        raise Refusal("account-unlock")
    if state["locked"] and state["password"] == EMPTY:
        state["password"] = NONE  # the `!` stands alone now


def _demand_shell(host, state, now):
    # type: (Host, State, State) -> None
    """Refuse a new shell that nobody could log in with; nologin and false are meant to be so."""
    shell = state["shell"]
    if shell == now.get("shell"):
        return
    listed = [line.strip() for line in host.lines("/etc/shells")] or ["/bin/sh", "/bin/csh"]  # as the C library has it
    there = os.path.isfile(host.path(shell)) and os.access(host.path(shell), os.X_OK)
    if not there or (shell not in listed and os.path.basename(shell) not in NO_LOGIN):
        raise Refusal("shell-missing", shell=shell)


def _demand_root_can_work(state, now):
    # type: (State, State) -> None
    """Refuse what would take root away: some hosts have no other way in."""
    fields = [field for field in ("uid", "locked", "expires") if state.get(field) not in (None, False, "", now[field])]
    if os.path.basename(state.get("shell", "")) in NO_LOGIN and state["shell"] != now["shell"]:
        fields.append("shell")
    if not state["present"]:
        fields = ["present"]
    if fields:
        raise Refusal("root-protected", field=fields[0])


def _create(host, key, wish):
    # type: (Host, str, State) -> None
    """Make the account that a wish of this run asked for; what useradd does not set everywhere alike comes after."""
    asked = people.asked(host)
    if key not in asked.new:
        raise Refusal("account-retired", "account:" + key)
    words = ["useradd"] + asked.new[key] + ["-u", str(wish["uid"]), "-c", wish["comment"]]
    words += ["-d", wish["home"], "-s", wish["shell"], "-g", wish["group"]]
    if key in asked.joining:
        words += ["-G", ",".join(sorted(asked.joining[key]))]
    host.demand(words + [key], item="account:" + key)


def _remove(host, key):
    # type: (Host, str) -> None
    """Remove the account alone: userdel, which refuses while it is in use, would take its group along."""
    rows = traces.group_rows(host, key)
    host.demand(["userdel", key], item="account:" + key)
    traces.put_back(host, key, rows)


def _set_password(host, key, wish):
    # type: (Host, str, State) -> None
    """Set the wanted hash by standard input; behind a lock it comes with the lock: there is no open moment."""
    hashed = people.asked(host).hashes.get(wish["password"])
    if hashed is None:
        raise Refusal("password-retired", "account:" + key)
    line = "%s:%s%s\n" % (key, "!" if wish["locked"] else "", hashed)
    host.demand(["chpasswd", "-e"], octets(line), "account:" + key)


def _usermod(host, key, now, wish):
    # type: (Host, str, State, State) -> None
    """Everything that usermod sets. It unlocks by one `!` each time, and some tools write two."""
    words = _options(USERMOD, now, wish) + (["-L"] if wish["locked"] and not now["locked"] else [])
    if words:
        host.demand(["usermod"] + words + [key], item="account:" + key)
    if now["locked"] and not wish["locked"]:
        hashed = people.shadow(host, key)[1]
        for _ in range(len(hashed) - len(hashed.lstrip("!"))):
            host.demand(["usermod", "-U", key], item="account:" + key)


def _options(table, now, wish):
    # type: (Iterable[Tuple[str, str]], State, State) -> List[str]
    """A tool's options for the fields that differ."""
    options = [(option, _word(field, wish)) for field, option in table if now[field] != wish[field]]
    return [word for pair in options for word in pair]


def _with_revoked(state):
    # type: (State) -> State
    """A state with what its lock and its expiry mean together."""
    state["revoked"] = state["locked"] and state["expires"] == REVOKED
    return state


def _password(hashed):
    # type: (str) -> str
    """What a state says of a password: no more than whether it is another one. The salt keeps it from being guessed."""
    bare = hashed.lstrip("!")
    if len(bare) < SHORTEST:
        return NONE if hashed else EMPTY
    return hashlib.sha256(octets(bare)).hexdigest()


def _number(word):
    # type: (str) -> int
    """A number of a shadow row; -1 where none is set, as chage says it."""
    return int(word) if word.isdigit() else -1


def _date(days):
    # type: (int) -> str
    """The date of a day of shadow; "" is never."""
    return "" if days < 0 else datetime.date.fromordinal(EPOCH + min(days, LAST)).isoformat()


def _days(date):
    # type: (str) -> int
    """The day of shadow of a date, -1 for none: numbers are taken by all tools alike, in any time zone."""
    try:
        days = datetime.date(*[int(word) for word in date.split("-")]).toordinal() - EPOCH
    except (TypeError, ValueError):
        days = -1
    if days < 0 and date:
        raise Refusal("date-wrong", date=date)
    return days


def _word(field, state):
    # type: (str, State) -> str
    """A field as the tools take it."""
    return str(_days(state[field]) if field == "expires" else state[field])


def _words(field, states):
    # type: (str, Iterable[State]) -> List[str]
    """A field of some states as the undo script compares it."""
    return sorted(set(_word(field, state) for state in states))
