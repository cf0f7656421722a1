"""Watching files and folders: who watches is told that something changed, and looks for himself what did.

The system tells of changes; nothing is asked again and again. A file is watched through its folder, for
editors put another file in its place; a folder through the one above it as well, for it may come again.
A watch may break, or not be had: then whoever watches is told to look every few seconds, until it stands.
"""

import os
import stat
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import anyio
from anyio import CancelScope, to_thread
from watchfiles import awatch
from watchfiles._rust_notify import WatchfilesRustInternalError
from watchfiles.main import FileChange

from actors.profiling.discover import ENDINGS, SAID, PathProblem, discover, printable
from actors.profiling.settling import Stamp, stamp_of
from actors.runtime.failures import first_of
from events.dataset import DatasetRefused

GATHER_MS = 1000
"""Changes that follow on each other within this time are told of at once."""
QUIET_MS = 200
"""So long nothing must happen for them to be told of earlier; an end is heeded as quickly."""
STANDS_MS = 5000
"""After so long a watch that told of nothing is known to stand."""
PAUSE = 1.0
"""Seconds until a watch that broke is made anew; doubled while it cannot be."""
LONGEST_PAUSE = 10.0
"""Seconds beyond which that does not grow."""
Identity = tuple[int, int, bool] | str | None


@dataclass(frozen=True)
class Sight:
    """What stands under all roots at one moment."""

    files: dict[Path, Stamp]
    """Every file that may be a table."""
    roots: dict[Path, Path]
    """The root that leads to each of them."""
    refused: tuple[DatasetRefused, ...]
    """What is left out without a look inside."""


def sight(roots: Iterable[Path], aside: Path | None = None) -> Sight:
    """Look once. A root that leads nowhere, or to no table, is none now; it may be one later.

    Args:
        roots: files and folders.
        aside: a folder that is left out: the home.
    """
    seen = Sight({}, {}, ())
    refused: list[DatasetRefused] = []
    for root in roots:
        try:
            candidates = discover(root, aside)
        except (PathProblem, OSError):  # also one that goes away while we look
            continue
        refused += [one.refusal for one in candidates if one.refusal is not None]
        for path in (one.path for one in candidates if one.refusal is None):
            if path not in seen.files and (stamp := stamp_of(path)) is not None:
                seen.files[path], seen.roots[path] = stamp, root
    return Sight(seen.files, seen.roots, tuple(refused))


async def watch(
    roots: Sequence[Path],
    aside: Path,
    changed: Callable[[], None],
    troubled: Callable[[str], None],
    *,
    pause: float = PAUSE,
) -> None:
    """Call whenever something about tables under these roots may have changed, until cancelled.

    Args:
        roots: files and folders; one that goes away may come again.
        aside: a folder that is left out wherever it lies: the home, in which we write ourselves. A root that
            lies in it is watched.
        changed: called in the event loop; once also when the watch is known to stand, so that nothing is
            missed that happened before.
        troubled: told once why the system tells of nothing, or what cannot be looked at.
        pause: seconds until a watch that broke is made anew.
    """
    troubles, waits = _Troubles(troubled), pause
    while True:
        one = _Round(roots, aside, changed)
        troubles.are("hidden", await one.look())
        await one.run()
        changed()
        if one.broken is None:
            continue
        if one.stood:
            troubles.are("broken", ())
            waits = pause
        elif waits > pause:  # the second time, and so it is no chance
            troubles.are("broken", (one.broken,))
        await anyio.sleep(waits)
        waits = min(LONGEST_PAUSE, 2 * waits)


class _Troubles:
    """What is wrong at present; each is told of once, until it was over."""

    def __init__(self, troubled: Callable[[str], None]) -> None:
        self._troubled = troubled
        self._known: dict[str, tuple[str, ...]] = {}

    def are(self, kind: str, told: tuple[str, ...]) -> None:
        """These are all of a kind."""
        for one in told:
            if one not in self._known.get(kind, ()):
                self._troubled(one)
        self._known[kind] = told


