"""Disks that break: one that fails a call, and one whose power can be cut at every call."""

import fcntl
import os
import random
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import RLock

from store.durable import Disk

SECTOR = 512


class QuickDisk(Disk):
    """Waits for nothing: for tests that look at bytes and not at their durability."""

    def sync(self, descriptor: int) -> None:
        """Nothing to wait for."""

    def sync_all(self, descriptor: int) -> None:
        """Nothing to wait for."""

    def sync_folder(self, path: Path) -> None:
        """Nothing to wait for."""


CALLS = (
    "open",
    "write",
    "write_at",
    "allocate",
    "sync",
    "sync_all",
    "truncate",
    "replace",
    "remove",
    "make_folder",
    "sync_folder",
)
"""Every kind of call that a log and its packs change a disk by."""


_ALONE = RLock()


class HookedDisk(QuickDisk, ABC):
    """Asks before each call of whatever kind; there is one at a time, from whichever thread."""

    @abstractmethod
    def before(self, kind: str, descriptor: int = -1, data: bytes = b"") -> None:
        """Told of a call that is about to happen; may raise."""

    def open(self, path: Path, flags: int) -> int:
        with _ALONE:
            self.before("open")
            return super().open(path, flags)

    def write(self, descriptor: int, data: bytes) -> None:
        with _ALONE:
            self.before("write", descriptor, data)
            super().write(descriptor, data)

    def write_at(self, descriptor: int, data: bytes, offset: int) -> None:
        with _ALONE:
            self.before("write_at")
            super().write_at(descriptor, data, offset)

    def allocate(self, descriptor: int, size: int) -> None:
        with _ALONE:
            self.before("allocate")
            super().allocate(descriptor, size)

    def sync(self, descriptor: int) -> None:
        with _ALONE:
            self.before("sync", descriptor)

    def sync_all(self, descriptor: int) -> None:
        with _ALONE:
            self.before("sync_all", descriptor)

    def truncate(self, descriptor: int, size: int) -> None:
        with _ALONE:
            self.before("truncate")
            super().truncate(descriptor, size)

    def replace(self, path: Path, target: Path) -> None:
        with _ALONE:
            self.before("replace")
            super().replace(path, target)

    def link(self, path: Path, other: Path) -> None:
        with _ALONE:
            self.before("link")
            super().link(path, other)

    def remove(self, path: Path) -> None:
        with _ALONE:
            self.before("remove")
            super().remove(path)

    def make_folder(self, path: Path) -> None:
        with _ALONE:
            self.before("make_folder")
            super().make_folder(path)

    def sync_folder(self, path: Path) -> None:  # noqa: ARG002  whichever
        with _ALONE:
            self.before("sync_folder")


@dataclass
class FailingDisk(HookedDisk):
    """Fails one call, or from one on all, of one kind."""

    kind: str
    """Which calls count."""
    turn: int
    """Which of them fails, from 1."""
    number: int
    """The error's number."""
    share: float = 0.5
    """How much of what was to be written is there when a write fails."""
    lasting: bool = False
    """Whether those after it fail too."""
    also: str = ""
    """Which other calls fail from then on."""
    failures: int = 0
    """How many failed."""
    _calls: int = 0

    def before(self, kind: str, descriptor: int = -1, data: bytes = b"") -> None:
        """Count, and fail when it is time."""
        self._calls += kind == self.kind
        if not self._fails(kind):
            return
        self.failures += 1
        if data:
            Disk.write(self, descriptor, data[: int(len(data) * self.share)])
        raise OSError(self.number, os.strerror(self.number))

    def _fails(self, kind: str) -> bool:
        if kind != self.kind:
            return kind == self.also and self._calls >= self.turn
        return self._calls == self.turn or (self._calls > self.turn and self.lasting)


