"""The second opinion: a question's answer by the second implementation, when its traces are judged.

It was had once when the question was accepted. Asked again, in another process, from the recipe and the
table alone, it tells an answer that does not come out, and a certificate that says of an axis what does not
hold. And it tells under which other readings an answer that a trace gave would be right.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from msgspec.structs import replace

from actors.language.contract import reaches
from actors.language.program import Undefined, declaration, operators_of, replace_step
from actors.language.settle import answer_of, axes_of
from actors.language.subject import Subject
from actors.verifying.remade import unlike
from events.answers import Answer, matches
from events.question import Axis, ProgramRecord, Question


@dataclass(frozen=True)
class Opinion:
    """What the second implementation says of a question and of answers to it."""

    said: Literal["agrees", "disagrees", "none"] = "none"
    """Whether it gives an accepted answer; `none` where it was not asked."""
    answer: str = ""
    """Why it disagrees."""
    open_axis: str = ""
    """An axis on which the question's certificate does not hold, and why."""
    unlike: str = ""
    """A part of the question that its recipe makes otherwise."""
    readings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By trace whose answer is not accepted, the readings that give it."""


def opinion(question: Question, subject: Subject, given: Mapping[str, Answer]) -> Opinion:
    """The second opinion on a question.

    Args:
        question: as it is judged.
        subject: its table, read anew.
        given: answers that are not accepted, by trace.
    """
    record = question.recipe.program
    try:
        answer = answer_of(record, subject)
    except Undefined as problem:
        return Opinion("disagrees", f"the second implementation has no answer: {problem}")
    others = list(_other_readings(record, subject))
    left = [(axis, _accepted(question, other)) for axis, other in others if axis.open]
    if not _accepted(question, answer) and not any(right for _, right in left):
        accepted = " or ".join(str(dict(one)) for one in question.answers)
        return Opinion("disagrees", f"the second implementation gives {answer}, and {accepted} is accepted")
    readings = {
        trace: tuple(axis.told for axis, other in others if other and matches(question.contract, one, other))
        for trace, one in given.items()
    }
    unsettled = next((axis.told for axis, right in left if right != _accepted(question, answer)), "")
    said = f"nothing is said on {unsettled}, and that changes the answer" if unsettled else ""
    told = said or _misstated(question)
    return Opinion("agrees", open_axis=told, unlike=unlike(question, subject, answer), readings=readings)


@dataclass(frozen=True)
class _Reading:
    step: str
    axis: str
    taken: str
    other: str
    open: bool

    @property
    def told(self) -> str:
        return f"{self.axis} of {self.step} read as {self.other}, not {self.taken}"


def _other_readings(
    record: ProgramRecord, subject: Subject
) -> Iterator[tuple[_Reading, dict[str, Any] | None]]:
    """Every reading that takes one axis otherwise, and its answer; None where it has none."""
    for step in record.steps:
        for axis in declaration(step).axes:
            taken = step.axes.get(axis.name, axis.default)
            for other in axis.options:
                if other == taken:
                    continue
                answer: dict[str, Any] | None
                changed = replace(step, axes={**step.axes, axis.name: other})
                try:
                    answer = answer_of(replace_step(record, changed), subject)
                except Undefined:
                    answer = None
                yield _Reading(step.name, axis.name, taken, other, axis.name not in step.axes), answer


def _accepted(question: Question, answer: dict[str, Any] | None) -> bool:
    return answer is not None and any(
        reaches(question.contract, answer, dict(gold)) for gold in question.answers
    )


def _misstated(question: Question) -> str:
    """The first axis of which the certificate says something else than the program does."""
    record = question.recipe.program
    if operators_of(record) != question.recipe.operators:
        return ""  # made when the operators were others: what they declared then is not known any more
    meant, told = axes_of(record), question.certificate.axes
    for axis in (*meant, *told):
        if (axis in meant) != (axis in told):
            what = _said_of(meant, axis), _said_of(told, axis)
            return f"{axis.axis} of {axis.step} is {what[0]} in the program and {what[1]} in the certificate"
    return ""


def _said_of(axes: tuple[Axis, ...], wanted: Axis) -> str:
    found = next((one for one in axes if (one.step, one.axis) == (wanted.step, wanted.axis)), None)
    return "not named" if found is None else f"{found.resolution} as {found.taken}"
