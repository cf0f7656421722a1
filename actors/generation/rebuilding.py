"""Questions rebuilt from their recipes: what the log keeps against what it makes today."""

from collections.abc import Iterator

import msgspec
from msgspec import UNSET
from msgspec.structs import replace

from actors.generation.hearing.effort import effort
from actors.generation.proposing import Table, subject_of
from actors.generation.rewording import in_other_words
from actors.language.contract import format_of
from actors.language.recipe import rebuilt
from actors.language.soundness import Refusal
from events.dataset import DatasetRegistered
from events.identity import canonical_json
from events.question import Proposal, Question, question_id
from events.struct import Fact
from store.home import Home
from store.projections.state import State


class Rebuilt(Fact, frozen=True):
    """What came of one question."""

    question: str
    """Its id."""
    same: bool
    """Whether what the recipe makes is what is kept, to the byte."""
    differs: tuple[str, ...]
    """The fields that differ; the reason alone, where the recipe makes nothing."""


def rebuilt_all(home: Home, state: State, question: str | None) -> list[Rebuilt]:
    """Every accepted question of a home, or one, rebuilt.

    Args:
        home: whose log and tables.
        state: what its log says.
        question: the id of the only one.
    """
    accepted = state.questions.accepted
    wanted = list(accepted.values()) if question is None else [accepted[question]]
    return [_rebuilt(home, state.datasets.by_id[one.dataset], one) for one in wanted]


def _rebuilt(home: Home, table: DatasetRegistered, kept: Question) -> Rebuilt:
    if isinstance(kept.recipe.computed_by, Proposal):
        return _compared(_from_proposal(kept, kept.recipe.computed_by), kept)
    where = Table(table.dataset, str(home.root), table.blob, table.reader, table.columns, table.noun)
    subject = subject_of(where)
    subject.trim()
    try:
        made = rebuilt(kept, subject)
    except KeyError as unknown:  # a template or a binding of another version
        return Rebuilt(kept.id, False, (f"its template has no {unknown}: it is of another version",))
    if isinstance(made, Refusal):
        return Rebuilt(kept.id, False, (f"{made.reason}: {made.detail}",))
    words = kept.recipe.reworded
    if words is UNSET:
        return _compared(made, kept)
    if words.origin != made.id:
        return Rebuilt(kept.id, False, ("the question that it rewords is not what its recipe makes",))
    return _compared(in_other_words(made, words), kept)


def _from_proposal(kept: Question, proposal: Proposal) -> Question:
    """What follows from a proposal without a session; its answer is recomputed when hooks are graded."""
    return replace(
        kept,
        id=question_id(kept.source, kept.dataset, proposal, kept.question_text, kept.contract),
        format=format_of(kept.contract),
        difficulty=effort(proposal.code),
    )


def _compared(made: Question, kept: Question) -> Rebuilt:
    return Rebuilt(kept.id, canonical_json(made) == canonical_json(kept), tuple(_differing(made, kept)))


def _differing(made: Question, kept: Question) -> Iterator[str]:
    for field in msgspec.structs.fields(Question):
        if canonical_json(getattr(made, field.name)) != canonical_json(getattr(kept, field.name)):
            yield field.name
