"""A table as it is offered to workers, and why one may be refused."""

from dataclasses import dataclass

from actors.ports import Again
from events.dataset import ReaderSettings


class TableUnreadable(Exception):
    """The program behind the wall could not read a table that was offered to it."""


@dataclass
class Table:
    """A table's file, and what is known of it."""

    reader: ReaderSettings
    """How to read it."""
    data: bytes | None
    """The file's bytes; None where they are to be asked for again."""
    again: Again | None = None
    """Gives the bytes when they are not kept here; None where they must be."""
    memory: int = 0
    """Bytes of memory that it takes in a worker; 0 until one has read it."""

    async def bytes(self) -> bytes:
        """The file's bytes.

        Raises:
            InfrastructureError: they cannot be had again.
        """
        if self.data is not None:
            return self.data
        assert self.again is not None
        return await self.again()

    def let_go(self) -> None:
        """Keep the bytes no longer, where they can be had again."""
        if self.again is not None:
            self.data = None
