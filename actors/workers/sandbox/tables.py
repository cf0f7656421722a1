"""The tables that sessions may have as `df`, read once and kept until the host wants their room."""

import ctypes
import gc
import resource
from pathlib import Path

import pandas as pd

from actors.profiling.table import read_table
from events.dataset import ReaderSettings
from events.frames import Dropped, Load, Loaded

_LIBC = ctypes.CDLL(None)


class Tables:
    """Takes tables in pieces; one that cannot be read harms nobody."""

    def __init__(self) -> None:
        self.known: dict[str, pd.DataFrame] = {}
        self._arriving: dict[str, bytearray] = {}

    def take(self, piece: Load) -> Loaded | None:
        """The answer after the last piece; None while more is to come."""
        arrived = self._arriving.setdefault(piece.dataset, bytearray())
        arrived += piece.chunk
        if not piece.last:
            return None
        data = bytes(self._arriving.pop(piece.dataset))
        try:
            table, memory = _read(data, piece.reader)
        except Exception as error:  # noqa: BLE001  any failure to read is the table's, and is told
            return Loaded(dataset=piece.dataset, problem=f"{type(error).__name__}: {error}"[:2000])
        if not piece.room or memory <= piece.room:
            self.known[piece.dataset] = table
            # What lives for long is kept out of collections, which would copy its pages in every session.
            gc.freeze()
        return Loaded(dataset=piece.dataset, memory=memory)

    def drop(self, dataset: str) -> Dropped:
        """Forget a table; that it was not known is fine."""
        self.known.pop(dataset, None)
        _trim()
        return Dropped(dataset=dataset)


def _read(data: bytes, reader: ReaderSettings) -> tuple[pd.DataFrame, int]:
    """A table, and the bytes of memory that it takes.

    That is by how much this process grew, or what pandas counts where that is more: cells of text lie among
    others that are gone, and hold their pages.
    """
    before = _resident()
    table = read_table(data, reader)
    _trim()
    counted = int(table.memory_usage(deep=True).sum())
    return table, max(counted, _resident() - before)


def _trim() -> None:
    """Give back what was freed, which a C library keeps otherwise for whatever comes next."""
    trim = getattr(_LIBC, "malloc_trim", None)  # musl and macOS have none
    if trim is not None:
        trim(0)


def _resident() -> int:
    """Bytes of this process that are in memory; 0 where the system does not say."""
    try:
        return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * resource.getpagesize()
    except OSError:
        return 0
