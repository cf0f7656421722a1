"""What read models make of questions in other words, and of words that were refused."""

import pytest

from actors.generation.rewording import in_other_words
from events.calls import CallReserved, CallSettled, Reply
from events.question import QuestionAccepted, Rewording
from events.rewording import RewordingRefused, asked_under, rewording_id
from events.struct import Event
from store.projections.coverage import Coverage, CoverageModel
from store.projections.fold import project
from tests.history import History, dataset_registered, question

TABLE = dataset_registered()
ASKED = question(TABLE.dataset, "template", 0)
OTHER = in_other_words(ASKED, Rewording(ASKED.id, "How heavy are they in the mean?", "m", "p"))
REFUSED = RewordingRefused(ASKED.id, TABLE.dataset, "template", "m", "numbers_differ", "3 must not")


def given(*events: Event) -> History:
    """A home with one question, then these events."""
    history = History()
    history.tell(TABLE)
    stream = history.stream(TABLE.dataset, "template")
    history.tell(QuestionAccepted(stream, 0, ASKED))
    for event in events:
        history.tell(event)  # type: ignore[arg-type]
    return history


def accepted() -> QuestionAccepted:
    return QuestionAccepted(given().stream(TABLE.dataset, "template"), 0, OTHER)


def answered(trace: str) -> tuple[CallReserved, CallSettled]:
    call = CallReserved(f"call {trace}", "r", trace, rewording_id(ASKED.id), "template", "m", "p", "2026-01-02",
                        100, 50, 7)  # fmt: skip
    return call, CallSettled(
        call.call, "answered", "", 80, 20, 3, certain=True, seconds=1.0, reply=Reply("yes")
    )


def test_a_question_in_other_words_is_one_more_of_its_source() -> None:
    state = given(accepted()).state()
    assert state.questions.accepted == {ASKED.id: ASKED, OTHER.id: OTHER}
    assert state.questions.counts()["template"] == 2
    row = state.funnel.rows[TABLE.dataset]["template"]
    assert (row.proposed, row.accepted, row.again) == (2, {ASKED.id, OTHER.id}, 0)


def test_words_that_were_refused_are_counted_by_their_reason() -> None:
    state = given(REFUSED).state()
    assert state.questions.counts()["template"] == 1
    assert state.questions.rejected == {"template": {"numbers_differ": 1}}
    row = state.funnel.rows[TABLE.dataset]["template"]
    assert (row.proposed, row.rejected) == (2, {"numbers_differ": 1})


def test_programs_are_covered_once_whatever_words_they_are_told_in() -> None:
    def by_source(_: object) -> list[tuple[str, str]]:
        return [("source", "template")]

    (coverage,) = project(given(accepted(), REFUSED).events, CoverageModel(by_source))
    assert isinstance(coverage, Coverage)
    assert coverage.tally("source", "template").tried == 1


@pytest.mark.parametrize("end", [REFUSED, accepted()])
def test_answers_are_kept_until_the_words_are_taken_or_refused(end: Event) -> None:
    calls = [event for trace in asked_under(ASKED.id) for event in answered(trace)]
    before, after = given(*calls).state().calls, given(*calls, end).state().calls
    assert before.replies.keys() == set(asked_under(ASKED.id))
    assert not after.replies
    assert not after.sent
    assert after.total.cost == 3 * len(asked_under(ASKED.id)) == after.accounts[rewording_id(ASKED.id)].cost
