"""What rooms side by side ask of each other; `system.py` hands them what answers."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from events.dataset import ReaderSettings
from events.frames import Limits, Watch
from events.trace import Author, CellResult, Level, Perturbation

__all__ = ["InfrastructureError", "Limits", "Session", "WallTooWeak", "Watch", "Workers"]


class InfrastructureError(Exception):
    """A fault outside the session and outside our code: the work is tried again, never judged."""


class WallTooWeak(InfrastructureError):
    """Code was to run behind a weaker wall than its author's code needs; the message says what would do."""


class Session(Protocol):
    """A private Python namespace behind the wall, alive across the cells of one trace."""

    async def run(self, code: str) -> CellResult:
        """Run one cell. A limit hit by the code ends the session and is told in `result.end`.

        Raises:
            InfrastructureError: the worker was lost, or the session for reasons outside its code.
        """
        ...


class Workers(Protocol):
    """Sessions on demand, whatever runs them."""

    @property
    def level(self) -> Level:
        """How strong the wall is, as probed."""
        ...

    @property
    def fingerprint(self) -> str:
        """Digest of the numeric environment inside the wall."""
        ...

    async def offer(self, dataset: str, data: bytes, reader: ReaderSettings) -> None:
        """Make a table known, to this and every later worker; again is free."""
        ...

    def session(
        self,
        dataset: str,
        author: Author,
        perturbation: Perturbation | None = None,
        watches: Sequence[Watch] = (),
    ) -> AbstractAsyncContextManager[Session]:
        """A fresh session with the table as `df`, with `hook`, `submit`, and nothing else of ours.

        Args:
            dataset: the table.
            author: who wrote the code that will run in it; the wall must be strong enough for that.
            perturbation: what is done to the table first.
            watches: what is remembered for hooks.

        Raises:
            WallTooWeak: the author's code needs a stronger wall than there is.
            InfrastructureError: no worker could be had.
        """
        ...
