"""Evidence at rest: compressed, and encrypted under a key of the control node, so that a copied folder tells nobody.

A line in front says what it is, in which version, under which key and how long; it is authenticated with the rest.
"""

import hashlib
import re
import secrets
import zlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from anwei.errors import BadInput
from anwei.state.secret_key import derived

EVIDENCE = "evidence at rest"
MAGIC = b"ANWEI-TRANSCRIPT "
VERSION = 1
HEADER = re.compile(MAGIC + rb"(\d{1,6}) ([0-9a-f]{16}) (\d{1,12})\n")
NONCE_BYTES = 12


def is_sealed(content: bytes) -> bool:
    """Whether a file is one of ours."""
    return content.startswith(MAGIC)


def seal(content: bytes) -> bytes:
    """The content, compressed and encrypted."""
    packed = zlib.compress(content)
    key = _key()
    header = b"%s%d %s %d\n" % (MAGIC, VERSION, _name(key), NONCE_BYTES + len(packed) + 16)
    nonce = secrets.token_bytes(NONCE_BYTES)
    return header + nonce + AESGCM(key).encrypt(nonce, packed, header)


def opened(content: bytes, where: str) -> bytes:
    """The content behind a sealed file; a file that is foreign, cut, altered or of another version is refused."""
    header = HEADER.match(content)
    if not header:
        raise BadInput("AW-transcript-cut", where=where)
    if int(header[1]) != VERSION:
        raise BadInput("AW-transcript-version", where=where, version=int(header[1]), known=VERSION)
    key = _key()
    if header[2] != _name(key):
        raise BadInput("AW-transcript-foreign", where=where)
    body = content[header.end() :]
    if len(body) < int(header[3]):
        raise BadInput("AW-transcript-cut", where=where)
    try:
        return zlib.decompress(AESGCM(key).decrypt(body[:NONCE_BYTES], body[NONCE_BYTES:], header[0]))
    except (InvalidTag, ValueError, zlib.error) as error:
        raise BadInput("AW-transcript-edited", where=where) from error


def _key() -> bytes:
    """The key for evidence."""
    return bytes.fromhex(derived(EVIDENCE))


def _name(key: bytes) -> bytes:
    """A name of the key that says nothing of it."""
    return hashlib.sha256(b"name of " + key).hexdigest()[:16].encode()
