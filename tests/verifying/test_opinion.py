"""The second opinion, and what a verdict makes of it."""

from collections import Counter
from collections.abc import Iterator
from itertools import islice

import pytest
from msgspec.structs import replace

from actors.generation.rewording import in_other_words
from actors.language.court import wording
from actors.language.format_note import format_note
from actors.language.program import Undefined
from actors.language.settle import answer_of, axes_of
from actors.language.subject import Subject
from actors.language.term import to_terms
from actors.verifying.opinion import opinion
from events.answers import Answer, matches
from events.question import Axis, Question, Rewording, question_id
from tests.birds import SUBJECT, birds
from tests.trying import accepted, bench

QUESTIONS = [*accepted(SUBJECT, "template", 8), *accepted(SUBJECT, "procedural", 8)]


def numbered(question: Question) -> str | None:
    return next((one.name for one in question.contract.fields if one.kind == "number"), None)


def settled(questions: list[Question]) -> Iterator[tuple[Question, Axis]]:
    """Questions with an axis that the text or the note settles."""
    for question in questions:
        for axis in question.certificate.axes:
            if axis.resolution in ("stated", "conventional") and axis.axis != "reference":
                yield question, axis


def turning(question: Question, axis: Axis, subject: Subject) -> list[tuple[str, Answer]]:
    """The options of an axis that give another answer than the one taken, all else read as settled."""
    record, found = question.recipe.program, []
    for other in (option for option in axis.options if option != axis.taken):
        steps = tuple(
            replace(step, axes=step.axes | {axis.axis: other}) if step.name == axis.step else step
            for step in record.steps
        )
        try:
            answer = answer_of(replace(record, steps=steps), subject)
        except Undefined:
            continue
        if not matches(question.contract, answer, question.answers[0]):
            found.append((other, answer))
    return found


def with_axis(question: Question, old: Axis, *new: Axis) -> Question:
    axes = tuple(part for one in question.certificate.axes for part in (new if one == old else (one,)))
    return replace(question, certificate=replace(question.certificate, axes=axes))


def test_what_the_court_accepted_is_agreed_with() -> None:
    for question in QUESTIONS:
        found = opinion(question, SUBJECT, {})
        assert (found.said, found.open_axis, found.unlike) == ("agrees", "", ""), question.question_text


def test_a_part_that_the_recipe_makes_otherwise_is_told() -> None:
    for question in QUESTIONS:
        first, *others = question.contract.fields
        looser = replace(question.contract, fields=(replace(first, absolute=0.5), *others))
        for part, spoiled in {
            "contract": replace(question, contract=looser),
            "format note": replace(question, format=f"{question.format}\nName: it is another."),
            "hint": replace(question, hint="Guess."),
            "text": replace(question, question_text=f"And {question.question_text}"),
        }.items():
            found = opinion(spoiled, SUBJECT, {})
            assert (found.said, found.unlike) == ("agrees", part), question.question_text


def test_words_of_a_model_are_agreed_with_where_the_recipe_makes_the_question_that_they_replace() -> None:
    for question in QUESTIONS:
        words = Rewording(question.id, "What was asked, in other words?", "m", "p")
        assert opinion(in_other_words(question, words), SUBJECT, {}).unlike == ""
        of_another = in_other_words(question, replace(words, origin="0" * 32))
        assert opinion(of_another, SUBJECT, {}).unlike == "origin"
        spoken_on = replace(in_other_words(question, words), question_text="And more of it.")
        assert opinion(spoken_on, SUBJECT, {}).unlike == "text"


def test_what_was_made_by_other_operators_is_not_held_against_what_is_made_today() -> None:
    (question, *_) = QUESTIONS
    older = replace(question.recipe, operators=dict.fromkeys(question.recipe.operators, 0))
    assert opinion(replace(question, hint="As it was.", recipe=older), SUBJECT, {}).unlike == ""


def test_an_accepted_answer_that_does_not_come_out_is_disagreed_with() -> None:
    for question in QUESTIONS:
        name = numbered(question)
        if name is not None:
            answers = tuple(dict(one) | {name: 1e9} for one in question.answers)
            found = opinion(replace(question, answers=answers), SUBJECT, {})
            assert (found.said, "1000000000.0" in found.answer) == ("disagrees", True)


def test_a_certificate_that_says_of_an_axis_what_does_not_hold_is_told_with_the_axis() -> None:
    told: Counter[str] = Counter()
    for question, axis in settled(QUESTIONS):
        other = next(option for option in axis.options if option != axis.taken)
        for forged in ((), (replace(axis, resolution="immaterial"),), (replace(axis, taken=other),)):
            found = opinion(with_axis(question, axis, *forged), SUBJECT, {})
            assert f"{axis.axis} of {axis.step} is " in found.open_axis
            told[axis.axis] += 1
    assert len(told) > 2


def test_the_reading_that_gives_a_trace_its_answer_is_named() -> None:
    named: Counter[str] = Counter()
    for question, axis in settled(QUESTIONS):
        for other, answer in turning(question, axis, SUBJECT):
            (readings,) = opinion(question, SUBJECT, {"t": answer}).readings.values()
            assert f"{axis.axis} of {axis.step} read as {other}, not {axis.taken}" in readings
            named[axis.axis] += 1
    assert sum(named.values()) > 2
    assert opinion(QUESTIONS[0], SUBJECT, {"t": {"none": 1}}).readings == {"t": ()}


@pytest.mark.parametrize("most", [3, pytest.param(40, marks=pytest.mark.full)])
async def test_a_falsified_certificate_is_refused_as_ambiguous_and_names_the_axis(most: int) -> None:
    """The text says nothing of an axis that matters, and the certificate says that it does."""
    tried = 0
    async with bench() as desk:
        for seed in range(20 * most):
            subject = await desk.take(birds(rows=40 + seed % 40, seed=seed))
            questions = [one for kind in ("template", "procedural") for one in accepted(subject, kind, 4)]
            mattering = (one for one in settled(questions) if turning(*one, subject))
            for question, axis in islice(mattering, 1):
                forged = _silent(question, axis, subject.words)
                if forged is None:
                    continue
                judged = await desk.judged(forged)
                assert judged.verdict == "ambiguous", judged.why
                assert f"{axis.axis} of " in judged.why
                tried += 1
            if tried >= most:
                break
    assert tried >= most


def _silent(question: Question, axis: Axis, words: object) -> Question | None:
    """The question in words that leave the axis open, under a certificate that calls it immaterial."""
    record = question.recipe.program
    steps = tuple(
        replace(step, axes={name: one for name, one in step.axes.items() if name != axis.axis})
        for step in record.steps
    )
    opened = replace(record, steps=steps)
    recipe = replace(question.recipe, program=opened)
    text = wording(opened, recipe.template, recipe.bindings, recipe.phrasing, words)  # type: ignore[arg-type]
    note = format_note(to_terms(opened), question.contract, words)  # type: ignore[arg-type]
    if (text, note) == (question.question_text, question.format):
        return None
    certificate = replace(question.certificate, axes=axes_of(opened))
    new = question_id(question.source, question.dataset, opened, text, question.contract)
    return replace(question, id=new, question_text=text, format=note, recipe=recipe, certificate=certificate)
