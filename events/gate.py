"""What was done about the integrity of the record."""

from typing import Literal

from events.struct import Event

IntegrityFailure = Literal[
    "broken_trace",
    "ungrounded_hook",
    "digest_mismatch",
    "log_damage",
    "blob_damage",
    "replay_divergence",
    "execution_divergence",
    "dead_letter",
]
GateScope = Literal["data", "training"]
"""What a gate judges: the record, or also whether a model can train on its export."""


class IntegrityFailureSimulated(Event, frozen=True):
    """Somebody appended a failure on purpose, to see the gate close."""

    kind: IntegrityFailure
    """Which failure is simulated."""
    episode: str
    """Id of the episode that it is said to touch."""


class FailureAcknowledged(Event, frozen=True):
    """Somebody looked at a failure and quarantined what it touched."""

    failure: str
    """Id of the event that is acknowledged."""
    why: str
    """The reason given."""


class TrainingAllowed(Event, frozen=True):
    """An open gate let a training run begin, which stands on that decision."""

    run: str
    """Id of the training run."""
    decided: str
    """When the gate decided, UTC, ISO 8601; `gate/decisions.jsonl` has the line of that time."""
    seq: int
    """The log position that it judged."""
    head: str
    """Id of the event at that position."""
    data: str
    """Digest of what could be trained on."""
    scope: GateScope
    """What it judged."""
    model: str
    """The model that it judged; empty in data scope."""
