"""What the court makes of two tables, as a process tells it: `python -m tests.generation.rulings`."""

import json
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import msgspec
import pandas as pd

from actors.generation.streams import proposals
from actors.language.court import judge
from actors.language.soundness import Refusal
from actors.language.subject import Subject
from actors.profiling.registration import inspect_file
from actors.profiling.table import read_table
from events.dataset import DatasetRegistered
from events.question import SOURCES, Question

ROOT = Path(__file__).parents[2]
TABLES = ("penguins_raw", "student_mat")
PROPOSALS = 60


def main() -> None:
    """Tell the version of pandas, and each ruling."""
    rulings = [one for name in TABLES for one in _rulings(ROOT / "examples" / f"{name}.csv")]
    sys.stdout.write(json.dumps([pd.__version__, rulings]))


def _rulings(path: Path) -> Iterator[object]:
    taken = inspect_file(path)
    assert isinstance(taken, DatasetRegistered)
    frame = read_table(path.read_bytes(), taken.reader)
    subject = Subject(taken.dataset, taken.reader, taken.columns, frame, taken.noun)
    yield [msgspec.to_builtins(column) for column in taken.columns]
    for source in SOURCES[:2]:
        for proposal in islice(proposals(source, subject, "told"), PROPOSALS):
            yield _told(judge(proposal, subject)) if proposal else "duplicate"


def _told(verdict: Question | Refusal) -> object:
    if isinstance(verdict, Refusal):
        return verdict.reason
    contract, answer = msgspec.to_builtins(verdict.contract), msgspec.to_builtins(verdict.answers[0])
    return {"id": verdict.id, "text": verdict.question_text, "contract": contract, "answer": answer}


if __name__ == "__main__":
    main()
