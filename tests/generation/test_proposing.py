"""The court's rulings on a stream do not depend on how the stream is cut into stretches."""

from collections.abc import Iterator

import pytest

from actors.generation import proposing, streams
from actors.generation.generator import STRETCH
from actors.generation.proposing import Ruling, Stretch, Table, rule_on
from actors.language.court import Proposal
from actors.language.operator import grammar
from actors.language.subject import Subject
from events.question import Source, stream_id
from tests.trying import SOURCES

PROPOSALS = 36
ALL = 10**6


def ruled(table: Table, source: Source, most: int, need: int = ALL, end: int = PROPOSALS) -> list[Ruling]:
    """The rulings up to a place of the stream, asked for in stretches of so many proposals."""
    stream = stream_id(table.dataset, source, 0)
    rulings: list[Ruling] = []
    while len(rulings) < end:
        stretch = Stretch(stream, source, len(rulings), min(most, end - len(rulings)), need)
        found, ended = rule_on(table, stretch)
        rulings += found
        if ended:
            break
    return rulings


@pytest.mark.parametrize("source", SOURCES)
def test_the_same_questions_are_accepted_however_the_stream_is_cut(table: Table, source: Source) -> None:
    whole = ruled(table, source, STRETCH)
    assert ruled(table, source, 1) == whole
    assert ruled(table, source, 7, need=2) == whole
    assert [ruling.index for ruling in whole] == list(range(PROPOSALS))
    assert any(ruling.question for ruling in whole)


def test_a_ruling_is_a_question_or_a_reason(table: Table) -> None:
    for ruling in ruled(table, "procedural", STRETCH):
        assert (ruling.question is None) == bool(ruling.reason)
        assert bool(ruling.reason) == bool(ruling.detail)


@pytest.mark.parametrize("source", SOURCES)
def test_a_ruling_tells_which_operators_it_is_about_and_how_many_steps(table: Table, source: Source) -> None:
    rulings = ruled(table, source, STRETCH)
    assert all(set(ruling.operators) <= grammar().keys() and ruling.operators for ruling in rulings)
    assert all(ruling.steps >= len(ruling.operators) for ruling in rulings)
    for ruling in rulings:
        if ruling.question is not None:
            used = [step.operator for step in ruling.question.recipe.program.steps]
            assert (set(ruling.operators), ruling.steps) == (set(used), len(used))


def test_a_stretch_ends_with_the_last_question_that_is_needed(table: Table) -> None:
    stretch = Stretch(stream_id(table.dataset, "template", 0), "template", 0, 100, 2)
    rulings, ended = rule_on(table, stretch)
    assert not ended
    assert [ruling.question is not None for ruling in rulings].count(True) == 2
    assert rulings[-1].question is not None


def test_a_stream_that_ends_says_so(table: Table) -> None:
    stream = stream_id(table.dataset, "template", 0)
    beyond = Stretch(stream, "template", 10**6, STRETCH, 1)
    assert rule_on(table, beyond) == ([], True)


def test_a_stream_that_failed_is_not_taken_for_one_that_ended(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    stretch = Stretch(stream_id(table.dataset, "procedural", 7), "procedural", 0, 3, ALL)

    def failing(source: Source, subject: Subject, key: str) -> Iterator[tuple[Proposal, bool]]:
        yield next(iter(whole(source, subject, key)))
        raise ArithmeticError(key)

    whole = streams.proposed
    with monkeypatch.context() as patched:
        patched.setattr(proposing, "proposed", failing)
        for _ in range(2):
            with pytest.raises(ArithmeticError):
                rule_on(table, stretch)
    rulings, ended = rule_on(table, stretch)
    assert (len(rulings), ended) == (3, False)


def test_a_later_stretch_can_be_ruled_on_without_the_earlier_ones(table: Table) -> None:
    seed_two = stream_id(table.dataset, "procedural", 2)
    late, _ = rule_on(table, Stretch(seed_two, "procedural", 20, 2, ALL))
    early, _ = rule_on(table, Stretch(seed_two, "procedural", 0, 22, ALL))
    assert late == early[20:]
