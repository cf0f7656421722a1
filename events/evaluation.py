"""Questions put to somebody who is measured, and how each answer was scored."""

from typing import Any

import msgspec

from events.identity import identify
from events.struct import Event
from events.trace import AttemptEnded


class EvaluationStarted(Event, frozen=True):
    """Somebody is measured on a list of questions; the same list, player and settings are one evaluation."""

    evaluation: str
    """Id: player, settings, benchmark and questions."""
    player: str
    """Who answers: `scripted`, `guesser` or a model's name."""
    settings: dict[str, Any]
    """Everything that decides how it answers, by name; its seed too."""
    chosen: str
    """How the questions were chosen, in words."""
    items: dict[str, str]
    """By the id of the one trace of each question that id, in the order in which they are asked."""
    benchmark: str = ""
    """The benchmark that the questions are of; empty for the home's own."""


class AnswerScored(Event, frozen=True):
    """A question was put to somebody who is measured, without its hint, and what came of it was scored."""

    question: str
    """Id of the question."""
    dataset: str
    """Id of its table."""
    attempt: AttemptEnded
    """The raw record; its trace is what the answer is known by."""
    right: bool
    """Whether the answer matches an accepted one under the question's contract."""
    sort: dict[str, str]
    """What the question is counted under: source, template, level; a benchmark's concepts."""
    chance: float = 0.0
    """How often an answer given without the data would be right."""
    broken: str | None = None
    """Why the record does not fit together, if it does not: then it says nothing about who answered."""
    hooks: int = 0
    """Hooks that were raised."""
    grounded: int = 0
    """How many of them hold."""
    steps: int = 0
    """Checkpoints of the question's program; 0 where there is no program."""
    passed: tuple[str, ...] = ()
    """Those for which a hook stands that holds."""
    departed: str = ""
    """The first step of the program's own solution that it does not have; empty where it is right, or nothing
    can be followed."""
    expected: str = ""
    """The statement of that step in the program's own solution."""
    found: str = ""
    """The first statement of its own that the solution does not have; empty where there is none."""
    tampering: str | None = None
    """The reach for interpreter internals that was seen in the code, if any."""
    official: bool | None = None
    """What a benchmark's own rule says of the answer; none where there is no such rule, or no answer."""
    fields: dict[str, tuple[bool, bool]] = msgspec.field(default_factory=dict)
    """By part of a benchmark's answer, whether its own rule and whether our contract takes it."""
    calls: int = 0
    """Requests that were sent to a model's server for it, those of lost tries too."""
    tokens: int = 0
    """Tokens of these that are paid for."""
    cost: int = 0
    """What they cost at most, in trillionths."""


def evaluation_id(player: str, settings: object, benchmark: str, questions: tuple[str, ...]) -> str:
    """The id of an evaluation; tries and workers do not enter, nor what comes of it."""
    return identify("evaluation", player, settings, benchmark, questions)
