"""No answer is worth guessing: what a stream has given decides which answers it may still give.

A function of the accepted questions of one stream alone: a stream is the same whatever runs beside it.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field

import xxhash

from actors.language.soundness import Refusal
from events.answers import rounded
from events.question import Question, Step

MOST_OF_A_NUMBER = 0.03
"""The largest share of a stream's numbers that are the same one."""
MOST_OF_A_LABEL = 2.0
"""How many times as often as were all equally likely a label may be the answer."""
Answered = tuple[str, Hashable, Hashable, int]
"""The kind of value, what kind of question it answers, the value, and between how many it was chosen."""


@dataclass
class Balance:
    """What the accepted questions of a stream were answered by.

    Args:
        stream: its id; where something must come first, it draws what.
    """

    stream: str
    asked: Counter[Hashable] = field(default_factory=Counter)
    """By kind of question, how many there are."""
    given: Counter[Hashable] = field(default_factory=Counter)
    """By kind of question and answer."""
    likely: defaultdict[Hashable, float] = field(default_factory=lambda: defaultdict(float))
    """By kind of question, how often each label would be the answer, were all equally likely."""

    def copy(self) -> "Balance":
        """The same, to go on with."""
        return Balance(self.stream, self.asked.copy(), self.given.copy(), self.likely.copy())

    def hear(self, question: Question) -> None:
        """A question was accepted."""
        for kind, about, value, choices in answered(question):
            self.asked[kind, about] += 1
            self.given[kind, about, value] += 1
            self.likely[kind, about] += 1 / max(choices, 1)

    def objection(self, question: Question) -> Refusal | None:
        """Why this question may not be accepted after those that were."""
        for kind, about, value, choices in answered(question):
            if not self._has_room(kind, about, value, choices):
                return Refusal("unbalanced", f"{value!r} is the answer of too many such questions already")
        return None

    def _has_room(self, kind: str, about: Hashable, value: Hashable, choices: int) -> bool:
        asked, given = self.asked[kind, about] + 1, self.given[kind, about, value] + 1
        if kind == "flag":
            lead = given - self.given[kind, about, not value]
            return lead <= (1 if value == comes_first(self.stream, about) else 0)
        if kind == "number":
            return given <= max(1.0, MOST_OF_A_NUMBER * asked)
        return given <= max(1.0, MOST_OF_A_LABEL * (self.likely[kind, about] + 1 / max(choices, 1)))


def comes_first(stream: str, about: Hashable) -> bool:
    """Which of the two flags is one ahead where their number is odd.

    Args:
        stream: id of the stream.
        about: the kind of question: its template or the operator that ends it, and the field.
    """
    return bool(xxhash.xxh3_64_intdigest(f"{stream}/{about}".encode()) & 1)


def answered(question: Question) -> Iterator[Answered]:
    """What each field of a question is answered by, as the balance counts it."""
    record, answer = question.recipe.program, rounded(question.contract, question.answers[0])
    steps = {step.name: step for step in record.steps}
    for asked in question.contract.fields:
        value, step = answer[asked.name], steps.get(record.answer.get(asked.name, ""))
        choices = question.certificate.alternatives.get(asked.name, 0)
        if asked.kind in ("number", "integer"):
            yield "number", "", value, 0
        elif asked.kind == "flag":
            yield "flag", (question.recipe.template or _operator(step), asked.name), value, 2
        elif asked.kind == "label":
            yield "label", _sorted_by(question, step), value, choices
        else:
            yield "labels", _sorted_by(question, step), value, 0


def _operator(step: Step | None) -> str:
    """What decides; of code that a model proposed nothing is known."""
    return step.operator if step is not None else ""


def _sorted_by(question: Question, step: Step | None) -> Hashable:
    """The category that a label is of: by the step, as far up as one names it; of a model's code, none."""
    steps = {one.name: one for one in question.recipe.program.steps}
    name = step.name if step is not None else ""
    while name in steps:
        step = steps[name]
        if (category := step.parameters.get("category")) is not None:
            return str(category)
        name = next((one for one in step.inputs if one in steps), "")
    return ""
