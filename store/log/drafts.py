"""An event before it is recorded, and how it becomes a line that can be read back."""

from collections.abc import Sequence
from types import NoneType

import msgspec

from events.envelope import Recorded
from events.runtime import HomeOpened, WorkStamp
from events.struct import Event, Fact
from events.version import installed_version
from events.wire import AnyEvent, AnyRecorded
from store.log.lines import ids_in

EVENT_BYTES = 8 * 1024**2
"""An event longer than this belongs into a blob."""
BESIDE_BYTES = 64 * 1024
"""What stands beside an event names things, and is no longer than this."""

_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(AnyEvent)
_TEXT = (str, NoneType)


class UnreadableEventError(ValueError):
    """An event does not survive being written and read: a wrong type in a field, or not in the union."""


class EventTooLargeError(ValueError):
    """An event, or what stands beside it, is so long that it would weigh on every reader of the log."""

    def __init__(self, event: Event, size: int, beside: int = 0) -> None:
        told = f"{type(event).__name__} takes {size} bytes, and an event at most {EVENT_BYTES}"
        if size <= EVENT_BYTES:
            told = (
                f"cause, correlation and work of {type(event).__name__} take {beside} bytes, "
                f"and at most {BESIDE_BYTES}"
            )
        super().__init__(f"{told}; keep its long parts as blobs and name their digests")


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


class Beside(Fact, frozen=True):
    """What stands behind the event on its line, as in the envelope."""

    cause: str | None
    correlation: str | None
    work: WorkStamp | None


_BESIDE_DECODER = msgspec.json.Decoder(Beside)


class Checked(Fact, frozen=True):
    """A draft that is known to survive, without place, time and id."""

    raw: bytes
    """The event as it will stand on its line."""
    rest: bytes
    """What will stand behind it, with the line end."""
    event: AnyEvent
    """The event as it will be read back."""
    beside: Beside
    """The same of what stands beside it."""


def checked(draft: Draft) -> Checked:
    """The draft, written and read back.

    Structs are not checked when they are made, so an event that could never be read again would be found
    too late; and who is told of an event now must see exactly what a later reader sees.

    Raises:
        UnreadableEventError: it does not survive.
        EventTooLargeError: it is longer than an event may be, or what stands beside it is.
    """
    try:
        raw = _ENCODER.encode(draft.event)
        event = _DECODER.decode(raw)
        beside = Beside(draft.cause, draft.correlation, draft.work)
        rest = _ENCODER.encode(beside)
        if draft.work is not None or type(draft.cause) not in _TEXT or type(draft.correlation) not in _TEXT:
            beside = _BESIDE_DECODER.decode(rest)
    except (msgspec.MsgspecError, TypeError, ValueError, RecursionError) as error:
        message = f"{type(draft.event).__name__} cannot be recorded: {error}"
        raise UnreadableEventError(message) from error
    if len(raw) > EVENT_BYTES or len(rest) > BESIDE_BYTES:
        raise EventTooLargeError(draft.event, len(raw), len(rest))
    return Checked(raw, b",%s\n" % rest[1:], event, beside)


def numbered(
    drafts: Sequence[Checked], home: str, first: int, time: str
) -> tuple[tuple[AnyRecorded, ...], bytes]:
    """The checked drafts at their places from `first` on, and their lines.

    The lines are, byte by byte, what the encoder makes of the events, put together from what it made already.
    """
    identify, found, lines = ids_in(home), list[AnyRecorded](), list[bytes]()
    place = b'{"seq":%%d,"time":"%s","id":"%%s","event":' % time.encode()
    for seq, one in enumerate(drafts, start=first):
        beside, identity = one.beside, identify(seq, one.raw)
        found.append(Recorded(seq, time, identity, one.event, beside.cause, beside.correlation, beside.work))
        lines += (place % (seq, identity.encode()), one.raw, one.rest)
    return tuple(found), b"".join(lines)


def home_opened(home: str) -> HomeOpened:
    """The first event of a log."""
    return HomeOpened(home=home, version=installed_version())
