"""Streams of proposals, and the questions that were accepted or rejected."""

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from events.answers import Answer, AnswerContract
from events.dataset import ReaderSettings
from events.identity import identify
from events.struct import Event, Fact

Source = Literal["template", "procedural", "llm"]
SOURCES: tuple[Source, ...] = ("template", "procedural", "llm")
Until = Literal["questions", "verified", "exhausted"]
"""So many accepted questions, so many verified episodes, or as many as the stream gives."""
Scalar = bool | int | float | str | None
Parameter = Scalar | tuple[Scalar, ...]


class Step(Fact, frozen=True):
    """One application of an operator; its inputs are earlier steps of the same program."""

    name: str
    """The variable that holds its result, unique within the program."""
    operator: str
    """The operator's name."""
    inputs: tuple[str, ...]
    """Names of the steps whose results it takes; `table` is the dataset itself."""
    parameters: dict[str, Parameter]
    """Columns, levels and constants by parameter name."""
    axes: dict[str, str]
    """The option taken at each of its ambiguity axes."""


class ProgramRecord(Fact, frozen=True):
    """A typed directed acyclic graph of operators as written to the log; steps in order of execution."""

    steps: tuple[Step, ...]
    """Each step comes after those it takes."""
    answer: dict[str, str]
    """Answer field to the name of the step whose result fills it."""


class Proposal(Fact, frozen=True):
    """What a model proposed in the place of a program, for source `llm`."""

    code: str
    """The reference code: one cell that computes the answer from `df` and submits it."""
    model: str
    """The model's name."""
    prompts: str
    """Digest of the prompt files that it was asked with."""


class Rewording(Fact, frozen=True):
    """The words of a model in the place of a question's own."""

    origin: str
    """Id of the question whose words these replace."""
    text: str
    """The words."""
    model: str
    """The model's name."""
    prompts: str
    """Digest of the prompt files that it was asked with."""


class Recipe(Fact, frozen=True):
    """What rebuilds the question to the byte."""

    dataset: str
    """Id of the dataset."""
    reader: ReaderSettings
    """How its bytes become the table."""
    program: ProgramRecord
    """The program that text, hint, contract, code and hooks are rendered from; without steps for `llm`."""
    operators: dict[str, int]
    """Version of each operator used."""
    template: str | None = None
    """Name of the template, for source `template`."""
    bindings: dict[str, Parameter] = msgspec.field(default_factory=dict)
    """What the template's slots are bound to."""
    phrasing: int = 0
    """Which of the phrasings of its constructions was drawn."""
    proposal: Proposal | UnsetType = UNSET
    """For source `llm`: what stands in the place of the program; left out for others."""
    reworded: Rewording | UnsetType = UNSET
    """The words of a model in the place of those that follow from the rest; left out where there are none."""

    @property
    def computed_by(self) -> "ProgramRecord | Proposal":
        """What gives the answer, and enters the question's id."""
        return self.program if self.proposal is UNSET else self.proposal

    @property
    def own_words(self) -> bool:
        """Whether the text is that of the program or proposal itself."""
        return self.reworded is UNSET


class Axis(Fact, frozen=True):
    """One choice that a reader of the text could make, and how it was settled."""

    step: str
    """The step that has the choice."""
    axis: str
    """Its name: ddof, ties, missing, which_columns, …"""
    options: tuple[str, ...]
    """Every admissible option."""
    taken: str
    """The option of the gold program."""
    resolution: Literal["stated", "conventional", "immaterial", "open"]
    """Said in the text, said in the format note, without effect, or all answers accepted."""


class Certificate(Fact, frozen=True):
    """Why the question has one answer: the readings tried and the checks passed."""

    axes: tuple[Axis, ...]
    """Every axis of the program."""
    readings: int
    """How many readings were run."""
    bound: int
    """The most that would have been run."""
    clusters: int
    """How many different answers they gave under the contract before the axes were settled."""
    checks: tuple[str, ...]
    """Each check passed, one sentence."""
    paths: tuple[str, ...] = ()
    """Each valid choice of columns that was evaluated, where a rule picks columns."""
    disturbed: tuple[str, ...] = ()
    """What was changed about the table, all at once, without any change of the answer."""
    alternatives: dict[str, int] = msgspec.field(default_factory=dict)
    """By answer field, between how many values it leaves the choice; 0 for numbers."""
    chance: float = 0.0
    """How often one constant answer would be right, were each of a field's values equally likely."""
    decisions: dict[str, str] = msgspec.field(default_factory=dict)
    """By step that decides, the way that it went; of two opposites the operator that it is."""
    blind: dict[str, float] | UnsetType = UNSET
    """For source `llm`: by what a model was shown in the place of the data, the share of right guesses."""


