"""What was trained, on which data, behind which decision of the gate, and how it went."""

from typing import Literal

from events.identity import identify
from events.struct import Event, Fact

Method = Literal["sft", "dpo", "reward", "prm", "grpo"]
METHODS: tuple[Method, ...] = ("sft", "dpo", "reward", "prm", "grpo")
"""Imitation of whole traces; preference of one turn over another; a judge of such preferences; a judge of
steps; and play in the real environment for a reward."""


class TrainingSettings(Fact, frozen=True):
    """What decides how a run of training goes; with the data it enters the run's id."""

    method: Method
    """What is learned from what."""
    model: str
    """What is trained: the digest of a folder of weights, a name on a hub, or the size of one made anew."""
    seed: int = 0
    """Where all randomness derives from."""
    steps: int = 100
    """Updates of the weights."""
    batch: int = 4
    """Rows, or in play questions, for one update."""
    learning_rate: float = 1e-4
    """The largest step size; it rises over the first tenth and falls from there on."""
    max_length: int = 4096
    """Tokens that one row, or one played episode, may take."""
    lora: int = 0
    """The rank of the adapters that are trained in place of the weights; 0 trains the weights."""
    generations: int = 4
    """Episodes that are played of one question to compare with each other."""
    easiest: int = 0
    """Questions of the fewest steps to whose rows it keeps; 0 for all."""
    save_every: int = 50
    """Updates from one checkpoint to the next."""


class StepMetrics(Fact, frozen=True):
    """What was measured at one update."""

    step: int
    """The update, from 1."""
    values: dict[str, float]
    """Each measure by its name: loss, learning_rate, grad_norm, reward, …"""


class TrainingStarted(Event, frozen=True):
    """A run of training began, or went on from a checkpoint, behind an open gate."""

    run: str
    """Id: settings and digest of the rows."""
    settings: TrainingSettings
    """How it goes."""
    seq: int
    """The log position whose data it learns from, which the gate judged."""
    data: str
    """Digest of what could be trained on there, as the gate's decision has it."""
    rows: int
    """Rows that are learned from."""
    digest: str
    """Digest of these rows."""
    versions: dict[str, str]
    """Version of each library that takes part."""
    device: str
    """What computes: `cpu`, or the name of an accelerator."""
    step: int = 0
    """The update of the checkpoint from which it goes on; 0 at the beginning."""


class TrainingProgressed(Event, frozen=True):
    """Updates were made; of two reports on one update the later holds."""

    run: str
    """Id of the run."""
    steps: tuple[StepMetrics, ...]
    """What was measured, in order."""


class TrainingEnded(Event, frozen=True):
    """A run of training came to an end, or was interrupted; one that died has none."""

    run: str
    """Id of the run."""
    outcome: Literal["finished", "interrupted", "failed"]
    """All updates were made; somebody stopped it, and the same command goes on; or it cannot go on."""
    step: int
    """The last update that was made."""
    metrics: dict[str, float]
    """The measures of the last update that told any, by name."""
    weights: str = ""
    """Digest of the saved model's files; empty when none was saved."""
    why: str = ""
    """What ended it, where it failed."""


def training_id(settings: TrainingSettings, digest: str) -> str:
    """The id of a run of training; the same on the same rows is the same run, and is gone on with."""
    return identify("training", settings, digest)
