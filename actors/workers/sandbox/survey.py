"""Looks now and then at what sessions have: threads, CPU time of branches, and folders a little at a time.

No link is followed: each folder is opened from the one above, which a session that moves things about
meanwhile cannot make lead outside. What was removed and is held open is not seen:
of that `hidden` finds out.
"""

import os
import sys
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence, Set
from contextlib import closing, suppress
from pathlib import Path

from actors.workers.sandbox.child import Child
from actors.workers.sandbox.evidence import Evidence
from actors.workers.sandbox.room import Use
from actors.workers.sandbox.shares import cpu_seconds_of, threads_of
from actors.workers.sandbox.unborn import Unborn

MAX_BYTES = 256 * 1024**2
MAX_FILES = 16_384
"""Files and folders."""
MOST_THREADS = 128
"""Threads of a session at a time."""
DEEPEST = 64
"""So many folders may lie in each other; each is open while those in it are looked at."""
PAUSE_SECONDS = 0.2
"""Between two looks at the same folders."""
SHARE = 5
"""At most one part of so many of the time is spent on looking."""
_BLOCK = 512
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class Survey:
    """Goes round all sessions.

    Args:
        now: gives the time, by a clock that never goes back.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._due = now()
        self._round: Iterator[None] | None = None

    @property
    def is_looking(self) -> bool:
        """Whether a round is under way."""
        return self._round is not None

    @property
    def due(self) -> float:
        """When the next round is to begin."""
        return self._due

    def begin_anew(self, sessions: Sequence[Child | Unborn]) -> None:
        """Begin a round now; one that is under way is given up."""
        self._round, self._due = _looking(sessions), self._now() + PAUSE_SECONDS

    def work(self, sessions: Iterable[Child | Unborn], seconds: float = float("inf")) -> None:
        """Look for about so long, where it is time to; whoever has too much is ended.

        Args:
            sessions: those that there are now, and are to be; a round keeps to those of its beginning.
            seconds: so long at most, but for one entry.
        """
        began = self._now()
        if self._round is None:
            if began < self._due:
                return
            self.begin_anew(list(sessions))
        assert self._round is not None
        is_over = False
        while not is_over and self._now() - began < seconds:
            is_over = next(self._round, self) is self
        # What a slice took is made up for before the next round.
        self._due += (SHARE - 1) * (self._now() - began)
        if is_over:
            self._round = None

    def rest(self) -> None:
        """There is nobody to look at: who comes next has a pause before it is."""
        self._due = self._now() + PAUSE_SECONDS


def _looking(sessions: Sequence[Child | Unborn]) -> Iterator[None]:
    """Look at one after the other."""
    for child in sessions:
        if isinstance(child, Child):
            _look_at_process(child)
        look = Look()
        yield from _looking_into(child.place, child, look)
        child.seen = look.use
        if child.family and child.family.owns_beside and child.doom is None:
            # Nobody else made what lies there: each of them is held to it, and it is counted once.
            yield from _looking_into(child.family.root, child, look)
            child.family.beside = look.use - child.seen


def _looking_into(folder: Path, child: Child | Unborn, look: "Look") -> Iterator[None]:
    """Look at one that is a session's, or its family's; where it is too much end the session."""
    family = child.family.places if child.family else None
    with closing(look.steps(folder, family)) as steps:
        for _ in steps:
            if child.doom is None and (found := look.objection()):
                child.kill("disk_limit", found)
            if child.doom is not None:
                return
            yield


def _look_at_process(child: Child) -> None:
    child.spent = Evidence.of(child.pid).spent
    if child.doom is None and (threads := threads_of(child.pid)) > MOST_THREADS:
        child.kill("crashed", f"it has {threads} threads, and may have {MOST_THREADS}")
    # What it had itself the kernel knows, and ends it at once.
    if child.carried and (had := child.carried + cpu_seconds_of(child.pid)) >= child.limits.cpu_seconds:
        child.kill("cpu_limit", f"it had {had:.1f} s of CPU time, with the sessions that it comes from")


class Look:
    """One look at all that lies in a folder."""

    def __init__(self) -> None:
        self._bytes = self._files = self._deepest = 0

    @property
    def use(self) -> Use:
        """What was found until now."""
        return Use(self._bytes, self._files)

    def objection(self) -> str:
        """What of it is too much; empty while nothing is."""
        if self._bytes > MAX_BYTES:
            return f"its files take more than {MAX_BYTES // 1024**2} MiB"
        if self._files > MAX_FILES:
            return f"it has more than {MAX_FILES:,} files"
        return f"more than {DEEPEST} of its folders lie in each other" if self._deepest > DEEPEST else ""

    def steps(self, folder: Path, family: Set[Path] | None = None) -> Generator[None, None, None]:
        """Look, an entry at a time; a folder that is not there has nothing in it.

        Args:
            folder: where to look.
            family: where it is the place of one of a family, or of all, the places of those who live: each
                has a look of its own. Files lie in a folder there, and beside it whatever else was made.
        """
        top = _opened(folder)
        if top is not None:
            yield from self._within(top, folder, 1 if family is None else 0, family or frozenset())

    def _within(self, folder: int, path: Path, depth: int, others: Set[Path]) -> Iterator[None]:
        self._deepest = max(self._deepest, depth)
        try:
            with suppress(OSError), os.scandir(folder) as entries:
                for entry in entries:
                    if others and entry.is_dir(follow_symlinks=False) and path / entry.name in others:
                        continue
                    is_folder = self._counted(entry)
                    yield
                    if is_folder and (below := _opened(entry.name, folder)) is not None:
                        yield from self._within(below, path / entry.name, depth + 1, others)
        finally:
            os.close(folder)

    def _counted(self, entry: os.DirEntry[str]) -> bool:
        """Whether an entry, which is counted, is a folder."""
        with suppress(FileNotFoundError):  # it was removed meanwhile
            self._bytes += entry.stat(follow_symlinks=False).st_blocks * _BLOCK
            self._files += 1
        return entry.is_dir(follow_symlinks=False)


def _opened(name: str | Path, parent: int | None = None) -> int | None:
    """A folder, made readable where its session made it that it is not; None where there is none."""
    try:
        return os.open(name, _FOLDER, dir_fd=parent)
    except PermissionError:
        return _opened_anyway(name, parent)
    except OSError:
        return None


def _opened_anyway(name: str | Path, parent: int | None) -> int | None:
    """By a handle on the folder itself: its name may lead somewhere else by now."""
    if sys.platform != "linux":
        return None
    with suppress(OSError):
        handle = os.open(name, _FOLDER | os.O_PATH, dir_fd=parent)
        try:
            Path(f"/proc/self/fd/{handle}").chmod(0o700)
            return os.open(f"/proc/self/fd/{handle}", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        finally:
            os.close(handle)
    return None
