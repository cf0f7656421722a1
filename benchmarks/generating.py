"""Questions of one table and source, through search, the whole court and the wall, with their CPU time."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from actors.generation import streams
from actors.generation.balance import Balance
from actors.generation.stream import budget
from actors.generation.streams import proposed
from actors.generation.trial import tried
from actors.language import court
from actors.language.court import Proposal
from actors.language.meaning import meaning
from actors.language.subject import Subject
from actors.ports import Workers
from benchmarks.processes import processor_seconds
from benchmarks.stages import Stages
from events.dataset import DatasetRegistered
from events.question import Question, Source, stream_id

SEARCH, MEANING, REST = "search", "telling repetitions apart", "between the checks of the court"
OPENING, WORDING = "the answer by the second implementation", "worded, with the certificate"
TRIAL, SESSIONS = "the host's part of each session", "the sessions, behind the wall"


@dataclass(frozen=True)
class Made:
    """What one stretch of a stream came to."""

    proposals: int
    """How many were judged."""
    accepted: int
    """How many became questions, their code run."""
    own: float
    """CPU-seconds of this process: search, court, and the host's part of each session."""
    below: float
    """CPU-seconds of the sessions, and of the worker that forks them."""

    @property
    def seconds(self) -> float:
        """CPU-seconds in all."""
        return self.own + self.below

    @property
    def rate(self) -> float:
        """Accepted in a CPU-second."""
        return self.accepted / self.seconds


@dataclass(eq=False)
class Line:
    """The stream of one table and source; where it ends, that of the next seed follows.

    Args:
        event: the table.
        frame: gives its records.
        source: what proposes.
        workers: what runs the code; none leaves that out.
    """

    event: DatasetRegistered
    frame: Callable[[], Any]
    source: Source
    workers: Workers | None = None
    seed: int = 0
    _rest: Iterator[tuple[Proposal, bool]] = field(init=False)

    def __post_init__(self) -> None:
        self.begin(self.seed)

    @property
    def name(self) -> str:
        """The table's name and the source."""
        return f"{self.event.name}, {self.source}"

    def begin(self, seed: int) -> None:
        """Start on a stream, with nothing known of the table."""
        self.seed = seed
        event, stream = self.event, stream_id(self.event.dataset, self.source, seed)
        self._subject = Subject(event.dataset, event.reader, event.columns, self.frame(), event.noun)
        self._balance = Balance(stream)
        self._rest = proposed(self.source, self._subject, stream)

    async def stretch(self, wanted: int, stages: Stages, most: int | None = None) -> Made:
        """Go on with the stream until so many are questions, or it ends, or so many were judged."""
        own, below = time.process_time(), processor_seconds(os.getpid())
        judged, accepted, ended = 0, 0, False
        while accepted < wanted and judged < (budget(wanted) if most is None else most):
            with stages.stage(SEARCH):
                found = next(self._rest, None)
            if ended := found is None:
                break
            judged += 1
            proposal, is_repetition = found
            accepted += not is_repetition and await self._became_question(proposal, stages)
        spent = time.process_time() - own, processor_seconds(os.getpid()) - below
        if ended:
            self.begin(self.seed + 1)
        return Made(judged, accepted, *spent)

    async def _became_question(self, proposal: Proposal, stages: Stages) -> bool:
        with stages.stage(REST):
            self._subject.trim()
            found = court.judge(proposal, self._subject)
        if not isinstance(found, Question) or self._balance.objection(found):
            return False
        if self.workers is not None:
            with stages.stage(TRIAL):
                refusal = await tried(found, self._subject.columns, self.workers)
            if refusal is not None:
                return False
        self._balance.hear(found)
        return True


@contextmanager
def timed_court(stages: Stages) -> Iterator[None]:
    """The court's stages and the search, each with its time counted."""

    def around(name: str) -> Any:
        return stages.around(name.replace("_", " "), getattr(court, name))

    def stages_of(name: str) -> tuple[Any, ...]:
        checks = getattr(court, name)
        return tuple(stages.around(one.__name__.replace("_", " "), one) for one in checks)

    told_apart = stages.around(MEANING, meaning)
    patched: dict[str, Any] = {name: stages_of(name) for name in ("BEFORE_READING", "AFTER_READING")}
    patched |= {name: around(name) for name in ("settled", "worded")}
    patched["_opened"] = stages.around(OPENING, court._opened)
    patched["_written"] = stages.around(WORDING, court._written)
    with (
        mock.patch.multiple(court, **patched),
        mock.patch.object(streams, "meaning", told_apart),
    ):
        yield
