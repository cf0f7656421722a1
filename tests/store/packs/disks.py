"""Disks that fail, die or lose their power at a call that is named beforehand, and small packs to try them on."""

import errno
import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from events.identity import digest_of
from store.blobs import BlobCorrupt, BlobMissing, Blobs, BlobWriter
from store.durable import Disk
from store.home import Home

SECTOR = 512


class Killed(BaseException):
    """The process is no more; nobody may catch this and go on."""


class Quick(Disk):
    """Syncs nothing: for what does not depend on it, and is tried thousands of times."""

    def sync(self, descriptor: int) -> None:
        """Nothing."""

    def sync_all(self, descriptor: int) -> None:
        """Nothing."""

    def sync_folder(self, path: Path) -> None:
        """Nothing."""


@dataclass
class Interfering(Disk):
    """Does its work without syncs, until a call in which something happens."""

    at: int = 0
    """The call, from 1; 0 for none."""
    error: Callable[[], BaseException] = Killed
    """What is raised then."""
    lasting: bool = True
    """Whether it is raised ever after, too."""
    calls: list[str] = field(default_factory=list)
    """The names of the calls so far."""

    @property
    def happened(self) -> bool:
        """Whether it came to that call."""
        return 0 < self.at <= len(self.calls)

    def open(self, path: Path, flags: int) -> int:
        """Open, or fail before."""
        self._called("open")
        return super().open(path, flags)

    def make_folder(self, path: Path) -> None:
        """Make, or fail before."""
        self._called("make_folder")
        super().make_folder(path)

    def write(self, descriptor: int, data: bytes) -> None:
        """Half of the bytes go out before a failure shows."""
        try:
            self._called("write")
        except BaseException:  # a death is simulated by one that nothing in the product catches
            if len(self.calls) == self.at:
                super().write(descriptor, data[: len(data) // 2])
            raise
        super().write(descriptor, data)

    def sync(self, descriptor: int) -> None:  # noqa: ARG002
        """Only counted."""
        self._called("sync")

    def sync_all(self, descriptor: int) -> None:  # noqa: ARG002
        """Only counted."""
        self._called("sync_all")

    def sync_folder(self, path: Path) -> None:  # noqa: ARG002
        """Only counted."""
        self._called("sync_folder")

    def truncate(self, descriptor: int, size: int) -> None:
        """Cut, or fail before."""
        self._called("truncate")
        super().truncate(descriptor, size)

    def replace(self, path: Path, target: Path) -> None:
        """Rename, or fail before."""
        self._called("replace")
        super().replace(path, target)

    def remove(self, path: Path) -> None:
        """Remove, or fail before."""
        self._called("remove")
        super().remove(path)

    def _called(self, name: str) -> None:
        self.calls.append(name)
        if len(self.calls) == self.at or (self.happened and self.lasting):
            raise self.error()


def refusal(code: int) -> Callable[[], OSError]:
    """A maker of this error."""
    return lambda: OSError(code, os.strerror(code))


FULL, BROKEN = refusal(errno.ENOSPC), refusal(errno.EIO)


class PowerCut(Interfering):
    """Remembers what was synced; after it was killed `lose` leaves of the rest what a power cut may leave."""

    def __init__(self, folder: Path, at: int = 0) -> None:
        super().__init__(at)
        self._folder = folder
        self._synced: dict[int, bytes] = {}
        self._seen: dict[int, bytes] = {}
        self._names: dict[str, int] = {}
        for path in _files(folder):
            self._names[path.name] = path.stat().st_ino
            self._synced[path.stat().st_ino] = path.read_bytes()

    def sync(self, descriptor: int) -> None:
        """What stands in the file will be there."""
        super().sync(descriptor)
        self._remember(descriptor)

    def sync_all(self, descriptor: int) -> None:
        """What stands in the file will be there."""
        super().sync_all(descriptor)
        self._remember(descriptor)

    def sync_folder(self, path: Path) -> None:
        """The names will be there."""
        super().sync_folder(path)
        self._names = {one.name: one.stat().st_ino for one in _files(self._folder)}

    def remove(self, path: Path) -> None:
        """A name whose end is not synced may be there again."""
        if path.exists():
            self._seen[path.stat().st_ino] = path.read_bytes()
        super().remove(path)

    def replace(self, path: Path, target: Path) -> None:
        """Likewise the file that had the name."""
        if target.exists():
            self._seen[target.stat().st_ino] = target.read_bytes()
        super().replace(path, target)

    def lose(self, random: Random) -> None:
        """Let each name be as it was synced or as it is, and of each file's unsynced sectors any be lost."""
        stood = {path.name: path.stat().st_ino for path in _files(self._folder)}
        seen = self._seen | {path.stat().st_ino: path.read_bytes() for path in _files(self._folder)}
        for path in _files(self._folder):
            path.unlink()
        for name in sorted(stood.keys() | self._names.keys()):
            chosen = random.choice([stood.get(name), self._names.get(name)])
            if chosen is not None:
                data = _after_power_cut(self._synced.get(chosen, b""), seen.get(chosen, b""), random)
                (self._folder / name).write_bytes(data)

    def _remember(self, descriptor: int) -> None:
        data = Path(f"/proc/self/fd/{descriptor}").read_bytes()
        self._synced[os.fstat(descriptor).st_ino] = data


def _after_power_cut(synced: bytes, stood: bytes, random: Random) -> bytes:
    """A file of which only `synced` is certain."""
    if not stood.startswith(synced):
        return random.choice([synced, stood])
    size = random.choice([len(synced), len(stood), random.randint(len(synced), len(stood))])
    data = bytearray(stood[:size])
    for start in range(len(synced), size, SECTOR):
        if random.random() < 0.3:
            end = min(start + SECTOR, size)
            data[start:end] = bytes(end - start)
    return bytes(data)


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.is_file()] if folder.is_dir() else []


def named(*blobs: bytes) -> dict[str, bytes]:
    """Blobs by their digests."""
    return {digest_of(data): data for data in blobs}


def put(home: Home, *batches: Mapping[str, bytes], pack_bytes: int = 2**20) -> None:
    """Keep these blobs, a sync each, and close."""
    with closing(BlobWriter(home, Quick(), pack_bytes)) as writer:
        for batch in batches:
            writer.put_all(batch)


def noise(random: Random, size: int) -> bytes:
    """Bytes that do not become fewer when compressed."""
    return random.randbytes(size)


def assert_kept(home: Home, blobs: Mapping[str, bytes]) -> None:
    """All of these are there, for a reader who has not looked before."""
    reader = Blobs(home)
    for digest, data in blobs.items():
        assert reader.get(digest) == data


def assert_never_wrong(home: Home, blobs: Mapping[str, bytes]) -> None:
    """None of these is anything but itself: there, missing, or known to be damaged."""
    reader = Blobs(home)
    for digest, data in blobs.items():
        try:
            assert reader.get(digest) == data
        except (BlobMissing, BlobCorrupt):
            continue


def packs_of(home: Home) -> list[Path]:
    """The packs of a home, oldest first."""
    return sorted(home.blobs.glob("*.pack"))


def flipped(data: bytes, bit: int) -> bytes:
    """The bytes with one bit turned."""
    place = bit // 8
    return data[:place] + bytes([data[place] ^ (1 << bit % 8)]) + data[place + 1 :]


def total_size(paths: Iterable[Path]) -> int:
    """Bytes of all these files."""
    return sum(path.stat().st_size for path in paths)
