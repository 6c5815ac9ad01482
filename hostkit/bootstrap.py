"""What Python is given on its command line on a host: see that root's store is safe, take hostkit in, run it.

It travels as text, without these explanations (`anwei/state/transport.py`), and is the only code that ever runs from
anywhere else than the store. So it is short, imports little, and trusts nothing that it has not looked at.
"""

import base64
import hashlib
import os
import stat
import sys

MYPY = False
if MYPY:
    from typing import Any, List, Tuple

STORE = "/var/lib/anwei"
OWNER = 0
KEPT_KITS = 3
PRIVATE = 0o700
DAY = 86400


class Refused(Exception):
    """Nothing is run: a reason, and the path that gives it."""

    status = 2


def main(words):
    # type: (List[str]) -> None
    """Do what came, and print the answer between marks that banners and terminals cannot imitate or harm."""
    digest, size, nonce, place, content_digest = words
    try:
        body, status = answer(digest, int(size), payload(place, content_digest))
    except Refused as error:
        body, status = refusal(*error.args), error.status
    except Exception as error:
        body, status = defect(error, sys.exc_info()[2]), 5
    coded = base64.b64encode(body.encode("ascii")).decode("ascii")
    lines = [coded[start : start + 76] for start in range(0, len(coded), 76)]
    marks = ["@anwei-begin %s@" % nonce] + lines + ["@anwei-end %s %s@" % (nonce, status), ""]
    sys.stdout.write("\n".join(marks))


def payload(place, digest):
    # type: (str, str) -> bytes
    """Standard input, or a file of the login user: that must be the very one which the control node wrote."""
    page = getattr(sys.stdin, "buffer", sys.stdin)  # type: Any
    if place:
        page = os.fdopen(os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb")
        if not stat.S_ISREG(os.fstat(page.fileno()).st_mode):
            raise Refused("payload-altered", place)
    content = page.read()  # type: bytes
    page.close()
    if place and hashlib.sha256(content).hexdigest() != digest:
        raise Refused("payload-altered", place)
    return content


def answer(digest, size, content):
    # type: (str, int, bytes) -> Tuple[str, Any]
    """The answer of the kit with this digest; `wanted` when it is not here and did not come along."""
    if os.geteuid() != OWNER:
        raise Refused("not-root", "")
    safe_store()
    kit = "%s/hostkit/%s" % (STORE, digest)
    if not os.path.lexists(kit):
        if not size:
            return "", "wanted"
        take_in(content[:size], digest, kit)
    safe(kit, True)
    sys.path[0] = kit
    module = __import__("hostkit.__main__", fromlist=["main"])
    return module.main(content[size:])  # type: ignore[no-any-return]


def safe_store():
    # type: () -> None
    """Nobody but root can have put, or can put, anything into the store or in its place."""
    above = os.path.realpath(os.path.dirname(STORE))
    while above != "/":
        safe(above, False)
        above = os.path.dirname(above)
    for folder in (STORE, STORE + "/hostkit"):
        try:
            os.mkdir(folder, 0o700)
            os.chmod(folder, 0o700)
        except OSError:
            pass  # it is there, perhaps since a moment ago
        safe(folder, True)


def safe(folder, private):
    # type: (str, bool) -> None
    """A real folder of root's; private, or such that others can replace nothing in it."""
    found = os.lstat(folder)
    mode = stat.S_IMODE(found.st_mode)
    loose = mode != PRIVATE if private else mode & 0o022 and not mode & stat.S_ISVTX
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (0, OWNER) or loose:
        raise Refused("store-unsafe", folder)


def take_in(content, digest, kit):
    # type: (bytes, str, str) -> None
    """Unpack beside, compile so that later starts are fast, and put in place at once: a kill leaves no half kit."""
    import compileall
    import io
    import shutil
    import tempfile
    import zipfile

    if hashlib.sha256(content).hexdigest() != digest:
        raise Refused("payload-altered", kit)
    before = os.umask(0o077)
    new = tempfile.mkdtemp(prefix=".new-", dir=STORE + "/hostkit")
    try:
        zipfile.ZipFile(io.BytesIO(content)).extractall(new)
        compileall.compile_dir(new, ddir=kit, quiet=1)
        for folder, _, names in os.walk(new):
            for name in names + ["."]:
                keep(os.path.join(folder, name))
        os.rename(new, kit)
        keep(STORE + "/hostkit")
    except OSError:
        if not os.path.lexists(kit):
            raise
    finally:
        shutil.rmtree(new, True)
        os.umask(before)
    try:
        prune(shutil.rmtree)
    except OSError:
        pass  # another run came first


def keep(path):
    # type: (str) -> None
    """Have the disk hold it."""
    handle = os.open(path, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)


def prune(remove):
    # type: (Any) -> None
    """Remove old kits; not the newest, nor one in use within a day, nor the one that an armed dead-man will run."""
    import time

    armed = ""
    if os.path.exists(STORE + "/deadman"):
        with open(STORE + "/deadman") as page:
            armed = page.read()
    kits = [STORE + "/hostkit/" + name for name in os.listdir(STORE + "/hostkit")]
    kits.sort(key=os.path.getmtime)
    for kit in kits[:-KEPT_KITS]:
        if os.path.basename(kit) not in armed and os.path.getmtime(kit) < time.time() - DAY:
            remove(kit, True)


def refusal(reason, item, **values):
    # type: (str, str, **str) -> str
    """An answer that says why nothing was done."""
    import json

    return json.dumps({"ok": False, "refusals": [{"reason": reason, "item": item, "values": values}]})


def defect(error, trace):
    # type: (Exception, Any) -> str
    """An answer that names a line of code; never the message of the error, which may quote a secret."""
    while trace.tb_next:
        trace = trace.tb_next
    line = "%s:%d" % (os.path.basename(trace.tb_frame.f_code.co_filename), trace.tb_lineno)
    words = getattr(error, "strerror", None) or ""
    return refusal("defect", line, kind=error.__class__.__name__, words=words)


if __name__ == "__main__":
    main(sys.argv[2:])
