"""One pack while it is written to."""

import os
from pathlib import Path
from typing import BinaryIO

from store.durable import Disk
from store.packs.files import pack_path
from store.packs.record import Record, frame_parts, packed


class PackFile:
    """Appends records to a pack; everything below `end` is durable. Not for two threads at once."""

    def __init__(self, folder: Path, number: int, disk: Disk) -> None:
        """Open a pack, or make it; `begin` comes before its first use.

        Raises:
            OSError: it cannot be opened or made.
        """
        self.number = number
        self._folder = folder
        self._disk = disk
        self._descriptor = disk.open(pack_path(folder, number), os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self.end = self._reach = os.fstat(self._descriptor).st_size

    def begin(self) -> None:
        """Make durable its name, and what an earlier process wrote and was killed before it synced.

        Raises:
            OSError: the disk refused.
        """
        self._disk.sync_all(self._descriptor)
        self._disk.sync_folder(self._folder)

    def add(self, name: bytes, data: bytes) -> Record:
        """Append a blob; durable after the next `commit`.

        Raises:
            OSError: the disk refused; `cut_back` takes away what was begun.
        """
        record, frame = packed(name, data, self._reach)
        self._disk.write(self._descriptor, record.header())
        self._disk.write(self._descriptor, frame)
        self._reach = record.end
        return record

    def copy(self, file: BinaryIO, record: Record) -> Record:
        """Append a record of another pack, its frame as it stands; durable after the next `commit`.

        Raises:
            OSError: the disk refused; `cut_back` takes away what was begun.
        """
        moved = record._replace(start=self._reach)
        self._disk.write(self._descriptor, moved.header())
        for part in frame_parts(file, record):
            self._disk.write(self._descriptor, part)
        self._reach = moved.end
        return moved

    def commit(self) -> None:
        """Make durable what was added.

        Raises:
            OSError: the disk refused; what was added may never become durable, also by trying again.
        """
        self._disk.sync(self._descriptor)
        self.end = self._reach

    def cut_back(self) -> None:
        """Take away what is not durable.

        Raises:
            OSError: the disk refused; the pack must not be added to any more.
        """
        self._disk.truncate(self._descriptor, self.end)
        self._reach = self.end

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._descriptor)
