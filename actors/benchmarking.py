"""DABench as a paper: its questions put in our sessions, and scored by its own rule and by our contract.

Its tables are no tables of the home, and its questions none of its questions: nothing of them can be
exported, or trained on.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from anyio import to_thread

from actors.cast import Cast, table_of
from actors.evaluating.dabench import by_contract, official, text_of
from actors.evaluating.scoring import Spent
from actors.evaluating.selection import Chosen
from actors.profiling.registration import inspect_file
from actors.tracing.recorder import record, submitted
from events.answers import AnswerContract
from events.dataset import DatasetRegistered
from events.evaluation import AnswerScored
from events.identity import identify
from events.question import Certificate, Difficulty, ProgramRecord, Question, Recipe
from events.trace import AttemptEnded
from store.dabench import Asked, NoBenchmarkError, read_dabench

_HOW = "Submit the whole answer as one text of these tags, as in submit('@name[value]')."


class DabenchPaper:
    """The questions of a folder.

    Args:
        folder: where the benchmark lies.
        limit: how many questions at most, in the order of their file.

    Raises:
        NoBenchmarkError: it does not lie there, or a table of it cannot be read.
    """

    benchmark = "dabench"

    def __init__(self, folder: Path, limit: int | None = None) -> None:
        asked = read_dabench(folder)[:limit]
        self._tables = {path: _table(path) for path in dict.fromkeys(one.table for one in asked)}
        questions = tuple(_question(one, self._tables[one.table]) for one in asked)
        self.chosen = Chosen(questions, f"{len(asked)} of the benchmark")
        self._asked: Mapping[str, Asked] = {
            question.id: one for question, one in zip(questions, asked, strict=True)
        }

    async def lay_out(self, cast: Cast) -> None:
        """Have the benchmark's tables at hand, which no home keeps."""
        for path, registered in self._tables.items():
            data = await to_thread.run_sync(path.read_bytes)
            await cast.workers.offer(registered.dataset, data, registered.reader)
            cast.tables[registered.dataset] = table_of(cast.home, registered)

    async def score(
        self,
        question: Question,
        ended: AttemptEnded,
        spent: Spent,
        cast: Cast,  # noqa: ARG002  a text needs nothing to be compared with a label
    ) -> AnswerScored:
        """By the benchmark's own rule, and field by field under the contract that its words tell."""
        asked, found = self._asked[question.id], record(ended)
        given = submitted(ended)
        text = None if given is None else text_of(given.answer)
        theirs = official(asked, text or "")
        ours = by_contract(asked, text or "")
        return AnswerScored(
            question=question.id,
            dataset=question.dataset,
            attempt=ended,
            right=found.broken is None and text is not None and all(ours.values()),
            sort={"difficulty": asked.level} | ({"concept": asked.concepts[0]} if asked.concepts else {}),
            broken=found.broken,
            official=None if text is None else all(theirs.values()),
            fields={name: (theirs[name], ours[name]) for name in theirs},
            calls=spent.calls,
            tokens=spent.tokens,
            cost=spent.cost,
        )


def _table(path: Path) -> DatasetRegistered:
    found = inspect_file(path)
    if not isinstance(found, DatasetRegistered):
        message = f"{path} cannot be read: {found.detail}"
        raise NoBenchmarkError(message)
    return found


def _question(asked: Asked, table: DatasetRegistered) -> Question:
    """The question as it is put; no program of ours stands behind it, and no accepted answer is in it."""
    note = f"{asked.format}\n\n{_HOW}"
    fields: Sequence[object] = [asked.text, note, dict(sorted(asked.labels.items()))]
    return Question(
        id=identify("dabench", asked.id, table.dataset, *fields),
        source="llm",
        dataset=table.dataset,
        question_text=asked.text,
        format=note,
        hint="",
        contract=AnswerContract(()),
        answers=(),
        difficulty=Difficulty(0, 0, "medium"),
        recipe=Recipe(table.dataset, table.reader, ProgramRecord((), {}), {}),
        certificate=Certificate((), 0, 0, 0, ()),
    )
