"""The two implementations of every operator agree, in process and as rendered code."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from actors.generation.streams import proposals
from actors.language.operator import grammar
from actors.language.program import Engine, Undefined, arrays
from actors.language.render_python import ARRAYS, imports_for, render
from actors.language.search import propose
from actors.language.term import to_record
from events.question import ProgramRecord
from events.values import close, value_of
from tests.birds import COLUMNS, SUBJECT, birds, subject_of


def _programs() -> Iterator[ProgramRecord]:
    for index in range(120):
        yield to_record(propose(COLUMNS, "engines", index))
    for proposal in proposals("template", COLUMNS, "engines"):
        if proposal is not None:
            yield to_record(proposal.answer)


PROGRAMS = list(_programs())


def _run_code(record: ProgramRecord, engine: Engine) -> dict[str, Any]:
    codes = render(SUBJECT.program(record), engine)
    opening = [*imports_for(codes, engine), *([ARRAYS] if engine == "arithmetic" else [])]
    namespace: dict[str, Any] = {"df": SUBJECT.frame, "np": np}
    with np.errstate(all="ignore"):
        exec("\n".join([*opening, *(code.code for code in codes)]), namespace)
    return {step.name: namespace[step.name] for step in record.steps}


def test_the_programs_below_use_every_operator() -> None:
    used = {step.operator for record in PROGRAMS for step in record.steps}
    assert used == set(grammar())


def test_at_least_eighteen_operators_stand_in_six_families() -> None:
    assert len(grammar()) >= 18
    assert len({one.family for one in grammar().values()}) >= 6


@settings(deadline=None, max_examples=60)
@given(record=st.sampled_from(PROGRAMS), seed=st.integers(0, 50))
def test_both_implementations_give_the_same_answer_on_any_table(record: ProgramRecord, seed: int) -> None:
    subject = subject_of(birds(seed=seed))
    program = subject.program(record)
    try:
        first = program.run(subject.frame, "idiom")
        second = program.run(subject.arrays, "arithmetic")
    except Undefined:
        return
    for step in record.steps:
        if program.kind(step.name) != "table":
            assert close(value_of(first[step.name]), value_of(second[step.name])), step


@settings(deadline=None, max_examples=40)
@given(record=st.sampled_from(PROGRAMS), engine=st.sampled_from(["idiom", "arithmetic"]))
def test_rendered_code_gives_what_the_functions_give(record: ProgramRecord, engine: Engine) -> None:
    program = SUBJECT.program(record)
    table = SUBJECT.frame if engine == "idiom" else SUBJECT.arrays
    try:
        expected = program.run(table, engine)
    except Undefined:
        return
    coded = _run_code(record, engine)
    for name, value in expected.items():
        assert value_of(coded[name]).digest == value_of(value).digest, name


@pytest.mark.parametrize("name", list(grammar()))
def test_the_two_implementations_of_an_operator_share_no_library_routine(name: str) -> None:
    idiom, arithmetic = (
        set(getattr(grammar()[name], one).__code__.co_names) for one in ("idiom", "arithmetic")
    )
    elementary = {
        "np",
        "dropna",
        "len",
        "columns",
        "float",
        "int",
        "values",
        "size",
        "abs",
        "sum",
        "stats",
        "nan",
        "shape",
    }
    assert not (idiom & arithmetic) - elementary


def test_neither_implementation_changes_its_table() -> None:
    before, held = birds(), {name: column.copy() for name, column in arrays(birds()).items()}
    for record in PROGRAMS[:40]:
        try:
            SUBJECT.program(record).run(SUBJECT.frame, "idiom")
            SUBJECT.program(record).run(SUBJECT.arrays, "arithmetic")
        except Undefined:
            continue
    pd.testing.assert_frame_equal(SUBJECT.frame, before)
    for name, column in held.items():
        np.testing.assert_array_equal(SUBJECT.arrays[name].astype(str), column.astype(str))
