"""Every operator that search may use, in programs grown for it: both implementations, as functions and as code."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, reject, settings, strategies as st

from actors.language.contract import NotAskable
from actors.language.court.disturbed import disturbed
from actors.language.evaluation import Engine, Undefined
from actors.language.operator import grammar
from actors.language.parse_english import parse
from actors.language.readings import open_axes, readings
from actors.language.render_english import hint, question
from actors.language.render_python import arrays_for, imports_for, render
from actors.language.settle import with_option
from actors.language.subject import Subject
from actors.language.term import to_record, to_terms
from events.question import ProgramRecord
from events.values import close, value_of
from tests.language.grown import programs
from tests.ringed import RINGED, ringed, ringed_subject

PROGRAMS = programs(RINGED, 3)
GROWN = st.sampled_from(PROGRAMS)


def _answer(record: ProgramRecord, subject: Subject, engine: Engine) -> Mapping[str, Any] | None:
    """The answer; None where there is none, be it that a step has no value or that it is no number."""
    program = subject.program(record)
    try:
        answer = program.answer(program.run(subject.idioms if engine == "idiom" else subject.arithmetic))
    except (Undefined, NotAskable):
        return None
    is_figure = all(value is not None and value == value for value in answer.values())  # noqa: PLR0124  NaN
    return answer if is_figure else None


def _settled(record: ProgramRecord, data: st.DataObject) -> ProgramRecord:
    """The program with any option taken at each of its axes.

    A group without a name stays out: of its records, should it lead, only the second implementation says
    that nobody can ask for them.
    """
    while open_axes(to_terms(record)):
        key, options = next(iter(open_axes(to_terms(record)).items()))
        offered = ("aside",) if key[0] == "missing" else options
        record = with_option(record, key, data.draw(st.sampled_from(offered)))
    return record


def _table(seed: int, rows: int, *, repeated: bool) -> Subject:
    frame = ringed(rows, seed)
    if repeated:
        frame = pd.concat([frame, frame.iloc[::7]], ignore_index=True)
    return ringed_subject(frame)


def test_three_programs_stand_for_each_operator() -> None:
    used = [{step.operator for step in record.steps} for record in PROGRAMS]
    for name, declared in grammar().items():
        if declared.searchable:
            assert sum(name in operators for operators in used) >= 3, name


@settings(deadline=None, max_examples=150)
@given(record=GROWN, data=st.data(), seed=st.integers(0, 30), rows=st.sampled_from([25, 60, 240]))
def test_both_implementations_give_one_answer_or_none(
    record: ProgramRecord, data: st.DataObject, seed: int, rows: int
) -> None:
    settled = _settled(record, data)
    subject = _table(seed, rows, repeated=data.draw(st.booleans()))
    first, second = (_answer(settled, subject, engine) for engine in ("idiom", "arithmetic"))
    assert (first is None) == (second is None), (first, second)
    if first is not None and second is not None:
        for name, value in first.items():
            assert close(value_of(value), value_of(second[name])), (value, second[name])


@settings(deadline=None, max_examples=40)
@given(record=GROWN, data=st.data(), seed=st.integers(0, 30))
def test_the_order_of_the_rows_changes_no_answer(
    record: ProgramRecord, data: st.DataObject, seed: int
) -> None:
    settled, subject = _settled(record, data), _table(seed, 60, repeated=True)
    for engine in ("idiom", "arithmetic"):
        before, after = (
            _answer(settled, subject, engine),
            _answer(settled, disturbed(subject, ("rows shuffled",)), engine),
        )
        assert (before is None) == (after is None)
        if before is not None and after is not None:
            for name, value in before.items():
                assert close(value_of(value), value_of(after[name])), (value, after[name])


@settings(deadline=None, max_examples=100)
@given(record=GROWN, data=st.data(), engine=st.sampled_from(["idiom", "arithmetic"]))
def test_rendered_code_gives_what_the_functions_give(
    record: ProgramRecord, data: st.DataObject, engine: Engine
) -> None:
    program = RINGED.program(_settled(record, data))
    try:
        expected = program.run(RINGED.idioms if engine == "idiom" else RINGED.arithmetic)
    except Undefined:  # with other options than it was grown with
        reject()
    codes = render(program, engine)
    made = arrays_for(program, codes) if engine == "arithmetic" else []
    statements = [*made, *(code.code for code in codes)]
    namespace: dict[str, Any] = {"df": RINGED.frame, "np": np}
    with np.errstate(all="ignore"):
        exec("\n".join([*imports_for(statements), *statements]), namespace)
    for name, value in expected.items():
        assert value_of(namespace[name]).digest == value_of(value).digest, name


@pytest.mark.parametrize("phrasing", [0, 1])
def test_every_text_reads_back_as_the_readings_of_its_program(phrasing: int) -> None:
    for record in PROGRAMS[phrasing::3]:
        text = question(to_terms(record), phrasing, RINGED.words)
        meant = {repr(reading) for reading in readings(record)}
        assert {repr(one) for one in parse(text, "", RINGED.words)} == meant, text


def test_no_two_programs_share_a_text_and_no_hint_holds_a_number() -> None:
    texts: dict[str, str] = {}
    for record in PROGRAMS:
        text = question(to_terms(record), 0, RINGED.words)
        assert texts.setdefault(text, repr(record)) == repr(record), text
        told = hint(to_terms(record), RINGED.words)
        assert not any(character.isdigit() for character in told), told


@settings(deadline=None, max_examples=60)
@given(record=GROWN, data=st.data())
def test_whatever_options_are_stated_the_text_still_has_its_programs_readings(
    record: ProgramRecord, data: st.DataObject
) -> None:
    terms = to_terms(record)
    for key, options in open_axes(terms).items():
        if not key[1]:
            continue
        record = with_option(record, key, data.draw(st.sampled_from(options)))
    meant = {repr(reading) for reading in readings(record)}
    text = question(to_terms(record), data.draw(st.integers(0, 1)), RINGED.words)
    assert {repr(one) for one in parse(text, "", RINGED.words)} == meant, text


def test_a_program_of_an_operator_has_one_record() -> None:
    for record in PROGRAMS:
        assert to_record(to_terms(record)) == record


def test_what_is_mistaken_for_another_takes_and_gives_the_same() -> None:
    mistaken = [one for one in grammar().values() if one.mistaken_for]
    assert len(mistaken) > 20
    for one in mistaken:
        other = grammar()[one.mistaken_for]
        assert (dict(other.inputs), dict(other.parameters)) == (dict(one.inputs), dict(one.parameters))
        assert other.result == one.result
