"""Signatures are ssh-keygen's: over other bytes, in another namespace or by another key they are none."""

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from anwei.approval import signing
from anwei.errors import AnweiError
from tests.unit.approval.people import Somebody, somebody

SAID = "变更 2026-q4-sshd\n".encode()
DSA = "ssh-dss AAAAB3NzaC1kc3MAAACBAOMu"


@pytest.fixture
def yezhu(tmp_path: Path) -> Somebody:
    return somebody(tmp_path / "keys", "yezhu-1")


@pytest.fixture
def anquan(tmp_path: Path) -> Somebody:
    return somebody(tmp_path / "keys", "anquan-1")


def refusal(call: object, *given: object) -> AnweiError:
    with pytest.raises(AnweiError) as refused:
        call(*given)  # type: ignore[operator]
    return refused.value


def test_a_signature_tells_whose_it_is(yezhu: Somebody, anquan: Somebody) -> None:
    allowed = [anquan.public, yezhu.public]
    signature = signing.sign(SAID, yezhu.key, signing.APPROVAL)
    assert signing.signer(SAID, signature, allowed, signing.APPROVAL) == yezhu.public
    assert signing.is_whole(SAID, signature, signing.APPROVAL)
    assert signing.claimed(signature) == yezhu.fingerprint


def test_over_other_bytes_in_another_namespace_or_by_another_key_it_is_none(yezhu: Somebody, anquan: Somebody) -> None:
    signature = signing.sign(SAID, yezhu.key, signing.APPROVAL)
    assert signing.signer(SAID + b" ", signature, [yezhu.public], signing.APPROVAL) is None
    assert not signing.is_whole(SAID + b" ", signature, signing.APPROVAL)
    assert signing.signer(SAID, signature, [yezhu.public], signing.TRUST) is None
    assert signing.signer(SAID, signature, [anquan.public], signing.APPROVAL) is None
    assert signing.signer(SAID, signature, [], signing.APPROVAL) is None


def test_a_signature_whose_key_was_swapped_is_none(yezhu: Somebody, anquan: Somebody) -> None:
    """The key stands inside the signature: putting another one there does not make it theirs."""
    blobs = [Path(each.key.with_suffix(".pub")).read_text().split()[1] for each in (yezhu, anquan)]
    signature = signing.sign(SAID, yezhu.key, signing.APPROVAL)
    lines = signature.splitlines()
    body = _decoded("".join(lines[1:-1])).replace(_decoded(blobs[0]), _decoded(blobs[1]))
    forged = "\n".join([lines[0], _encoded(body), lines[-1], ""])
    assert signing.claimed(forged) == anquan.fingerprint
    assert signing.signer(SAID, forged, [anquan.public], signing.APPROVAL) is None
    assert not signing.is_whole(SAID, forged, signing.APPROVAL)


def _decoded(text: str) -> bytes:
    return subprocess.run(["base64", "-d"], input=text.encode(), capture_output=True, check=True).stdout


def _encoded(content: bytes) -> str:
    return subprocess.run(["base64", "-w70"], input=content, capture_output=True, check=True).stdout.decode().strip()


@pytest.mark.parametrize("signature", ["", "nonsense", f"{signing.BEGIN}\nAAAA\n{signing.END}", "\ud800", "\0" * 9])
def test_what_is_no_signature_is_none(signature: str, yezhu: Somebody) -> None:
    assert signing.signer(SAID, signature, [yezhu.public], signing.APPROVAL) is None
    assert not signing.is_whole(SAID, signature, signing.APPROVAL)
    assert signing.claimed(signature) is None


def test_ssh_keygen_itself_verifies_what_we_signed(yezhu: Somebody, tmp_path: Path) -> None:
    (tmp_path / "s").write_text(signing.sign(SAID, yezhu.key, signing.APPROVAL))
    (tmp_path / "allowed").write_text(f"somebody {yezhu.public}\n")
    words = ["ssh-keygen", "-Y", "verify", "-f", "allowed", "-I", "somebody", "-n", "anwei-approval", "-s", "s"]
    subprocess.run(words, input=SAID, cwd=tmp_path, check=True, capture_output=True)


