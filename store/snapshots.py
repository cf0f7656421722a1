"""Read models kept at past positions, so that a start costs what is new and any position is near.

A snapshot is a cache: delete it and nothing is lost. That of a read model is believed only when it was made
of this home, its position is in the chain of this log, and its fold had the code that would be run now.
"""

import gc
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import structlog
import zstandard

from store.durable import Disk, open_file
from store.home import Home
from store.log.compressed import SegmentDamaged
from store.log.judged import BEGINNING, Point
from store.log.lookup import opened_segment
from store.log.published import published
from store.log.recover import home_id
from store.log.segments import find_segment
from store.projections.code import PENDING, fold_digest
from store.projections.fold import FinishedWork
from store.projections.rows import packed, unpacked
from store.projections.state import MODELS, State
from store.snapshot_files import (
    ENDING,
    SnapshotHeader,
    file_name,
    folder_of,
    header_digest,
    positions_in,
    put_snapshot,
)

_UNREADABLE = (OSError, msgspec.MsgspecError, UnicodeDecodeError, zstandard.ZstdError)

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Seen:
    """An event of the log that a snapshot bears witness to."""

    seq: int
    """Its position."""
    event: str
    """Its id."""
    where: str
    """The file that says so, below the home."""


@dataclass(frozen=True)
class Base:
    """Models to go on from."""

    state: State
    """Each model at its own position, none of them before that of `point`."""
    point: Point
    """Where reading goes on."""
    known: dict[str, int]
    """By model, the position that it stands at."""

    def behind(self, seq: int) -> list[str]:
        """The models that do not know this event yet."""
        return [name for name, known in self.known.items() if known < seq]


def keep_snapshot(home: Home, state: State, point: Point, disk: Disk | None = None) -> None:
    """Keep every model of a state that stands between two batches.

    Args:
        home: where it is kept; only the holder of its lock keeps snapshots.
        state: the models.
        point: the place in the log right after the state's last event.
        disk: what writes.

    Raises:
        OSError: the disk refused; no snapshot is half there.
    """
    identity = home_id(home)
    if identity is None or point.head.seq != state.seq:
        return
    for name in (PENDING, *MODELS):
        body = packed(getattr(state, name))
        place, chain = point.place, point.head.chain
        header = SnapshotHeader(identity, state.seq, state.head, *place, chain, fold_digest(name))
        header = msgspec.structs.replace(header, digest=header_digest(header, body))
        data = msgspec.json.encode(header) + b"\n" + body
        put_snapshot(folder_of(home, name), state.seq, data, disk or Disk())


def nothing() -> Base:
    """The models before the first event."""
    return Base(State(), BEGINNING, dict.fromkeys(MODELS, 0))


def nearest(home: Home, upto: int | None = None) -> Base:
    """The models from which a position is reached soonest: empty ones where there is no snapshot.

    Args:
        home: whose.
        upto: the position wanted; None means the log's end.

    Raises:
        LogCorrupt: the log does not begin with `HomeOpened`.
        OSError: a segment cannot be read.
    """
    shelf = _Shelf(home)
    with _nothing_collected():
        models = {name: shelf.newest(name, upto) for name in MODELS}
    known = {name: found[0].seq if found else 0 for name, found in models.items()}
    pending = shelf.newest(PENDING, min(known.values()))
    shelf.tell()
    state, point = State(), BEGINNING
    if pending is not None:
        header, state.pending = pending
        state.seq, state.head, point = header.seq, header.event, header.point
    for name, found in models.items():
        if found is not None:
            setattr(state, name, found[1])
    return Base(state, point, known)


def heads_seen(home: Home) -> tuple[Seen, ...]:
    """The events of this home's log at which snapshots were made, by position; each once.

    Only a snapshot whose bytes are those that were written bears witness.
    """
    shelf, identity, seen = _Shelf(home), home_id(home), dict[tuple[int, str], Seen]()
    for path in sorted(home.snapshots.glob(f"*/*{ENDING}")):
        opened = shelf.opened(path)
        if opened is not None and (header := opened[0]).home == identity:
            where = path.relative_to(home.root).as_posix()
            seen.setdefault((header.seq, header.event), Seen(header.seq, header.event, where))
    shelf.tell()
    return tuple(seen[key] for key in sorted(seen))


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Without the collector of cycles: it would look again and again at rows that are just being read."""
    runs = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if runs:
            gc.enable()


class _Shelf:
    """The snapshots of one home that can be believed."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._id = home_id(home)
        self._holds: dict[Point, bool] = {}
        self._ignored: list[tuple[Path, str]] = []

    def newest(self, name: str, upto: int | None) -> tuple[SnapshotHeader, Any] | None:
        """The newest snapshot of a model at or before a position that can be used."""
        folder = folder_of(self._home, name)
        for seq in sorted(positions_in(folder), reverse=True):
            if upto is None or seq <= upto:
                found = self._load(name, folder / file_name(seq), seq)
                if found is not None:
                    return found
        return None

    def tell(self) -> None:
        """Say what was ignored, in one notice however many there were."""
        if self._ignored:
            why = "; ".join(sorted({why for _, why in self._ignored}))
            path, _ = self._ignored[0]
            first = path.relative_to(self._home.snapshots).as_posix()
            log.warning("snapshots ignored", count=len(self._ignored), first=first, why=why)

    def opened(self, path: Path) -> tuple[SnapshotHeader, bytes] | None:
        """A snapshot as it was written, the model still packed; None where other bytes stand."""
        try:
            with open_file(path) as file:
                header, body = msgspec.json.decode(file.readline(), type=SnapshotHeader), file.read()
        except _UNREADABLE as error:
            self._ignored.append((path, str(error)))
            return None
        if header.digest != header_digest(header, body):
            self._ignored.append((path, "its bytes are not those that were written"))
            return None
        return header, body

    def _load(self, name: str, path: Path, seq: int) -> tuple[SnapshotHeader, Any] | None:
        opened = self.opened(path)
        if opened is None:
            return None
        header, body = opened
        if (why := self._problem(name, header, seq)) is not None:
            self._ignored.append((path, why))
            return None
        kind = FinishedWork if name == PENDING else type(MODELS[name].initial())
        try:
            return header, unpacked(body, kind)
        except _UNREADABLE as error:
            self._ignored.append((path, str(error)))
            return None

    def _problem(self, name: str, header: SnapshotHeader, seq: int) -> str | None:
        if header.home != self._id:
            return "it is of another home"
        if header.fold != fold_digest(name):
            return "it was folded by other code"
        if header.seq != seq:
            return "its name tells of another position"
        return None if self._stands(header.point) else "its position is not in this log"

    def _stands(self, point: Point) -> bool:
        """Whether the chain of the log is the point's, there; so everything before it is what was folded."""
        if point not in self._holds:
            self._holds[point] = _is_in_log(self._home, point)
        return self._holds[point]


def _is_in_log(home: Home, point: Point) -> bool:
    told = published(home)
    if told is not None and point.head.seq > told.head.seq:
        return False
    path = find_segment(home.log, point.place.number)
    if path is None:
        return False
    try:
        with closing(opened_segment(path)) as segment:
            return segment.head_before(point.place.offset) == point.head
    except SegmentDamaged:
        return False
