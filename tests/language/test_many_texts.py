"""Text and program are two forms of one thing, over thousands of programs of real tables.

`TRACEGATE_PROGRAMS` says how many (1,200), `TRACEGATE_SEED` which; without it the seed is another each day.
"""

import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pytest

from actors.generation.streams import proposals
from actors.language.court import Proposal
from actors.language.format_note import columns_of
from actors.language.lint import faults
from actors.language.operator import grammar
from actors.language.parse_english import parse
from actors.language.program import operators_of
from actors.language.readings import readings
from actors.language.render_english import question
from actors.language.subject import Subject
from actors.language.term import to_record
from actors.profiling.registration import inspect_file
from actors.profiling.table import read_table
from events.dataset import DatasetRegistered
from events.question import ProgramRecord

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.csv"))
PROGRAMS = int(os.environ.get("TRACEGATE_PROGRAMS", "1200"))
SEED = os.environ.get("TRACEGATE_SEED", f"{datetime.now(UTC):%Y-%m-%d}")


def table(path: Path) -> Subject:
    taken = inspect_file(path)
    assert isinstance(taken, DatasetRegistered)
    frame = read_table(path.read_bytes(), taken.reader)
    return Subject(taken.dataset, taken.reader, taken.columns, frame, taken.noun)


def grown(subject: Subject, number: int) -> Iterator[Proposal]:
    found = (one for one in proposals("procedural", subject, SEED) if one is not None)
    for one in islice(found, number):
        subject.trim()
        yield one


@pytest.mark.full
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_program_can_be_said_and_what_is_said_is_that_program(path: Path) -> None:
    sys.stdout.write(f"TRACEGATE_SEED={SEED}\n")
    subject = table(path)
    said: dict[str, ProgramRecord] = {}
    for proposal in grown(subject, PROGRAMS // len(EXAMPLES)):
        record = to_record(proposal.answer)
        text = question(proposal.answer, proposal.phrasing, subject.words)
        meant = {repr(reading) for reading in readings(record)}
        assert {repr(reading) for reading in parse(text, "", subject.words)} == meant, (SEED, text)
        assert said.setdefault(text, record) == record, text
        for column in columns_of(proposal.answer.values()):
            assert subject.words.name(column).strip('"').lower() in text.lower(), text
        is_of_quality = any(grammar()[name].family == "quality" for name in operators_of(record))
        slips = [one for one in faults(text, is_of_quality=is_of_quality) if not one.endswith(" words")]
        assert slips == [], (SEED, text)
