"""The control node's key for signing heads of records: ed25519, made and used by ssh-keygen as git itself signs.

`<home>/node_key.pub` belongs into the hands of the auditors: who has it can hold the records against it, also a copy of
them on another machine. What this key signs is the digest, as text, so that a person can do it by hand:

    printf %s DIGEST | ssh-keygen -Y verify -f signers -I anwei-node -n anwei-record -s head.sig
"""

import os
import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

from anwei.errors import Failure
from anwei.home import home, make_private
from anwei.whole import write_whole

NAMESPACE = "anwei-record"
SIGNER = "anwei-node"
SECONDS = 30


def sign(message: str) -> str:
    """The signature of this node over a text; its key is made at the first use."""
    key = _key()
    done = _ssh_keygen("-Y", "sign", "-q", "-f", str(key), "-n", NAMESPACE, asked=message)
    if done.returncode:
        raise Failure("AW-record-unsigned", where=str(key), details=done.stderr.splitlines())
    return done.stdout


def holds(message: str, signature: str, key: Path) -> bool:
    """Whether this public key's owner signed the text."""
    with tempfile.TemporaryDirectory(prefix="anwei-") as folder:
        signers, written = Path(folder, "signers"), Path(folder, "signature")
        signers.write_text(f"{SIGNER} {key.read_text(encoding='utf-8')}", encoding="utf-8")
        written.write_text(signature, encoding="utf-8")
        words = ["-Y", "verify", "-f", str(signers), "-I", SIGNER, "-n", NAMESPACE, "-s", str(written)]
        return _ssh_keygen(*words, asked=message).returncode == 0


def fingerprint(key: Path) -> str:
    """The fingerprint of a public key, as people compare it; nothing where that is no key."""
    done = _ssh_keygen("-l", "-f", str(key))
    return done.stdout.split()[1] if done.returncode == 0 else ""


def public() -> Path:
    """Where the public key lies."""
    return home() / "node_key.pub"


def _key() -> Path:
    """The private key, made if there is none, with the public one beside it."""
    key = home() / "node_key"
    try:
        if not key.exists():
            _make(key)
        if not public().exists():  # a kill came between the two
            write_whole(public(), _derived(key).encode(), 0o644)
    except OSError as error:
        raise Failure("AW-record-unsigned", where=str(key), details=[str(error)]) from error
    return key


def _make(key: Path) -> None:
    """Have a new key made aside and give it its name, unless another process was faster."""
    aside = Path(tempfile.mkdtemp(prefix=".node_key.", dir=make_private(key.parent)))
    try:
        done = _ssh_keygen("-q", "-t", "ed25519", "-N", "", "-C", SIGNER, "-f", str(aside / "key"))
        if done.returncode:
            raise Failure("AW-record-unsigned", where=str(key), details=done.stderr.splitlines())
        with suppress(FileExistsError):
            os.link(aside / "key", key)
    finally:
        shutil.rmtree(aside)


def _derived(key: Path) -> str:
    """The public key that belongs to a private one."""
    done = _ssh_keygen("-y", "-f", str(key))
    if done.returncode:
        raise Failure("AW-record-unsigned", where=str(key), details=done.stderr.splitlines())
    return done.stdout


def _ssh_keygen(*words: str, asked: str = "") -> "subprocess.CompletedProcess[str]":
    """Run ssh-keygen away from any terminal: it must never wait for a passphrase."""
    environment = {**os.environ, "LC_ALL": "C", "SSH_ASKPASS_REQUIRE": "never"}
    try:
        return subprocess.run(
            ["ssh-keygen", *words], input=asked, capture_output=True, text=True, env=environment,
            timeout=SECONDS, start_new_session=True, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Failure("AW-record-unsigned", where="ssh-keygen", details=[str(error)]) from error
