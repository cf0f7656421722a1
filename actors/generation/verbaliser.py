"""The verbaliser: owes each template or procedural question in scope one rewording by a model."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field

from msgspec import UNSET

from actors.generation.rewording import plain_words
from actors.language.soundness import Refusal
from actors.runtime.work import Work, Yield
from actors.scope import HEARD, Scope
from events.envelope import Recorded
from events.question import Question, QuestionAccepted
from events.rewording import RewordingRefused
from events.struct import Event

Reword = Callable[[Question, Collection[str]], Awaitable[Question | Refusal]]
"""Has a model reword a question, and the words tried: the question, and the words of all of its table."""


@dataclass
class VerbaliserState:
    """The scope, the questions that wait for other words, and those of which it is settled."""

    scope: Scope = field(default_factory=Scope)
    owed: dict[str, QuestionAccepted] = field(default_factory=dict)
    settled: set[str] = field(default_factory=set)
    known: dict[str, set[str]] = field(default_factory=dict)
    """The plain words of every question of a table."""


class Verbaliser:
    """Has each question reworded once; it stands in its own words whatever comes of that.

    Args:
        model: name of the model.
        reword: has one question reworded, and attempts made on the new words.
    """

    name = "verbaliser"
    hears: frozenset[type[Event]] = HEARD | {QuestionAccepted, RewordingRefused}

    def __init__(self, model: str, reword: Reword) -> None:
        self.model = model
        self.reword = reword

    def initial(self) -> VerbaliserState:
        """Nothing is owed."""
        return VerbaliserState()

    def apply(self, state: VerbaliserState, recorded: Recorded[Event]) -> None:
        """A question brings a rewording to be had; words that were taken or refused settle it."""
        event = recorded.event
        state.scope.apply(event)
        if isinstance(event, RewordingRefused):
            _settle(state, event.origin)
        elif isinstance(event, QuestionAccepted):
            words = state.known.setdefault(event.question.dataset, set())
            words.add(plain_words(event.question.question_text))
            _hear_question(state, event)

    def todo(self, state: VerbaliserState) -> Mapping[str, Work]:
        """A rewording of every question in scope that has had none, in the order of the questions."""
        owed = [one for one in state.owed.values() if state.scope.holds(one.question)]
        works = (self._work(one, state.known[one.question.dataset]) for one in owed)
        return {work.key: work for work in works}

    def _work(self, accepted: QuestionAccepted, known: Collection[str]) -> Work:
        question = accepted.question

        async def run() -> Yield:
            found = await self.reword(question, frozenset(known))
            if isinstance(found, Question):
                return Yield([QuestionAccepted(accepted.stream, accepted.index, found)])
            return Yield([self._refused(question, found)])

        return Work(key=f"reword:{question.id}", run=run, correlation=question.id)

    def _refused(self, question: Question, why: Refusal) -> RewordingRefused:
        return RewordingRefused(
            question.id, question.dataset, question.source, self.model, why.reason, why.detail
        )


def _hear_question(state: VerbaliserState, accepted: QuestionAccepted) -> None:
    question = accepted.question
    words = question.recipe.reworded
    if words is not UNSET:
        _settle(state, words.origin)
    elif question.source != "llm" and question.id not in state.settled:
        state.owed.setdefault(question.id, accepted)


def _settle(state: VerbaliserState, origin: str) -> None:
    state.settled.add(origin)
    state.owed.pop(origin, None)
