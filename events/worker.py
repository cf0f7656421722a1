"""What happened to the workers behind the wall."""

from typing import Literal

from events.struct import Event
from events.trace import Level


class WorkerStarted(Event, frozen=True):
    """A worker said that it is ready."""

    worker: str
    """Container id or process id."""
    backend: Literal["docker", "local"]
    """What it runs in."""
    level: Level
    """How strong its wall is, as probed."""
    fingerprint: str
    """Digest of the numeric environment inside."""


class WorkerLost(Event, frozen=True):
    """A worker ended without having been asked to."""

    worker: str
    """Container id or process id."""
    backend: Literal["docker", "local"]
    """What it ran in."""
    error: str
    """What was seen."""


class WorkerStopFailed(Event, frozen=True):
    """A worker could not be stopped or removed."""

    worker: str
    """Container id or process id."""
    error: str
    """What the engine or the system said."""
