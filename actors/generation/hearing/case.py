"""What one draft comes to on its own table, and what is needed to hear it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec.structs import replace

from actors.language.contract import NotAskable, contract_for, format_of
from actors.language.kinds import Kind
from actors.language.soundness import Refusal
from actors.language.templates.template import measures
from actors.proposed import Draft, DraftKind, Guess
from events.answers import Answer, AnswerContract, problem
from events.dataset import ColumnProfile, ReaderSettings
from events.question import Proposal, Question
from events.trace import CellResult, Perturbation

Run = Callable[[Proposal, Perturbation | None, str], Awaitable[CellResult]]
"""Runs reference code on its table, on a perturbed one, or after code of ours that changes it."""
_KINDS: Mapping[DraftKind, Kind] = {
    "number": "number",
    "integer": "count",
    "label": "label",
    "labels": "labels",
    "flag": "flag",
}


@dataclass(frozen=True)
class Bench:
    """The table that a draft is about, and what a hearing needs."""

    dataset: str
    """Its id."""
    reader: ReaderSettings
    """How its bytes become the table."""
    columns: Sequence[ColumnProfile]
    """Its profile."""
    model: str
    """Who proposes."""
    prompts: str
    """Digest of the prompt files that it was asked with."""
    known: Sequence[Question]
    """The questions of the stream that were accepted before."""
    run: Run
    """Runs reference code."""
    guess: Guess
    """Has a model guess."""
    reach: Callable[[str], str | None]
    """Where code reaches for interpreter internals; None where it does not."""

    def proposal(self, draft: Draft) -> Proposal:
        """What is kept of it."""
        return Proposal(draft.code, self.model, self.prompts)


@dataclass(frozen=True)
class Case:
    """A draft whose code gave an answer."""

    draft: Draft
    """What was proposed."""
    answer: Answer
    """What its code submits, unrounded."""
    contract: AnswerContract
    """What an answer must be."""
    alternatives: dict[str, int]
    """By field, between how many values it leaves the choice; 0 for what is not bounded."""

    @property
    def format(self) -> str:
        """What the solver is told about the answer's form."""
        return format_of(self.contract)


async def opened(draft: Draft, bench: Bench) -> Case | Refusal:
    """What a draft's code gives on its own table."""
    result = await bench.run(bench.proposal(draft), None, "")
    answer = answer_of(result)
    if isinstance(answer, Refusal):
        return answer
    if answer.keys() != {field.name for field in draft.fields}:
        return Refusal("malformed", f"the code submits {sorted(answer)}, which are not the fields")
    try:
        contract = _contract(draft, answer)
    except (NotAskable, TypeError, ValueError) as unfit:
        return Refusal("degenerate", str(unfit))
    if (what := problem(contract, answer)) is not None:
        return Refusal("malformed", f"the code's answer is not of the form that is asked for: {what}")
    return Case(draft, answer, contract, _alternatives(draft, answer, bench.columns))


def answer_of(result: CellResult) -> Answer | Refusal:
    """What a run of reference code submitted, or what it did instead."""
    if result.end is not None:
        return Refusal("over_limit", f"the code hit a limit: {result.end.reason}")
    if result.error is not None:
        return Refusal("code_fails", f"{result.error.kind}: {result.error.message}")
    if result.submission is None:
        return Refusal("code_fails", "the code submits nothing")
    given = result.submission
    try:
        return msgspec.convert(given.answer, Answer)
    except msgspec.ValidationError as unfit:
        return Refusal("malformed", f"the code's answer is no object of plain values: {unfit}")


def _contract(draft: Draft, answer: Answer) -> AnswerContract:
    """The contract that a draft asks for, with decimals that keep three digits of each number.

    Raises:
        NotAskable: a field is missing, infinite, or zero but for rounding.
        TypeError, ValueError: one that should be a number is none.
    """
    found = contract_for({field.name: _KINDS[field.kind] for field in draft.fields}, answer)
    pairs = zip(found.fields, draft.fields, strict=True)
    return AnswerContract(
        tuple(
            replace(
                one,
                unit=said.unit if said.kind in ("number", "integer") else "",
                ordered=said.kind == "labels" and said.ordered,
                ties=said.ties,
                missing=said.missing,
            )
            for one, said in pairs
        )
    )


def _alternatives(draft: Draft, answer: Answer, columns: Sequence[ColumnProfile]) -> dict[str, int]:
    return {field.name: _choices(field.kind, answer[field.name], columns) for field in draft.fields}


def _choices(kind: DraftKind, value: Any, columns: Sequence[ColumnProfile]) -> int:
    """As many as a column has that holds such labels, or as there are columns to name."""
    if kind == "flag":
        return 2
    if kind not in ("label", "labels"):
        return 0
    labels = {value} if kind == "label" else set(value)
    if labels <= {one.name for one in columns}:
        return max(1, len(measures(columns)))
    return max((len(one.levels) for one in columns if labels <= set(one.levels)), default=0)
