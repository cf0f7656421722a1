"""What somebody is measured on: questions that are put alike, and scored each in its own way."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from actors.cast import Cast
from actors.evaluating.scoring import Followed, Spent, is_right, scored
from actors.evaluating.selection import Chosen
from actors.teaching.dialogue import SolveSettings, Task, attempt
from actors.teaching.scripted import ScriptedTeacher
from actors.tracing.grounder import ground
from actors.tracing.recorder import record
from actors.tracing.rerun import Reruns
from actors.tracing.triangulating import departures
from events.dataset import DatasetRegistered
from events.episode import Departure
from events.evaluation import AnswerScored
from events.question import Question
from events.trace import AttemptEnded


class Paper(Protocol):
    """Questions, and what an answer to one is worth."""

    @property
    def chosen(self) -> Chosen:
        """The questions, and how they were chosen."""
        ...

    @property
    def benchmark(self) -> str:
        """The benchmark's name; empty for the home's own questions."""
        ...

    async def lay_out(self, cast: Cast) -> None:
        """Have the tables at hand.

        Raises:
            BlobMissing, BlobCorrupt: a table is not kept.
            TableTooLarge: no worker has room for one.
        """
        ...

    async def score(self, question: Question, ended: AttemptEnded, spent: Spent, cast: Cast) -> AnswerScored:
        """What an answer is worth.

        Raises:
            InfrastructureError: a session was lost for reasons outside its code.
        """
        ...


class OwnPaper:
    """Questions of the home.

    Args:
        chosen: the questions.
        tables: every table of the home, by id.
    """

    benchmark = ""

    def __init__(self, chosen: Chosen, tables: Mapping[str, DatasetRegistered]) -> None:
        self.chosen = chosen
        self._tables = tables
        self._reruns: Reruns | None = None

    async def lay_out(self, cast: Cast) -> None:
        """Have the questions' tables at hand."""
        for dataset in sorted({one.dataset for one in self.chosen.questions}):
            await cast.take(self._tables[dataset])
        self._reruns = Reruns(cast.workers)

    async def score(self, question: Question, ended: AttemptEnded, spent: Spent, cast: Cast) -> AnswerScored:
        """By the contract; hooks are graded, and a wrong answer is held against the program's own."""
        reruns = self._reruns or Reruns(cast.workers)
        found = record(ended)
        graded = await ground(ended, cast.foresight.of(question), reruns, question.dataset)
        followed = found.broken is None and not is_right(question, found)
        away = await _departure(question, ended, cast) if followed else None
        return scored(
            question, ended, found, Followed(graded, away, spent, self.chosen.splits.get(question.id, ""))
        )


async def _departure(question: Question, ended: AttemptEnded, cast: Cast) -> Departure | None:
    """Where an answer left the solution that the question's program is, played in a session of its own."""
    settings = SolveSettings(mistakes=0.0)
    script = script_of(cast, settings)
    gold, _ = await attempt(Task(question, "gold", 0), script, cast.workers, settings)
    found: Sequence[Departure] = await departures(
        [gold, ended], {gold.trace}, question.contract, cast.workers, question.dataset
    )
    return next(iter(found), None)


def script_of(cast: Cast, settings: SolveSettings) -> ScriptedTeacher:
    """The script, which makes no mistake on purpose."""
    return ScriptedTeacher(cast.columns_of, cast.read, _no_mistake, settings)


async def _no_mistake(*_: object) -> None:
    return None
