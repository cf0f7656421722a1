"""What a session has of files, once more for its twin: what lies in its folder, and what it holds open.

All of it is copied by the session itself, before there is a twin: what stands in the way is told while
nothing is lost, and whatever the session does next, the copy is of the moment in which it was asked.
"""

import errno
import fcntl
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from actors.workers.sandbox.confine import LINK, MAX_OPEN_FILES

_Identity = tuple[int, int]
"""What a file is told by whatever it is called: its file system, and its number there."""
_KEPT = os.O_ACCMODE | os.O_APPEND


@dataclass
class Opening:
    """A file of the session as it was opened once, with an offset of its own."""

    file: _Identity
    how: int
    where: int
    descriptors: list[int]
    is_inside: bool = True
    """Whether it is of what is copied; else the twin reads the same file, from where the session read on."""

    @property
    def needs(self) -> int:
        """The mode without which nobody could open it like this."""
        return {os.O_RDONLY: 0o400, os.O_WRONLY: 0o200}.get(self.how & os.O_ACCMODE, 0o600)


class Copies:
    """The copies that were made for one twin.

    Args:
        place: what the session may write to: no file in there is shared with a twin.
        theirs: the session's folder.
        ours: the twin's, not made yet; what has no name is held beside it meanwhile.

    Raises:
        OSError: something cannot be copied.
    """

    def __init__(self, place: Path, theirs: Path, ours: Path) -> None:
        self._theirs, self._ours = theirs, ours
        self._others: list[tuple[int, Opening]] = []
        found = openings(place)
        self._openings = [opening for opening in found if opening.is_inside]
        self._needs: dict[_Identity, int] = {}
        for opening in self._openings:
            self._needs[opening.file] = self._needs.get(opening.file, 0) | opening.needs
        self._copied: dict[_Identity, Path] = {}
        self._nameless: list[Path] = []
        mask = os.umask(0)
        try:
            self._copy_named()
            self._copy_nameless()
            self._open_others([opening for opening in found if not opening.is_inside])
        except OSError:
            self.let_go()
            raise
        finally:
            os.umask(mask)

    def take_over(self) -> None:
        """Open anew, on the copies, what is open on the originals; called in the twin, and nowhere else.

        Raises:
            OSError: a copy cannot be opened.
        """
        for opening in self._openings:
            opened = os.open(self._copied[opening.file], opening.how)
            os.lseek(opened, opening.where, os.SEEK_SET)
            _give(opened, opening)
            os.close(opened)
        for opened, opening in self._others:
            _give(opened, opening)
        self.let_go()
        for path in self._nameless:
            path.unlink()

    def let_go(self) -> None:
        """Close what was opened for the twin."""
        for opened, _ in self._others:
            os.close(opened)
        self._others = []

    def _copy_named(self) -> None:
        found = [(self._theirs, self._theirs.stat()), *_entries(self._theirs)]
        filled = {path.parent for path, _ in found}
        folders = [(path, status) for path, status in found if stat.S_ISDIR(status.st_mode)]
        for path, status in folders:
            needed = stat.S_IRWXU if path in filled else 0
            self._of(path).mkdir(stat.S_IMODE(status.st_mode) | needed)
        others = [(path, status) for path, status in found if not stat.S_ISDIR(status.st_mode)]
        # Where no time can be set none is to be before that of an older file.
        for path, status in sorted(others, key=lambda one: one[1].st_mtime_ns):
            self._copy_entry(path, status)
        for path, status in reversed(folders):
            _set_times(os.open(self._of(path), os.O_RDONLY | os.O_DIRECTORY), status)

    def _copy_entry(self, path: Path, status: os.stat_result) -> None:
        first = self._copied.get(_identity(status))
        if stat.S_ISLNK(status.st_mode):
            target = path.readlink()
            is_inside = target.is_relative_to(self._theirs)
            self._of(path).symlink_to(self._of(target) if is_inside else target)
        elif first is not None:
            self._of(path).hardlink_to(first)
        elif stat.S_ISREG(status.st_mode):
            self._copy_file(path, self._of(path))
        else:
            raise OSError(errno.ENOTSUP, "only files, folders and links can be copied", str(path))

    def _copy_nameless(self) -> None:
        """What was removed and is still held open, whatever lies under the name that it had."""
        for number, opening in enumerate(self._openings):
            if opening.file not in self._copied:
                path = self._ours.parent / f"held-{number}"
                # By way of this name it can be read even where it was opened to be written to alone.
                self._copy_file(Path(f"/proc/self/fd/{opening.descriptors[0]}"), path)
                self._nameless.append(path)

    def _open_others(self, found: list[Opening]) -> None:
        """What is read of files that are nobody's: at an offset of its own from here on."""
        for opening in found:
            opened = os.open(f"/proc/self/fd/{opening.descriptors[0]}", opening.how)
            self._others.append((opened, opening))
            os.lseek(opened, opening.where, os.SEEK_SET)

    def _copy_file(self, path: Path, copy: Path) -> None:
        source = os.open(path, os.O_RDONLY)
        try:
            status = os.fstat(source)
            mode = stat.S_IMODE(status.st_mode) | self._needs.get(_identity(status), 0)
            target = os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
            self._copied[_identity(status)] = copy
            try:
                _pour(source, target, status.st_size)
            finally:
                _set_times(target, status)
        finally:
            os.close(source)

    def _of(self, path: Path) -> Path:
        """Where the copy of what lies in the session's folder is to be."""
        return self._ours / path.relative_to(self._theirs)


