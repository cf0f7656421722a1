"""An event before it is recorded, and how it becomes a line that can be read back."""

import msgspec

from events.envelope import Recorded
from events.runtime import HomeOpened, WorkStamp
from events.struct import Event, Fact
from events.version import installed_version
from events.wire import AnyEvent, AnyRecorded
from store.log.lines import event_id

EVENT_BYTES = 8 * 1024**2
"""An event longer than this belongs into a blob."""

_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(AnyEvent)
_REST = msgspec.json.Decoder(tuple[str | None, str | None, WorkStamp | None])


class UnreadableEventError(ValueError):
    """An event does not survive being written and read: a wrong type in a field, or not in the union."""


class EventTooLargeError(ValueError):
    """An event is so long that it would weigh on every reader of the log."""

    def __init__(self, event: Event, size: int) -> None:
        super().__init__(
            f"{type(event).__name__} takes {size} bytes, and an event at most {EVENT_BYTES}; "
            "keep its long parts as blobs and name their digests"
        )


class Draft(Fact, frozen=True):
    """An event to be recorded."""

    event: Event
    """What happened."""
    cause: str | None = None
    """Id of the event that led to it."""
    correlation: str | None = None
    """What it belongs to: a question id, a stream id, a dataset id."""
    work: WorkStamp | None = None
    """The piece of work that yielded it."""


class Checked(Fact, frozen=True):
    """A draft that is known to survive, without place, time and id."""

    raw: bytes
    """The event as it will stand on its line."""
    event: AnyEvent
    """The event as it will be read back."""
    draft: Draft
    """What stands beside it."""


def checked(draft: Draft) -> Checked:
    """The draft, written and read back.

    Structs are not checked when they are made, so an event that could never be read again would be found
    too late; and who is told of an event now must see exactly what a later reader sees.

    Raises:
        UnreadableEventError: it does not survive.
        EventTooLargeError: it is longer than an event may be.
    """
    try:
        raw = _ENCODER.encode(draft.event)
        event = _DECODER.decode(raw)
        if draft.cause is not None or draft.correlation is not None or draft.work is not None:
            _REST.decode(_ENCODER.encode((draft.cause, draft.correlation, draft.work)))
    except (msgspec.MsgspecError, TypeError, ValueError, RecursionError) as error:
        message = f"{type(draft.event).__name__} cannot be recorded: {error}"
        raise UnreadableEventError(message) from error
    if len(raw) > EVENT_BYTES:
        raise EventTooLargeError(draft.event, len(raw))
    return Checked(raw, event, draft)


def recorded_at(found: Checked, home: str, seq: int, time: str) -> tuple[AnyRecorded, bytes]:
    """The checked draft at its place, and its line with the line end."""
    identity, draft = event_id(home, seq, found.raw), found.draft
    rest = (draft.cause, draft.correlation, draft.work)
    line = _ENCODER.encode(Recorded(seq, time, identity, msgspec.Raw(found.raw), *rest))
    return Recorded(seq, time, identity, found.event, *rest), line + b"\n"


def home_opened(home: str) -> HomeOpened:
    """The first event of a log."""
    return HomeOpened(home=home, version=installed_version())
