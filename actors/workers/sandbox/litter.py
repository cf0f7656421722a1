"""Removes what sessions leave behind, a little at a time, so that nobody waits for it.

A session may have left a million files, folders that lie in each other deeper than any path is long, or one
that it made unreadable. So nothing here recurses: a folder inside another is moved up before it is emptied.
"""

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

END_SECONDS = 1.0
"""So long at most the end of a worker waits for what its sessions left."""


class Litter:
    """Folders that are to be removed.

    Args:
        root: where they lie meanwhile; on the file system of all that is added.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._folders: list[Path] = []
        self._steps: Iterator[None] | None = None

    def add(self, folder: Path) -> None:
        """Take a folder away from where it is, at once; that it is gone already is fine."""
        aside = self._root / f"litter-{secrets.token_hex(8)}"
        with suppress(OSError):
            folder.chmod(0o700)  # to be moved it must be writable
            folder.rename(aside)
            self._folders.append(aside)

    def waits(self) -> bool:
        """Whether there is something to remove."""
        return self._steps is not None or bool(self._folders)

    def work(self, seconds: float = float("inf")) -> None:
        """Remove for about so long, at least one entry; what cannot be removed stays."""
        until = time.monotonic() + seconds
        while self.waits():
            self._steps = self._steps or self._removing(self._folders.pop())
            if next(self._steps, self) is self:
                self._steps = None
            if time.monotonic() >= until:
                return

    def _removing(self, folder: Path) -> Iterator[None]:
        """Empty a folder entry by entry until nothing more goes, then remove it."""
        went = True
        while went:
            went = False
            with suppress(OSError), os.scandir(folder) as entries:
                for entry in entries:
                    went = self._removed(entry) or went
                    yield
        with suppress(OSError):
            folder.rmdir()

    def _removed(self, entry: os.DirEntry[str]) -> bool:
        """Whether an entry is no longer where it was."""
        path = Path(entry.path)
        before = len(self._folders)
        with suppress(OSError):
            if not entry.is_dir(follow_symlinks=False):
                path.unlink()
                return True
        with suppress(OSError):
            path.rmdir()  # most are empty, and to be moved aside costs five times as much
            return True
        self.add(path)
        return len(self._folders) > before


def remove(folder: Path, seconds: float = float("inf")) -> None:
    """Remove a folder with all that is in it, as far as it can be; a link to one is none.

    Args:
        folder: what is not to be there any more.
        seconds: how long it may take; past that its files and some of its folders are left.
    """
    if folder.is_symlink():
        return
    litter = Litter(folder)
    with suppress(OSError):
        for name in os.listdir(folder):  # noqa: PTH208  bare names: what is taken aside comes back in no scan
            if (folder / name).is_dir() and not (folder / name).is_symlink():
                litter.add(folder / name)
    litter.work(seconds)
    if litter.waits():
        return
    with suppress(OSError):
        for left in folder.iterdir():
            left.unlink()
        folder.rmdir()