def openings(place: Path) -> list[Opening]:
    """What this process, of one thread, has open below a place, or elsewhere to read, each opening once."""
    found: list[Opening] = []
    for descriptor, status in _open_files():
        how = fcntl.fcntl(descriptor, fcntl.F_GETFL)
        name = os.readlink(f"/proc/self/fd/{descriptor}")  # noqa: PTH115  it may name what was removed
        is_inside = name.startswith(f"{place}/")
        if how & os.O_PATH or not (is_inside or how & os.O_ACCMODE == os.O_RDONLY):
            continue
        file, where = _identity(status), os.lseek(descriptor, 0, os.SEEK_CUR)
        alike = (one for one in found if (one.file, one.how, one.where) == (file, how & _KEPT, where))
        known = next((one for one in alike if _share(one, descriptor)), None)
        if known is None:
            found.append(Opening(file, how & _KEPT, where, [descriptor], is_inside))
        else:
            known.descriptors.append(descriptor)
    return found


def _give(opened: int, opening: Opening) -> None:
    """Have the descriptors of an opening lead to what was opened anew."""
    for descriptor in opening.descriptors:
        os.dup2(opened, descriptor, inheritable=os.get_inheritable(descriptor))


def _share(opening: Opening, descriptor: int) -> bool:
    """Whether a descriptor at the same offset is of this opening: then it goes where that goes."""
    os.lseek(opening.descriptors[0], opening.where ^ 1, os.SEEK_SET)
    try:
        return os.lseek(descriptor, 0, os.SEEK_CUR) != opening.where
    finally:
        os.lseek(opening.descriptors[0], opening.where, os.SEEK_SET)


def _open_files() -> Iterator[tuple[int, os.stat_result]]:
    for descriptor in range(LINK + 1, MAX_OPEN_FILES):
        try:
            status = os.fstat(descriptor)
        except OSError:
            continue
        if stat.S_ISREG(status.st_mode):
            yield descriptor, status


def _identity(status: os.stat_result) -> _Identity:
    return status.st_dev, status.st_ino


def _entries(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """All that lies in a folder, each after the folder that it lies in; no link is followed."""
    waiting = [folder]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                yield Path(entry), entry.stat(follow_symlinks=False)
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(Path(entry))


def _pour(source: int, target: int, size: int) -> None:
    """Copy what a file holds; where it has holes the copy has them, which take no room either."""
    os.ftruncate(target, size)
    at = 0
    while (data := _next_data(source, at)) is not None:
        at, end = data
        os.lseek(target, at, os.SEEK_SET)
        while at < end and (sent := os.sendfile(target, source, at, end - at)):
            at += sent
        if at < end:
            return


def _next_data(source: int, at: int) -> tuple[int, int] | None:
    """From where to where a file holds something, from here on; None where nothing follows."""
    try:
        begin = os.lseek(source, at, os.SEEK_DATA)
    except OSError as error:
        if error.errno == errno.ENXIO:
            return None
        raise
    return begin, os.lseek(source, begin, os.SEEK_HOLE)


def _set_times(opened: int, status: os.stat_result) -> None:
    """Have a copy as old as its original, where the wall lets it be; and close it."""
    try:
        os.utime(opened, ns=(status.st_atime_ns, status.st_mtime_ns))
    finally:
        os.close(opened)
