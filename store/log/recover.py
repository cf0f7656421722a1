"""What is done to a log before it is written to: a torn tail is set aside, anything worse is refused."""

import os
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from events.runtime import HomeOpened, TailCut
from store.durable import sync_folder
from store.home import Home
from store.log.lines import START, Head
from store.log.read import decode_line
from store.log.scan import Batch, Fault, LogCorrupt, scan
from store.log.segments import FIRST, Place


@dataclass(frozen=True)
class Recovered:
    """A log that can be appended to."""

    head: Head = START
    """Where it ends."""
    place: Place = FIRST
    """Where the next batch goes."""
    home: str | None = None
    """The id drawn for the home; None for a log without events."""
    sealed: bool = True
    """Whether the last batch is an empty one, so that no tear can be taken for damage to what counts."""
    cut: TailCut | None = None
    """The tail that was set aside, to be told in the log."""


def recover(home: Home) -> Recovered:
    """Bring a log into a state that can be appended to; the caller holds the lock.

    Raises:
        LogCorrupt: a batch is not what was appended; nothing was touched.
        OSError: a segment cannot be read, or the tail not be set aside.
    """
    state = Recovered()
    for found in scan(home.log):
        if isinstance(found, Batch):
            state = _after(state, found)
        elif found.torn:
            return _without_tail(home, state, found)
        else:
            raise LogCorrupt(found)
    return state


def _after(state: Recovered, batch: Batch) -> Recovered:
    home = state.home or (_home_id(batch) if batch.lines else None)
    place = Place(int(Path(batch.segment).stem), batch.end)
    return Recovered(head=batch.head, place=place, home=home, sealed=not batch.lines)


def _home_id(batch: Batch) -> str:
    event = decode_line(batch, 0).event
    if isinstance(event, HomeOpened):
        return event.home
    what = "the log does not begin with HomeOpened"
    raise LogCorrupt(Fault(batch.segment, batch.start, batch.end, batch.first, what))


def _without_tail(home: Home, state: Recovered, tail: Fault) -> Recovered:
    """Keep the tail's bytes beside the segment, durably, and only then cut it."""
    path = home.log / tail.segment
    with path.open("r+b") as file:
        file.seek(tail.start)
        data = file.read()
        kept = _keep(path, tail.start, data)
        file.truncate(tail.start)
        os.fsync(file.fileno())
    cut = TailCut(segment=tail.segment, offset=tail.start, size=len(data), kept=kept)
    place = Place(int(path.stem), tail.start)
    return Recovered(head=state.head, place=place, home=state.home, sealed=state.sealed, cut=cut)


def _keep(segment: Path, offset: int, data: bytes) -> str:
    """The name under which the bytes are kept; what an earlier tear left there stays."""
    for number in count(1):
        suffix = "" if number == 1 else f".{number}"
        path = segment.with_name(f"{segment.name}.{offset}.torn{suffix}")
        if not path.exists():
            break
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    sync_folder(path.parent)
    return path.name
