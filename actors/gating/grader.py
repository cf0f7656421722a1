"""The grader's audit: every known answer in forms that must match it, and in forms that must not.

The forms are made by the definition of the contract, apart from the code that compares: a form that is
refused though it says the same is a false refusal, one that is taken though it does not a false acceptance.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from actors.gating.other_forms import other_answers, other_forms
from actors.gating.same_forms import Forms, same_forms
from events.answers import AnswerContract, AnswerField, Unreadable, matches, read
from events.question import Question

FieldForms = Callable[[AnswerField, Any], Forms]
Trial = tuple[str, bool, Any]
"""The name of a form, whether it must match, and the answer in it."""


@dataclass(frozen=True)
class Misjudged:
    """A form of a known answer that was judged wrongly."""

    question: str
    """Id of the question."""
    form: str
    """Kind of the field and form."""
    must_match: bool
    """Whether it says the same as the answer."""
    answer: str
    """The answer in this form."""


@dataclass(frozen=True)
class GraderAudit:
    """What came of every form that was tried."""

    answers: int
    """Known answers."""
    tried: dict[str, int]
    """By form, how many answers in it were judged."""
    refused: dict[str, int]
    """By form, how many were refused though they say the same."""
    accepted: dict[str, int]
    """By form, how many were taken though they say something else."""
    misjudged: tuple[Misjudged, ...]
    """The first of each form."""

    @property
    def sound(self) -> bool:
        """Whether nothing was judged wrongly."""
        return not self.refused and not self.accepted

    def to_dict(self) -> dict[str, Any]:
        """The audit as plain JSON values."""
        return {
            "answers": self.answers,
            "tried": sum(self.tried.values()),
            "false_refusals": sum(self.refused.values()),
            "false_acceptances": sum(self.accepted.values()),
            "forms": {
                form: {
                    "tried": count,
                    "refused": self.refused.get(form, 0),
                    "accepted": self.accepted.get(form, 0),
                }
                for form, count in sorted(self.tried.items())
            },
            "misjudged": [vars(one) for one in self.misjudged],
        }


def audited(questions: Iterable[Question], *further: FieldForms) -> GraderAudit:
    """What the matching rule makes of every form of every accepted answer of some questions.

    Args:
        questions: those whose answers are known.
        further: makers of forms that must match, beside those that are always tried.
    """
    tried, refused, accepted = Counter[str](), Counter[str](), Counter[str]()
    misjudged: dict[str, Misjudged] = {}
    answers = 0
    for question in questions:
        for gold in question.answers:
            answers += 1
            for form, must, given in trials(question.contract, gold, *further):
                tried[form] += 1
                if matches(question.contract, given, gold) != must:
                    (refused if must else accepted)[form] += 1
                    misjudged.setdefault(form, Misjudged(question.id, form, must, repr(given)))
    return GraderAudit(answers, tried, refused, accepted, tuple(misjudged.values()))


def trials(contract: AnswerContract, gold: Any, *further: FieldForms) -> Iterator[Trial]:
    """Every form of a known answer, field by field and as a whole; `further` as in `audited`."""
    known = read(contract, gold)
    if isinstance(known, Unreadable):
        yield "answer: itself", True, gold
        return
    yield "answer: order of fields", True, dict(reversed(known.items()))
    for form, given in other_answers(contract, known):
        yield f"answer: {form}", False, given
    for field in contract.fields:
        value = known[field.name]
        for form, other in chain.from_iterable(make(field, value) for make in (same_forms, *further)):
            yield f"{field.kind}: {form}", True, {**known, field.name: other}
        for form, other in other_forms(field, value):
            yield f"{field.kind}: not {form}", False, {**known, field.name: other}
