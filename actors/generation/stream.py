"""How far one stream has come, and how far it may go: admission, as a pure function of what is known.

A proposal may be started only while what was started and came to nothing leaves room for it. So whatever the
timing, those that were started are the shortest beginning of the stream that holds what was asked for.
"""

import sys
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Literal

from actors.generation.balance import Balance
from events.question import Question, Source, StreamRequested, Until

BOUNDLESS = sys.maxsize
Shortfall = Literal["exhausted", "budget", "put_aside"]


def budget(target: int, source: Source = "template") -> int:
    """How many proposals a stream may spend to reach a target; poor tables must end too.

    Those of a model are paid for, one by one.
    """
    return 4 + 4 * target if source == "llm" else 100 + 25 * target


@dataclass
class StreamState:
    """What became of the proposals of one stream."""

    origin: StreamRequested
    """The first request, which names dataset, source and seed."""
    questions: int = 0
    """The most accepted questions that any command asked for."""
    standing: StreamRequested | None = None
    """What the running daemon asks for, in the place of accepted questions."""
    next: int = 0
    """Index of the next proposal."""
    accepted: int = 0
    """Proposals that became questions."""
    unjudged: dict[str, str] = field(default_factory=dict)
    """Questions without a verdict, each with the episode that will hold it."""
    verified: int = 0
    """Questions whose episode is verified."""
    refused: int = 0
    """Questions whose episode is refused."""
    exhausted: bool = False
    """Whether the stream has no proposal left."""
    proposed: list[Question] = field(default_factory=list)
    """For source `llm`: its questions, which no later one may repeat."""
    refusals: list[str] = field(default_factory=list)
    """For source `llm`: why its proposals came to nothing."""
    balance: Balance = field(init=False)
    """What its questions were answered by."""

    def __post_init__(self) -> None:
        self.balance = Balance(self.origin.stream)

    @property
    def until(self) -> Until:
        """What is counted."""
        return self.standing.until if self.standing else "questions"

    @property
    def target(self) -> int:
        """How many are wanted."""
        return self.standing.target if self.standing else self.questions

    def hear_request(self, event: StreamRequested) -> None:
        """A lower number of questions than was asked for takes nothing back."""
        if event.until == "questions":
            self.questions = max(self.questions, event.target)
        else:
            self.standing = event

    def hear_verdict(self, question: str, verified: bool) -> None:
        """An episode of this stream was judged."""
        self.unjudged.pop(question, None)
        self.verified += verified
        self.refused += not verified

    @property
    def need(self) -> int:
        """How many proposals may be started that could all become questions."""
        if self.until == "exhausted":
            return BOUNDLESS
        counted = self.accepted - (self.refused if self.until == "verified" else 0)
        return self.target - counted

    @property
    def left(self) -> int:
        """How many proposals the stream may still spend; one without end must go on giving."""
        if self.exhausted:
            return 0
        target = self.accepted if self.until == "exhausted" else self.target
        return budget(target, self.origin.source) - self.next

    @property
    def propose(self) -> str:
        """The key of the work that judges the next proposals."""
        return f"propose:{self.origin.stream}:{self.next}"

    def shortfall(self, dead: Collection[str]) -> Shortfall | None:
        """Why the stream ends short of what a daemon asked for; None while it does not, or goes on.

        Args:
            dead: what was put aside for good: ids of questions, and keys of work.
        """
        if self.until == "questions" or any(question not in dead for question in self.unjudged):
            return None
        if self.until == "verified" and self.verified >= self.target:
            return None
        if self.exhausted:
            return "exhausted"
        if self.left <= 0:
            return "budget"
        return "put_aside" if self.need <= 0 or self.propose in dead else None