class _Round:
    """One watch, until it breaks, or a root is another folder than it was, or none."""

    def __init__(self, roots: Sequence[Path], aside: Path, changed: Callable[[], None]) -> None:
        self.stood = False
        """Whether it was known to stand."""
        self.broken: str | None = None
        """Why it is no more; None when a root is another."""
        self._roots = roots
        self._concerns = Concerns(roots, aside)
        self._changed = changed
        self._standing: list[Identity] = []
        self._over = anyio.Event()
        self._scope = CancelScope()

    async def look(self) -> tuple[str, ...]:
        """See what the roots are; why some of them cannot be told."""
        self._standing = await to_thread.run_sync(_identities, self._roots)
        return tuple(one for one in self._standing if isinstance(one, str))

    async def run(self) -> None:
        """Call as long as the roots are what they were when they were looked at."""
        places = await to_thread.run_sync(_places, self._roots)
        with self._scope:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._set_in_the_end)
                for recursive, some in places.items():
                    tasks.start_soon(self._follow, some, recursive)

    async def _set_in_the_end(self) -> None:
        """A thread that waits for the system cannot be cancelled; it is told that it is over."""
        try:
            await anyio.sleep_forever()
        finally:
            self._over.set()

    async def _follow(self, places: Sequence[Path], recursive: bool) -> None:
        following = awatch(
            *places,
            watch_filter=lambda _, name: self._concerns.of(Path(name)),
            debounce=GATHER_MS,
            step=QUIET_MS,
            stop_event=self._over,
            rust_timeout=STANDS_MS,
            yield_on_timeout=True,
            recursive=recursive,
            ignore_permission_denied=True,
        )
        try:
            await self._heed(following)
        # A place went away just now, a name is no text, or there are too many watches: each ends it for good.
        except* (OSError, WatchfilesRustInternalError) as problems:
            told = printable(str(first_of(problems)))
            self.broken = f"the system tells of no changes, and files are looked at now and then: {told}"
            self._scope.cancel()

    async def _heed(self, following: AsyncIterator[set[FileChange]]) -> None:
        stands = False
        async for changes in following:
            if changes or not stands:
                self._changed()
            self.stood = stands = True
            if await to_thread.run_sync(_identities, self._roots) != self._standing:
                self._scope.cancel()


def _places(roots: Sequence[Path]) -> dict[bool, list[Path]]:
    """What is watched with all that lies within, and what without."""
    within = [root for root in roots if _is_folder(root)]
    above = {place for root in roots for form in _forms(root) if _is_folder(place := _above(form))}
    return {flag: places for flag, places in ((True, within), (False, sorted(above))) if places}


def _above(path: Path) -> Path:
    """The nearest folder above that is there, and may be watched."""
    seen = (place for place in path.parents if _is_folder(place) and os.access(place, os.R_OK | os.X_OK))
    return next(seen, path.parent)


def _forms(root: Path) -> tuple[Path, ...]:
    """A path as it was named, and as what it leads to."""
    try:
        return tuple(dict.fromkeys((root, root.resolve())))
    except (OSError, RuntimeError):  # before Python 3.13 a loop of links is a RuntimeError
        return (root,)


def _is_folder(path: Path) -> bool:
    """Whether it is one, as far as it can be looked at: `Path.is_dir` raises where it cannot."""
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except OSError:
        return False


def _identities(roots: Sequence[Path]) -> list[Identity]:
    """Which folder each root is now; another in its place has to be watched anew."""
    return [_identity(root) for root in roots]


def _identity(root: Path) -> Identity:
    """A folder, a file, nothing, or why it cannot be told."""
    try:
        found = root.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as problem:
        return f"{printable(root)} cannot be looked at now, and is again later: {problem.strerror}"
    return (found.st_dev, found.st_ino, True) if stat.S_ISDIR(found.st_mode) else (0, 0, False)


class Concerns:
    """Whether a change may be one of a table."""

    def __init__(self, roots: Sequence[Path], aside: Path) -> None:
        self._roots = [form for root in roots for form in _forms(root)]
        self._aside = _forms(aside.absolute())
        self._within_aside = [
            root for root in self._roots if self._is_aside(root) and root not in self._aside
        ]

    def of(self, path: Path) -> bool:
        """Whether it may be, by its path alone and by what is there now."""
        roots = self._within_aside if self._is_aside(path) else self._roots
        return any(root.is_relative_to(path) or self._within(path, root) for root in roots)

    def _is_aside(self, path: Path) -> bool:
        return any(path.is_relative_to(form) for form in self._aside)

    @staticmethod
    def _within(path: Path, root: Path) -> bool:
        """Whether it is a table's file, or a folder that may hold some, in sight of this root."""
        if not path.is_relative_to(root):
            return False
        if any(part.startswith(".") for part in path.relative_to(root).parts):
            return False
        table = path.with_suffix("") if path.suffix == SAID else path
        return table.suffix.lower() in ENDINGS or not _is_file(path)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # it cannot be told
        return False
