"""What rooms side by side ask of each other; `cast.py` hands them what answers."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from events.dataset import ReaderSettings
from events.frames import Limits, Watch
from events.question import Question
from events.trace import Author, CellResult, Level, Perturbation, TraceRecorded

__all__ = [
    "Again",
    "InfrastructureError",
    "Limits",
    "Postponed",
    "RuleResult",
    "Session",
    "Settled",
    "TableTooLarge",
    "WallTooWeak",
    "Watch",
    "Workers",
]

Again = Callable[[], Awaitable[bytes]]
"""Gives the bytes of a table's file once more; raises `InfrastructureError` where they cannot be had."""

Settled = Callable[[Question, Sequence[TraceRecorded]], bool]
"""Whether the verdict on a question is certain by the traces recorded: the gold first, then by index."""


class InfrastructureError(Exception):
    """A fault outside the session and outside our code: the work is tried again, never judged."""


class Postponed(InfrastructureError):
    """Nothing failed, but the work cannot go on before a person does something; the message says what."""


class WallTooWeak(InfrastructureError):
    """Code was to run behind a weaker wall than its author's code needs; the message says what would do."""


class TableTooLarge(Exception):
    """A table takes more memory than a worker has for all tables.

    Args:
        dataset: its id.
        memory: bytes that it takes.
        budget: bytes that there are.
    """

    def __init__(self, dataset: str, memory: int, budget: int) -> None:
        super().__init__(dataset, memory, budget)
        self.dataset = dataset
        self.memory = memory
        self.budget = budget

    def __str__(self) -> str:
        return (
            f"table {self.dataset} takes {self.memory / 1e6:,.0f} MB of memory, and a worker has only "
            f"{self.budget / 1e6:,.0f} MB for tables; leave out rows or columns, or take a larger machine"
        )


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

    async def offer(
        self, dataset: str, data: bytes, reader: ReaderSettings, again: Again | None = None
    ) -> None:
        """Make a table known, to this and every later worker; a second time is free.

        Args:
            dataset: its id.
            data: the file's bytes.
            reader: how to read them.
            again: gives the bytes when a worker needs them later; without it they are kept in memory.

        Raises:
            TableTooLarge: no worker has room for it.
        """
        ...

    def session(
        self,
        dataset: str,
        author: Author,
        perturbation: Perturbation | None = None,
        watches: Sequence[Watch] = (),
        priority: int = 0,
    ) -> AbstractAsyncContextManager[Session]:
        """A fresh session with the table as `df`, with `hook`, `submit`, and nothing else of ours.

        Args:
            dataset: the table.
            author: who wrote the code that will run in it; the wall must be strong enough for that.
            perturbation: what is done to the table first.
            watches: what is remembered for hooks.
            priority: where sessions are waited for, a higher one goes first.

        Raises:
            WallTooWeak: the author's code needs a stronger wall than there is.
            InfrastructureError: no worker could be had.
        """
        ...


@dataclass(frozen=True)
class RuleResult:
    """What one rule of the gate found; whoever knows a model gives some of scope training."""

    rule: str
    """The rule's name."""
    passed: bool
    """Whether it lets the gate open."""
    found: str | int | float
    """What was found."""
    allowed: str | int | float
    """What is allowed."""
    where: str
    """Where to look: a command or the id of an event; empty when there is nothing to see."""
    opens_with: str = ""
    """What would make it pass; empty when it does."""

    def to_dict(self) -> dict[str, Any]:
        """The result as plain JSON values."""
        return {
            "rule": self.rule,
            "found": self.found,
            "allowed": self.allowed,
            "where": self.where,
            "opens_with": self.opens_with,
        }
