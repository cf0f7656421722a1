"""The two implementations of every operator agree, in process and as rendered code."""

import ast
import inspect
import textwrap
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from actors.generation.streams import proposals
from actors.language.coded import Coded
from actors.language.evaluation import Arithmetic, Engine, Undefined
from actors.language.kinds import COLUMN_KINDS, DERIVED
from actors.language.operator import ENGINES, grammar
from actors.language.render_python import arrays_for, imports_for, render
from actors.language.templates import TEMPLATES
from actors.language.term import TABLE, Bound, Term, term, to_record
from events.question import ProgramRecord
from events.values import close, value_of
from tests.birds import COLUMNS, SUBJECT, birds, proposed, subject_of
from tests.language.grown import programs
from tests.ringed import RINGED

ARRAYS = {"numbers", "known", "dates", "alike"}
"""What implementations are handed of a whole table, beside its records."""


def _programs() -> Iterator[ProgramRecord]:
    for index in range(120):
        yield to_record(proposed("engines", index))
    for proposal in proposals("template", SUBJECT, "engines"):
        if proposal is not None:
            yield to_record(proposal.answer)
    for node in _unsearched():
        yield to_record({"value": node})


def _unsearched() -> Iterator[Term]:
    """What search never makes: figures against each other, and what is about all columns or one record."""
    columns = term("numeric_columns", TABLE)
    yield term("weakest_pair", TABLE, columns)
    yield term("pairs_above", TABLE, columns, limit=0.2)
    yield term("mean_over_median", TABLE, columns)
    mass, bill = (term("mean", TABLE, measure=name) for name in ("mass (kg)", "bill"))
    gentoo, adelie = (
        term("share_with_level", TABLE, category="species", level=level) for level in ("Gentoo", "Adelie")
    )
    for name in ("ratio_of_figures", "relative_change"):
        yield term(name, mass, bill)
    yield term("odds_ratio", gentoo, adelie)
    by_species = {"measure": "bill", "category": "species"}
    yield term("groups_over", term("mean_by_group", TABLE, **by_species), limit=41)
    yield term("most", term("mean_by_full_group", TABLE, **by_species))
    yield term("mean_of_degrees", TABLE, measure="flipper")
    yield term("most_common_named", TABLE, category="species")
    yield term("share_among_stated", TABLE, category="species", level="Gentoo")
    of_one: dict[str, Bound] = {"measure": "flipper", "category": "id", "level": 7}
    yield term("standing_of", TABLE, **of_one)
    yield term("neighbours_of", TABLE, **of_one, other="bill", distance=3)
    yield term("growth_over", TABLE, measure="flipper", order="id", category="species", level="Chinstrap")


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
    asked = [to_record(one.program(next(one.bindings(RINGED.columns)))) for one in TEMPLATES]
    used = {step.operator for record in [*PROGRAMS, *asked, *programs(RINGED, 1)] for step in record.steps}
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


@pytest.mark.parametrize("name", sorted(grammar()))
def test_an_implementation_ends_in_its_one_return_so_that_it_can_be_rendered(name: str) -> None:
    for engine in ENGINES:
        source = textwrap.dedent(inspect.getsource(getattr(grammar()[name], engine)))
        (function,) = ast.parse(source).body
        assert isinstance(function, ast.FunctionDef)
        returns = [node for node in ast.walk(function) if isinstance(node, ast.Return)]
        assert returns == [function.body[-1]]


@pytest.mark.parametrize("name", sorted(grammar()))
def test_an_implementation_reads_the_table_or_an_earlier_step(name: str) -> None:
    """Else the step is a literal, and a hook on it vouches for nothing."""
    declared = grammar()[name]
    columns = {parameter for parameter, kind in declared.parameters.items() if kind in COLUMN_KINDS}
    for engine in ENGINES:
        source = textwrap.dedent(inspect.getsource(getattr(declared, engine)))
        names = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)]
        read = {node.id for node in names if isinstance(node.ctx, ast.Load)}
        assert read & {*declared.inputs, *columns, *ARRAYS}, f"{engine} reads nothing"


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
