"""The one writer of a home's blobs."""

import errno
import os
from collections.abc import Collection, Iterator, Mapping

import structlog

from store.durable import Disk, is_full, make_folders
from store.home import Home
from store.packs.catalogue import Catalogue, read_at
from store.packs.collect import Collected, collect, is_worth_it
from store.packs.files import PACK_BYTES, leftovers
from store.packs.packfile import PackFile
from store.packs.record import check_digests, is_digest, is_sound, name_of
from store.packs.sidecar import write_sidecar

log = structlog.get_logger(__name__)


class BlobWriter:
    """Keeps bytes durably under their digests. Only for the holder of the home's lock, one thread at a time.

    A torn tail of the newest pack (part of a record, or zeros, at its very end) is what an interrupted write
    leaves. It holds no whole record and nobody was ever told of it, so it is cut off at opening and not kept.
    All other damage stays where it is, also at the end, and new records are appended behind it. Whether a
    write lost its power there or bytes have rotted cannot be told; `log verify` names it, and says whether
    anything is lost by it that the log needs.
    """

    def __init__(self, home: Home, disk: Disk | None = None, pack_bytes: int = PACK_BYTES) -> None:
        """Take over the packs of a home, as an earlier writer left them; nothing is made before it is needed.

        Args:
            home: whose blobs.
            disk: what writes and syncs.
            pack_bytes: the size at which a pack is followed by a new one.

        Raises:
            OldBlobs: an earlier version wrote the folder.
            OSError: the disk refused.
        """
        self._folder = home.blobs
        self._disk = disk or Disk()
        self._limit = pack_bytes
        self._broken: OSError | None = None
        self._placed = home.blobs.is_dir()
        self._catalogue = Catalogue(home.blobs)
        self._pack: PackFile | None = None
        self._take_over()

    def put_all(self, blobs: Mapping[str, bytes]) -> None:
        """Keep several blobs, each under the digest given; they are durable on return, after one sync.

        One that is there and sound costs no write; one that is there and damaged is written anew.
        Beside the bytes themselves only the compressed form of one blob is in memory.

        Raises:
            ValueError: a digest is not that of its bytes; none is kept.
            OldBlobs: an earlier version wrote the folder.
            OSError: the disk refused; none is kept. Where a sync failed for another reason than want of room,
                or a half-written blob cannot be cut off again, each later call raises too: what is on the
                disk is not known any more.
        """
        check_digests(blobs)
        if self._broken is not None:
            why = f"a pack of blobs could not be written before ({self._broken.strerror}); check the disk"
            raise OSError(errno.EIO, why) from self._broken
        new = {name: data for digest, data in blobs.items() if not self._stands(name := name_of(digest))}
        if new:
            self._append(new)

    def collect(self, named: Collection[str]) -> Collected:
        """Drop every blob that is not named, whatever that is worth; nobody may be putting any.

        Raises:
            OSError: the disk refused; nothing that is named is lost.
        """
        self.close()
        try:
            found = collect(self._folder, set(_names(named)), self._disk, self._limit)
        except OSError:
            self._take_over()
            raise
        self._take_over()
        return found

    def has_much_garbage(self, named: Collection[str]) -> bool:
        """Whether it is worth dropping what is not named, going by what is known of the packs.

        Raises:
            OSError: a pack is not there any more.
        """
        total = sum(contents.path.stat().st_size for contents in self._catalogue.packs.values())
        newest = [place for name in _names(named) for place in self._catalogue.places(name)[:1]]
        return is_worth_it(total - sum(place.end - place.start for place in newest), total)

    def close(self) -> None:
        """Let go of the files."""
        if self._pack is not None:
            self._write_sidecar(self._pack.number, self._pack.end)
            self._pack.close()
            self._pack = None

    def _take_over(self) -> None:
        """Clear up what an interrupted writer left, and open the newest pack."""
        for path in leftovers(self._folder):
            self._disk.remove(path)
        self._catalogue.renew()
        newest = max(self._catalogue.packs, default=0)
        for number, contents in self._catalogue.packs.items():
            if number != newest:
                self._write_sidecar(number, contents.size)
        if newest:
            self._cut_tail(newest)
            self._pack = self._opened(newest)

    def _cut_tail(self, number: int) -> None:
        contents = self._catalogue.packs[number]
        if contents.torn is None:
            return
        size = contents.size - contents.torn
        log.warning("torn tail of a pack cut", pack=contents.path.name, offset=contents.torn, size=size)
        descriptor = self._disk.open(contents.path, os.O_WRONLY)
        try:
            self._disk.truncate(descriptor, contents.torn)
        finally:
            os.close(descriptor)

    def _stands(self, name: bytes) -> bool:
        """Whether exactly these bytes are there already."""
        return any(read_at(place, name, is_sound) for place in self._catalogue.places(name))

    def _append(self, new: Mapping[bytes, bytes]) -> None:
        pack = self._with_room()
        try:
            records = [pack.add(name, data) for name, data in new.items()]
        except (OSError, MemoryError):
            self._undo(pack)
            raise
        try:
            pack.commit()
        except OSError as error:
            self._distrust(error)
            self._undo(pack)
            raise
        for record in records:
            self._catalogue.packs[pack.number].add(record)

    def _distrust(self, error: OSError) -> None:
        """After a failed sync no other can tell what is on the disk; for want of room all is written anew."""
        if not is_full(error):
            self._broken = error

    def _undo(self, pack: PackFile) -> None:
        """Take half-written records off again; where that fails too, nothing more may be written."""
        try:
            pack.cut_back()
        except OSError as error:
            log.error("pack not cut back", pack=pack.number, error=str(error))
            self._broken = error

    def _with_room(self) -> PackFile:
        """The pack that takes the next blobs: a new one when there is none or the last has its size."""
        if self._pack is not None and self._pack.end >= self._limit:
            self.close()
        if self._pack is None:
            if not self._placed:
                self._make_folder()
            number = max(self._catalogue.packs, default=0) + 1
            self._pack = self._opened(number)
            self._catalogue.begin(number)
        return self._pack

    def _make_folder(self) -> None:
        try:
            make_folders(self._folder, self._disk)
        except OSError as error:
            if self._folder.is_dir():
                self._distrust(error)
            raise
        self._placed = True

    def _opened(self, number: int) -> PackFile:
        pack = PackFile(self._folder, number, self._disk)
        try:
            pack.begin()
        except OSError as error:
            pack.close()
            self._distrust(error)
            raise
        return pack

    def _write_sidecar(self, number: int, size: int) -> None:
        """Make the next opening quicker; where the disk refuses, the pack will be walked."""
        contents = self._catalogue.packs[number]
        if size == (contents.sidecar.size if contents.sidecar else 0):
            return
        try:
            write_sidecar(contents.path, size, contents, self._disk)
        except OSError as error:
            log.warning("sidecar not written", pack=contents.path.name, error=str(error))


def _names(named: Collection[str]) -> Iterator[bytes]:
    """The digests among what is named; an event may hold anything, and only a digest names a blob."""
    return (name_of(digest) for digest in named if is_digest(digest))
