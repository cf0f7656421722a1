"""The tables that sessions may have as `df`, read once."""

import gc

import pandas as pd

from actors.profiling.table import read_table
from events.frames import Load, Loaded


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
            self.known[piece.dataset] = read_table(data, piece.reader)
        except Exception as error:  # noqa: BLE001  any failure to read is the table's, and is told
            return Loaded(dataset=piece.dataset, problem=f"{type(error).__name__}: {error}"[:2000])
        # What lives for good is kept out of collections, which would copy its pages in every session.
        gc.freeze()
        return Loaded(dataset=piece.dataset)
