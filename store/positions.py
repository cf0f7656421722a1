"""A place in the history of a home, as a person names it: a position, a time, or a home as it is now."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from store.home import Home
from store.log.read import batches
from store.projections.state import State
from store.replay import rebuild

_POSITION = re.compile("[0-9]{1,18}")
_TIME = re.compile(rb'\{"seq":[0-9]+,"time":"([^"]*)"')
"""How an event line begins."""
_SHOWN = 80


class NoPositionError(ValueError):
    """What was named is no place in a history; the message says what is."""

    def __init__(self, named: str, why: str) -> None:
        shown = named if len(named) <= _SHOWN else f"{named[: _SHOWN - 1]}…"
        super().__init__(
            f"{shown!r} {why}: name a position (a number from 1), a time (2026-01-31T12:00, in UTC unless it "
            "says otherwise), or the folder of another home"
        )


@dataclass(frozen=True)
class Moment:
    """A home at one position."""

    home: Home
    """Whose history."""
    state: State
    """What it gave then."""


def moment(home: Home, named: str) -> Moment:
    """The moment that is meant: one of this home, or another home as it is now.

    Raises:
        NoPositionError: it is none of these, or the log does not reach so far.
        LogCorrupt: a batch of the log is damaged.
    """
    is_position = _POSITION.fullmatch(named) is not None
    if not is_position and _is_home(named):
        other = Home(Path(named))
        return Moment(other, rebuild(other))
    seq = int(named) if is_position else position_at(home, _time(named))
    state = rebuild(home, seq) if seq else State()
    if state.seq < max(seq, 1):
        why = f"lies beyond the end of the log at {state.seq}" if seq else "lies before the first event"
        raise NoPositionError(named, why)
    return Moment(home, state)


def position_at(home: Home, time: datetime) -> int:
    """The position before the first event that is later than a time; 0 when the first one is.

    Order is by place and never by time: where a clock went backwards, what stands behind a later event is
    later too.

    Raises:
        LogCorrupt: a batch of the log is damaged.
    """
    seq = 0
    for batch in batches(home):
        # What is written together bears one time: that of the first line, which need not be decoded.
        found = _TIME.match(batch.data)
        if found is not None and datetime.fromisoformat(found[1].decode()) > time:
            break
        seq = batch.head.seq
    return seq


def _is_home(named: str) -> bool:
    try:
        return bool(named) and (Path(named) / "log").is_dir()
    except OSError:
        return False


def _time(named: str) -> datetime:
    try:
        found = datetime.fromisoformat(named)
    except ValueError:
        raise NoPositionError(named, "is no place in a history") from None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
