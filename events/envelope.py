"""The envelope that the log puts around every event."""

from typing import Generic, TypeVar

from events.runtime import WorkStamp
from events.struct import Event, Fact

E_co = TypeVar("E_co", bound=Event, covariant=True)


class Recorded(Fact, Generic[E_co], frozen=True):
    """An event that is durable: its place in the log, when, and why."""

    seq: int
    """Its place in the log, from 1, without gaps."""
    time: str
    """When it was appended, UTC, ISO 8601 with microseconds."""
    id: str
    """Digest of home, seq and the event; what other events and people refer to."""
    event: E_co
    """What happened."""
    cause: str | None = None
    """Id of the event that led to it."""
    correlation: str | None = None
    """What it belongs to: a question id, a stream id, a dataset id."""
    work: WorkStamp | None = None
    """The piece of work that yielded it."""
