"""What a benchmark's folder has in common with a home: tables by content, questions by their words.

Any CSV file below the folder is one of its tables. Any text `question` or `question_text` in a JSON or
JSON-lines file, however deep it stands, is one of its questions. What cannot be read is told.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from actors.exporting.harvesting import sketches_of
from actors.exporting.sketching import sketch_of
from actors.profiling.intake import take_in
from actors.profiling.table import read_table
from events.dataset import DatasetRegistered
from store.dabench import NoBenchmarkError
from store.home import Home
from store.projections.state import State
from store.sketch import alike

RUN = 6
"""Words in a row that are compared."""
ALIKE_WORDS = 0.5
"""Share of a question's runs of words from which it is one of the benchmark's."""
DEEPEST = 100
"""Values within values in a JSON file; one that has more is no benchmark's, and is refused."""
_ASKED = ("question_text", "question")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Contamination:
    """What stands in both."""

    tables: tuple[tuple[str, str], ...]
    """Id of a table of the home, and the benchmark's file that is like it."""
    questions: tuple[tuple[str, str], ...]
    """Id of a question of the home, and the benchmark's question that is like it."""
    compared: tuple[int, int]
    """Tables and questions of the benchmark."""
    unread: tuple[str, ...] = ()
    """Files and lines of the benchmark that could not be read, each with the reason."""

    def to_dict(self) -> dict[str, Any]:
        """The same as plain data."""
        tables, questions = self.compared
        return {
            "compared": {"tables": tables, "questions": questions},
            "tables": [{"dataset": dataset, "file": name} for dataset, name in self.tables],
            "questions": [{"question": one, "like": text} for one, text in self.questions],
            "unread": list(self.unread),
        }

    def left_out(self, state: State) -> frozenset[str]:
        """Ids of the questions that must not be trained on."""
        tables = {dataset for dataset, _ in self.tables}
        known = {one.id for one in state.questions.accepted.values() if one.dataset in tables}
        return frozenset(known | {question for question, _ in self.questions})


def compare(home: Home, state: State, folder: Path) -> Contamination:
    """What a home has in common with a benchmark's folder.

    Raises:
        NoBenchmarkError: there is no such folder, nothing in it to compare, or JSON that is too deep.
        BlobMissing, BlobCorrupt, OldBlobs: a table's bytes cannot be had.
    """
    if not folder.is_dir():
        raise NoBenchmarkError(f"{folder} is no folder; name the one that holds the benchmark's files")
    unread: list[str] = []
    theirs = dict(_tables(folder, unread))
    questions = list(_questions(folder, unread))
    if not theirs and not questions:
        raise NoBenchmarkError(
            f"{folder} holds no CSV file and no question that can be read; name the folder of the benchmark"
            f"{''.join(f'; {one}' for one in unread)}"
        )
    ours = sketches_of(home, state)
    tables = [
        (dataset, name)
        for dataset, one in ours.items()
        for name, other in theirs.items()
        if alike(one, other)
    ]
    known = {run: text for text in questions for run in _runs(text)}
    asked = ((one.id, _known(one.question_text, known)) for one in state.questions.accepted.values())
    found = [(question, text) for question, text in asked if text is not None]
    return Contamination(tuple(tables), tuple(found), (len(theirs), len(questions)), tuple(unread))


def _tables(folder: Path, unread: list[str]) -> Iterator[tuple[str, Any]]:
    csvs = sorted(path for path in folder.rglob("*") if path.suffix.lower() in (".csv", ".tsv"))
    for taken in take_in(csvs):
        if isinstance(taken.event, DatasetRegistered):
            table = read_table(taken.data, taken.event.reader)
            yield Path(taken.event.path).name, sketch_of(table)
        else:
            unread.append(f"{taken.event.path}: {taken.event.detail}")


def _questions(folder: Path, unread: list[str]) -> Iterator[str]:
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in (".jsonl", ".json") and path.is_file():
            for place, piece in _pieces(path):
                yield from _asked(place, piece, unread)


def _pieces(path: Path) -> Iterator[tuple[str, str]]:
    """Each text of JSON in a file, with where it stands."""
    text = path.read_text("utf-8-sig", errors="replace")
    if path.suffix.lower() == ".json":
        yield str(path), text
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield f"{path}, line {number}", line


def _asked(place: str, piece: str, unread: list[str]) -> Iterator[str]:
    """The questions of one text of JSON.

    Raises:
        NoBenchmarkError: it is too deep.
    """
    try:
        yield from _texts(msgspec.json.decode(piece))
    except msgspec.DecodeError as error:
        unread.append(f"{place}: {error}")
    except RecursionError as error:
        raise NoBenchmarkError(
            f"{place}: more than {DEEPEST} values within values; take that file out of the folder"
        ) from error


def _texts(whole: Any) -> Iterator[str]:
    """What stands under a question's name anywhere in a value; one list of texts is as many questions.

    Raises:
        RecursionError: it is too deep.
    """
    left: list[tuple[Any, bool, int]] = [(whole, False, 0)]
    while left:
        value, is_question, depth = left.pop()
        if depth > DEEPEST:
            raise RecursionError
        if isinstance(value, dict):
            left += [(one, name in _ASKED, depth + 1) for name, one in reversed(value.items())]
        elif isinstance(value, list):
            left += [(one, is_question, depth + 1) for one in reversed(value)]
        elif isinstance(value, str) and is_question:
            yield value


def _runs(text: str) -> frozenset[tuple[str, ...]]:
    """Each run of words; of a text that is shorter the whole."""
    words = _WORD.findall(text.lower())
    return frozenset(tuple(words[at : at + RUN]) for at in range(max(1, len(words) - RUN + 1)))


def _known(text: str, known: dict[tuple[str, ...], str]) -> str | None:
    runs = _runs(text)
    hits = [known[run] for run in sorted(runs) if run in known]
    return hits[0] if len(hits) >= ALIKE_WORDS * len(runs) else None
