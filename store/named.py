"""Which blobs the log names: what must be kept, and what may go."""

from events.dataset import DatasetRegistered
from events.evaluation import AnswerScored
from events.struct import Event
from events.trace import AttemptEnded
from store.home import Home
from store.log.read import read_events

NAMING = (DatasetRegistered, AttemptEnded, AnswerScored)
"""Events that name blobs; one that is left out here loses them at the next collection."""


def blobs_of(event: Event) -> tuple[str, ...]:
    """The digests of the blobs that an event names."""
    if isinstance(event, DatasetRegistered):
        return (event.blob,)
    if isinstance(event, AnswerScored):
        return blobs_of(event.attempt)
    if isinstance(event, AttemptEnded):
        return tuple(one.outputs for one in event.executed if one.outputs is not None)
    return ()


def named_blobs(home: Home) -> frozenset[str]:
    """Every digest that any event of the log names, whether or not its work was finished.

    Raises:
        LogCorrupt: a batch of the log is damaged.
        OSError: a segment cannot be read.
    """
    events = read_events(home, types=NAMING)
    return frozenset(digest for recorded in events for digest in blobs_of(recorded.event))
