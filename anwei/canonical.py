"""One way to write a value as bytes, so that its digest is the same on every machine and every day."""

import hashlib
import json


def canonical(value: object) -> bytes:
    """A value as JSON with sorted keys and no spaces, in UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(value: object) -> str:
    """The SHA-256 of a value."""
    return hashlib.sha256(canonical(value)).hexdigest()
