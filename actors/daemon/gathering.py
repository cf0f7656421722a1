"""Tables as they come: files under watched paths are read once they have come to rest."""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

import anyio
from anyio import to_thread

from actors.profiling.discover import refused
from actors.profiling.intake import Taken, read_file
from actors.profiling.overrides import ReaderOverrides
from actors.profiling.settling import Settling, Stamp, stamp_of
from actors.profiling.watch import sight, watch
from store.log.segments import NoSpace

RETRY_SECONDS = 30.0
"""How long after the disk was full a file is read again."""


class Read(Protocol):
    """Reads a file, and says what becomes of it."""

    def __call__(self, path: Path, overrides: ReaderOverrides | None, *, named: bool) -> Taken:
        """The table in it, or why it is left out."""
        ...


@dataclass(frozen=True)
class Reception:
    """Who is told what a gatherer finds."""

    take: Callable[[Taken, Path], Awaitable[None]]
    """A table, or why a file is left out; and the watched path that led to it."""
    gone: Callable[[Path], None]
    """A file that was read is not there any more."""
    changed: Callable[[], None]
    """Something about the gatherer itself changed."""
    troubled: Callable[[str], None]
    """Something went wrong, and is tried again."""


class Gatherer:
    """Looks when the system tells of a change, and reads what is new and at rest.

    Args:
        roots: files and folders that are watched.
        aside: a folder that is our own: the home.
        seconds: how long a file must not change.
        overrides: what a person says about the files.
        reception: who is told.
        read: what becomes of a file's bytes; the reader's own way when it is not given.
        retry_seconds: how long after the disk was full a file is read again.
    """

    def __init__(  # noqa: PLR0913  the last two have defaults
        self,
        roots: Sequence[Path],
        aside: Path,
        seconds: float,
        overrides: ReaderOverrides,
        reception: Reception,
        *,
        read: Read | None = None,
        retry_seconds: float = RETRY_SECONDS,
    ) -> None:
        self.busy = True
        """Whether it is looking, or was told that there is something to be seen."""
        self._roots = roots
        self._aside = aside
        self._overrides = overrides
        self._reception = reception
        self._read_file = read or partial(read_file, home=aside)
        self._retry_seconds = retry_seconds
        self._settling = Settling(seconds)
        self._changed = anyio.Event()

    @property
    def files(self) -> int:
        """Files that are there and were read."""
        return self._settling.known

    @property
    def unsettled(self) -> int:
        """Files that somebody may still be writing."""
        return self._settling.restless

    def look_again(self) -> None:
        """There may be something to be seen."""
        self.busy = True
        self._changed.set()
        self._reception.changed()

    async def run(self) -> None:
        """Watch and read, until cancelled."""
        async with anyio.create_task_group() as tasks:
            if self._roots:
                told = (self.look_again, self._reception.troubled)
                tasks.start_soon(watch, self._roots, self._aside, *told)
            wall: float | None = time.time()
            while True:
                self._changed = anyio.Event()
                wait = await self._look(wall)
                wall = None
                self.busy = self._changed.is_set()
                self._reception.changed()
                with anyio.move_on_after(wait):
                    await self._changed.wait()
                self.busy = True

    async def _look(self, wall: float | None) -> float | None:
        """Take in what is new; how long to wait for what is not at rest."""
        seen = await to_thread.run_sync(sight, self._roots, self._aside)
        look = self._settling.look(seen.files, anyio.current_time(), wall)
        for path in look.gone:
            self._reception.gone(path)
        for refusal in seen.refused:
            await self._reception.take(Taken(refusal), Path(refusal.path))
        waits = [await self._read(path, seen.roots[path]) for path in look.settled]
        return min((wait for wait in (look.wait, *waits) if wait is not None), default=None)

    async def _read(self, path: Path, root: Path) -> float | None:
        """Take in one file; how long until it is looked at again, if it must be."""
        before, taken, after = await to_thread.run_sync(self._whole, path, path == root)
        if not self._settling.read(path, before, after):
            return self._settling.seconds
        try:
            await self._reception.take(taken, root)
        except NoSpace as problem:
            self._settling.forget(path)
            self._reception.troubled(str(problem))
            return self._retry_seconds
        return None

    def _whole(self, path: Path, named: bool) -> tuple[Stamp | None, Taken, Stamp | None]:
        """A file, and its stamps before and after it was read."""
        before = stamp_of(path)
        try:
            taken = self._read_file(path, self._overrides, named=named)
        except Exception as fault:  # noqa: BLE001  a file that breaks the reader would break each new start too
            detail = f"The reader broke on it, which is a fault of tracegate, please report it: {fault!r}"
            taken = Taken(refused(path, "reader_broke", detail), named=named)
        return before, taken, stamp_of(path)
