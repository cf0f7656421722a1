"""What a model proposes as a question, and its reference code run behind the wall.

Whoever proposes, the court that hears it and the oracle that stands in for a program meet here.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from msgspec import Meta

from actors.ports import InfrastructureError, Workers
from events.answers import AnswerContract
from events.question import Proposal
from events.struct import Fact
from events.trace import CellResult, Perturbation, author_of

DraftKind = Literal["number", "integer", "label", "labels", "flag"]
Shown = Literal["header", "nothing"]
"""What a model is shown in the place of the data when it guesses."""
SHOWN: tuple[Shown, ...] = ("header", "nothing")


class DraftField(Fact, frozen=True):
    """One field of the answer, as a model asks for it; decimals follow from the value."""

    name: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    """Its key in the answer."""
    kind: DraftKind
    """What it holds."""
    unit: Annotated[str, Meta(max_length=20)] = ""
    """Unit of a number."""
    ordered: bool = True
    """For labels: whether their order counts."""
    ties: Annotated[str, Meta(max_length=200)] = ""
    """What to give when several tie, as a sentence."""
    missing: Annotated[str, Meta(max_length=200)] = ""
    """How missing values are treated, as a sentence."""


class Draft(Fact, frozen=True):
    """A question as a model proposed it, in the form that was asked for; nothing of it is judged."""

    question: Annotated[str, Meta(min_length=15, max_length=600)]
    """What is asked."""
    fields: Annotated[tuple[DraftField, ...], Meta(min_length=1, max_length=4)]
    """The fields of the answer."""
    hint: Annotated[str, Meta(min_length=10, max_length=600)]
    """A plan without numbers from the data."""
    code: Annotated[str, Meta(min_length=10, max_length=6000)]
    """The reference code."""


@dataclass(frozen=True)
class NoDraft:
    """A model came to no proposal."""

    stop: str
    """Why, in a word."""


@dataclass(frozen=True)
class Guessed:
    """What is asked of a model that guesses: the question, and nothing of the table's rows."""

    text: str
    """The question."""
    format: str
    """What the answer must look like."""
    contract: AnswerContract
    """By which it is judged."""


Guess = Callable[[Guessed, Shown], Awaitable[Sequence[Any]]]
"""Has a model guess several times; what was no answer at all is None."""


async def run_reference(
    workers: Workers,
    dataset: str,
    proposal: Proposal,
    perturbation: Perturbation | None = None,
    before: str = "",
) -> CellResult:
    """What a model's reference code gives in a fresh session.

    Args:
        workers: where it is run; the wall must be strong enough for a model's code.
        dataset: the table.
        proposal: the code, and whose it is.
        perturbation: what is done to the table first.
        before: code of ours that changes `df` further before it runs; a failure of it is the result.

    Raises:
        WallTooWeak: the code needs a stronger wall than there is.
        InfrastructureError: the session was lost for reasons outside the code.
    """
    async with workers.session(dataset, author_of(proposal.model), perturbation) as session:
        for code in filter(None, (before, proposal.code)):
            result = await session.run(code)
            if result.end is not None and result.end.reason == "lost":
                raise InfrastructureError(f"the session was lost: {result.end.detail}")
            if result.end is not None or result.error is not None:
                break
    return result
