"""Which questions of a home somebody is measured on."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from events.identity import identify
from events.question import Question, Source
from store.projections.state import State


class NoQuestionError(ValueError):
    """A home has no question that may be asked; the message says what to do."""


@dataclass(frozen=True)
class Chosen:
    """Questions in the order in which they are asked, and how they were chosen."""

    questions: tuple[Question, ...]
    told: str


def chosen(
    state: State,
    may_be_asked: Callable[[Question], bool],
    told: str,
    sources: Collection[Source],
    limit: int | None = None,
) -> Chosen:
    """The questions of verified episodes that no doubt touches; of many always the same ones.

    Args:
        state: what the log gives.
        may_be_asked: whether a question stands on the side that is measured on.
        told: which side that is, in words.
        sources: what they may have come from.
        limit: how many at most.

    Raises:
        NoQuestionError: there is none.
    """
    sound = {one.question for one in state.beyond_doubt().values()}
    known = [state.questions.accepted[key] for key in sorted(sound) if key in state.questions.accepted]
    of_source = [one for one in known if one.source in sources]
    left = sorted(filter(may_be_asked, of_source), key=lambda one: identify("asked", one.id))[:limit]
    if not known:
        raise NoQuestionError(
            "the home has no verified episode to take questions from; `tracegate run` makes some"
        )
    if not of_source:
        raise NoQuestionError(f"no verified episode is of source {', '.join(sorted(sources))}; name another")
    if not left:
        raise NoQuestionError(
            f"none of {len(of_source)} questions is {told}; use --split all, or more tables"
        )
    return Chosen(tuple(left), told if limit is None else f"{told}, at most {limit}")
