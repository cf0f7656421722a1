"""A folder on a real disk: what memory keeps is never synced, and tells nothing."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

IN_MEMORY = frozenset({"tmpfs", "ramfs", "devtmpfs"})


class NoDiskError(Exception):
    """Every folder for temporary files is kept in memory."""

    def __init__(self, tried: list[Path]) -> None:
        named = ", ".join(map(str, tried))
        super().__init__(f"{named}: all in memory; name a folder on a disk by setting TMPDIR")


@contextmanager
def folder_on_disk() -> Iterator[Path]:
    """A new folder below the system's temporary one; it is removed in the end.

    Raises:
        NoDiskError: there is none that is not in memory.
    """
    tried = [Path(tempfile.gettempdir()), Path("/var/tmp")]
    parent = next((path for path in tried if path.is_dir() and file_system(path) not in IN_MEMORY), None)
    if parent is None:
        raise NoDiskError(tried)
    with tempfile.TemporaryDirectory(prefix="tracegate-benchmark-", dir=parent) as folder:
        yield Path(folder)


def file_system(path: Path) -> str:
    """What kind of file system a folder lies on; empty where the system does not say."""
    mounts = Path("/proc/self/mounts")
    if not mounts.exists():
        return ""
    kinds = {Path(line[1]): line[2] for line in map(str.split, mounts.read_text().splitlines())}
    resolved = path.resolve()
    return next((kinds[place] for place in (resolved, *resolved.parents) if place in kinds), "")
