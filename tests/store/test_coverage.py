"""Coverage counts each proposal once under each of its headings, and says how sure its shares are."""

from collections.abc import Iterator

import pytest
from hypothesis import given, strategies as st

from events.question import QuestionAccepted, QuestionRejected
from events.runtime import WorkStamp
from store.projections.coverage import Coverage, CoverageModel, Tally, Tried
from store.projections.fold import BrokenHistoryError, project
from tests.history import History, dataset_registered, question, told


def by_source(one: Tried) -> Iterator[tuple[str, str]]:
    yield "source", one.source
    yield "source", one.source
    yield from (("operator", name) for name in one.operators)
    yield "steps", str(one.steps)


def covered(history: History) -> Coverage:
    (coverage,) = project(history.events, CoverageModel(by_source))
    assert isinstance(coverage, Coverage)
    return coverage


def test_every_proposal_is_counted_once_under_each_heading() -> None:
    found = covered(told(3))
    for source in ("template", "procedural"):
        tally = found.tally("source", source)
        assert (tally.tried, tally.accepted, tally.refused) == (4, 3, {"dead_step": 1})
    assert found.tally("operator", "mean").tried == 6
    assert found.tally("operator", "median") == Tally()
    assert {name: one.tried for name, one in found.tallies["steps"].items()} == {"1": 6, "0": 2}


def test_a_rejection_counts_for_the_operators_that_it_tells_of() -> None:
    history = told(1, ("template",))
    stream = history.stream(dataset_registered().dataset, "template")
    history.tell(QuestionRejected(stream, 9, "too_long", "70 words", ("mean", "above_mean"), 7))
    found = covered(history)
    assert found.tally("operator", "above_mean").refused == {"too_long": 1}
    assert found.tally("steps", "7").tried == 1


def test_a_question_that_a_second_stream_proposes_counts_once() -> None:
    history = told(2, ("template",))
    table = dataset_registered().dataset
    stream = history.stream(table, "template")
    history.tell(QuestionAccepted(stream, 7, question(table, "template", 1)))
    found = covered(history)
    assert len(found.accepted) == found.tally("source", "template").accepted == 2
    assert found.tally("source", "template").tried == 3


def test_the_first_rejection_for_each_reason_is_the_example() -> None:
    history = told(2, ("template",))
    stream = history.stream(dataset_registered().dataset, "template")
    for index, reason in enumerate(("dead_step", "ambiguous", "ambiguous"), start=5):
        history.tell(QuestionRejected(stream, index, reason, f"number {index}"))
    found = covered(history).examples
    assert {reason: one.index for reason, one in found.items()} == {"dead_step": 2, "ambiguous": 6}


def test_work_that_came_to_nothing_is_not_counted() -> None:
    history = told(1)
    counts = covered(history).tally("source", "template").tried
    stream = history.stream(dataset_registered().dataset, "template")
    history.tell(QuestionRejected(stream, 5, "dead_step", ""), WorkStamp("court:late", 1, finishes=False))
    assert covered(history).tally("source", "template").tried == counts


def test_a_proposal_of_a_stream_that_nobody_requested_is_a_broken_history() -> None:
    history = told(1)
    history.tell(QuestionRejected("nowhere", 0, "dead_step", ""))
    with pytest.raises(BrokenHistoryError, match="stream nowhere, whose table nobody registered"):
        covered(history)


@pytest.mark.parametrize(
    ("accepted", "tried", "low", "high"),
    [(0, 0, 0.0, 1.0), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (5, 10, 0.2366, 0.7634)],
)
def test_the_interval_of_a_yield_is_wilsons(accepted: int, tried: int, low: float, high: float) -> None:
    assert Tally(tried, accepted).interval() == pytest.approx((low, high), abs=2e-4)


@given(st.integers(1, 500).flatmap(lambda tried: st.tuples(st.just(tried), st.integers(0, tried))))
def test_an_interval_holds_its_share_and_lies_between_none_and_all(counts: tuple[int, int]) -> None:
    tried, accepted = counts
    low, high = Tally(tried, accepted).interval()
    assert 0 <= low <= accepted / tried <= high <= 1 or accepted in (0, tried)
    assert high - low < 0.8 or tried < 5


def test_only_what_it_hears_changes_it() -> None:
    model = CoverageModel(by_source)
    history = told(2)
    heard = [one for one in history.events if type(one.event) in model.HEARS]
    assert len(heard) < len(history.events)
    state = model.initial()
    for one in heard:
        model.apply(state, one)
    assert state == covered(history)
