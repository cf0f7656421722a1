"""The verdict on a question and its traces."""

from typing import Literal

from events.answers import Answer
from events.identity import identify
from events.question import Source
from events.struct import Event, Fact
from events.trace import Level, Outcome, Role
from events.values import Value

Evidence = Literal["scripted", "model"]
Verdict = Literal[
    "verified",
    "ambiguous",
    "too_hard",
    "hint_necessary",
    "execution_failure",
    "ungrounded",
    "broken_trace",
]
REFUSALS: tuple[Verdict, ...] = (
    "ambiguous",
    "too_hard",
    "hint_necessary",
    "execution_failure",
    "ungrounded",
    "broken_trace",
)


class TraceVote(Fact, frozen=True):
    """What one trace contributed to the verdict."""

    trace: str
    """Id of the trace."""
    role: Role
    """Gold or consistency."""
    index: int
    """Its index in its role."""
    outcome: Outcome
    """How it ended."""
    answer: Answer | None
    """What it submitted."""
    accepted: bool
    """Whether that matches an accepted answer of the question under its contract."""
    hooks: int
    """How many hooks it raised."""
    grounded: int
    """How many of them are grounded."""
    mistake: bool = False
    """Whether it carries a labelled mistake."""


class Place(Fact, frozen=True):
    """Where a value lies in a trace."""

    trace: str
    """Id of the trace."""
    cell: int
    """The cell whose statement made it."""
    statement: str
    """That statement, as `ast.unparse` prints it."""
    name: str
    """The variable that held it, or the field of the answer."""


class Departure(Fact, frozen=True):
    """Where a trace leaves those that it does not agree with: the first step from which no value of theirs
    leads it back."""

    trace: str
    """Id of the trace that departs."""
    role: Role
    """Gold or consistency."""
    index: int
    """Its index in its role."""
    expected: tuple[Place, ...]
    """The first step of the others that it does not have, in each of them that has it; the nearest first."""
    expected_value: Value | None
    """What they hold there."""
    found: Place | None
    """The first step of its own that they do not have; None where it did nothing of its own."""
    found_value: Value | None
    """What it holds there."""
    shared: Place | None
    """The last step before that both have, as it lies in this trace."""
    readings: tuple[str, ...] = ()
    """Readings of the question, other than the accepted one, that give its answer."""


class EpisodeJudged(Event, frozen=True):
    """The verifier passed judgement."""

    episode: str
    """Id: question, teacher, settings, number of traces."""
    question: str
    """Id of the question."""
    dataset: str
    """Id of the dataset."""
    source: Source
    """The question's source."""
    evidence: Evidence
    """Who solved: a script or a model."""
    level: Level
    """The weakest wall among its traces."""
    verdict: Verdict
    """Verified, or the category of the refusal."""
    why: str
    """The judgement in a sentence."""
    votes: tuple[TraceVote, ...]
    """The gold trace first, then the consistency traces by index."""
    second_opinion: Literal["agrees", "disagrees", "none"] = "none"
    """Whether the second implementation, asked again, gave an accepted answer; none where not asked."""
    departures: tuple[Departure, ...] = ()
    """Of each trace that ended otherwise than those with the accepted answer, or else than the gold: where it
    left them."""
    unasked: int = 0
    """Consistency traces that have no vote, as the verdict was certain without them; where there are any, a
    rate of the votes is censored."""


MODEL_TRACES = 3
"""Consistency traces by a model that must agree at least."""
MODEL_SHARE = 0.8
"""The least share of a model's consistency traces that must agree: 3 of 3, 4 of 5."""


def enough(agreeing: int, voters: int, evidence: Evidence) -> bool:
    """Whether so many of all consistency traces that are not infrastructure failures carry an answer."""
    if evidence == "model" and (agreeing < MODEL_TRACES or agreeing < MODEL_SHARE * voters):
        return False
    return 2 * agreeing > voters


def episode_id(question: str, teacher: str, settings: object, traces: int) -> str:
    """The id of an episode: one judgement on a question by this teacher."""
    return identify("episode", question, teacher, settings, traces)
