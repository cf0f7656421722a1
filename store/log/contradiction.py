"""What the log says of itself beside what its writer told: one of the two may be another home's."""

from events.runtime import HomeOpened
from events.wire import decode
from store.log.judged import Batch, Fault
from store.log.lines import START, UNREADABLE
from store.log.published import NAME, Published


def disputed(batch: Batch, what: str) -> Fault:
    """A batch that holds, as what contradicts `log/head`."""
    return Fault(batch.segment, batch.start, batch.end, batch.first, what, disputed=True)


def contradiction(batch: Batch, told: Published) -> str | None:
    """Why a batch that holds cannot be of the log whose writer told this; None where it can."""
    if batch.before == START and batch.count:
        opened = _opened_home(batch.lines[0])
        if opened and told.home and opened != told.home:
            whose = f"it opens home {opened}, and what was written last here was home {told.home}"
            return f"{whose}: two homes are mixed, or log/{NAME} is another home's"
    reaches = batch.start < told.place.offset <= batch.end and int(batch.segment[:8]) == told.place.number
    if reaches and (batch.end, batch.head) != (told.place.offset, told.head):
        return f"it is not what was told of it when it was durable: the log, or log/{NAME}, is another home's"
    return None


def _opened_home(line: bytes) -> str:
    """The id of the home that an event opens; empty where it is another event, or cannot be read."""
    try:
        event = decode(line).event
    except UNREADABLE:
        return ""
    return event.home if isinstance(event, HomeOpened) else ""
