"""What was done about the integrity of the record."""

from typing import Literal

from events.struct import Event

IntegrityFailure = Literal["broken_trace", "ungrounded_hook", "digest_mismatch"]


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
