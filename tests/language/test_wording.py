"""Text and program are two forms of one thing: each can be had from the other."""

import pytest
from hypothesis import given, settings, strategies as st

from actors.generation.streams import proposals
from actors.language.court import judge
from actors.language.format_note import conventions_of
from actors.language.parse_english import parse
from actors.language.pattern import quoted, tokens, unquoted
from actors.language.readings import open_axes, readings
from actors.language.render_english import question, template_question
from actors.language.settle import with_option
from actors.language.templates import TEMPLATES
from actors.language.term import to_record, to_terms
from events.question import ProgramRecord, Question
from tests.birds import COLUMNS, SUBJECT, proposed

WORDS = SUBJECT.words


def _note(record: ProgramRecord) -> str:
    sentences = conventions_of(to_terms(record).values(), COLUMNS)
    return "\n".join(f"Convention: {sentence}" for sentence in sentences)


@settings(deadline=None, max_examples=80)
@given(index=st.integers(0, 500), phrasing=st.integers(0, 1))
def test_a_text_reads_back_as_exactly_the_readings_of_its_program(index: int, phrasing: int) -> None:
    answer = proposed("wording", index)
    meant = {repr(reading) for reading in readings(to_record(answer))}
    assert {repr(record) for record in parse(question(answer, phrasing, WORDS), "", WORDS)} == meant


@settings(deadline=None, max_examples=60)
@given(index=st.integers(0, 500), data=st.data())
def test_a_text_that_states_every_axis_has_one_reading(index: int, data: st.DataObject) -> None:
    record = to_record(proposed("wording", index))
    while open_axes(to_terms(record)):
        key, options = next(iter(open_axes(to_terms(record)).items()))
        record = with_option(record, key, data.draw(st.sampled_from(options)))
    assert parse(question(to_terms(record), 0, WORDS), _note(record), WORDS) == [record]


@settings(deadline=None, max_examples=60)
@given(one=st.integers(0, 300), other=st.integers(0, 300))
def test_programs_that_differ_never_share_a_text(one: int, other: int) -> None:
    left, right = (proposed("wording", index) for index in (one, other))
    if to_record(left) != to_record(right):
        assert question(left, 0, WORDS) != question(right, 0, WORDS)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.name)
def test_every_sentence_of_a_template_reads_back_as_its_program(template: object) -> None:
    declared = next(one for one in TEMPLATES if one is template)
    for bindings in list(declared.bindings(COLUMNS))[:6]:
        record = to_record(declared.program(bindings))
        meant = {repr(reading) for reading in readings(record)}
        for phrasing in range(len(declared.sentences)):
            text = template_question(declared.name, bindings, {}, phrasing, WORDS)
            assert {repr(one) for one in parse(text, "", WORDS)} == meant


@given(st.text())
def test_any_name_survives_being_quoted_in_a_text(name: str) -> None:
    (token,) = tokens(quoted(name))
    assert unquoted(token) == name


def test_the_text_of_an_accepted_question_names_each_column_that_its_answer_depends_on() -> None:
    columns = {column.name for column in COLUMNS}
    accepted = _accepted()
    assert len(accepted) >= 20
    for one in accepted:
        used = {
            value
            for step in one.recipe.program.steps
            for value in step.parameters.values()
            if value in columns
        }
        named = {name for name in columns if quoted(name) in one.question_text}
        assert named == used, one.question_text


def test_hints_hold_no_number_from_the_data() -> None:
    for one in _accepted():
        outside_names = one.hint
        for column in COLUMNS:
            outside_names = outside_names.replace(quoted(column.name), "")
        assert not any(character.isdigit() for character in outside_names), one.hint


def _accepted() -> list[Question]:
    found: list[Question] = []
    for source in ("template", "procedural"):
        for number, proposal in enumerate(proposals(source, SUBJECT, "accepted")):
            if number == 60:
                break
            verdict = judge(proposal, SUBJECT) if proposal else None
            if isinstance(verdict, Question):
                found.append(verdict)
    return found
