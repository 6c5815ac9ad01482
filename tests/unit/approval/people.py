"""Real keys, and a site's trust file, for the tests of approvals."""

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from anwei.approval import signing, trust_file
from anwei.approval.model import Trust


@dataclass(frozen=True)
class Somebody:
    """A person with a key of their own."""

    name: str
    key: Path
    roles: tuple[str, ...] = ()

    @property
    def public(self) -> str:
        return self.key.with_suffix(".pub").read_text().strip()

    @property
    def fingerprint(self) -> str:
        return signing.fingerprint(self.public)


def somebody(
    folder: Path, who: str, *roles: str, kind: str = "ed25519", bits: int = 0, locked: bool = False
) -> Somebody:
    """Make a key for `who`."""
    folder.mkdir(exist_ok=True)
    key = folder / who
    words = ["ssh-keygen", "-q", "-t", kind, "-N", "some words" if locked else "", "-C", who, "-f", str(key)]
    subprocess.run([*words, *(["-b", str(bits)] if bits else [])], check=True, capture_output=True)
    return Somebody(f"{who}@example.gov", key, roles)


def trust_fields(*people: Somebody, **changed: Any) -> dict[str, Any]:
    """A sound trust file of these people."""
    approvers = [{"name": each.name, "key": each.public, "roles": list(each.roles)} for each in people]
    fields = {
        "approvers": approvers,
        "approvals": {"低": {"count": 1, "roles": []}, "中": {"count": 2}, "高": {"count": 2, "roles": ["业主"]}},
        "emergency": {"count": 1},
        "rollback": {"count": 1},
        "trust": {"count": 2},
        "longest_days": 30,
    }
    return {**fields, **changed}


def trust_bytes(*people: Somebody, **changed: Any) -> bytes:
    """Its YAML."""
    return yaml.safe_dump(trust_fields(*people, **changed), allow_unicode=True, sort_keys=False).encode()


def trust_of(*people: Somebody, **changed: Any) -> Trust:
    """What it says."""
    return trust_file.read(trust_bytes(*people, **changed), Path("trust.yml"))
