"""Which questions of a home somebody is measured on."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from events.identity import identify
from events.question import Question, Source
from store.projections.state import State
from store.splits import SPLITS, Split

Side = Literal["held-out", "all", "train", "test_tables", "test_programs", "test_templates"]
SIDES: tuple[Side, ...] = get_args(Side)
"""What may be asked for: whatever is held out, everything, or one split."""


class NoQuestionError(ValueError):
    """A home has no question that may be asked; the message says what to do."""


@dataclass(frozen=True)
class Chosen:
    """Questions in the order in which they are asked, and how they were chosen."""

    questions: tuple[Question, ...]
    """Each is asked once."""
    told: str
    """How they were chosen, in words."""
    splits: Mapping[str, Split] = field(default_factory=dict)
    """The split of each, where it is in one."""


def chosen(
    state: State,
    split_of: Callable[[Question], Split | None],
    side: Side,
    sources: Collection[Source],
    limit: int | None = None,
) -> Chosen:
    """The questions of verified episodes that no doubt touches; of many always the same ones.

    Args:
        state: what the log gives.
        split_of: the split of a question; None for one that is in none.
        side: which of them may be asked.
        sources: what they may have come from.
        limit: how many at most.

    Raises:
        NoQuestionError: there is none.
    """
    sound = {one.question for one in state.beyond_doubt().values()}
    known = [state.questions.accepted[key] for key in sorted(sound) if key in state.questions.accepted]
    of_source = [one for one in known if one.source in sources]
    splits = {one.id: split for one in of_source if (split := split_of(one)) is not None}
    may_be_asked = (one for one in of_source if _is_on(side, splits.get(one.id)))
    left = sorted(may_be_asked, key=lambda one: identify("asked", one.id))[:limit]
    if not known:
        raise NoQuestionError(
            "the home has no verified episode to take questions from; `tracegate run` makes some"
        )
    if not of_source:
        raise NoQuestionError(f"no verified episode is of source {', '.join(sorted(sources))}; name another")
    if not left:
        told = f"none of {len(of_source)} questions is of split {side}; use --split all"
        raise NoQuestionError(f"{told}, or make more questions of more tables")
    told = f"split {side}" if limit is None else f"split {side}, at most {limit}"
    return Chosen(tuple(left), told, {one.id: splits[one.id] for one in left if one.id in splits})


def _is_on(side: Side, split: Split | None) -> bool:
    """Whether a split is what was asked for; what is in none is asked for by `all` alone."""
    if side == "held-out":
        return split is not None and split != SPLITS[0]
    return side in ("all", split)
