"""Raw bytes by digest: one file each, durable once put, checked whenever read."""

import os
from collections.abc import Mapping
from itertools import count
from pathlib import Path

from events.identity import digest_of
from store.durable import make_folder, sync_folder
from store.home import Home

_DIGEST_LENGTH = 32
_NUMBERS = count()


class BlobMissing(Exception):
    """No bytes are kept under a digest."""

    def __init__(self, digest: str, path: Path) -> None:
        super().__init__(f"no blob {digest}: {path} is not there; restore the blobs folder from a copy")
        self.digest = digest


class BlobCorrupt(Exception):
    """The bytes kept under a digest are others."""

    def __init__(self, digest: str, path: Path) -> None:
        super().__init__(f"blob {digest} is damaged: {path} has other bytes; restore it from a copy")
        self.digest = digest


class Blobs:
    """The bytes that events refer to by BLAKE2b-128 digest. Any number of readers and writers at once."""

    def __init__(self, home: Home) -> None:
        """Name the folder; nothing is made before the first `put`."""
        self._folder = home.blobs

    def put(self, data: bytes) -> str:
        """Keep the bytes and return their digest; they are durable on return. Again is free.

        Raises:
            OSError: the disk refused; nothing half-written stays under the digest.
        """
        digest = digest_of(data)
        path = self.path(digest)
        make_folder(path.parent)
        if not _stands(path, data):
            _write(path, data)
        sync_folder(path.parent)
        return digest

    def put_all(self, blobs: Mapping[str, bytes]) -> None:
        """Keep several, each under the digest given.

        Raises:
            ValueError: a digest is not that of its bytes; none is kept.
            OSError: the disk refused.
        """
        check_digests(blobs)
        for data in blobs.values():
            self.put(data)

    def get(self, digest: str) -> bytes:
        """The bytes of a digest.

        Raises:
            BlobMissing: there are none.
            BlobCorrupt: other bytes stand there.
        """
        path = self.path(digest)
        try:
            data = path.read_bytes()
        except FileNotFoundError as error:
            raise BlobMissing(digest, path) from error
        if digest_of(data) != digest:
            raise BlobCorrupt(digest, path)
        return data

    def __contains__(self, digest: str) -> bool:
        """Whether bytes are kept under the digest; says nothing of their soundness."""
        return self.path(digest).is_file()

    def path(self, digest: str) -> Path:
        """Where a digest's bytes lie; only a digest may become a path."""
        if len(digest) != _DIGEST_LENGTH or not set(digest) <= set("0123456789abcdef"):
            message = f"{digest!r} is not a digest: 32 hexadecimal digits"
            raise ValueError(message)
        return self._folder / digest[:2] / digest[2:]


def check_digests(blobs: Mapping[str, bytes]) -> None:
    """Hold each digest to its bytes.

    Raises:
        ValueError: a digest is not that of its bytes.
    """
    for digest, data in blobs.items():
        if digest_of(data) != digest:
            message = f"{digest} is not the digest of its {len(data)} bytes; use events.identity.digest_of"
            raise ValueError(message)


def _stands(path: Path, data: bytes) -> bool:
    """Whether exactly these bytes are there already; damaged ones are written anew."""
    try:
        return path.read_bytes() == data
    except FileNotFoundError:
        return False


def _write(path: Path, data: bytes) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}-{next(_NUMBERS)}.unfinished")
    try:
        with beside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
