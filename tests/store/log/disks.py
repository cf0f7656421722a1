"""Disks that break: whatever is asked of them is asked for first, and may fail."""

import os
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from threading import RLock
from typing import ParamSpec, TypeVar

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
P = ParamSpec("P")
R = TypeVar("R")


def alone(call: Callable[P, R]) -> Callable[P, R]:
    """One such call at a time, from whichever thread: a writer seals segments in another one."""

    @wraps(call)
    def one_at_a_time(*args: P.args, **kwargs: P.kwargs) -> R:
        with _ALONE:
            return call(*args, **kwargs)

    return one_at_a_time


class HookedDisk(QuickDisk, ABC):
    """Asks before each call of whatever kind; there is one at a time, from whichever thread."""

    @abstractmethod
    def before(self, kind: str, descriptor: int = -1, data: bytes = b"") -> None:
        """Told of a call that is about to happen; may raise."""

    @alone
    def open(self, path: Path, flags: int) -> int:
        self.before("open")
        return super().open(path, flags)

    @alone
    def write(self, descriptor: int, data: bytes) -> None:
        self.before("write", descriptor, data)
        super().write(descriptor, data)

    @alone
    def write_at(self, descriptor: int, data: bytes, offset: int) -> None:
        self.before("write_at")
        super().write_at(descriptor, data, offset)

    @alone
    def allocate(self, descriptor: int, size: int) -> None:
        self.before("allocate")
        super().allocate(descriptor, size)

    @alone
    def sync(self, descriptor: int) -> None:
        self.before("sync", descriptor)

    @alone
    def sync_all(self, descriptor: int) -> None:
        self.before("sync_all", descriptor)

    @alone
    def truncate(self, descriptor: int, size: int) -> None:
        self.before("truncate")
        super().truncate(descriptor, size)

    @alone
    def replace(self, path: Path, target: Path) -> None:
        self.before("replace")
        super().replace(path, target)

    @alone
    def link(self, path: Path, other: Path) -> None:
        self.before("link")
        super().link(path, other)

    @alone
    def remove(self, path: Path) -> None:
        self.before("remove")
        super().remove(path)

    @alone
    def remove_folder(self, path: Path) -> None:
        self.before("remove_folder")
        super().remove_folder(path)

    @alone
    def make_folder(self, path: Path) -> None:
        self.before("make_folder")
        super().make_folder(path)

    @alone
    def sync_folder(self, path: Path) -> None:  # noqa: ARG002  whichever
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
