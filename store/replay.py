"""Everything rebuilt from the log alone, and compared by bytes with what stands on disk."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any, Literal

import structlog

from store.artifacts import KINDS, artifacts_digest, render_artifacts
from store.blobs import Blobs
from store.durable import Disk
from store.home import Home
from store.log.judged import Point
from store.log.read import batches, events_of
from store.named import blobs_of
from store.projections.state import State
from store.snapshot_files import EVERY, thin_out
from store.snapshots import keep_snapshot, nearest, nothing

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Difference:
    """One file that is not what the log gives."""

    path: str
    """The file, below the home."""
    what: Literal["missing", "edited", "extra"]
    """How it differs."""
    detail: str
    """Where to look and what to do."""


@dataclass(frozen=True)
class ReplayReport:
    """What a replay found."""

    seq: int
    """The log position replayed to."""
    same: bool
    """Whether the artifacts stand exactly as the log gives them."""
    digests: dict[str, str]
    """Digest of each read model, and of both sets of artifacts as the log gives them."""
    differences: tuple[Difference, ...]
    """Every file that differs, by path."""

    def to_dict(self) -> dict[str, Any]:
        """The report as plain JSON values."""
        return asdict(self)


def rebuild(
    home: Home, upto: int | None = None, *, cached: bool = True, keep: bool = False, disk: Disk | None = None
) -> State:
    """The state that the log alone gives, at its head or after its first `upto` events.

    Takes no lock and appends nothing.

    Args:
        home: whose log.
        upto: the position wanted; None means the log's end.
        cached: whether what snapshots give may be believed; not where the record itself is judged.
        keep: whether to keep snapshots on the way; only for the holder of the lock.
        disk: what keeps them; where that fails nothing else does.

    Raises:
        LogCorrupt: a batch of the log is damaged.
        BrokenHistoryError: an event refers to something that the log never told of.
        OSError: a file cannot be read.
    """
    base = nearest(home, upto) if cached else nothing()
    state, kept, all_know = base.state, min(base.known.values()), max(base.known.values())
    for batch in batches(home, base.point):
        found = events_of(batch, upto=upto)
        if batch.first > all_know:
            state.take(found)
        else:
            for recorded in found:
                state.apply(recorded, base.behind(recorded.seq))
        if upto is not None and state.seq >= upto:
            break
        if keep and state.seq >= all_know and state.seq // EVERY > kept // EVERY:
            keep = _kept_at(home, state, Point(batch.place, batch.head), disk)
            kept = state.seq
    return state


def _kept_at(home: Home, state: State, point: Point, disk: Disk | None) -> bool:
    """Keep a snapshot; False where the disk refuses, which costs the next start time and nothing else."""
    try:
        keep_snapshot(home, state, point, disk)
        thin_out(home, EVERY, disk)
    except OSError as error:
        log.warning("snapshot not kept", home=str(home.root), seq=state.seq, error=str(error))
        return False
    return True


def check(home: Home) -> ReplayReport:
    """Whether the artifacts on disk are, byte by byte, what the log gives.

    Takes no lock, appends nothing and changes no file.

    Raises:
        LogCorrupt: a batch of the log is damaged.
        BrokenHistoryError: an event refers to something that the log never told of.
    """
    return compare(home, rebuild(home, cached=False))


def compare(home: Home, state: State) -> ReplayReport:
    """What distinguishes the artifacts on disk from those of a state that was rebuilt already."""
    wanted = render_artifacts(state)
    found = _found(home)
    differences = tuple(
        difference
        for path in sorted(wanted.keys() | found.keys())
        if (difference := _difference(path, wanted, found)) is not None
    )
    return ReplayReport(
        seq=state.seq,
        same=not differences,
        digests=replay_digests(state, wanted),
        differences=differences,
    )


def missing_blobs(home: Home, state: State) -> tuple[str, ...]:
    """Digests that the log names, tables first, whose bytes are missing or are others; each once.

    Raises:
        OldBlobs: an earlier version wrote the blobs.
    """
    blobs = Blobs(home)
    return tuple(digest for digest in counted_blobs(state) if not blobs.is_sound(digest))


def counted_blobs(state: State) -> tuple[str, ...]:
    """Digests that events of finished work name, tables first, each once."""
    scored = state.evaluations.scored.values()
    events = [*state.datasets.by_id.values(), *state.traces.attempts.values(), *scored]
    return tuple(dict.fromkeys(digest for event in events for digest in blobs_of(event)))


def replay_digests(state: State, rendered: Mapping[str, bytes]) -> dict[str, str]:
    """Digest of each read model as `projection/NAME` and of each set of artifacts as `artifacts/NAME`."""
    models = {f"projection/{name}": digest for name, digest in state.digests().items()}
    return models | {f"artifacts/{kind}": artifacts_digest(rendered, kind) for kind in KINDS}


def _found(home: Home) -> dict[str, Path]:
    """Every file in the artifact folders by its path below the home, whoever put it there."""
    return {
        path.relative_to(home.root).as_posix(): path
        for kind in KINDS
        for path in (home.root / kind).rglob("*")
        if not path.is_dir() or path.is_symlink()
    }


def _difference(path: str, wanted: Mapping[str, bytes], found: Mapping[str, Path]) -> Difference | None:
    if path not in found:
        return Difference(path, "missing", "the log gives this file; `tracegate replay` writes it")
    if path not in wanted:
        return Difference(path, "extra", "the log does not give this file; move it elsewhere or delete it")
    stands = found[path].read_bytes() if found[path].is_file() else b""
    if stands == wanted[path]:
        return None
    line = _first_line_that_differs(stands, wanted[path])
    return Difference(
        path, "edited", f"line {line} is not what the log gives; `tracegate replay` restores the file"
    )


def _first_line_that_differs(left: bytes, right: bytes) -> int:
    pairs = zip(left.split(b"\n"), right.split(b"\n"), strict=False)
    same = takewhile(lambda pair: pair[0] == pair[1], pairs)
    return 1 + sum(1 for _ in same)
