"""Signs and verifies with `ssh-keygen -Y`, as git itself does: keys in files, in an agent or in a hardware token.

No cryptography is done here: what is a good signature, ssh-keygen says.
"""

import base64
import hashlib
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from anwei.errors import BadInput, Failure

APPROVAL = "anwei-approval"
TRUST = "anwei-trust"

STRONG = {"ED25519", "ED25519-SK", "ECDSA", "ECDSA-SK"}
SHORTEST_RSA = 3072
# A key and nothing else: options in front of it would mean something in a file of allowed signers.
PUBLIC_KEY = re.compile(r"((?:ssh|sk-ssh|ecdsa|sk-ecdsa)-[a-zA-Z0-9@.-]+) ([A-Za-z0-9+/]+={0,3})(?: .*)?")
DESCRIBED = re.compile(r"(\d+) (SHA256:\S+) .*\((\S+)\)")
BEGIN, END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
MAGIC = b"SSHSIG"

SECONDS = 20
SECONDS_FOR_A_PERSON = 180
PATH = "/usr/local/bin:/usr/bin:/bin"
# What signing may need besides: the agent, and the window or terminal that asks for a passphrase or a touch.
OF_A_PERSON = ("SSH_AUTH_SOCK", "SSH_ASKPASS", "SSH_ASKPASS_REQUIRE", "DISPLAY", "WAYLAND_DISPLAY", "TERM")


def sign(content: bytes, key: Path, namespace: str) -> str:
    """The armoured signature of `content` by a key file (or a `.pub` whose key is in the agent)."""
    _refuse_weak(_asked(["-l", "-E", "sha256", "-f", str(key)], str(key)), str(key))
    with tempfile.TemporaryDirectory(prefix="anwei-") as folder:
        page = Path(folder) / "content"
        page.write_bytes(content)
        ran = _run(["-Y", "sign", "-f", str(key), "-n", namespace, str(page)], by_a_person=True)
        if ran.returncode:
            raise BadInput("AW-signature-key", where=str(key), details=_lines(ran.stderr))
        return page.with_name("content.sig").read_text(encoding="ascii")


def signer(content: bytes, signature: str, allowed: Iterable[str], namespace: str) -> str | None:
    """Which of the `allowed` public keys signed `content` for `namespace`, if any did."""
    keys = {fingerprint(key): key for key in allowed}
    with tempfile.TemporaryDirectory(prefix="anwei-") as folder:
        page = _written(folder, signature)
        known = Path(folder) / "allowed"
        known.write_text("".join(f"{name} {plain(key)}\n" for name, key in keys.items()), encoding="ascii")
        found = _run(["-Y", "find-principals", "-s", str(page), "-f", str(known)]).stdout.split()
        for name in found:
            words = ["-Y", "verify", "-s", str(page), "-f", str(known), "-I", name, "-n", namespace]
            if _run(words, content).returncode == 0:
                return keys[name]
    return None


def is_whole(content: bytes, signature: str, namespace: str) -> bool:
    """Whether `signature` is one over `content` for `namespace`, by whatever key: tells a stranger from a forgery."""
    with tempfile.TemporaryDirectory(prefix="anwei-") as folder:
        words = ["-Y", "check-novalidate", "-s", str(_written(folder, signature)), "-n", namespace]
        return _run(words, content).returncode == 0


@cache
def fingerprint(public_key: str) -> str:
    """The fingerprint of a public key, as people compare it. What is no key, or too weak a one, is refused by name."""
    key = plain(public_key)
    if key.startswith("ssh-dss "):  # newer releases of ssh-keygen do not even know it
        raise BadInput("AW-signature-weak", where=key, kind="DSA")
    return _refuse_weak(_asked(["-l", "-E", "sha256", "-f", "-"], key, f"{key}\n".encode()), key)


def plain(public_key: str) -> str:
    """A public key without its comment, in one spelling."""
    parts = PUBLIC_KEY.fullmatch(public_key.strip())
    if not parts:
        raise BadInput("AW-signature-key", where=public_key)
    return f"{parts[1]} {parts[2]}"


def claimed(signature: str) -> str | None:
    """The fingerprint of the key that a signature names. It proves nothing; None where it is no signature."""
    text = "".join(signature.split("\n")).strip()
    if not (text.startswith(BEGIN) and text.endswith(END)):
        return None
    try:
        blob = base64.b64decode(text.removeprefix(BEGIN).removesuffix(END), validate=True)
    except ValueError:
        return None
    # "SSHSIG", a version and a length of four bytes each, then the public key
    length = int.from_bytes(blob[10:14], "big")
    key = blob[14 : 14 + length]
    if not blob.startswith(MAGIC) or not key or len(key) != length:
        return None
    return "SHA256:" + base64.b64encode(hashlib.sha256(key).digest()).decode().rstrip("=")


def file_name(fingerprint: str) -> str:
    """A fingerprint as the name of a file."""
    return re.sub(r"[^A-Za-z0-9]", "_", fingerprint.removeprefix("SHA256:"))


def _refuse_weak(description: str, where: str) -> str:
    """The fingerprint in what ssh-keygen says of a key, unless the key is too weak or of an unknown kind."""
    parts = DESCRIBED.match(description)
    if not parts:
        raise BadInput("AW-signature-key", where=where, details=_lines(description))
    bits, found, kind = parts.groups()
    if kind not in STRONG and not (kind == "RSA" and int(bits) >= SHORTEST_RSA):
        raise BadInput("AW-signature-weak", where=where, kind=f"{kind} {bits}")
    return found


def _asked(words: Sequence[str], where: str, content: bytes = b"") -> str:
    """What ssh-keygen says of a key; what it does not take is refused in its words."""
    ran = _run(words, content)
    if ran.returncode:
        raise BadInput("AW-signature-key", where=where, details=_lines(ran.stderr or ran.stdout))
    return ran.stdout


def _written(folder: str, signature: str) -> Path:
    """The signature as a file, which is how ssh-keygen takes it."""
    page = Path(folder) / "signature"
    page.write_bytes(signature.encode(errors="replace"))
    return page


def _run(words: Sequence[str], content: bytes = b"", *, by_a_person: bool = False) -> subprocess.CompletedProcess[str]:
    """Run ssh-keygen without a shell and with a small environment. Only a person who signs may be asked something."""
    asks = by_a_person and sys.stdin is not None and sys.stdin.isatty()
    try:
        ran = subprocess.run(
            ["ssh-keygen", *words],
            env=_environment(by_a_person=by_a_person),
            input=None if asks else content,  # with none it has our own standard input
            stdout=subprocess.PIPE,
            # It asks for the touch of a hardware key there, and only on a terminal.
            stderr=None if asks and sys.stderr.isatty() else subprocess.PIPE,
            timeout=SECONDS_FOR_A_PERSON if by_a_person else SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Failure("AW-signature-tool", details=[str(error)]) from error
    out, err = ((said or b"").decode(errors="replace") for said in (ran.stdout, ran.stderr))
    if "unknown option" in err:
        raise Failure("AW-signature-tool", details=_lines(err))
    return subprocess.CompletedProcess(ran.args, ran.returncode, out, err)


def _environment(*, by_a_person: bool) -> dict[str, str]:
    """Nothing of the caller's but what a person needs in order to sign."""
    theirs = {name: os.environ[name] for name in OF_A_PERSON if by_a_person and name in os.environ}
    return {"PATH": PATH, "LC_ALL": "C", **theirs}


def _lines(said: str) -> list[str]:
    """The lines of an output that say something."""
    return [line.strip() for line in said.splitlines() if line.strip()]
