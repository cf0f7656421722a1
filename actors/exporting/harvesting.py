"""What a home has to export: its state, where everything stands, and the licences that are told."""

from collections.abc import Mapping

from actors.exporting.licences import licences_of
from actors.exporting.sketching import sketch_kept
from events.frames import Limits
from store.export.harvest import Harvest
from store.home import Home
from store.projections.state import State
from store.sketch import TableSketch
from store.splits import Leak, Splits, leaks, place_tables

_SESSION = Limits()
LIMITS: Mapping[str, int | float] = {
    "turns": 24,
    "cell_seconds": _SESSION.cell_seconds,
    "cpu_seconds": _SESSION.cpu_seconds,
    "memory_bytes": _SESSION.memory_bytes,
}
"""What a student may use: as much as a teacher."""


def harvest_of(home: Home, state: State) -> Harvest:
    """All that can be exported.

    Raises:
        BlobMissing, BlobCorrupt, OldBlobs: a table's bytes cannot be had.
        LicencesError: a file of licences cannot be followed.
    """
    return Harvest(state, splits_of(home, state), licences_of(home, state), LIMITS)


def splits_of(home: Home, state: State) -> Splits:
    """Where each table and question of a home stands.

    Raises:
        BlobMissing, BlobCorrupt, OldBlobs: a table's bytes cannot be had.
    """
    digests = {key: one.blob for key, one in state.datasets.by_id.items()}
    return place_tables(sketches_of(home, state), digests)


def sketches_of(home: Home, state: State) -> dict[str, TableSketch]:
    """The sketch of each table by its id, in the order in which they were registered.

    Raises:
        BlobMissing, BlobCorrupt, OldBlobs: a table's bytes cannot be had.
    """
    tables = state.datasets.by_id.values()
    return {one.dataset: sketch_kept(home.root, one.blob, one.reader) for one in tables}


def leaks_of(home: Home, state: State) -> tuple[Leak, ...]:
    """What a home trains on and holds out at once, found anew from the tables and programs.

    Raises:
        BlobMissing, BlobCorrupt, OldBlobs: a table's bytes cannot be had.
    """
    questions, splits = state.questions.accepted, splits_of(home, state)
    sides = {key: splits.of(question) for key, question in questions.items()}
    return leaks(sides, questions, sketches_of(home, state))
