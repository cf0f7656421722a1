"""How much of a disk is used, and whether what is left of it may soon be too little."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

SPARE = 4
"""There is little room where less than one part of so many is free."""


@dataclass(frozen=True)
class Use:
    """So much of a disk."""

    bytes: int = 0
    files: int = 0
    """Files and folders."""

    def __add__(self, other: Self) -> Self:
        return type(self)(self.bytes + other.bytes, self.files + other.files)

    def __sub__(self, other: Self) -> Self:
        return type(self)(self.bytes - other.bytes, self.files - other.files)

    def least(self, other: Self) -> Self:
        """The lesser of both, in bytes and in files."""
        return type(self)(min(self.bytes, other.bytes), min(self.files, other.files))

    def exceeds(self, most: Self) -> bool:
        """Whether it is more than that, in bytes or in files."""
        return self.bytes > most.bytes or self.files > most.files

    def __str__(self) -> str:
        return f"{self.bytes // 1024**2} MiB in {self.files:,} files"


FASTEST = Use(8 * 1024**3, 500_000)
"""So much at most all sessions together write in a second: twice what was seen on two cores (3.6 GiB)."""


@dataclass(frozen=True)
class Room:
    """What there is on a disk."""

    used: Use
    whole: Use
    """All that there may be; 0 files where their number is not bounded."""

    @classmethod
    def at(cls, folder: Path) -> Self:
        """That of the disk on which a folder lies."""
        told = os.statvfs(folder)
        used = Use((told.f_blocks - told.f_bfree) * told.f_frsize, told.f_files - told.f_ffree)
        return cls(used, Use(told.f_blocks * told.f_frsize, told.f_files))

    @property
    def is_scarce(self) -> bool:
        """Whether little is free."""
        return self.used.exceeds(self._plenty)

    @property
    def seconds_left(self) -> float:
        """So long at least there is no little room yet, however much is written."""
        left = self._plenty - self.used
        in_bytes = left.bytes / FASTEST.bytes
        return max(0.0, min(in_bytes, left.files / FASTEST.files) if self.whole.files else in_bytes)

    @property
    def _plenty(self) -> Use:
        """While no more than this is used there is room."""
        return Use(self.whole.bytes - self.whole.bytes // SPARE, self.whole.files - self.whole.files // SPARE)
