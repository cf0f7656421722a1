"""What a person may say about a file, apart from the reader so that a command line need not load it."""

from events.struct import Fact


class ReaderOverrides(Fact, frozen=True):
    """What a person says about a file; what is None is found out."""

    encoding: str | None = None
    """Python codec name."""
    delimiter: str | None = None
    """The one character between two cells."""
    header: int | None = None
    """Index of the line that names the columns, from 0, blank lines not counted."""
    missing: tuple[str, ...] | None = None
    """All spellings that mean 'no value' beside the empty cell."""
    kept: tuple[str, ...] | None = None
    """Columns in which those spellings are values."""
