"""What a person may say about a file, apart from the reader so that a command line need not load it."""

from events.struct import Fact


class ReaderOverrides(Fact, frozen=True):
    """What a person says about a file; what is None is found out."""

    encoding: str | None = None
    """Python codec name."""
    delimiter: str | None = None
    """The one character between two cells."""
    header: int | None = None
    """Index of the line that names the columns, from 0, blank lines not counted; -1 when none does, -2 when
    none does and the first line is left out, and so on."""
    missing: tuple[str, ...] | None = None
    """All spellings that mean 'no value' beside the empty cell."""
    kept: tuple[str, ...] | None = None
    """Columns in which those spellings are values."""

    @property
    def amiss(self) -> str | None:
        """What of it is so for no file at all, and why; None when each file may be asked."""
        told = (
            None if self.encoding is None else unknown_encoding(self.encoding),
            None if self.delimiter is None else undividing_delimiter(self.delimiter),
        )
        return next(filter(None, told), None)


def unknown_encoding(name: str) -> str | None:
    """Why no file at all can be read in an encoding of this name; None where there is one."""
    try:
        b" ".decode(name)
    except UnicodeEncodeError:
        return f"{name!r} is no encoding: name one such as utf-8 or latin-1"
    except UnicodeError:
        return None  # there is one, in which a blank alone is no text
    except (LookupError, ValueError) as error:
        return f"{error}: name one such as utf-8 or latin-1"
    return None


def undividing_delimiter(text: str) -> str | None:
    """Why this can divide the cells of no file, by the reader's own rule; None where it can."""
    if len(text) != 1 or text in '"\r\n':
        return f"{text!r} cannot divide cells: name one character such as ; or ,"
    return None
