"""Raw bytes by digest, checked whenever they are handed out; `store/packs/` has how they lie on disk."""

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, TypeVar

from store.home import Home
from store.packs.catalogue import Catalogue, Place, read_at
from store.packs.files import OldBlobs
from store.packs.record import Record, check_digests, is_sound, name_of, unpacked
from store.packs.writer import BlobWriter

__all__ = ["BlobCorrupt", "BlobMissing", "BlobWriter", "Blobs", "OldBlobs", "check_digests"]

T = TypeVar("T")


class BlobMissing(Exception):
    """No bytes are kept under a digest."""

    def __init__(self, digest: str, folder: Path) -> None:
        super().__init__(digest, folder)  # what it is made of, so that it comes whole out of another process
        self.digest = digest
        self.folder = folder

    def __str__(self) -> str:
        return (
            f"no blob {self.digest} in {self.folder}; run again with the CSV file that it was, "
            "or put the blobs folder back from a copy"
        )


class BlobCorrupt(Exception):
    """The bytes kept under a digest are others."""

    def __init__(self, digest: str, place: Place) -> None:
        super().__init__(digest, place)  # what it is made of, so that it comes whole out of another process
        self.digest = digest
        self.place = place

    def __str__(self) -> str:
        pack, start, end = self.place
        return (
            f"blob {self.digest} is damaged: {pack}, bytes {start} to {end}; run again with the CSV file "
            "that it was, or put the pack back from a copy"
        )


class Blobs:
    """The bytes that events refer to by BLAKE2b-128 digest, for any number of readers, beside the one writer.

    Takes no lock. What a writer appended or a collection moved since is found: whatever is not where it was
    known to be is looked for anew. One object serves one thread at a time.
    """

    def __init__(self, home: Home) -> None:
        """Name the folder; nothing is read before the first question."""
        self._catalogue = Catalogue(home.blobs)

    def get(self, digest: str) -> bytes:
        """The bytes of a digest. Beside them only their compressed form is in memory.

        Raises:
            BlobMissing: there are none.
            BlobCorrupt: other bytes stand there.
            OldBlobs: an earlier version wrote the folder.
            ValueError: it is no digest.
        """
        data = self._first(digest, unpacked)
        if data is not None:
            return data
        places = self._catalogue.places(name_of(digest))
        raise BlobCorrupt(digest, places[0]) if places else BlobMissing(digest, self._catalogue.folder)

    def is_sound(self, digest: str) -> bool:
        """Whether the bytes of a digest are there and are its own; little memory, whatever their size.

        Raises:
            OldBlobs: an earlier version wrote the folder.
            ValueError: it is no digest.
        """
        return self._first(digest, _true_if_sound) is not None

    def __contains__(self, digest: str) -> bool:
        """Whether bytes are kept under the digest; says nothing of their soundness."""
        return next(self._catalogue.search(name_of(digest)), None) is not None

    def digests(self) -> frozenset[str]:
        """Every digest under which bytes are kept; says nothing of their soundness."""
        self._catalogue.renew()
        return frozenset(name.hex() for name in self._catalogue.digests())

    def _first(self, digest: str, read: Callable[[BinaryIO, Record], T | None]) -> T | None:
        """What reading gives at the first place where it gives something."""
        name = name_of(digest)
        found = (read_at(place, name, read) for place in self._catalogue.search(name))
        return next((one for one in found if one is not None), None)


def _true_if_sound(file: BinaryIO, record: Record) -> bool | None:
    return is_sound(file, record) or None
