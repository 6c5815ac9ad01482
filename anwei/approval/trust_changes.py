"""How the trust file changes: begun once on the control node, then proposed, signed and adopted, version by version."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from anwei.approval import signing, trust_file
from anwei.approval.guarded import usable
from anwei.approval.model import Trust
from anwei.approval.trust import Signatures, folder, load, pages, signatures
from anwei.errors import BadInput, Refused
from anwei.home import make_private
from anwei.texts import text
from anwei.whole import write_whole


@dataclass(frozen=True)
class Proposal:
    """A version that could follow the one in force."""

    content: bytes
    trust: Trust
    before: Trust
    signatures: Signatures

    @property
    def missing(self) -> int:
        """How many signatures it still needs."""
        return max(self.before.changing - len(self.signatures.good), 0)


def begin(file: Path) -> Trust:
    """Put the first version into force. Whoever sets up the control node decides it; its digest is in every record."""
    content = _bytes(file)
    if trust_file.read(content, file).follows:
        raise BadInput("AW-trust-file", where=str(file), details=[text("trust.problem.first")])
    with usable("AW-trust-unusable", folder()), _alone():
        if pages(folder()):
            raise BadInput("AW-trust-begun", where=str(folder()))
        write_whole(folder() / "0001.yml", content)
    return load(real=False)


def propose(file: Path) -> Proposal:
    """Hold a new version against the one in force, and see who has signed it so far."""
    content = _bytes(file)
    before, trust = load(real=False), trust_file.read(content, file)
    if trust.follows != before.digest:
        raise BadInput("AW-trust-follows", where=str(file), version=before.version, digest=before.digest)
    return Proposal(content, trust, before, signatures(content, beside(file), before))


def sign(file: Path, key: Path) -> Path:
    """Sign a version, and put the signature beside it. The trust folder is not needed: any machine will do."""
    content = _bytes(file)
    trust_file.read(content, file)
    signature = signing.sign(content, key, signing.TRUST)
    page = beside(file) / f"{signing.file_name(signing.claimed(signature) or '')}.sig"
    with usable("AW-trust-unusable", page):
        page.parent.mkdir(exist_ok=True)
        page.write_text(signature, encoding="ascii")
    return page


def adopt(file: Path) -> Trust:
    """Put a signed version into force: the bytes and the signatures that were verified, not what lies there later."""
    load(real=False)  # there is nothing to lock before the first version
    with usable("AW-trust-unusable", folder()), _alone():
        proposal = propose(file)
        if proposal.missing:
            counts = {"count": proposal.before.changing, "have": len(proposal.signatures.good)}
            raise Refused("AW-trust-unsigned", where=str(file), details=proposal.signatures.useless, **counts)
        _keep(proposal)
    return load(real=False)


def beside(file: Path) -> Path:
    """The folder of the signatures over a file."""
    return file.with_name(f"{file.name}.sig")


def _bytes(file: Path) -> bytes:
    """The content of a file that a person named."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise BadInput("AW-trust-file", where=str(file), details=[error.strerror or str(error)]) from error


def _keep(proposal: Proposal) -> None:
    """Write a version. Its signatures first: without them it would be refused, were we killed in between."""
    page = folder() / f"{proposal.before.version + 1:04}.yml"
    place = page.with_suffix(".sig")
    with suppress(FileNotFoundError):
        shutil.rmtree(place)
    place.mkdir(mode=0o700)
    for approver, signature in proposal.signatures.good.items():
        write_whole(place / f"{signing.file_name(approver.fingerprint)}.sig", signature.encode())
    write_whole(page, proposal.content)


@contextmanager
def _alone() -> Iterator[None]:
    """Keep others from putting a version into force at the same time; the lock goes when its holder dies."""
    make_private(folder())
    handle = os.open(folder(), os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
