"""What the oracle expects: tables on which the program decides alike while its values move."""

import pandas as pd
import pytest

from actors.language.kinds import DECISIONS
from actors.language.program import Undefined
from actors.language.subject import Subject
from actors.profiling.perturb import perturb
from actors.verifying.oracle import KEPT, Expectation, checkpoints, expectation
from events.dataset import ColumnProfile
from events.question import Question
from events.values import close, value_of
from tests.birds import READER, SUBJECT, birds, subject_of
from tests.trying import SOURCES, accepted

QUESTIONS = [question for source in SOURCES for question in accepted(SUBJECT, source, 8, key="oracle")]
EXPECTED = [(question, expectation(question.recipe.program, SUBJECT)) for question in QUESTIONS]


def decisions(question: Question) -> set[str]:
    program = SUBJECT.program(question.recipe.program)
    return {step.name for step in program.steps if program.kind(step.name) in DECISIONS}


def on(subject: Subject, kind: str, seed: int) -> Subject:
    frame = perturb(subject.frame, kind, seed)
    return Subject(subject.dataset, subject.reader, subject.columns, frame)


def moved(found: Expectation) -> set[str]:
    return {
        name
        for _, there in found.perturbed
        for name, value in there.items()
        if not close(value, found.original[name])
    }


def test_the_original_values_are_those_of_the_program() -> None:
    for question, found in EXPECTED:
        values = SUBJECT.program(question.recipe.program).run(SUBJECT.idioms)
        assert found.original == {name: value_of(value) for name, value in values.items()}


def test_the_perturbed_values_are_those_of_the_program_on_the_named_table() -> None:
    for question, found in EXPECTED:
        program = SUBJECT.program(question.recipe.program)
        for table, there in found.perturbed:
            assert there == checkpoints(program, on(SUBJECT, table.kind, table.seed))


def test_every_decision_stays_on_the_kept_tables() -> None:
    assert any(decisions(question) for question in QUESTIONS)
    for question, found in EXPECTED:
        for _, there in found.perturbed:
            for name in decisions(question):
                assert there[name].digest == found.original[name].digest


def test_two_tables_are_kept_and_between_them_nearly_every_other_value_moves() -> None:
    movable = still = 0
    for question, found in EXPECTED:
        assert len({table for table, _ in found.perturbed}) == KEPT
        names = set(found.original) - decisions(question)
        movable += len(names)
        still += len(names - moved(found))
    assert movable
    assert still <= movable // 20


def test_expectations_are_the_same_each_time() -> None:
    for question, found in EXPECTED[:4]:
        assert expectation(question.recipe.program, subject_of(birds())) == found


def test_working_them_out_changes_no_table() -> None:
    before = SUBJECT.frame.copy()
    expectation(QUESTIONS[0].recipe.program, SUBJECT)
    pd.testing.assert_frame_equal(SUBJECT.frame, before)


@pytest.mark.parametrize("flat", [1.0, 3.5])
def test_a_program_whose_values_hardly_move_still_has_its_expectation(flat: float) -> None:
    """On a table of equal numbers many programs have no value, and those that have one stay as they are."""
    still = 0
    columns = [column.name for column in SUBJECT.columns if column.kind == "measure"]
    flat_birds = subject_of(birds().assign(**dict.fromkeys(columns, flat)))
    for question in QUESTIONS:
        try:
            found = expectation(question.recipe.program, flat_birds)
        except Undefined:
            with pytest.raises(Undefined):
                flat_birds.program(question.recipe.program).run(flat_birds.idioms)
            continue
        still += 1
        assert len(found.perturbed) <= KEPT
        assert set(found.original) == {step.name for step in question.recipe.program.steps}
    assert still


def test_a_table_of_codes_alone_is_no_obstacle() -> None:
    """Nothing that is done to columns of codes moves them much; a program on them has an expectation."""
    frame = pd.DataFrame({"code": [1, 2, 3, 4] * 30, "mark": [float(number % 7) for number in range(120)]})
    columns = (
        ColumnProfile("code", "category", True, 0, 4, ("1", "2", "3", "4")),
        ColumnProfile("mark", "measure", True, 0, 7),
    )
    subject = Subject("c" * 32, READER, columns, frame)
    found = [expectation(one.recipe.program, subject) for one in accepted(subject, "procedural", 4)]
    assert found
    assert all(len(one.perturbed) <= KEPT for one in found)


def test_a_program_without_a_value_on_its_own_table_has_no_expectation() -> None:
    empty = subject_of(birds().iloc[:0])
    raised = 0
    for question in QUESTIONS:
        try:
            expectation(question.recipe.program, empty)
        except Undefined:
            raised += 1
    assert raised