@pytest.mark.parametrize(("kind", "bits"), [("ed25519", 0), ("ecdsa", 384), ("rsa", 3072)])
def test_strong_kinds_sign(kind: str, bits: int, tmp_path: Path) -> None:
    one = somebody(tmp_path, "one", kind=kind, bits=bits)
    signature = signing.sign(SAID, one.key, signing.TRUST)
    assert signing.signer(SAID, signature, [one.public], signing.TRUST) == one.public


def test_weak_keys_are_refused_by_name(tmp_path: Path) -> None:
    weak = somebody(tmp_path, "weak", kind="rsa", bits=2048)
    for error in (refusal(signing.sign, SAID, weak.key, signing.TRUST), refusal(signing.fingerprint, weak.public)):
        assert error.code == "AW-signature-weak"
        assert error.values == {"kind": "RSA 2048"}
    assert refusal(signing.fingerprint, DSA).values == {"kind": "DSA"}


@pytest.mark.parametrize(
    "key",
    ["", "ssh-ed25519", "ssh-ed25519 AAAA", "cert-authority ssh-ed25519 AAAA", "ssh-ed25519 AAAA\nssh-ed25519 BBBB"],
    ids=["empty", "half", "no key", "options", "two lines"],
)
def test_what_is_no_key_is_refused(key: str) -> None:
    assert refusal(signing.fingerprint, key).code == "AW-signature-key"


def test_the_fingerprint_is_the_one_that_people_compare(yezhu: Somebody) -> None:
    printed = subprocess.run(["ssh-keygen", "-lf", str(yezhu.key)], capture_output=True, text=True, check=True).stdout
    assert yezhu.fingerprint == printed.split()[1]
    assert signing.fingerprint(yezhu.public.rsplit(" ", 1)[0]) == yezhu.fingerprint
    assert "/" not in signing.file_name(yezhu.fingerprint)


def test_a_key_file_that_is_none_is_refused_in_the_words_of_ssh_keygen(tmp_path: Path) -> None:
    error = refusal(signing.sign, SAID, tmp_path / "none", signing.TRUST)
    assert error.code == "AW-signature-key"
    assert "No such file" in error.details[0]


def test_a_passphrase_is_not_asked_for_where_there_is_no_terminal(tmp_path: Path) -> None:
    one = somebody(tmp_path, "one", locked=True)
    assert refusal(signing.sign, SAID, one.key, signing.TRUST).code == "AW-signature-key"


@pytest.fixture
def agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    socket = tmp_path / "agent"
    with subprocess.Popen(["ssh-agent", "-D", "-a", str(socket)], stdout=subprocess.DEVNULL) as process:
        while not socket.exists():
            assert process.poll() is None
            time.sleep(0.01)
        monkeypatch.setenv("SSH_AUTH_SOCK", str(socket))
        yield
        process.terminate()


@pytest.mark.usefixtures("agent")
def test_a_key_that_only_the_agent_has_signs(yezhu: Somebody) -> None:
    subprocess.run(["ssh-add", "-q", str(yezhu.key)], check=True, capture_output=True)
    yezhu.key.unlink()
    signature = signing.sign(SAID, yezhu.key.with_suffix(".pub"), signing.TRUST)
    assert signing.signer(SAID, signature, [yezhu.public], signing.TRUST) == yezhu.public


def test_verifying_takes_nothing_from_the_callers_environment(
    yezhu: Somebody, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An ssh-keygen that finds every signature good lies first in the caller's PATH."""
    signature = signing.sign(SAID, yezhu.key, signing.TRUST)
    (tmp_path / "ssh-keygen").write_text("#!/bin/sh\nexit 0\n")
    (tmp_path / "ssh-keygen").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert not signing.is_whole(b"other", signature, signing.TRUST)


@pytest.mark.parametrize("said", ["", "#!/bin/sh\necho 'unknown option -- Y' >&2\nexit 1\n", "#!/bin/sh\nsleep 9\n"])
def test_an_ssh_keygen_that_is_missing_too_old_or_stuck_is_told(
    said: str, yezhu: Somebody, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    if said:
        (folder / "ssh-keygen").write_text(said)
        (folder / "ssh-keygen").chmod(0o755)
    monkeypatch.setattr(signing, "PATH", f"{folder}:/bin" if said else str(folder))
    monkeypatch.setattr(signing, "SECONDS", 0.2)
    assert refusal(signing.is_whole, SAID, "", signing.TRUST).code == "AW-signature-tool"
