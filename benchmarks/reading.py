"""`python -m benchmarks.reading draw|score`: questions for blind readers, and what they made of them.

`draw` writes `sheet.jsonl` (number, table, question, format: all that a reader may see beside the CSV) and
`key.jsonl` (the questions in full). A reader writes a line `{"number": …, "answer": {…}}` for each; `score`
holds these against the key, by the contract.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path
from random import Random

import msgspec

from actors.generation.balance import Balance
from actors.generation.streams import proposals
from actors.language.court import judge
from actors.language.subject import Subject
from actors.profiling.registration import inspect_file
from actors.profiling.table import read_table
from events.answers import matches, problem
from events.dataset import DatasetRegistered
from events.question import Question, Source

EXAMPLES = Path(__file__).parents[1] / "examples"
DEEP = 40
"""So many questions of a stream are drawn from: the first would all be alike in what they use."""
SHEET, KEY = "sheet.jsonl", "key.jsonl"


class Entry(msgspec.Struct, frozen=True):
    """A question on the sheet."""

    number: int
    table: str
    """The path of the CSV."""
    question: Question


def main(arguments: Sequence[str] | None = None) -> None:
    """Draw, or score."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reading", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    draw = commands.add_parser("draw", help="write a sheet and its key")
    draw.add_argument("folder", type=Path, help="where to")
    draw.add_argument("--tables", type=Path, default=EXAMPLES, help="folder of CSV files (examples/)")
    draw.add_argument("--templates", type=int, default=40, help="questions of templates (40)")
    draw.add_argument("--programs", type=int, default=80, help="procedural questions (80)")
    draw.add_argument("--seed", default="reading", help="of the draw")
    score = commands.add_parser("score", help="hold answers against a key")
    score.add_argument("folder", type=Path, help="where the key is")
    score.add_argument("answers", nargs="+", type=Path, help="files of answers, a line each")
    given = parser.parse_args(arguments)
    if given.command == "draw":
        _draw(
            given.folder,
            given.tables,
            {"template": given.templates, "procedural": given.programs},
            given.seed,
        )
    else:
        for line in _score(given.folder, given.answers):
            print(line)


def _draw(folder: Path, tables: Path, wanted: dict[Source, int], seed: str) -> None:
    rng = Random(seed)
    drawn: list[tuple[str, Question]] = []
    subjects = [(path, _subject(path)) for path in sorted(tables.glob("*.csv"))]
    readable = [(path, subject) for path, subject in subjects if subject is not None]
    for source, number in wanted.items():
        streams = [(str(path), _drawn(source, subject, f"{seed}/{path.stem}")) for path, subject in readable]
        rng.shuffle(streams)
        found = ((path, one) for path, stream in cycle(streams) if (one := next(stream, None)) is not None)
        drawn += islice(found, number)
    rng.shuffle(drawn)
    folder.mkdir(parents=True, exist_ok=True)
    listed = [Entry(number, path, question) for number, (path, question) in enumerate(drawn, 1)]
    sheet = [
        {
            "number": one.number,
            "table": one.table,
            "question": one.question.question_text,
            "format": one.question.format,
        }
        for one in listed
    ]
    (folder / SHEET).write_text(
        "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in sheet), "utf-8"
    )
    (folder / KEY).write_bytes(b"".join(msgspec.json.encode(one) + b"\n" for one in listed))


def _subject(path: Path) -> Subject | None:
    taken = inspect_file(path)
    if not isinstance(taken, DatasetRegistered):
        return None
    frame = read_table(path.read_bytes(), taken.reader)
    return Subject(taken.dataset, taken.reader, taken.columns, frame, taken.noun)


def _drawn(source: Source, subject: Subject, seed: str) -> Iterator[Question]:
    """Questions of a stream as a run would take them, from among the first so many in a drawn order."""
    balance, found = Balance(seed), []
    for proposal in islice(proposals(source, subject, seed), 25 * DEEP):
        subject.trim()
        question = judge(proposal, subject) if proposal else None
        if isinstance(question, Question) and balance.objection(question) is None:
            balance.hear(question)
            found.append(question)
        if len(found) == DEEP:
            break
    Random(seed).shuffle(found)
    yield from found


def entries(folder: Path) -> list[Entry]:
    """The questions of a draw in full."""
    return [msgspec.json.decode(line, type=Entry) for line in (folder / KEY).read_bytes().splitlines()]


def _score(folder: Path, answers: Sequence[Path]) -> Iterator[str]:
    key = entries(folder)
    given = {
        line["number"]: {
            name: tuple(one) if isinstance(one, list) else one for name, one in line["answer"].items()
        }
        for path in answers
        for line in map(json.loads, path.read_text("utf-8").splitlines())
    }
    right = 0
    for entry in key:
        question, answer = entry.question, given.get(entry.number)
        if any(matches(question.contract, answer, gold) for gold in question.answers):
            right += 1
            continue
        why = problem(question.contract, answer) or ""
        yield f"{entry.number} {Path(entry.table).stem} {question.id} {why}"
        yield f"    {question.question_text}"
        yield f"    read as {answer}, meant {question.answers[0]}"
    yield f"{right} of {len(key)} right"


if __name__ == "__main__":
    main()
