"""Whatever columns and labels are called, a text names them so that they are found again, and code spells them."""

import ast
import json
from collections.abc import Iterator

import numpy as np
from hypothesis import assume, given, settings, strategies as st

from actors.language.evaluation import Engine, Undefined
from actors.language.format_note import columns_of
from actors.language.lexicon import Lexicon
from actors.language.operator import Columns, IllTyped
from actors.language.parse_english import parse
from actors.language.pattern import quoted, reads_plainly, tokens, unquoted
from actors.language.program import Program
from actors.language.readings import readings
from actors.language.render_english import question
from actors.language.render_python import arrays_for, imports_for, render
from actors.language.term import to_record, to_terms
from actors.profiling.readable import readable_of
from actors.profiling.unasked import with_unasked
from events.dataset import ColumnProfile
from events.question import ProgramRecord
from events.values import value_of
from tests.birds import proposed
from tests.language.odd_names import LABELLED, NAMES, SHOWN_LABELS, SHOWN_NAMES, TEXTS, renamed

PLACES = st.integers(0, 150)


def _columns(names: list[str]) -> tuple[ColumnProfile, ...]:
    readable = readable_of(names, names)
    columns = [
        ColumnProfile(name, "measure", True, 0, 99, readable=said)
        for name, said in zip(names, readable, strict=True)
    ]
    return with_unasked(columns, frozenset(), frozenset())


@settings(deadline=None, max_examples=150)
@given(names=NAMES)
def test_no_two_columns_are_called_alike_and_each_is_found_by_its_name(names: list[str]) -> None:
    columns = _columns(names)
    words = Lexicon(columns)
    called = [words.name(one.name) for one in columns if not one.unasked]
    assert len({name[:1].lower() + name[1:] for name in called}) == len(called)
    for one in columns:
        if not one.unasked:
            said = tokens(words.name(one.name))
            assert list(words.headers_at(said, 0)) == [(len(said), one.name)]


@settings(deadline=None, max_examples=150)
@given(names=NAMES)
def test_what_a_column_is_called_is_seen_as_it_is_and_stands_on_one_line(names: list[str]) -> None:
    columns = _columns(names)
    words = Lexicon(columns)
    for one in columns:
        name = words.name(one.name)
        if not one.unasked:
            assert name.isprintable()
            assert "\\" not in name
            assert len(name) <= 102
        for sentence in words.legend([one.name]):
            assert sentence.isprintable()
            exact = sentence.partition(" is the column ")[2]
            assert json.JSONDecoder().raw_decode(exact)[0] == one.name


@given(TEXTS)
def test_what_reads_plainly_is_in_quotes_what_it_is_without(text: str) -> None:
    if reads_plainly(text):
        assert quoted(text) == f'"{text}"'
    assert unquoted(*tokens(quoted(text))) == text


@settings(deadline=None, max_examples=60)
@given(names=SHOWN_NAMES, levels=SHOWN_LABELS, index=PLACES, phrasing=st.integers(0, 1))
def test_a_text_about_any_names_reads_back_as_its_program_alone(
    names: list[str], levels: list[str], index: int, phrasing: int
) -> None:
    birds = renamed(names, levels)
    record = birds.program(to_record(proposed("names", index)))
    assume(_is_asked(record, birds.subject.columns))
    text = question(to_terms(record), phrasing, birds.subject.words)
    assert text.isprintable()
    assert "\\" not in text
    meant = {repr(reading) for reading in readings(record)}
    assert {repr(one) for one in parse(text, "", birds.subject.words)} == meant, text


@settings(deadline=None, max_examples=60)
@given(names=NAMES, levels=LABELLED, index=PLACES)
def test_what_no_text_can_name_is_in_no_program(names: list[str], levels: list[str], index: int) -> None:
    birds = renamed(names, levels)
    record = birds.program(to_record(proposed("names", index)))
    unasked = {one.name for one in birds.subject.columns if one.unasked}
    unshown = [
        value
        for step in record.steps
        for name, value in step.parameters.items()
        if name.startswith("level") and not reads_plainly(value)
    ]
    if unasked & columns_of(to_terms(record).values()) or unshown:
        assert not _is_asked(record, birds.subject.columns)


def _is_asked(record: ProgramRecord, columns: Columns) -> bool:
    try:
        Program(record, columns)
    except IllTyped:
        return False
    return True


@settings(deadline=None, max_examples=25)
@given(names=SHOWN_NAMES, levels=SHOWN_LABELS, index=PLACES, engine=st.sampled_from(["idiom", "arithmetic"]))
def test_code_spells_any_name_so_that_it_gives_what_the_functions_give(
    names: list[str], levels: list[str], index: int, engine: Engine
) -> None:
    birds = renamed(names, levels)
    record = birds.program(to_record(proposed("names", index)))
    assume(_is_asked(record, birds.subject.columns))
    subject, program = birds.subject, birds.subject.program(record)
    try:
        expected = program.run(subject.idioms if engine == "idiom" else subject.arithmetic)
    except Undefined:
        return
    codes = render(program, engine)
    made = arrays_for(program, codes) if engine == "arithmetic" else []
    code = "\n".join(
        [*imports_for([*made, *(one.code for one in codes)]), *made, *(one.code for one in codes)]
    )
    assert columns_of(to_terms(record).values()) <= set(_spelled(code))
    space = {"df": subject.frame, "np": np}
    with np.errstate(all="ignore"):
        exec(code, space)
    for name, value in expected.items():
        assert value_of(space[name]).digest == value_of(value).digest, code


def _spelled(code: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
