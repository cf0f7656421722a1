"""A disk whose power can be cut at every call: what is surely there then, and what may be there in its stead."""

import fcntl
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from store.log.lock import LOCK
from store.log.published import NAME
from store.log.room import NAME as BALLAST
from tests.store.log.disks import SECTOR, QuickDisk, alone

Image = dict[str, bytes]
"""Files by their paths below a folder; a path that ends in a slash is a folder's."""


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
    """Whose names it follows, and those below it."""
    passed_over: frozenset[str] = frozenset({LOCK, NAME, BALLAST})
    """Names that are in no state: what was told in these is never synced, and believed on this start alone."""
    fails_at: int = 0
    """Which sync fails, of whatever kind, from 1; 0 for none."""
    random: Random = field(default_factory=lambda: Random(0))
    """Draws what may be there."""
    acknowledged: list[int] = field(default_factory=list)
    """What was promised so far; kept by the test."""
    states: list[tuple[int, Image, Image]] = field(default_factory=list)
    """Before each call: how much was promised, what is surely there, and what may be there in its stead."""
    syncs: int = 0
    _files: dict[int, _Cached] = field(default_factory=dict)
    _names: dict[int, dict[str, int]] = field(default_factory=dict)
    """By folder, each by its inode: the names in it that are durable."""

    @alone
    def open(self, path: Path, flags: int) -> int:
        self._look()
        return super().open(path, flags)

    @alone
    def write(self, descriptor: int, data: bytes) -> None:
        self._look()
        appending = fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_APPEND
        start = os.fstat(descriptor).st_size if appending else os.lseek(descriptor, 0, os.SEEK_CUR)
        super().write(descriptor, data)
        self._file(descriptor).dirty.append((start, start + len(data)))

    @alone
    def write_at(self, descriptor: int, data: bytes, offset: int) -> None:
        self._look()
        super().write_at(descriptor, data, offset)
        self._file(descriptor).dirty.append((offset, offset + len(data)))

    @alone
    def truncate(self, descriptor: int, size: int) -> None:
        self._look()
        super().truncate(descriptor, size)
        file = self._file(descriptor)
        file.cut = size if file.cut is None else min(size, file.cut)
        file.dirty = [(start, min(end, size)) for start, end in file.dirty if start < size]

    @alone
    def replace(self, path: Path, target: Path) -> None:
        self._look()
        super().replace(path, target)

    @alone
    def remove(self, path: Path) -> None:
        self._look()
        super().remove(path)

    @alone
    def make_folder(self, path: Path) -> None:
        self._look()
        super().make_folder(path)

    @alone
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

    @alone
    def sync_all(self, descriptor: int) -> None:
        self.sync(descriptor)

    @alone
    def sync_folder(self, path: Path) -> None:
        self._look()
        if self._fails():
            raise OSError(5, "Input/output error")
        self._names[path.stat().st_ino] = _listing(path)

    @alone
    def settle(self) -> None:
        """Take everything that is there for durable, as after a new start of the system."""
        for path in (self.folder, *self.folder.rglob("*")):
            if path.is_dir():
                self._names[path.stat().st_ino] = _listing(path)
            else:
                file = _Cached(os.open(path, os.O_RDONLY))
                file.durable = file.current()
                self._files[path.stat().st_ino] = file

    def close(self) -> None:
        """Let go of the files."""
        for file in self._files.values():
            os.close(file.handle)

    @alone
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

    def _look(self) -> None:
        paths = (self.folder, *self.folder.rglob("*"))
        now = {path.stat().st_ino: _listing(path) for path in paths if path.is_dir()}
        self._names |= {inode: {} for inode in now.keys() - self._names.keys()}
        surely = self._image(self._names, lambda _: False)
        mixed = {inode: self._mixed(names, now.get(inode, {})) for inode, names in self._names.items()}
        perhaps = self._image(mixed, lambda _: self._chance())
        self.states.append((len(self.acknowledged), surely, perhaps))

    def _mixed(self, durable: dict[str, int], now: dict[str, int]) -> dict[str, int]:
        """Some of the names that came or went since a folder was synced did so on the disk."""
        stayed = {name: inode for name, inode in durable.items() if name in now or self._chance()}
        return stayed | {name: inode for name, inode in now.items() if self._chance()}

    def _chance(self) -> bool:
        return self.random.random() < 0.5

    def _image(self, names: Mapping[int, dict[str, int]], keep: Callable[[int], bool]) -> Image:
        found: Image = {}
        folders = [("", self.folder.stat().st_ino)]
        for below, folder in folders:
            for name, inode in names[folder].items():
                if inode in names:
                    found[f"{below}{name}/"] = b""
                    folders.append((f"{below}{name}/", inode))
                elif inode in self._files and name not in self.passed_over:
                    found[below + name] = self._files[inode].after_sync(keep)
        return found


def _listing(folder: Path) -> dict[str, int]:
    return {path.name: path.lstat().st_ino for path in folder.iterdir()}


def put_image(folder: Path, image: Image) -> None:
    """Have a folder hold exactly this."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, data in image.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith("/"):
            path.mkdir(exist_ok=True)
        else:
            path.write_bytes(data)


def states(disk: PowerDisk) -> list[Image]:
    """What the power cuts left, surely or perhaps, each once."""
    images = [image for _, *both in disk.states for image in both]
    return [image for number, image in enumerate(images) if image not in images[:number]]
