"""The verbaliser owes each template and procedural question in scope one rewording, whatever comes of it."""

from collections.abc import Collection
from typing import Any

import pytest

from actors.generation.generator import Generator
from actors.generation.rewording import in_other_words, plain_words
from actors.generation.verbaliser import Verbaliser, VerbaliserState
from actors.language.soundness import Refusal
from events.dataset import DatasetTaken
from events.question import SOURCES, Question, QuestionAccepted, Rewording, Source
from events.rewording import RewordingRefused
from events.runtime import RunStarted
from tests.history import History, dataset_registered, question

TABLE = dataset_registered()
REFUSAL = Refusal("numbers_differ", "3 must not")


class Rewords:
    """Gives what it was told to give, and keeps what it was asked."""

    def __init__(self, found: Refusal | None = None) -> None:
        self.found = found
        self.asked: list[tuple[Question, Collection[str]]] = []

    async def __call__(self, asked: Question, known: Collection[str]) -> Question | Refusal:
        self.asked.append((asked, known))
        return self.found or other(asked)


def other(asked: Question) -> Question:
    return in_other_words(asked, Rewording(asked.id, f"Please: {asked.question_text}", "m", "p"))


def given(*sources: Source, questions: int = 1) -> History:
    """A home with so many questions of each source, and a run over these sources."""
    history = History()
    for source in SOURCES:
        stream = history.stream(TABLE.dataset, source)
        for number in range(questions):
            history.tell(QuestionAccepted(stream, number, question(TABLE.dataset, source, number)))
    history.tell(RunStarted("run", 0, sources))
    history.tell(DatasetTaken(TABLE.dataset))
    return history


def folded(actor: Verbaliser, history: History) -> VerbaliserState:
    state = actor.initial()
    for recorded in history.events:
        actor.apply(state, recorded)
    return state


def owed(history: History) -> list[str]:
    actor = Verbaliser("m", Rewords())
    return [work.removeprefix("reword:") for work in actor.todo(folded(actor, history))]


def test_each_question_in_scope_is_owed_one_and_none_that_a_model_proposed() -> None:
    ids = {source: question(TABLE.dataset, source, 0).id for source in SOURCES}
    assert owed(given(*SOURCES)) == [ids["template"], ids["procedural"]]
    assert owed(given("procedural")) == [ids["procedural"]]
    assert not owed(given("llm"))


@pytest.mark.parametrize("refusal", [None, REFUSAL])
async def test_what_comes_of_it_settles_it_and_is_told(refusal: Refusal | None) -> None:
    history, rewords = given("template", questions=2), Rewords(refusal)
    actor = Verbaliser("m", rewords)
    first, second = actor.todo(folded(actor, history)).values()
    (event,) = (await first.run()).events
    asked, known = rewords.asked[0]
    if refusal is None:
        assert event == QuestionAccepted(history.stream(TABLE.dataset, "template"), 0, other(asked))
    else:
        assert event == RewordingRefused(
            asked.id, TABLE.dataset, "template", "m", refusal.reason, refusal.detail
        )
    assert known == {
        plain_words(question(TABLE.dataset, "template", number).question_text) for number in (0, 1)
    }
    history.tell(event)
    assert list(actor.todo(folded(actor, history))) == [second.key]


async def test_words_of_another_table_are_no_words_of_this_one() -> None:
    history, rewords = given("template"), Rewords()
    elsewhere = question(dataset_registered("gulls").dataset, "template", 5)
    history.tell(QuestionAccepted(history.stream(elsewhere.dataset, "template"), 0, elsewhere))
    actor = Verbaliser("m", rewords)
    (work,) = actor.todo(folded(actor, history)).values()
    await work.run()
    assert plain_words(elsewhere.question_text) not in rewords.asked[0][1]


def test_what_is_in_other_words_is_no_proposal_of_the_stream() -> None:
    history = given("template")
    stream = history.stream(TABLE.dataset, "template")
    history.tell(QuestionAccepted(stream, 0, other(question(TABLE.dataset, "template", 0))))
    generator = Generator(_nobody, _nobody, lambda asked: asked.id)
    state = generator.initial()
    for recorded in history.events:
        generator.apply(state, recorded)
    found = state.streams[stream]
    assert (found.accepted, found.next, len(found.unjudged)) == (1, 1, 1)


async def _nobody(*_: object) -> Any:
    raise AssertionError("nothing is proposed here")


def test_a_question_that_a_second_stream_proposes_again_is_reworded_once() -> None:
    history = given("template")
    asked = question(TABLE.dataset, "template", 0)
    history.tell(QuestionAccepted(history.stream(TABLE.dataset, "template"), 0, other(asked)))
    history.tell(QuestionAccepted(history.stream(TABLE.dataset, "template", 1), 0, asked))
    assert not owed(history)
