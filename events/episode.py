"""The verdict on a question and its traces."""

from typing import Literal

from events.answers import Answer
from events.identity import identify
from events.question import Source
from events.struct import Event, Fact
from events.trace import Level, Outcome, Role

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