@dataclass
class _Cached:
    """One file: what the disk holds, and what only the memory knows."""

    handle: int
    """Keeps the inode from being given to another file."""
    durable: bytes = b""
    dirty: list[tuple[int, int]] = field(default_factory=list)
    """From where to where something was written since the last sync."""
    cut: int | None = None
    """The least size that it was cut back to since."""

    def current(self) -> bytes:
        return os.pread(self.handle, os.fstat(self.handle).st_size, 0)

    def after_sync(self, keep: Callable[[int], bool] = lambda _: True) -> bytes:
        """What the disk holds once these sectors of what was written are there too."""
        image = bytearray(self.durable if self.cut is None else self.durable[: self.cut])
        now = self.current()
        for start, end in self.dirty:
            for sector in range(start // SECTOR, (end + SECTOR - 1) // SECTOR):
                at, to = max(start, sector * SECTOR), min(end, (sector + 1) * SECTOR, len(now))
                if keep(sector) and at < to:
                    image.extend(bytes(max(0, to - len(image))))
                    image[at:to] = now[at:to]
        return bytes(image)


@dataclass
class PowerDisk(QuickDisk):
    """Knows at every call what a power cut would leave; a sync that fails leaves nothing more, ever.

    What the kernel does when a sync fails: the pages count as clean, and no later sync writes them.
    """

    folder: Path
    """Whose names it follows."""
    fails_at: int = 0
    """Which sync fails, of whatever kind, from 1; 0 for none."""
    acknowledged: list[int] = field(default_factory=list)
    """What was promised so far; kept by the test."""
    states: list[tuple[int, dict[str, bytes], dict[str, bytes]]] = field(default_factory=list)
    """Before each call: how much was promised, what is surely there, and what may be there in its stead."""
    syncs: int = 0
    _files: dict[int, _Cached] = field(default_factory=dict)
    _names: dict[str, int] = field(default_factory=dict)
    _random: random.Random = field(default_factory=lambda: random.Random(0))

    def open(self, path: Path, flags: int) -> int:
        self._look()
        return super().open(path, flags)

    def write(self, descriptor: int, data: bytes) -> None:
        self._look()
        appending = fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_APPEND
        start = os.fstat(descriptor).st_size if appending else os.lseek(descriptor, 0, os.SEEK_CUR)
        super().write(descriptor, data)
        self._file(descriptor).dirty.append((start, start + len(data)))

    def write_at(self, descriptor: int, data: bytes, offset: int) -> None:
        self._look()
        super().write_at(descriptor, data, offset)
        self._file(descriptor).dirty.append((offset, offset + len(data)))

    def truncate(self, descriptor: int, size: int) -> None:
        self._look()
        super().truncate(descriptor, size)
        file = self._file(descriptor)
        file.cut = size if file.cut is None else min(size, file.cut)
        file.dirty = [(start, min(end, size)) for start, end in file.dirty if start < size]

    def replace(self, path: Path, target: Path) -> None:
        self._look()
        super().replace(path, target)

    def remove(self, path: Path) -> None:
        self._look()
        super().remove(path)

    def sync(self, descriptor: int) -> None:
        self._look()
        file = self._file(descriptor)
        failing = self._fails()
        if not failing:
            file.durable = file.after_sync()
            file.cut = None
        file.dirty = []
        if failing:
            raise OSError(5, "Input/output error")

    def sync_all(self, descriptor: int) -> None:
        self.sync(descriptor)

    def sync_folder(self, path: Path) -> None:
        self._look()
        if self._fails():
            raise OSError(5, "Input/output error")
        if path == self.folder:
            self._names = self._listing()

    def settle(self) -> None:
        """Take everything that is there for durable, as after a new start of the system."""
        for path in self.folder.iterdir():
            file = _Cached(os.open(path, os.O_RDONLY))
            file.durable = file.current()
            self._files[path.stat().st_ino] = file
        self._names = self._listing()

    def close(self) -> None:
        """Let go of the files."""
        for file in self._files.values():
            os.close(file.handle)

    def look(self) -> None:
        """Note what a power cut would leave now."""
        self._look()

    def _fails(self) -> bool:
        self.syncs += 1
        return self.syncs == self.fails_at

    def _file(self, descriptor: int) -> _Cached:
        inode = os.fstat(descriptor).st_ino
        if inode not in self._files:
            self._files[inode] = _Cached(os.open(f"/proc/self/fd/{descriptor}", os.O_RDONLY))
        return self._files[inode]

    def _listing(self) -> dict[str, int]:
        return {path.name: path.stat().st_ino for path in self.folder.iterdir() if path.is_file()}

    def _look(self) -> None:
        surely = self._image(self._names, lambda _: False)
        listed = self._listing()
        names = {name: inode for name, inode in self._names.items() if name in listed or self._chance()}
        names |= {name: inode for name, inode in listed.items() if self._chance()}
        perhaps = self._image(names, lambda _: self._chance())
        self.states.append((len(self.acknowledged), surely, perhaps))

    def _chance(self) -> bool:
        return self._random.random() < 0.5

    def _image(self, names: dict[str, int], keep: Callable[[int], bool]) -> dict[str, bytes]:
        # Only what was written through this disk counts: the lock, the head and the ballast are never synced.
        found = {name: self._files[inode] for name, inode in names.items() if inode in self._files}
        return {name: file.after_sync(keep) for name, file in found.items() if ".jsonl" in name}
