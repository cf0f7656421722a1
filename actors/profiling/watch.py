"""Watching files and folders: who watches is told that something changed, and looks for himself what did.

The system tells of changes; nothing is asked again and again. A file is watched through its folder, for
editors put another file in its place; a folder through the one above it as well, for it may come again.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import anyio
from anyio import CancelScope, to_thread
from watchfiles import awatch

from actors.profiling.discover import ENDINGS, PathProblem, discover
from actors.profiling.settling import Stamp, stamp_of
from events.dataset import DatasetRefused

GATHER_MS = 1000
"""Changes that follow on each other within this time are told of at once."""
QUIET_MS = 200
"""So long nothing must happen for them to be told of earlier; an end is heeded as quickly."""
STANDS_MS = 5000
"""After so long a watch that told of nothing is known to stand."""
Identity = tuple[int, int, bool] | None


@dataclass(frozen=True)
class Sight:
    """What stands under all roots at one moment."""

    files: dict[Path, Stamp]
    """Every file that may be a table."""
    roots: dict[Path, Path]
    """The root that leads to each of them."""
    refused: tuple[DatasetRefused, ...]
    """What is left out without a look inside."""


def sight(roots: Iterable[Path]) -> Sight:
    """Look once. A root that leads nowhere, or to no table, is none now; it may be one later."""
    seen = Sight({}, {}, ())
    refused: list[DatasetRefused] = []
    for root in roots:
        try:
            candidates = discover(root)
        except (PathProblem, OSError):  # also one that goes away while we look
            continue
        refused += [one.refusal for one in candidates if one.refusal is not None]
        for path in (one.path for one in candidates if one.refusal is None):
            if path not in seen.files and (stamp := stamp_of(path)) is not None:
                seen.files[path], seen.roots[path] = stamp, root
    return Sight(seen.files, seen.roots, tuple(refused))


async def watch(roots: Sequence[Path], aside: Path, changed: Callable[[], None]) -> None:
    """Call whenever something about tables under these roots may have changed, until cancelled.

    Args:
        roots: files and folders; one that goes away may come again.
        aside: a folder that is left out wherever it lies: the home, in which we write ourselves.
        changed: called in the event loop; once also when the watch is known to stand, so that nothing is
            missed that happened before.

    Raises:
        OSError: the system can watch no more.
    """
    while True:
        await _Round(roots, aside, changed).run()
        changed()


class _Round:
    """One watch, until a root is another folder than it was, or none."""

    def __init__(self, roots: Sequence[Path], aside: Path, changed: Callable[[], None]) -> None:
        self._roots = roots
        self._concerns = Concerns(roots, aside)
        self._changed = changed
        self._standing: list[Identity] = []
        self._over = anyio.Event()
        self._scope = CancelScope()

    async def run(self) -> None:
        self._standing = await to_thread.run_sync(_identities, self._roots)
        with self._scope:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._set_in_the_end)
                for recursive, places in _places(self._roots).items():
                    tasks.start_soon(self._follow, places, recursive)

    async def _set_in_the_end(self) -> None:
        """A thread that waits for the system cannot be cancelled; it is told that it is over."""
        try:
            await anyio.sleep_forever()
        finally:
            self._over.set()

    async def _follow(self, places: Sequence[Path], recursive: bool) -> None:
        stands = False
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
            async for changes in following:
                if changes or not stands:
                    self._changed()
                stands = True
                if await to_thread.run_sync(_identities, self._roots) != self._standing:
                    self._scope.cancel()
        except FileNotFoundError:  # it went away just now
            self._scope.cancel()


def _places(roots: Sequence[Path]) -> dict[bool, list[Path]]:
    """What is watched with all that lies within, and what without."""
    within = [root for root in roots if root.is_dir()]
    above = {place for root in roots for form in _forms(root) if (place := _above(form)).is_dir()}
    return {flag: places for flag, places in ((True, within), (False, sorted(above))) if places}


def _above(path: Path) -> Path:
    """The nearest folder above that is there."""
    return next((place for place in path.parents if place.is_dir()), path.parent)


def _forms(root: Path) -> tuple[Path, ...]:
    """A path as it was named, and as what it leads to."""
    return tuple(dict.fromkeys((root, Path(root).resolve())))


def _identities(roots: Sequence[Path]) -> list[Identity]:
    """Which folder each root is now; another in its place has to be watched anew."""
    return [_identity(root) for root in roots]


def _identity(root: Path) -> Identity:
    try:
        found = root.stat()
    except OSError:
        return None
    return (found.st_dev, found.st_ino, True) if root.is_dir() else (0, 0, False)


class Concerns:
    """Whether a change may be one of a table."""

    def __init__(self, roots: Sequence[Path], aside: Path) -> None:
        self._roots = [form for root in roots for form in _forms(root)]
        self._aside = _forms(aside.absolute())

    def of(self, path: Path) -> bool:
        """Whether it may be, by its path alone and by what is there now."""
        if any(path.is_relative_to(form) for form in self._aside):
            return False
        return any(root.is_relative_to(path) or self._within(path, root) for root in self._roots)

    @staticmethod
    def _within(path: Path, root: Path) -> bool:
        """Whether it is a table's file, or a folder that may hold some, in sight of this root."""
        if not path.is_relative_to(root):
            return False
        if any(part.startswith(".") for part in path.relative_to(root).parts):
            return False
        return path.suffix.lower() in ENDINGS or not path.is_file()
