"""An event before it is recorded, and how it becomes a line that can be read back."""

from dataclasses import dataclass
from typing import Any

import msgspec

from events.envelope import Recorded
from events.runtime import HomeOpened, WorkStamp
from events.struct import Event
from events.version import installed_version
from events.wire import AnyRecorded, encode, encode_event, read_back
from store.log.lines import event_id


class UnreadableEventError(ValueError):
    """An event does not survive being written and read: a wrong type in a field, or not in the union."""


@dataclass(frozen=True)
class Draft:
    """An event to be recorded."""

    event: Event
    """What happened."""
    cause: str | None = None
    """Id of the event that led to it."""
    correlation: str | None = None
    """What it belongs to: a question id, a stream id, a dataset id."""
    work: WorkStamp | None = None
    """The piece of work that yielded it."""


def checked(draft: Draft) -> AnyRecorded:
    """The draft as it will be read back, without place, time and id.

    Structs are not checked when they are made, so an event that could never be read again would be found
    too late; and who is told of an event now must see exactly what a later reader sees.

    Raises:
        UnreadableEventError: it does not survive.
    """
    before: Recorded[Any] = Recorded(
        seq=0,
        time="",
        id="",
        event=draft.event,
        cause=draft.cause,
        correlation=draft.correlation,
        work=draft.work,
    )
    try:
        return read_back(before)
    except (msgspec.MsgspecError, TypeError, ValueError, RecursionError) as error:
        message = f"{type(draft.event).__name__} cannot be recorded: {error}"
        raise UnreadableEventError(message) from error


def recorded_at(draft: AnyRecorded, home: str, seq: int, time: str) -> tuple[AnyRecorded, bytes]:
    """The checked draft at its place, and its line with the line end."""
    key = event_id(home, seq, encode_event(draft.event))
    recorded = msgspec.structs.replace(draft, seq=seq, time=time, id=key)
    return recorded, encode(recorded) + b"\n"


def home_opened(home: str) -> HomeOpened:
    """The first event of a log."""
    return HomeOpened(home=home, version=installed_version())
