"""Problems that any command may meet, by the exit code that they end it with."""

from actors.exporting.licences import LicencesError
from actors.ports import InfrastructureError
from actors.runtime.host import TooManyRestarts
from actors.terminal.ending import PATH_ERRORS, UNRECORDED
from actors.terminal.find import AmbiguousError, NotFoundError
from store.blobs import BlobCorrupt, BlobMissing, OldBlobs
from store.dabench import NoBenchmarkError
from store.decisions import InvalidDecisionsError
from store.export.tables import ExtraMissingError
from store.export.writing import NothingToExportError
from store.log.follow import NoLogError
from store.log.lock import HomeLocked, HomeUnwritable
from store.log.scan import LogCorrupt
from store.log.segments import LogPoisoned, NoSpace
from store.positions import NoPositionError
from store.projections.fold import BrokenHistoryError

Kinds = tuple[type[Exception], ...]
Exits = dict[int, Kinds]
"""Known problems by exit code, the first that fits."""
ANSWERED_NO: Kinds = (BrokenHistoryError, InvalidDecisionsError, LogCorrupt, NothingToExportError)
"""The record itself says no."""
BAD_INPUT: Kinds = (
    HomeLocked,
    HomeUnwritable,
    OldBlobs,
    NotFoundError,
    AmbiguousError,
    NoLogError,
    NoPositionError,
    NoBenchmarkError,
    LicencesError,
    ExtraMissingError,
    *PATH_ERRORS,
    *UNRECORDED,
)
"""What was asked for cannot be had from what was named."""
MACHINE_FAILED: Kinds = (
    LogPoisoned,
    NoSpace,
    InfrastructureError,
    BlobMissing,
    BlobCorrupt,
    TooManyRestarts,
    OSError,
)
"""Nothing is wrong with the command."""
