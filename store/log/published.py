"""How far the log is durable, told by its writer to whoever reads without a lock.

The writer keeps one small file, `log/head`, and overwrites it after each sync. It is never synced itself: it
is believed only on the system start that wrote it, where every process sees what was written last. After
another start all that a disk gives back is durable anyway. What a clean end told is believed for ever.
"""

import errno
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec
import xxhash

from events.struct import Fact
from store.durable import Disk, open_file
from store.home import Home
from store.log.lines import UNREADABLE, Head
from store.log.segments import Place

NAME = "head"
_SIZE = 512
_TRIES = 100


class _Record(Fact, frozen=True):
    """What stands in the file."""

    pid: int
    """The writer's process."""
    boot: str
    """The system start on which it runs."""
    writing: bool
    """Whether more may come; False after a clean stop."""
    segment: int
    offset: int
    seq: int
    chain: str
    home: str = ""


class _Line(Fact, frozen=True):
    head: msgspec.Raw
    digest: str


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(_Record)
_LINE_DECODER = msgspec.json.Decoder(_Line)


@dataclass(frozen=True)
class Published:
    """The durable end of a log that has, or had, a writer on this start of the system."""

    place: Place
    """Where the next batch goes; what lies there is not durable yet."""
    head: Head
    """The last durable event, and the chain."""
    pid: int
    """The writer's process."""
    open: bool = True
    """Whether it came to no clean end: more may lie behind, and not be durable yet."""
    home: str = ""
    """The id of the home that was written to; empty where an earlier version told this."""

    @property
    def alive(self) -> bool:
        """Whether its process still runs, as far as this process can see."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True


class Publisher:
    """The writer's side of it."""

    def __init__(self, home: Home, home_id: str, disk: Disk) -> None:
        self._home_id = home_id
        self._disk = disk
        self._path = home.log / NAME
        self._descriptor = self._opened()

    def publish(self, place: Place, head: Head, *, writing: bool = True) -> None:
        """Tell that everything before this place is durable.

        Raises:
            OSError: the file cannot be written; on a full disk it keeps what it holds.
        """
        record = _ENCODER.encode(_Record(os.getpid(), boot_id(), writing, *place, *head, self._home_id))
        line = b'{"head":%s,"digest":"%s"}' % (record, xxhash.xxh3_64_hexdigest(record).encode())
        self._disk.write_at(self._descriptor, line.ljust(_SIZE - 1) + b"\n", 0)

    def stand(self, place: Place, head: Head) -> None:
        """Make the file anew where it was taken away: a reader that finds none takes all for durable.

        Args:
            place: before which everything is durable, as it was published.
            head: the same.

        Raises:
            OSError: it cannot be made.
        """
        try:
            if os.path.samestat(os.stat(self._path), os.fstat(self._descriptor)):  # noqa: PTH116  each batch
                return
        except FileNotFoundError:
            pass
        gone, self._descriptor = self._descriptor, self._opened()
        os.close(gone)
        self.publish(place, head)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._descriptor)

    def _opened(self) -> int:
        return self._disk.open(self._path, os.O_WRONLY | os.O_CREAT)


def published(home: Home) -> Published | None:
    """How far the log is durable; None when nobody writes who could be behind, so that all of it is."""
    told = last_word(home)
    return told if told is not None and told.open else None


def last_word(home: Home) -> Published | None:
    """What a writer told last, also at a clean end: so much cannot be missing. None when nothing binds."""
    for _ in range(_TRIES):  # an overwriting that is seen half is over when it is looked at again
        try:
            data = _read(home)
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.ENOTDIR):
                return None
            raise
        record = _parsed(data)
        if record is not None:
            if record.writing and record.boot != boot_id():
                return None
            place, head = Place(record.segment, record.offset), Head(record.seq, record.chain)
            return Published(place, head, record.pid, record.writing, record.home)
    return None


def is_unreadable(home: Home) -> bool:
    """Whether something stands where a writer told how far it came, and it is not what one writes.

    After a power cut it may be empty, or zeros: it is never synced.

    Raises:
        OSError: it cannot be read.
    """
    try:
        return last_word(home) is None and bool(data := _read(home).strip(b"\0")) and _parsed(data) is None
    except (FileNotFoundError, NotADirectoryError):
        return False


def _read(home: Home) -> bytes:
    """What a writer wrote; what others put behind it does not count."""
    with open_file(home.log / NAME) as file:
        return file.read(_SIZE)


@cache
def boot_id() -> str:
    """What tells one start of the system from another; empty where the system does not say."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _parsed(data: bytes) -> _Record | None:
    try:
        line = _LINE_DECODER.decode(data)
        if xxhash.xxh3_64_hexdigest(bytes(line.head)) != line.digest:
            return None
        return _DECODER.decode(line.head)
    except UNREADABLE:
        return None
