"""What rooms side by side ask of each other; `system.py` hands them what answers."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from events.dataset import ReaderSettings
from events.struct import Fact
from events.trace import CellResult, Level, Perturbation


class InfrastructureError(Exception):
    """A fault outside the session and outside our code: the work is tried again, never judged."""


class Limits(Fact, frozen=True):
    """What one session may use; enforced outside the session's process."""

    cell_seconds: float = 10.0
    """Wall time of one cell; past it the cell is interrupted, and killed 0.5 s later."""
    memory_bytes: int = 2 * 1024**3
    """Address space of the session."""
    output_chars: int = 20_000
    """Characters kept of stdout, of stderr and of a display; what is beyond is counted."""
    output_bytes_total: int = 50_000_000
    """Bytes a cell may print before it is stopped."""


class Watch(Fact, frozen=True):
    """Ask a re-run what `name` holds each time `statement` has run."""

    statement: str
    """A statement as `ast.unparse` prints it."""
    name: str
    """The variable to look at."""


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
        perturbation: Perturbation | None = None,
        watches: Sequence[Watch] = (),
    ) -> AbstractAsyncContextManager[Session]:
        """A fresh session with the table as `df`, with `hook`, `submit`, and nothing else of ours.

        Raises:
            InfrastructureError: no worker could be had.
        """
        ...
