"""A session that branches and its twins, as their supervisor sees them: what is theirs together."""

from dataclasses import dataclass, field
from pathlib import Path

from actors.workers.sandbox.gate import Gate
from actors.workers.sandbox.room import Use


@dataclass(eq=False)
class Family:
    """A branchable session with all its twins, and theirs."""

    root: Path
    """Where all their places lie."""
    first: int = 0
    """The process of the first of them, in whose session of processes all of them stay."""
    gate: Gate | None = None
    """By which they are let fork; None before it came, and where there is no wall."""
    places: set[Path] = field(init=False)
    """Of those who live, or are about to: each twin's lies in that of the one that became two."""
    beside: Use = field(default_factory=Use)
    """What lay beside all these when that was last looked at, where it is theirs."""
    being_cleared: int = 0
    """Of how many who ended what they left around others is being removed."""

    def __post_init__(self) -> None:
        self.places = {self.root}

    @property
    def owns_beside(self) -> bool:
        """Whether what lies beside the places of those who live was made by one of them.

        It is not while it lives, or was cleared away only now, whose place is around all others.
        """
        return self.root not in self.places and not self.being_cleared

    def cleared(self) -> None:
        """What one of them left around others is gone."""
        self.being_cleared -= 1
