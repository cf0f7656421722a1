"""Removes what sessions leave behind, a little at a time, so that nobody waits for it.

A session may have left a million files, folders that lie in each other deeper than any path is long, one
that it made unreadable, or a link in the place of a folder; and others of its family may still be at work
there. So nothing here follows a path: each step is taken from an open folder, to a name in it that is no
link. And nothing recurses: a folder in another is moved up before it is emptied, so few are open at once.
"""

import os
import secrets
import time
from collections.abc import Callable, Iterator, Sequence, Set
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path

END_SECONDS = 1.0
"""So long at most the end of a worker waits for what its sessions left."""
MOST_CLEARED = 65_536
"""So many entries at most are taken out of a folder where others may go on making them."""
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
_UNREAD = getattr(os, "O_PATH", 0)
"""Opens what may not be read, so that it can be passed through, or be changed to be."""


class Litter:
    """Folders that are to be removed.

    Args:
        root: where they lie, and are moved to meanwhile; nothing outside it is ever touched.

    Raises:
        OSError: it is no folder; a link to one is none.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._at = os.open(root, _FOLDER)
        self._waiting: list[Iterator[None]] = []
        self._steps: Iterator[None] | None = None

    def close(self) -> None:
        """Remove nothing any more."""
        os.close(self._at)

    def add(self, folder: Path) -> None:
        """Take a folder away from where it is, at once; that it is gone, or never was there, is fine."""
        *above, name = folder.relative_to(self._root).parts
        at = os.dup(self._at)
        try:
            for part in above:
                at = entered(at, part)
            self._take(at, name)
        except OSError:
            pass  # there is no such folder
        finally:
            os.close(at)

    def clear(self, folder: Path, kept: Set[str], done: Callable[[], None]) -> None:
        """Remove what lies in a folder now, but for what bears one of these names, and the folder itself.

        Args:
            folder: others may be at work in it; what they make from now on may stay.
            kept: names of what is theirs.
            done: called when all is out of it.
        """
        self._waiting.append(self._clearing(folder.relative_to(self._root).parts, kept, done))

    def add_all(self) -> None:
        """Take all folders that lie in the root."""
        for name in [entry.name for entry in self._lying() if entry.is_dir(follow_symlinks=False)]:
            with suppress(OSError):
                self._take(self._at, name)

    def finish(self) -> None:
        """Remove the files that lie in the root, once no folder does.

        Raises:
            OSError: one cannot be removed.
        """
        lying = self._lying()
        if not any(entry.is_dir(follow_symlinks=False) for entry in lying):
            for entry in lying:
                os.unlink(entry.name, dir_fd=self._at)

    def waits(self) -> bool:
        """Whether there is something to remove."""
        return self._steps is not None or bool(self._waiting)

    def work(self, seconds: float = float("inf")) -> None:
        """Remove for about so long, at least one entry; what cannot be removed stays."""
        until = time.monotonic() + seconds
        while self.waits():
            self._steps = self._steps or self._waiting.pop()
            if next(self._steps, self) is self:
                self._steps = None
            if time.monotonic() >= until:
                return

    def _lying(self) -> list[os.DirEntry[str]]:
        with os.scandir(self._at) as entries:
            return list(entries)

    def _take(self, at: int, name: str) -> None:
        """Move what bears a name in an open folder aside, whatever it is."""
        aside = f"litter-{secrets.token_hex(8)}"
        try:
            os.rename(name, aside, src_dir_fd=at, dst_dir_fd=self._at)
        except PermissionError:
            _make_ours(at, name)  # to be moved a folder must be writable
            os.rename(name, aside, src_dir_fd=at, dst_dir_fd=self._at)
        self._waiting.append(self._removing(aside))

    def _clearing(self, parts: Sequence[str], kept: Set[str], done: Callable[[], None]) -> Iterator[None]:
        """Remove entry by entry what is in a folder and is not to be kept."""
        *above, name = parts
        at = os.dup(self._at)
        try:
            for part in above:
                at = entered(at, part)
            with _listed(at, name) as (folder, entries):
                for entry in islice(entries, MOST_CLEARED):
                    if entry.name not in kept:
                        self._removed(folder, entry)
                    yield
        except OSError:
            pass  # there is no such folder
        finally:
            os.close(at)
        done()

    def _removing(self, name: str) -> Iterator[None]:
        """Empty a folder entry by entry until nothing more goes, then remove it; what is none is removed."""
        went = True
        while went:
            went = False
            with suppress(OSError), _listed(self._at, name) as (at, entries):
                for entry in entries:
                    went = self._removed(at, entry) or went
                    yield
        with suppress(OSError):
            os.rmdir(name, dir_fd=self._at)
            return
        with suppress(OSError):
            os.unlink(name, dir_fd=self._at)

    def _removed(self, at: int, entry: os.DirEntry[str]) -> bool:
        """Whether an entry of an open folder is no longer where it was."""
        with suppress(OSError):
            if not entry.is_dir(follow_symlinks=False):
                os.unlink(entry.name, dir_fd=at)
                return True
        with suppress(OSError):
            os.rmdir(entry.name, dir_fd=at)  # most are empty, and to be moved aside costs five times as much
            return True
        with suppress(OSError):
            self._take(at, entry.name)
            return True
        return False


def remove(folder: Path, seconds: float = float("inf")) -> None:
    """Remove a folder with all that is in it, as far as it can be; a link to one is none.

    Args:
        folder: what is not to be there any more.
        seconds: how long it may take; past that its files and some of its folders are left.
    """
    with suppress(OSError):
        litter = Litter(folder)
        try:
            litter.add_all()
            litter.work(seconds)
            if litter.waits():
                return
            litter.finish()
        finally:
            litter.close()
        folder.rmdir()


def entered(at: int, name: str) -> int:
    """The folder of that name in an open one, which is closed; of a link there is none."""
    inner = os.open(name, _FOLDER | _UNREAD, dir_fd=at)
    os.close(at)
    return inner


def _make_ours(at: int, name: str) -> None:
    """Let a folder's owner read and change it; what a link leads to stays as it is."""
    folder = os.open(name, _FOLDER | _UNREAD, dir_fd=at)
    try:
        os.chmod(f"/proc/self/fd/{folder}" if _UNREAD else folder, 0o700)  # noqa: PTH101  no path is looked up
    finally:
        os.close(folder)


@contextmanager
def _listed(at: int, name: str) -> Iterator[tuple[int, Iterator[os.DirEntry[str]]]]:
    """The folder of that name in an open one, open as well, and its entries."""
    try:
        folder = os.open(name, _FOLDER, dir_fd=at)
    except PermissionError:
        _make_ours(at, name)
        folder = os.open(name, _FOLDER, dir_fd=at)
    try:
        os.fchmod(folder, 0o700)  # what is in it is to be removed from it
        with os.scandir(folder) as entries:
            yield folder, entries
    finally:
        os.close(folder)