class Difficulty(Fact, frozen=True):
    """How far the answer is from the table."""

    steps: int
    """Number of steps of the program."""
    depth: int
    """Length of its longest chain of steps."""
    level: Literal["easy", "medium", "hard"]
    """The third of many questions that it belongs to, by what is expected."""
    expected: float = 0.0
    """The share of careless solvers that are expected to get it right; before it was told, 0."""


class Question(Fact, frozen=True):
    """A question with one provable answer; also a line of a questions artifact."""

    id: str
    """Digest of source, dataset, program, text and contract."""
    source: Source
    """Where it came from: the only discriminator of origin."""
    dataset: str
    """Id of the dataset."""
    question_text: str
    """What is asked."""
    format: str
    """The answer's fields, kinds, decimals, ties and conventions."""
    hint: str
    """A plan in one or two sentences without numbers from the data."""
    contract: AnswerContract
    """The one object that decides whether an answer matches."""
    answers: tuple[Answer, ...]
    """The accepted answers, unrounded; the first is the gold program's."""
    difficulty: Difficulty
    """Steps, depth and level."""
    recipe: Recipe
    """What rebuilds it."""
    certificate: Certificate
    """Why it is determinate."""


class StreamRequested(Event, frozen=True):
    """Questions were asked of one stream; a stream is a pure sequence of proposals."""

    stream: str
    """Id: dataset, source and seed."""
    dataset: str
    """Id of the dataset."""
    source: Source
    """Which generator proposes."""
    seed: int
    """The seed that all its randomness derives from."""
    target: int
    """How many are wanted in all; 0 when there is to be no end."""
    until: Until = "questions"
    """What is counted. A request for anything but accepted questions stands until the next `RunStarted`."""


class QuestionAccepted(Event, frozen=True):
    """A proposal passed the court."""

    stream: str
    """The stream that proposed it."""
    index: int
    """Its place in the stream's sequence of proposals."""
    question: Question
    """The question in full."""


class QuestionRejected(Event, frozen=True):
    """A proposal failed the court."""

    stream: str
    """The stream that proposed it."""
    index: int
    """Its place in the stream's sequence of proposals."""
    reason: str
    """A short stable word that is counted: dead_step, ambiguous, degenerate, duplicate, …"""
    detail: str
    """What was seen."""
    operators: tuple[str, ...] = ()
    """The operators of the proposal, each once; none where this was not told yet."""
    steps: int = 0
    """How many steps it had; 0 where this was not told yet."""


class StreamExhausted(Event, frozen=True):
    """A stream has no proposal left."""

    stream: str
    """The stream that ended."""
    proposals: int
    """How many it held in all."""


class StreamFellShort(Event, frozen=True):
    """A stream gives no more questions, and fewer of its episodes are verified than were asked for."""

    stream: str
    """The stream that ended."""
    target: int
    """How many verified episodes were wanted; 0 when there was to be no end."""
    verified: int
    """How many there are."""
    proposals: int
    """How many proposals were judged."""
    why: Literal["exhausted", "budget", "put_aside"]
    """It has no proposal left, it spent what it may, or what failed for good holds the last places."""


def stream_id(dataset: str, source: Source, seed: int) -> str:
    """The id of a stream of proposals."""
    return identify("stream", dataset, source, seed)


def proposal_id(stream: str, index: int) -> str:
    """The id under which a model is asked for one proposal of a stream."""
    return identify("proposal", stream, index)


def question_id(
    source: Source, dataset: str, program: ProgramRecord | Proposal, text: str, contract: AnswerContract
) -> str:
    """The id of a question; whoever changes one of these has another question."""
    return identify("question", source, dataset, program, text, contract)
