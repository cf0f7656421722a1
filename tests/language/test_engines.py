"""The two implementations of every operator agree, in process and as rendered code."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from actors.generation.streams import proposals
from actors.language.coded import Coded
from actors.language.court import Proposal
from actors.language.evaluation import Arithmetic, Engine, Undefined
from actors.language.kinds import DERIVED
from actors.language.operator import grammar
from actors.language.render_python import arrays_for, imports_for, render
from actors.language.term import TABLE, term, to_record
from events.question import ProgramRecord
from events.values import close, value_of
from tests.birds import COLUMNS, SUBJECT, birds, proposed, subject_of
from tests.language.grown import programs
from tests.ringed import RINGED


def _programs() -> Iterator[ProgramRecord]:
    for index in range(120):
        yield to_record(proposed("engines", index))
    for proposal in proposals("template", SUBJECT, "engines"):
        if isinstance(proposal, Proposal):
            yield to_record(proposal.answer)
    yield to_record({"columns": term("weakest_pair", TABLE, term("numeric_columns", TABLE))})


PROGRAMS = list(_programs())


def _run_code(record: ProgramRecord, engine: Engine) -> dict[str, Any]:
    program = SUBJECT.program(record)
    codes = render(program, engine)
    made = arrays_for(program, codes) if engine == "arithmetic" else []
    opening = [*imports_for([*made, *(code.code for code in codes)]), *made]
    namespace: dict[str, Any] = {"df": SUBJECT.frame, "np": np}
    with np.errstate(all="ignore"):
        exec("\n".join([*opening, *(code.code for code in codes)]), namespace)
    return {step.name: namespace[step.name] for step in record.steps}


def test_programs_that_are_tested_use_every_operator() -> None:
    used = {step.operator for record in [*PROGRAMS, *programs(RINGED, 1)] for step in record.steps}
    assert used == set(grammar())


def test_at_least_eighty_operators_stand_in_six_families() -> None:
    assert len(grammar()) >= 80
    assert len({one.family for one in grammar().values()}) >= 6


@settings(deadline=None, max_examples=60)
@given(record=st.sampled_from(PROGRAMS), seed=st.integers(0, 50))
def test_both_implementations_give_the_same_answer_on_any_table(record: ProgramRecord, seed: int) -> None:
    subject = subject_of(birds(seed=seed))
    program = subject.program(record)
    try:
        first = program.run(subject.idioms)
        second = program.run(subject.arithmetic)
    except Undefined:
        return
    for step in record.steps:
        if program.kind(step.name) not in {"table", *DERIVED}:
            assert close(value_of(first[step.name]), value_of(second[step.name])), step


@settings(deadline=None, max_examples=40)
@given(record=st.sampled_from(PROGRAMS), engine=st.sampled_from(["idiom", "arithmetic"]))
def test_rendered_code_gives_what_the_functions_give(record: ProgramRecord, engine: Engine) -> None:
    program = SUBJECT.program(record)
    evaluation = SUBJECT.idioms if engine == "idiom" else SUBJECT.arithmetic
    try:
        expected = program.run(evaluation)
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
        "ValueError",
        "bool",
        "index",
        "isnan",
        "max",
        "min",
        "range",
        "sorted",
        "random",  # what a seed stands for is a sequence of NumPy's
    }
    assert not (idiom & arithmetic) - elementary


def test_neither_implementation_changes_its_table() -> None:
    subject, before, coded = subject_of(birds()), birds(), Coded(birds())
    for record in PROGRAMS[:40]:
        try:
            subject.program(record).run(subject.idioms)
            subject.program(record).run(subject.arithmetic)
        except Undefined:
            continue
    pd.testing.assert_frame_equal(subject.frame, before)
    for column in subject.columns:
        kind = "measure" if column.numeric else "category"
        there, here = (
            one.column(column.name, kind, TABLE) for one in (subject.arithmetic, Arithmetic(coded, COLUMNS))
        )
        for left, right in zip(
            *((one if isinstance(one, tuple) else (one,)) for one in (there, here)), strict=True
        ):
            np.testing.assert_array_equal(left, right)
