"""Identity is derived from inputs: BLAKE2b-128 of canonical JSON."""

import hashlib
from collections.abc import Iterable

import msgspec

_DIGEST_SIZE = 16
_CANONICAL = msgspec.json.Encoder(order="deterministic")


def canonical_json(value: object) -> bytes:
    """One spelling for one value: UTF-8 JSON without white space, object keys in order."""
    return _CANONICAL.encode(value)


def identify(kind: str, *parts: object) -> str:
    """The id of a thing of this kind: 32 hex digits, the same wherever the parts are the same."""
    return digest_of(canonical_json([kind, *parts]))


def digest_of(data: bytes) -> str:
    """BLAKE2b-128 of the bytes as 32 hex digits."""
    return hashlib.blake2b(data, digest_size=_DIGEST_SIZE).hexdigest()


def digest_of_parts(parts: Iterable[bytes]) -> str:
    """The digest of the bytes that the parts make up together; only one part need be in memory."""
    digest = new_digest()
    for part in parts:
        digest.update(part)
    return digest.hexdigest()


def new_digest() -> hashlib.blake2b:
    """The digest of nothing yet; it is fed piece by piece."""
    return hashlib.blake2b(digest_size=_DIGEST_SIZE)
